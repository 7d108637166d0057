import { at, checkAmount, checkCount, checkPositive, checkSameLength, checkSize } from './argument-checks.ts';
import { chiSquareUpperQuantile } from './chi-square.ts';
import { ascending, quantile } from './quantile.ts';

/**
 * Population stability index of two histograms over the same bins: Σ (a − e) ln(a/e) over the shares e (then) and a (now), with
 * `pseudo` added to every count; 0 = alike. Counts are whole and at least one bin is needed; with `pseudo` 0 no bin may be
 * empty; RangeError otherwise. Source: Lewis (1994); Yurdakul & Naranjo (2020).
 */
export function psi(expectedCounts: readonly number[], actualCounts: readonly number[], pseudo = 0.5): number {
  checkSize('expectedCounts', expectedCounts);
  checkSameLength('expectedCounts', expectedCounts, 'actualCounts', actualCounts);
  const expected = shares('expectedCounts', expectedCounts, pseudo);
  const actual = shares('actualCounts', actualCounts, pseudo);
  return actual.reduce((sum, a, bin) => sum + (a - at(expected, bin)) * Math.log(a / at(expected, bin)), 0);
}

function shares(name: string, counts: readonly number[], pseudo: number): number[] {
  checkAmount('pseudo', pseudo);
  for (const count of counts) {
    checkCount(name, count);
    checkPositive(`${name} + pseudo`, count + pseudo);
  }
  const total = counts.reduce((sum, count) => sum + count + pseudo, 0);
  return counts.map((count) => (count + pseudo) / total);
}

/**
 * Where a PSI between samples of n and m in `bins` bins (at least 2) becomes an alarm: .10, or what chance alone exceeds in 1 of
 * 100 cases if that is more: χ²₀.₉₉ with bins − 1 degrees of freedom × (1/n + 1/m). The usual .1/.25 ignore n.
 * Source: Yurdakul & Naranjo (2020), Statistical properties of the population stability index.
 */
export function psiLimit(n: number, m: number, bins: number): number {
  checkCount('n', n, 1);
  checkCount('m', m, 1);
  checkCount('bins', bins, 2);
  return Math.max(0.1, chiSquareUpperQuantile(0.01, bins - 1) * (1 / n + 1 / m));
}

export type PsiDrift = { psi: number; limit: number; alarm: boolean; expectedCounts: number[]; actualCounts: number[] };

/**
 * Has a score or an input moved? `reference` (then) is cut at its own quantiles into at most `bins` bins (equal values stay
 * together), `current` (now) is counted into the same, and the PSI of both is held against `psiLimit`. Values finite, both
 * samples filled, RangeError otherwise.
 */
export function psiDrift(reference: readonly number[], current: readonly number[], bins = 10): PsiDrift {
  checkCount('bins', bins, 2);
  const then = ascending('reference', reference);
  const now = ascending('current', current);
  const cuts = [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantile(then, (i + 1) / bins)))];
  const expectedCounts = countsBetween(then, cuts);
  const actualCounts = countsBetween(now, cuts);
  const value = psi(expectedCounts, actualCounts);
  const limit = psiLimit(then.length, now.length, cuts.length + 1);
  return { psi: value, limit, alarm: value > limit, expectedCounts, actualCounts };
}

/** How many values are at or below the first cut, at or below the second …, above the last. */
function countsBetween(sorted: readonly number[], cuts: readonly number[]): number[] {
  const below = cuts.map((cut) => sorted.filter((value) => value <= cut).length);
  return [...below, sorted.length].map((count, i) => count - (i === 0 ? 0 : at(below, i - 1)));
}
