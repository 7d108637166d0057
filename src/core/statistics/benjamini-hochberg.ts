import { checkLevel, checkShare } from './argument-checks.ts';

/** In the order given: the adjusted p-value, and whether it is a discovery. */
export type Discovery = { p: number; adjusted: number; discovered: boolean };

/**
 * Which of many p-values to believe so that on average at most the share `rate` (.10 unless told) of those believed is false.
 * p-values in [0, 1], 0 < rate < 1; RangeError otherwise. No p-values: none. Source: Benjamini & Hochberg (1995).
 */
export function benjaminiHochberg(pValues: readonly number[], rate = 0.1): Discovery[] {
  checkLevel('rate', rate);
  for (const p of pValues) checkShare('p', p);
  const falling = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => b.p - a.p);
  const found: Discovery[] = [];
  let adjusted = 1;
  for (const [place, { p, index }] of falling.entries()) {
    adjusted = Math.min(adjusted, p * (pValues.length / (pValues.length - place)));
    found[index] = { p, adjusted, discovered: adjusted <= rate };
  }
  return found;
}
