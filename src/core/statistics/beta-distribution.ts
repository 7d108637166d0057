import { checkLevel, checkPositive, checkShare } from './argument-checks.ts';
import { bisect } from './bisect.ts';
import { deviance, stirlingError } from './stirling.ts';

/** Probability below and above a point. The smaller one has all its digits; neither is 1 minus a number near 1. */
export type Tails = { below: number; above: number };

/** The distribution Beta(a, b), a, b > 0. */
export type Beta = { a: number; b: number };

/**
 * x^a y^b / B(a, b) for y = 1 − x: the density of logit(X) at logit(x), X ~ Beta(a, b). Written with deviances so that it keeps
 * its digits for counts in the millions.
 */
export function betaKernel(x: number, y: number, { a, b }: Beta): number {
  const n = a + b;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.sqrt((a / n) * (b / (2 * Math.PI))) * Math.exp(exponent);
}

/** Continued fraction of I_x(a, b), by Lentz's method; made for x ≤ (a+1)/(a+b+2), where all its parts are positive. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  let step = 0;
  for (let m = 1; Math.abs(step - 1) > 1e-15; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    step = d * c;
    value *= step;
  }
  return value;
}

/** Both tails of Beta(a, b) at x, where y = 1 − x is given as well, so that a point next to 1 keeps its digits. */
export function betaTails(x: number, y: number, { a, b }: Beta): Tails {
  const kernel = betaKernel(x, y, { a, b });
  if (x * (a + b + 2) <= a + 1) {
    const below = (kernel * fraction(x, a, b)) / a;
    return { below, above: 1 - below };
  }
  const above = (kernel * fraction(y, b, a)) / b;
  return { below: 1 - above, above };
}

function checkShape({ a, b }: Beta): void {
  checkPositive('a', a);
  checkPositive('b', b);
}

/**
 * Regularised incomplete beta I_x(a, b) = P(X ≤ x), X ~ Beta(a, b). x in [0, 1], a, b > 0; RangeError otherwise.
 * Source: DLMF 8.17; continued fraction 8.17.22.
 */
export function betaCdf(x: number, beta: Beta): number {
  checkShare('x', x);
  checkShape(beta);
  return betaTails(x, 1 - x, beta).below;
}

/** P(X > x), X ~ Beta(a, b), with its digits where it is tiny. Arguments as `betaCdf`. */
export function betaSurvival(x: number, beta: Beta): number {
  checkShare('x', x);
  checkShape(beta);
  return betaTails(x, 1 - x, beta).above;
}

/** The x with P(X ≤ x) = p, X ~ Beta(a, b), 0 < p < 1, to the last bit of I_x (bisection). RangeError for other p, a, b. */
export function betaQuantile(p: number, beta: Beta): number {
  checkLevel('p', p);
  checkShape(beta);
  return bisect((x) => betaTails(x, 1 - x, beta).below >= p, 0, 1);
}

/** The x with P(X > x) = q, for a q so small that 1 − q would lose its digits. As `betaQuantile` otherwise. */
export function betaUpperQuantile(q: number, beta: Beta): number {
  checkLevel('q', q);
  checkShape(beta);
  return bisect((x) => betaTails(x, 1 - x, beta).above <= q, 0, 1);
}
