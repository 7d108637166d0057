import { checkPositive, checkShare } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { twoSidedZ } from './normal-distribution.ts';

/**
 * Two-sided score interval for a share after x of n. x and n may be weighted counts, so they need not be whole: 0 ≤ x ≤ n,
 * n > 0, finite; RangeError otherwise. For display only, never for raising: its coverage is right on average, not at worst.
 * Source: Wilson (1927).
 */
export function wilson(x: number, n: number, confidence = 0.95): Interval {
  checkPositive('n', n);
  checkShare('x / n', x / n);
  const z = twoSidedZ(confidence);
  return { lo: lower(x, n, z), hi: 1 - lower(n - x, n, z) };
}

/** The smaller root of (n + z²) p² − (2x + z²) p + x²/n, from the product of both: exactly 0 for x = 0. */
function lower(x: number, n: number, z: number): number {
  const larger = (2 * x + z * z + z * Math.sqrt(z * z + 4 * x * (1 - x / n))) / 2;
  return (x * x) / n / larger;
}
