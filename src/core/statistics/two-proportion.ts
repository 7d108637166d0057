import { checkTrials } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { newcombe } from './newcombe.ts';
import { normalTwoSided } from './normal-distribution.ts';

/**
 * `difference` p1 − p2 with its Newcombe `interval`; `lift` p1/p2 − 1, null where p2 = 0; `z` pooled, `p` two-sided.
 */
export type TwoProportion = { difference: number; interval: Interval; lift: number | null; z: number; p: number };

/**
 * Compares the shares x1/n1 and x2/n2 of two independent samples, once, at the planned n: looking again and again at p finds
 * differences where there are none (use the e-process for that). Where neither or both have everything, z = 0 and p = 1.
 * Whole numbers, 0 ≤ x ≤ n, n > 0; RangeError otherwise. Source: pooled z test, Fleiss (1981), ch. 2; Newcombe (1998).
 */
export function twoProportion(x1: number, n1: number, x2: number, n2: number, confidence = 0.95): TwoProportion {
  checkTrials('x1', x1, 'n1', n1);
  checkTrials('x2', x2, 'n2', n2);
  const difference = x1 / n1 - x2 / n2;
  const pooled = (x1 + x2) / (n1 + n2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  const z = error === 0 ? 0 : difference / error;
  return {
    difference,
    interval: newcombe(x1, n1, x2, n2, confidence),
    lift: x2 === 0 ? null : x1 / n1 / (x2 / n2) - 1,
    z,
    p: normalTwoSided(z),
  };
}
