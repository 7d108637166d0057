import { lnGamma, stirlingTail } from './ln-gamma.ts';

const HALF_LN_TWO_PI = 0.9189385332046727;

/**
 * What Stirling's formula leaves out: ln Γ(z) − [(z − ½) ln z − z + ½ ln 2π], for z > 0; about 1/(12z). With it, ratios of large
 * Γ are sums of small terms and keep their digits, where differences of ln Γ lose them.
 * Source: Abramowitz & Stegun 6.1.40.
 */
export function stirlingError(z: number): number {
  return z < 10 ? lnGamma(z) - ((z - 0.5) * Math.log(z) - z + HALF_LN_TWO_PI) : stirlingTail(z);
}

/**
 * x ln(x/m) + m − x for x > 0, m ≥ 0: how unlikely a count x is where m is expected; 0 exactly when they are equal, Infinity when
 * m = 0. Near x = m by a series, as the three terms would cancel.
 * Source: Loader (2000), Fast and accurate computation of binomial probabilities, bd0.
 */
export function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  const square = v * v;
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 3, before = Number.NaN; sum !== before; j += 2) {
    before = sum;
    term *= square;
    sum += term / j;
  }
  return sum;
}
