import { checkPositive, checkShare, checkSize } from './argument-checks.ts';
import { weightOf, weightSum } from './mass-bins.ts';

/** A stated chance `p` that it is bad (or converts), what came of it (`y`, 0…1), and 1/q where it was labelled with chance q. */
export type Forecast = { p: number; y: number; weight?: number };

/** At least one; p and y from 0 to 1, weights above 0; RangeError otherwise. */
export function checkForecasts(forecasts: readonly Forecast[]): void {
  checkSize('forecasts', forecasts);
  for (const forecast of forecasts) {
    checkShare('p', forecast.p);
    checkShare('y', forecast.y);
    checkPositive('weight', weightOf(forecast));
  }
}

/** Weighted mean of `of(forecast)`. */
export function meanOf(forecasts: readonly Forecast[], of: (forecast: Forecast) => number): number {
  return forecasts.reduce((sum, item) => sum + weightOf(item) * of(item), 0) / weightSum(forecasts);
}
