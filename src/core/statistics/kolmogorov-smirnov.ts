import { at } from './argument-checks.ts';
import { ascending } from './quantile.ts';

/** `d`: the largest distance between the two cumulative shares, 0…1. `p`: the chance of at least that, were they alike. */
export type KolmogorovSmirnov = { d: number; p: number };

/**
 * Kolmogorov–Smirnov test of two samples of finite numbers (neither empty; RangeError otherwise). p is asymptotic: right to a
 * few hundredths from about 10 values each, too large where values are tied. Source: Smirnov (1939); DLMF 20.
 */
export function ksTwoSample(x: readonly number[], y: readonly number[]): KolmogorovSmirnov {
  const a = ascending('x', x);
  const b = ascending('y', y);
  let i = 0;
  let j = 0;
  let d = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(at(a, i), at(b, j));
    while (i < a.length && at(a, i) === value) i++;
    while (j < b.length && at(b, j) === value) j++;
    d = Math.max(d, Math.abs(i / a.length - j / b.length));
  }
  return { d, p: kolmogorovSurvival(d * Math.sqrt((a.length * b.length) / (a.length + b.length))) };
}

/** P(K > λ) of Kolmogorov's distribution: two series, each where it is quick. */
function kolmogorovSurvival(lambda: number): number {
  let sum = 0;
  if (lambda < 1) {
    // Below this the chance differs from 1 by less than a double can tell.
    if (lambda < 0.15) return 1;
    for (let k = 1; k < 12; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * lambda * lambda));
    return 1 - (Math.sqrt(2 * Math.PI) / lambda) * sum;
  }
  for (let k = 1; k < 6; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return sum;
}
