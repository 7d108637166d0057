import { checkTrials } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { wilson } from './wilson.ts';

/**
 * Interval for the difference of two shares x1/n1 − x2/n2 of independent samples, in [−1, 1]; right for small counts and for
 * none at all too. Whole numbers, 0 ≤ x ≤ n, n > 0; RangeError otherwise. Source: Newcombe (1998), method 10 (no correction).
 */
export function newcombe(x1: number, n1: number, x2: number, n2: number, confidence = 0.95): Interval {
  checkTrials('x1', x1, 'n1', n1);
  checkTrials('x2', x2, 'n2', n2);
  const p1 = x1 / n1;
  const p2 = x2 / n2;
  const first = wilson(x1, n1, confidence);
  const second = wilson(x2, n2, confidence);
  return {
    lo: p1 - p2 - Math.hypot(p1 - first.lo, second.hi - p2),
    hi: p1 - p2 + Math.hypot(first.hi - p1, p2 - second.lo),
  };
}
