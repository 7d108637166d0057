import { checkForecasts, type Forecast, meanOf } from './forecast.ts';
import { type Binning, reliabilityTable } from './reliability-table.ts';
import { weightSum } from './mass-bins.ts';

/** score = reliability − resolution + uncertainty + withinBins, all in [0, 1] but the last, which is small. */
export type BrierParts = {
  score: number;
  /** How far forecasts are from what came of them (0 is best). */
  reliability: number;
  /** How much better than the base rate they tell things apart (more is better). */
  resolution: number;
  /** The variance of the outcomes: what the world adds. */
  uncertainty: number;
  /** What forecasts that differ within a bin add; 0 where a bin holds one value. */
  withinBins: number;
};

/** Brier score: weighted mean of (p − y)², 0 best, .25 for always saying ½. Arguments as `reliabilityTable`. Source: Brier (1950). */
export function brierScore(forecasts: readonly Forecast[]): number {
  checkForecasts(forecasts);
  return meanOf(forecasts, ({ p, y }) => (p - y) ** 2);
}

/** The Brier score and its parts. Source: Murphy (1973); the part within bins: Stephenson, Coelho & Jolliffe (2008). */
export function brierParts(forecasts: readonly Forecast[], binning: Binning = {}): BrierParts {
  const score = brierScore(forecasts);
  const base = meanOf(forecasts, ({ y }) => y);
  const uncertainty = meanOf(forecasts, ({ y }) => (y - base) ** 2);
  const total = weightSum(forecasts);
  let reliability = 0;
  let resolution = 0;
  for (const { weight, forecast, outcome } of reliabilityTable(forecasts, binning)) {
    reliability += (weight / total) * (forecast - outcome) ** 2;
    resolution += (weight / total) * (outcome - base) ** 2;
  }
  return {
    score,
    reliability,
    resolution,
    uncertainty,
    withinBins: score - reliability + resolution - uncertainty,
  };
}
