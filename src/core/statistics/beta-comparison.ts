import { at, checkPositive, checkSize } from './argument-checks.ts';
import { type Beta, betaKernel, betaTails } from './beta-distribution.ts';

/** Points on the logit scale and the distance between them. */
type Grid = { points: number[]; step: number };

/** Spread of logit(X), X ~ Beta(a, b); a little below the exact one. */
function spread({ a, b }: Beta): number {
  return Math.sqrt(1 / a + 1 / b);
}

/** The density of logit(X) at t. */
function density(t: number, beta: Beta): number {
  return betaKernel(1 / (1 + Math.exp(-t)), 1 / (1 + Math.exp(t)), beta);
}

function tails(t: number, beta: Beta) {
  return betaTails(1 / (1 + Math.exp(-t)), 1 / (1 + Math.exp(t)), beta);
}

/** How far from its mode logit(X) can be, to one side (−1, 1); what is beyond is below the last bit of a probability. */
function reach(beta: Beta, side: -1 | 1): number {
  const mode = Math.log(beta.a / beta.b);
  let distance = 4 * spread(beta);
  while (density(mode + side * distance, beta) > 1e-19 * density(mode, beta)) distance *= 1.25;
  return mode + side * distance;
}

/**
 * Where to sum the densities of `spanned`, fine enough for the sharpest of all. On the logit scale these integrands are analytic
 * and fall off exponentially, for which the trapezoidal rule is exact to the last digits (Trefethen & Weideman 2014).
 */
function gridOver(spanned: readonly Beta[], all: readonly Beta[]): Grid {
  for (const { a, b } of all) {
    checkPositive('a', a);
    checkPositive('b', b);
  }
  const step = Math.min(0.2, ...all.map((beta) => spread(beta) / 2));
  const from = Math.min(...spanned.map((beta) => reach(beta, -1)));
  const to = Math.max(...spanned.map((beta) => reach(beta, 1)));
  return { points: Array.from({ length: Math.ceil((to - from) / step) + 1 }, (_, i) => from + i * step), step };
}

/**
 * P(X1 > X2) for independent X1 ~ Beta(first), X2 ~ Beta(second): the posterior chance that one rate is higher than another.
 * a, b > 0; RangeError otherwise. Absolute error below 1e-12.
 */
export function probabilityGreater(first: Beta, second: Beta): number {
  if (spread(second) < spread(first)) return 1 - probabilityGreater(second, first);
  const { points, step } = gridOver([first], [first, second]);
  return step * points.reduce((sum, t) => sum + density(t, first) * tails(t, second).below, 0);
}

/**
 * For each arm the chance that its rate is the highest, given independent posteriors Beta(a, b); they sum to 1. What Thompson
 * sampling plays by. At least one arm, a, b > 0; RangeError otherwise. Some hundred evaluations an arm; more where one arm is
 * known far better than another.
 */
export function probabilityBest(arms: readonly Beta[]): number[] {
  checkSize('arms', arms);
  const { points } = gridOver(arms, arms);
  const best = arms.map(() => 0);
  for (const t of points) {
    const below = arms.map((beta) => tails(t, beta).below);
    for (const [i, beta] of arms.entries()) {
      const others = below.reduce((product, share, j) => (j === i ? product : product * share), 1);
      best[i] = at(best, i) + density(t, beta) * others;
    }
  }
  const total = best.reduce((sum, value) => sum + value, 0);
  return best.map((value) => value / total);
}
