import { chiSquareSurvival } from './chi-square.ts';
import type { Watched } from './kaplan-meier.ts';
import { riskTable } from './risk-table.ts';

/** Events of arm A seen and expected were both arms alike, the variance of that, χ² with 1 degree of freedom and its p. */
export type LogRank = { observed: number; expected: number; variance: number; chi2: number; p: number };

/**
 * Log-rank test: do two arms convert at the same pace? Once, at the end; for looking live use `anytimeLogRank`. Where nothing can
 * be compared (no event while both are watched) χ² = 0 and p = 1. Meant for at least 10 events an arm. Arguments as
 * `kaplanMeier`. Source: Mantel (1966), Peto & Peto (1972).
 */
export function logRank(a: readonly Watched[], b: readonly Watched[]): LogRank {
  let observed = 0;
  let expected = 0;
  let variance = 0;
  for (const { atRiskA, atRiskB, eventsA, eventsB } of riskTable(a, b)) {
    const n = atRiskA + atRiskB;
    const events = eventsA + eventsB;
    observed += eventsA;
    expected += (events * atRiskA) / n;
    if (n > 1) variance += (events * (atRiskA / n) * (atRiskB / n) * (n - events)) / (n - 1);
  }
  const chi2 = variance === 0 ? 0 : (observed - expected) ** 2 / variance;
  return { observed, expected, variance, chi2, p: chiSquareSurvival(chi2, 1) };
}
