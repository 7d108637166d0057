import { contentHash } from './canonical-json.ts';
import type { Risk, RiskReason } from './risk.ts';
import { FEATURES_VERSION, featureWords } from './risk-features.ts';
import { at } from './statistics/argument-checks.ts';
import { auc } from './statistics/auc.ts';
import { brierScore } from './statistics/brier.ts';
import {
  fitLogistic,
  type LogisticModel,
  logisticContributions,
  type NoFit,
} from './statistics/logistic-regression.ts';
import { fitPlatt, type Platt, plattProbability } from './statistics/platt.ts';

/** A learned risk. Plain data, to be stored; the same examples give the same model. */
export type LearnedRisk = {
  features: string;
  logistic: LogisticModel;
  calibration: Platt;
  /** Steps a whole risk is told in, rounded up: 100 is hundredths, as rungs are. Models of before have none: four decimals. */
  grid?: number;
};

/** A decision that a person judged. */
export type RiskExample = {
  /** `featureValues` when it was made. */
  values: readonly number[];
  /** The stated prior's risk when it was made. */
  prior: number;
  bad: boolean;
  /** How many decisions it stands for: 1 / its spot-check probability, 1 where everything was looked at. */
  weight: number;
  /** No hard rule keeps it with people: what a threshold is about. */
  eligible: boolean;
};

/** How well a scorer told them apart: mean log loss and Brier score (0 best), AUC (½ tells nothing; null with fewer than two of a sort). */
export type RiskScores = { logLoss: number; brier: number; auc: number | null };
export type RiskReport = {
  labels: number;
  failures: number;
  /** Those that it was tried on: the latest ones, which it did not learn from. */
  tested: { labels: number; failures: number };
  before: RiskScores;
  after: RiskScores;
};

export type NotLearned = 'too_few' | 'too_few_failures' | 'too_few_to_test' | 'not_better' | NoFit;
export type Learning =
  | { ok: true; model: LearnedRisk; name: string; report: RiskReport }
  | { ok: false; because: NotLearned; report: RiskReport | null };

/** Labels, and failures among them, before a learned risk is thought of. */
export const LABELS_NEEDED = 200;
export const FAILURES_NEEDED = 15;
/** Of the later part that it is tried on, those that a threshold is about. */
const TESTED_NEEDED = 20;
const TESTED_FAILURES_NEEDED = 2;
/** In the order of time: learned on the first part, calibrated on the next, tried on the last. */
const LEARN_SHARE = 0.6;
const CALIBRATE_SHARE = 0.2;
/** Against a few examples with many features; in units of examples. */
const L2 = 4;
/** No scorer is ever so sure that one case costs everything. */
const SURE = 0.001;
/**
 * Rungs are hundredths, rounded down. Calibrated risks lie close together, a few hundredths for most: told more finely, most of what
 * a rung was drawn for would lie just above it. Up, so that no risk is told smaller than it is.
 */
const GRID = 100;
/** One check of a rare band must not outweigh all others. */
const HEAVIEST = 20;

/**
 * Learns the risk of a kind from judged decisions in the order of time: regularised logistic regression on the earlier ones, Platt's
 * calibration on the next. Taken only where it beats what is in use, the stated prior or an earlier model, on the latest ones, by
 * more than a standard error of the difference in log loss. `inUse` null: only the prior.
 */
