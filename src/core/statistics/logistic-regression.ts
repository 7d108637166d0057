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
  /** A model of nearly the same examples to begin at: saves steps, changes nothing else. Of as many features. */
  start?: LogisticModel;
};

/** Rows with a leading 1 for the intercept and standardised features, `width` numbers each, one after the other. */
type Design = {
  cells: Float64Array;
  width: number;
  y: Float64Array;
  weight: Float64Array;
  total: number;
  l2: number;
};

/**
 * L2-regularised logistic regression by Newton's method with halved steps (IRLS): no chance, no order of rows matters but for
 * rounding, and it says when it did not arrive. Features are standardised inside; a constant one gets weight 0 (with l2 > 0).
 * Rows of equal length, finite, at least one feature; y in [0, 1]; weights above 0; at least one row; RangeError otherwise.
 * Source: Hastie, Tibshirani & Friedman (2009), 4.4; le Cessie & van Houwelingen (1992).
 */
export function fitLogistic(
  examples: readonly Example[],
  { l2 = 1, maxIterations = 25, start }: LogisticOptions = {},
): LogisticFit {
  checkExamples(examples);
  checkAmount('l2', l2);
  checkCount('maxIterations', maxIterations, 1);
  const { means, scales } = standardisation(examples);
  const total = weightSum(examples);
  const rate = examples.reduce((sum, example) => sum + weightOf(example) * example.y, 0) / total;
  if (rate === 0 || rate === 1) return { converged: false, because: 'one_class' };
  const width = means.length + 1;
  const cells = new Float64Array(examples.length * width);
  for (const [i, { x }] of examples.entries()) {
    cells[i * width] = 1;
    for (let j = 1; j < width; j++) cells[i * width + j] = (at(x, j - 1) - at(means, j - 1)) / at(scales, j - 1);
  }
  const design: Design = {
    cells,
    width,
    y: Float64Array.from(examples, ({ y }) => y),
    weight: Float64Array.from(examples, weightOf),
    total,
    l2,
  };
  if (start !== undefined) checkSameLength('the means', means, 'the weights to start at', start.weights);
  const from = start ? [start.intercept, ...start.weights] : [Math.log(rate / (1 - rate)), ...means.map(() => 0)];
  const found = newton(design, from, maxIterations);
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
function loss(design: Design, beta: readonly number[]): number {
  const { y, weight, l2 } = design;
  const penalty = beta.reduce((sum, value, j) => (j === 0 ? sum : sum + value * value), 0);
  let sum = 0.5 * l2 * penalty;
  for (let i = 0; i < y.length; i++) {
    const eta = lnOdds(design, i, beta);
    sum += at(weight, i) * (Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - at(y, i) * eta);
  }
  return sum;
}

function lnOdds({ cells, width }: Design, row: number, beta: readonly number[]): number {
  let eta = 0;
  for (let j = 0; j < width; j++) eta += (cells[row * width + j] as number) * (beta[j] as number);
  return eta;
}

/** The inner loops run some ten million times for a file of leads: flat arrays, no checks. Only the lower half of the matrix is filled. */
function derivatives(design: Design, beta: readonly number[]): { gradient: number[]; hessian: number[][] } {
  const { cells, width, y, weight, l2 } = design;
  const gradient = beta.map((value, j) => (j === 0 ? 0 : l2 * value));
  const curves = new Float64Array(width * width);
  for (let j = 1; j < width; j++) curves[j * width + j] = l2;
  for (let i = 0; i < y.length; i++) {
    const row = i * width;
    const p = sigmoid(lnOdds(design, i, beta));
    const pull = at(weight, i) * (p - at(y, i));
    const curve = at(weight, i) * p * (1 - p);
    for (let j = 0; j < width; j++) {
      const value = cells[row + j] as number;
      gradient[j] = (gradient[j] as number) + pull * value;
      const line = j * width;
      const bend = curve * value;
      for (let k = 0; k <= j; k++) curves[line + k] = (curves[line + k] as number) + bend * (cells[row + k] as number);
    }
  }
  const hessian = beta.map((_, j) => Array.from(curves.subarray(j * width, (j + 1) * width)));
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
