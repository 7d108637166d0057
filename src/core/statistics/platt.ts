import { at, checkFinite } from './argument-checks.ts';
import { fitLogistic, type NoFit, sigmoid } from './logistic-regression.ts';

/** Chance = 1 / (1 + e^−(slope × score + intercept)). Plain data, to be stored. */
export type Platt = { slope: number; intercept: number };

/** A score on any scale and what came of it. */
export type Outcome = { score: number; bad: boolean };

/**
 * Platt scaling: turns a score into a chance with two numbers; better than isotonic regression below some hundred outcomes.
 * Targets are drawn in a little from 0 and 1, so that outcomes all alike or wholly apart are no problem. `singular` when all
 * scores are the same. Scores finite, at least one; RangeError otherwise.
 * Source: Platt (1999); Lin, Lin & Weng (2007).
 */
export function fitPlatt(outcomes: readonly Outcome[]): Platt | { because: NoFit } {
  const bad = outcomes.filter((outcome) => outcome.bad).length;
  const good = outcomes.length - bad;
  const fit = fitLogistic(
    outcomes.map((outcome) => ({ x: [outcome.score], y: outcome.bad ? (bad + 1) / (bad + 2) : 1 / (good + 2) })),
    { l2: 0 },
  );
  if (!fit.converged) return { because: fit.because };
  const { intercept, weights, means, scales } = fit.model;
  const slope = at(weights, 0) / at(scales, 0);
  return { slope, intercept: intercept - slope * at(means, 0) };
}

export function plattProbability({ slope, intercept }: Platt, score: number): number {
  checkFinite('score', score);
  return sigmoid(slope * score + intercept);
}
