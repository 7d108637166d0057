import { checkLevel, checkTrials } from './argument-checks.ts';
import { betaQuantile, betaUpperQuantile } from './beta-distribution.ts';
import type { Interval } from './interval.ts';

function lower(x: number, n: number, alpha: number): number {
  return x === 0 ? 0 : betaQuantile(alpha, { a: x, b: n - x + 1 });
}

function upper(x: number, n: number, alpha: number): number {
  return x === n ? 1 : betaUpperQuantile(alpha, { a: x + 1, b: n - x });
}

/**
 * Two-sided exact interval for a share after x of n (whole numbers, 0 ≤ x ≤ n, n > 0; RangeError otherwise): each end leaves at
 * most (1 − confidence)/2 outside. Never too narrow, for one look. Source: Clopper & Pearson (1934).
 */
export function clopperPearson(x: number, n: number, confidence = 0.95): Interval {
  checkTrials('x', x, 'n', n);
  checkLevel('confidence', confidence);
  const alpha = (1 - confidence) / 2;
  return { lo: lower(x, n, alpha), hi: upper(x, n, alpha) };
}

/** One-sided exact lower bound: the share is at least this with the given confidence. As `clopperPearson` otherwise. */
export function clopperPearsonLower(x: number, n: number, confidence = 0.95): number {
  checkTrials('x', x, 'n', n);
  checkLevel('confidence', confidence);
  return lower(x, n, 1 - confidence);
}

/** One-sided exact upper bound: the share is at most this with the given confidence. As `clopperPearson` otherwise. */
export function clopperPearsonUpper(x: number, n: number, confidence = 0.95): number {
  checkTrials('x', x, 'n', n);
  checkLevel('confidence', confidence);
  return upper(x, n, 1 - confidence);
}
