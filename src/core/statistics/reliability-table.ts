import { checkCount } from './argument-checks.ts';
import { checkForecasts, type Forecast, meanOf } from './forecast.ts';
import type { Interval } from './interval.ts';
import { effectiveCount, massBins, weightSum } from './mass-bins.ts';
import { wilson } from './wilson.ts';

/** `mass`: about as much weight in every bin. `width`: bins of equal width on [0, 1]. 10 bins, or 5 below 200 forecasts. */
export type Binning = { bins?: number; by?: 'mass' | 'width' };

/** Forecasts between `from` and `to`: their mean, what came of them on average, and the Wilson 95 % bar of that. */
export type ReliabilityRow = {
  from: number;
  to: number;
  count: number;
  effectiveCount: number;
  weight: number;
  forecast: number;
  outcome: number;
  interval: Interval;
};

/** The forecasts of each filled bin, ascending. Arguments as `reliabilityTable`. */
function forecastBins(forecasts: readonly Forecast[], { bins, by = 'mass' }: Binning): Forecast[][] {
  checkForecasts(forecasts);
  const count = bins ?? (forecasts.length < 200 ? 5 : 10);
  checkCount('bins', count, 1);
  if (by === 'mass')
    return massBins(
      forecasts.map((forecast) => ({ ...forecast, value: forecast.p })),
      count,
    );
  const binOf = ({ p }: Forecast): number => Math.min(count - 1, Math.floor(p * count));
  return Array.from({ length: count }, (_, bin) => forecasts.filter((forecast) => binOf(forecast) === bin)).filter(
    (inside) => inside.length > 0,
  );
}

/**
 * Do things said to be bad with chance p turn out bad in the share p? One row a filled bin. p and y in [0, 1], weights above 0,
 * at least one forecast; RangeError otherwise. With weights the bars use the effective number of forecasts.
 * Source: Murphy & Winkler (1977); equal mass: Nixon et al. (2019).
 */
export function reliabilityTable(forecasts: readonly Forecast[], binning: Binning = {}): ReliabilityRow[] {
  return forecastBins(forecasts, binning).map((inside) => {
    const outcome = meanOf(inside, ({ y }) => y);
    const effective = effectiveCount(inside);
    return {
      from: Math.min(...inside.map(({ p }) => p)),
      to: Math.max(...inside.map(({ p }) => p)),
      count: inside.length,
      effectiveCount: effective,
      weight: weightSum(inside),
      forecast: meanOf(inside, ({ p }) => p),
      outcome,
      interval: wilson(Math.min(1, outcome) * effective, effective),
    };
  });
}
