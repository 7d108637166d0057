import { checkShare, checkTrials } from './argument-checks.ts';
import { betaCdf } from './beta-distribution.ts';

/**
 * P(bad rate < eps | x bad of n) under a uniform prior: Beta(x + 1, n − x + 1) at eps. x, n whole, 0 ≤ x ≤ n, n > 0; eps in
 * [0, 1]; RangeError otherwise. A number for one look and for display; looking again and again at it certifies nothing.
 * Source: Bayes (1763); Gelman et al. (2013), Bayesian data analysis, 2.1.
 */
export function posteriorBelow(x: number, n: number, eps: number): number {
  checkTrials('x', x, 'n', n);
  checkShare('eps', eps);
  return betaCdf(eps, { a: x + 1, b: n - x + 1 });
}
