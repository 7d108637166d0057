import {
  at,
  checkAmount,
  checkCount,
  checkFinite,
  checkPositive,
  checkSameLength,
  checkShare,
  checkSize,
} from './argument-checks.ts';
import { dot, solvePositiveDefinite } from './cholesky.ts';
import { weightOf, weightSum } from './mass-bins.ts';

/** Features of one case, what came of it (0…1), and a weight (1 unless told). */
export type Example = { x: readonly number[]; y: number; weight?: number };

/**
 * ln odds = intercept + Σ weights[j] (x[j] − means[j]) / scales[j]. Plain data, to be stored. The intercept is the ln odds of an
 * average case; weights of features of any unit can be compared with each other.
 */
export type LogisticModel = { intercept: number; weights: number[]; means: number[]; scales: number[] };

/** Why there is no model: all outcomes the same; features that repeat each other without a penalty; still moving (separable). */
export type NoFit = 'one_class' | 'singular' | 'iterations';
export type LogisticFit =
  | { converged: true; model: LogisticModel; iterations: number; logLoss: number }
  | { converged: false; because: NoFit };

export type LogisticOptions = {
  /** Strength of ½ l2 Σ weights², at least 0, against the summed loss; 1 unless told. The intercept is not penalised. */
  l2?: number;
  maxIterations?: number;
};

/** Rows with a leading 1 for the intercept and standardised features. */
type Design = { rows: number[][]; y: number[]; weight: number[]; total: number; l2: number };

/**
 * L2-regularised logistic regression by Newton's method with halved steps (IRLS): no chance, no order of rows matters but for
 * rounding, and it says when it did not arrive. Features are standardised inside; a constant one gets weight 0 (with l2 > 0).
 * Rows of equal length, finite, at least one feature; y in [0, 1]; weights above 0; at least one row; RangeError otherwise.
 * Source: Hastie, Tibshirani & Friedman (2009), 4.4; le Cessie & van Houwelingen (1992).
 */
export function fitLogistic(
  examples: readonly Example[],
  { l2 = 1, maxIterations = 25 }: LogisticOptions = {},
): LogisticFit {
  checkExamples(examples);
  checkAmount('l2', l2);
  checkCount('maxIterations', maxIterations, 1);
  const { means, scales } = standardisation(examples);
  const total = weightSum(examples);
  const rate = examples.reduce((sum, example) => sum + weightOf(example) * example.y, 0) / total;
  if (rate === 0 || rate === 1) return { converged: false, because: 'one_class' };
  const design: Design = {
    rows: examples.map(({ x }) => [1, ...x.map((value, j) => (value - at(means, j)) / at(scales, j))]),
    y: examples.map(({ y }) => y),
    weight: examples.map(weightOf),
    total,
    l2,
  };
  const found = newton(design, [Math.log(rate / (1 - rate)), ...means.map(() => 0)], maxIterations);
  if ('because' in found) return { converged: false, because: found.because };
  const [intercept, ...weights] = found.beta as [number, ...number[]];
  const logLoss = loss({ ...design, l2: 0 }, found.beta) / total;
  return { converged: true, model: { intercept, weights, means, scales }, iterations: found.iterations, logLoss };
}

function checkExamples(examples: readonly Example[]): void {
  checkSize('examples', examples);
  for (const example of examples) {
    checkSize('x', example.x);
    checkSameLength('the first x', at(examples, 0).x, 'x', example.x);
    for (const value of example.x) checkFinite('x', value);
    checkShare('y', example.y);
    checkPositive('weight', weightOf(example));
  }
}

/** Weighted mean and standard deviation of each feature; 1 for one that never varies (but for rounding). */
function standardisation(examples: readonly Example[]): { means: number[]; scales: number[] } {
  const total = weightSum(examples);
  const features = at(examples, 0).x.map((_, j) => j);
  const meanOf = (of: (example: Example) => number): number =>
    examples.reduce((sum, example) => sum + weightOf(example) * of(example), 0) / total;
  const means = features.map((j) => meanOf(({ x }) => at(x, j)));
  const scales = features.map((j) => {
    const deviation = Math.sqrt(meanOf(({ x }) => (at(x, j) - at(means, j)) ** 2));
    return deviation > 1e-12 * Math.abs(at(means, j)) ? deviation : 1;
  });
  return { means, scales };
}

function newton(
  design: Design,
  start: number[],
  maxIterations: number,
): { beta: number[]; iterations: number } | { because: NoFit } {
  let beta = start;
  let current = loss(design, beta);
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const { gradient, hessian } = derivatives(design, beta);
    const step = solvePositiveDefinite(hessian, gradient);
    if (step === null) return { because: 'singular' };
    const from = beta;
    const moved = (size: number): number[] => from.map((value, j) => value - size * at(step, j));
    // Twice what a full step would still gain: falls quadratically once near, and only by e a step towards infinity.
    if (dot(step, gradient) <= 1e-14 * design.total) return { beta: moved(1), iterations };
    let size = 1;
    const slack = 1e-12 * (1 + current);
    while (loss(design, moved(size)) > current + slack) size /= 2;
    beta = moved(size);
    current = loss(design, beta);
  }
  return { because: 'iterations' };
}

/** Σ w (ln(1 + e^η) − y η) + ½ l2 Σ β², the intercept left out. */
function loss({ rows, y, weight, l2 }: Design, beta: readonly number[]): number {
  const penalty = beta.reduce((sum, value, j) => (j === 0 ? sum : sum + value * value), 0);
  return rows.reduce(
    (sum, row, i) => {
      const eta = dot(row, beta);
      return sum + at(weight, i) * (Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - at(y, i) * eta);
    },
    0.5 * l2 * penalty,
  );
}

function derivatives(
  { rows, y, weight, l2 }: Design,
  beta: readonly number[],
): { gradient: number[]; hessian: number[][] } {
  const gradient = beta.map((value, j) => (j === 0 ? 0 : l2 * value));
  const hessian = beta.map((_, j) => beta.map((__, k) => (j === k && j > 0 ? l2 : 0)));
  for (const [i, row] of rows.entries()) {
    const p = sigmoid(dot(row, beta));
    const pull = at(weight, i) * (p - at(y, i));
    const curve = at(weight, i) * p * (1 - p);
    for (const [j, value] of row.entries()) {
      gradient[j] = at(gradient, j) + pull * value;
      const line = at(hessian, j);
      for (let k = 0; k <= j; k++) line[k] = at(line, k) + curve * value * at(row, k);
    }
  }
  return { gradient, hessian };
}

export function sigmoid(eta: number): number {
  return 1 / (1 + Math.exp(-eta));
}

/** What each feature adds to the ln odds of this case against an average one: the reasons behind a probability. */
export function logisticContributions({ weights, means, scales }: LogisticModel, x: readonly number[]): number[] {
  checkSameLength('the weights', weights, 'x', x);
  for (const value of x) checkFinite('x', value);
  return x.map((value, j) => (at(weights, j) * (value - at(means, j))) / at(scales, j));
}

/** The chance of 1 for a case with features `x`: as many finite numbers as the model has weights, RangeError otherwise. */
export function logisticProbability(model: LogisticModel, x: readonly number[]): number {
  return sigmoid(logisticContributions(model, x).reduce((sum, part) => sum + part, model.intercept));
}
