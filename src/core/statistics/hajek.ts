import { checkPositive, checkShare, checkSize } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { effectiveCount } from './mass-bins.ts';
import { wilson } from './wilson.ts';

/** An outcome (1 approved, 0 not, or between) of a decision that was looked at with chance `probability`. */
export type Sampled = { value: number; probability: number };

/** Share with a 95 % interval; `effectiveN` (Σw)²/Σw²: how many decisions drawn alike would tell as much. */
export type HajekShare = Interval & { share: number; effectiveN: number; standardError: number };

/**
 * The share among all decisions, from those that were looked at, each counted 1/probability times: rare spot checks stand for all
 * that was automatic. Interval: Wilson with the effective n, for display. Values in [0, 1], probabilities above 0 and at most
 * 1, at least one; RangeError otherwise. Source: Hájek (1971); effective n: Kish (1965).
 */
export function hajekShare(sampled: readonly Sampled[], confidence = 0.95): HajekShare {
  checkSize('sampled', sampled);
  for (const { value, probability } of sampled) {
    checkShare('value', value);
    checkShare('probability', probability);
    checkPositive('probability', probability);
  }
  const total = sampled.reduce((sum, { probability }) => sum + 1 / probability, 0);
  const sum = sampled.reduce((left, { value, probability }) => left + value / probability, 0);
  const share = Math.min(1, sum / total);
  const squares = sampled.reduce((left, { value, probability }) => left + ((value - share) / probability) ** 2, 0);
  const effectiveN = effectiveCount(sampled.map(({ probability }) => ({ weight: 1 / probability })));
  const { lo, hi } = wilson(share * effectiveN, effectiveN, confidence);
  return { share, effectiveN, standardError: Math.sqrt(squares) / total, lo, hi };
}