export function learnRisk(examples: readonly RiskExample[], inUse: LearnedRisk | null = null): Learning {
  const failures = count(examples);
  if (examples.length < LABELS_NEEDED) return { ok: false, because: 'too_few', report: null };
  if (failures < FAILURES_NEEDED) return { ok: false, because: 'too_few_failures', report: null };
  const [learnFrom, calibrateOn, testOn] = parts(examples);
  const tested = testOn.filter(({ eligible }) => eligible);
  if (tested.length < TESTED_NEEDED || count(tested) < TESTED_FAILURES_NEEDED)
    return { ok: false, because: 'too_few_to_test', report: null };
  const fit = fitLogistic(
    learnFrom.map(({ values, bad, weight }) => ({ x: values, y: bad ? 1 : 0, weight: Math.min(HEAVIEST, weight) })),
    { l2: L2, maxIterations: 50 },
  );
  if (!fit.converged) return { ok: false, because: fit.because, report: null };
  const calibration = fitPlatt(calibrateOn.map(({ values, bad }) => ({ score: logOdds(fit.model, values), bad })));
  if ('because' in calibration) return { ok: false, because: calibration.because, report: null };
  const model: LearnedRisk = { features: FEATURES_VERSION, logistic: fit.model, calibration, grid: GRID };
  const scorers = {
    prior: ({ prior }: RiskExample) => prior,
    learned: ({ values }: RiskExample) => learnedProbability(model, values),
    inUse: ({ values, prior }: RiskExample) => (inUse === null ? prior : learnedProbability(inUse, values)),
  };
  const report: RiskReport = {
    labels: examples.length,
    failures,
    tested: { labels: tested.length, failures: count(tested) },
    before: scoresOf(tested, scorers.inUse),
    after: scoresOf(tested, scorers.learned),
  };
  const better =
    calibration.slope > 0 &&
    beats(tested, scorers.learned, scorers.prior) &&
    beats(tested, scorers.learned, scorers.inUse);
  if (!better) return { ok: false, because: 'not_better', report };
  return { ok: true, model, name: `learned-${contentHash(model).slice(0, 12)}`, report };
}

function parts(
  examples: readonly RiskExample[],
): [learnFrom: readonly RiskExample[], calibrateOn: readonly RiskExample[], testOn: readonly RiskExample[]] {
  const first = Math.floor(LEARN_SHARE * examples.length);
  const second = Math.floor((LEARN_SHARE + CALIBRATE_SHARE) * examples.length);
  return [examples.slice(0, first), examples.slice(first, second), examples.slice(second)];
}

/** The chance that a reviewer would not let it through, 0…1, whatever its features. */
export function learnedProbability({ logistic, calibration }: LearnedRisk, values: readonly number[]): number {
  return plattProbability(calibration, logOdds(logistic, values));
}

function logOdds(model: LogisticModel, values: readonly number[]): number {
  return logisticContributions(model, values).reduce((sum, part) => sum + part, model.intercept);
}

const REASONS = 3;
/** ln odds below which a feature is not worth a line. */
const WORTH_TELLING = 0.1;

/** The risk by a learned model, with the two or three features that moved it most. */
export function learnedRisk(model: LearnedRisk, name: string, values: readonly number[]): Risk {
  const reasons = logisticContributions(model.logistic, values)
    .map((part, index): RiskReason => {
      const weight = part * model.calibration.slope;
      const { code, text } = featureWords(index, at(values, index));
      return { code, weight, text: `${weight > 0 ? 'Riskier' : 'Safer'}: ${text}.` };
    })
    .filter(({ weight }) => Math.abs(weight) >= WORTH_TELLING)
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, REASONS);
  const base: RiskReason = { code: 'base', weight: 0, text: 'It is much like the others.' };
  return {
    value: told(learnedProbability(model, values), model.grid),
    scorer: name,
    reasons: reasons.length === 0 ? [base] : reasons,
  };
}

function told(probability: number, grid: number | undefined): number {
  return grid === undefined
    ? Math.round(probability * 10_000) / 10_000
    : Math.min(1, Math.max(1, Math.ceil(probability * grid - 1e-9)) / grid);
}

type Scorer = (example: RiskExample) => number;

function count(examples: readonly RiskExample[]): number {
  return examples.filter(({ bad }) => bad).length;
}

function lossOf(scorer: Scorer, example: RiskExample): number {
  const p = Math.min(1 - SURE, Math.max(SURE, scorer(example)));
  return -Math.log(example.bad ? p : 1 - p);
}

/** By more than a standard error of the paired difference. */
function beats(examples: readonly RiskExample[], one: Scorer, other: Scorer): boolean {
  const gains = examples.map((example) => lossOf(other, example) - lossOf(one, example));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > Math.sqrt(variance / gains.length);
}

function scoresOf(examples: readonly RiskExample[], scorer: Scorer): RiskScores {
  const of = (bad: boolean) => examples.filter((example) => example.bad === bad).map(scorer);
  const [stopped, passed] = [of(true), of(false)];
  return {
    logLoss: examples.reduce((sum, example) => sum + lossOf(scorer, example), 0) / examples.length,
    brier: brierScore(examples.map((example) => ({ p: scorer(example), y: example.bad ? 1 : 0 }))),
    auc: stopped.length < 2 || passed.length < 2 ? null : auc(stopped, passed).auc,
  };
}
