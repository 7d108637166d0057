import { checkAmount, checkLevel, checkPositive } from './argument-checks.ts';
import { bisect } from './bisect.ts';
import { gammaTail } from './gamma-tail.ts';

/**
 * P(X > x) for X ~ χ² with `df` degrees of freedom: the p-value of a χ² statistic, exact in the far tail too (no 1 − cdf).
 * x ≥ 0 and df > 0, both finite; RangeError otherwise. Source: Q(df/2, x/2), DLMF 8.2.
 */
export function chiSquareSurvival(x: number, df: number): number {
  checkAmount('x', x);
  checkPositive('df', df);
  return gammaTail(df / 2, x / 2);
}

/** The x with P(X > x) = q, X ~ χ² with `df` degrees of freedom; 0 < q < 1, df > 0, RangeError otherwise. Bisection. */
export function chiSquareUpperQuantile(q: number, df: number): number {
  checkLevel('q', q);
  checkPositive('df', df);
  let hi = df;
  while (gammaTail(df / 2, hi / 2) > q) hi *= 2;
  return bisect((x) => gammaTail(df / 2, x / 2) <= q, 0, hi);
}
