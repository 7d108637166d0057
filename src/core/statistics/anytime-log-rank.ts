import { checkPositive, checkSize } from './argument-checks.ts';
import type { Watched } from './kaplan-meier.ts';
import { riskTable } from './risk-table.ts';

/**
 * ln E of the log-rank test that may be looked at at any time: if both arms convert at the same pace, the chance that E ever
 * reaches 20 is at most 1/20. E averages over the hazard ratios `thetas` (A to B, each above 0) that might be true. Events at the
 * same time are taken one by one, those of A first. Arguments as `kaplanMeier`; RangeError otherwise.
 * Source: ter Schure, Pérez-Ortiz, Ly & Grünwald (2024), The anytime-valid logrank test.
 */
export function anytimeLogRank(
  a: readonly Watched[],
  b: readonly Watched[],
  thetas: readonly number[] = [0.5, 0.667, 1.5, 2],
): number {
  checkSize('thetas', thetas);
  const rows = riskTable(a, b);
  const logs = thetas.map((theta) => {
    checkPositive('theta', theta);
    let log = 0;
    for (const row of rows) {
      let { atRiskA, atRiskB } = row;
      for (let i = 0; i < row.eventsA + row.eventsB; i++) {
        log += Math.log((atRiskA + atRiskB) / (atRiskB + theta * atRiskA));
        if (i < row.eventsA) {
          log += Math.log(theta);
          atRiskA--;
        } else atRiskB--;
      }
    }
    return log;
  });
  // The mean of e^log, without leaving the range of a double.
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}
