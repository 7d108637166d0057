import type { Forecast } from './forecast.ts';
import { type Binning, reliabilityTable } from './reliability-table.ts';
import { weightSum } from './mass-bins.ts';

/**
 * Expected calibration error: the mean distance, over bins of equal mass, between the forecasts and what came of them; 0 best.
 * Never 0 by chance alone: with few forecasts show it with a bootstrap interval. Arguments as `reliabilityTable`.
 * Source: Naeini, Cooper & Hauskrecht (2015); equal mass: Nixon et al. (2019).
 */
export function expectedCalibrationError(forecasts: readonly Forecast[], binning: Binning = {}): number {
  const total = weightSum(forecasts);
  return reliabilityTable(forecasts, binning).reduce(
    (sum, { weight, forecast, outcome }) => sum + (weight / total) * Math.abs(forecast - outcome),
    0,
  );
}
