import { at } from '../statistics/argument-checks.ts';
import {
  type Example,
  fitLogistic,
  type LogisticModel,
  logisticContributions,
  type NoFit,
} from '../statistics/logistic-regression.ts';
import { fitPlatt, type Platt, plattProbability } from '../statistics/platt.ts';
import { encode, type Encoding, learnEncoding, widthOf } from './encoding.ts';
import type { TableColumn } from './lead-table.ts';

/** A learned score of leads: plain data, to be stored; the same leads in the same order give the same model. */
export type ScoreModel = { encoding: Encoding; logistic: LogisticModel; calibration: Platt; l2: number };

export type ScoreFit = { ok: true; model: ScoreModel } | { ok: false; because: NoFit | 'no_columns' };

/** Strengths of the penalty that are tried; in units of leads. */
const PENALTIES = [1, 8, 64];
const FOLDS = 5;

/**
 * Regularised logistic regression on any columns. The strength of the penalty is chosen by five-fold cross-validation (log loss); the
 * same folds give each lead odds from a model that did not see it, on which Platt's calibration is fitted. @param columns and
 * @param converted the leads to learn from, in an order that means nothing. @param penalties tried; one alone is taken as it is.
 */
export function fitScore(
  columns: readonly TableColumn[],
  converted: readonly boolean[],
  penalties: readonly number[] = PENALTIES,
): ScoreFit {
  const encoding = learnEncoding(columns);
  if (encoding.length === 0) return { ok: false, because: 'no_columns' };
  const cells = new Map(columns.map((column) => [column.name, column.cells]));
  const examples = converted.map(
    (one, row): Example => ({ x: encode(encoding, (column) => cells.get(column)?.[row] ?? ''), y: one ? 1 : 0 }),
  );
  let best: { l2: number; odds: number[]; loss: number } | null = null;
  let because: NoFit = 'one_class';
  let start: LogisticModel | undefined;
  for (const l2 of penalties) {
    const odds = unseenOdds(examples, l2, start);
    if ('because' in odds) {
      because = odds.because;
      continue;
    }
    const loss = odds.odds.reduce(
      (sum, odd, row) => sum + Math.log1p(Math.exp(converted[row] === true ? -odd : odd)),
      0,
    );
    if (best === null || loss < best.loss) best = { l2, odds: odds.odds, loss };
    start = odds.last;
  }
  if (best === null) return { ok: false, because };
  const fit = fitLogistic(examples, { l2: best.l2, maxIterations: 50, ...(start && { start }) });
  if (!fit.converged) return { ok: false, because: fit.because };
  const calibration = fitPlatt(best.odds.map((score, row) => ({ score, bad: converted[row] === true })));
  if ('because' in calibration) return { ok: false, because: calibration.because };
  return { ok: true, model: { encoding, logistic: fit.model, calibration, l2: best.l2 } };
}

/** ln odds of each lead by a model of the other folds, and the last of these models, for the next to begin at. */
function unseenOdds(
  examples: readonly Example[],
  l2: number,
  start: LogisticModel | undefined,
): { odds: number[]; last: LogisticModel | undefined } | { because: NoFit } {
  const odds = examples.map(() => 0);
  let last = start;
  for (let fold = 0; fold < FOLDS; fold++) {
    const fit = fitLogistic(
      examples.filter((_, row) => row % FOLDS !== fold),
      // A whole fifth of the leads is lighter, and so is its penalty.
      { l2: (l2 * (FOLDS - 1)) / FOLDS, maxIterations: 50, ...(last && { start: last }) },
    );
    if (!fit.converged) return { because: fit.because };
    last = fit.model;
    for (let row = fold; row < examples.length; row += FOLDS) odds[row] = lnOdds(fit.model, at(examples, row).x);
  }
  return { odds, last };
}

function lnOdds(model: LogisticModel, x: readonly number[]): number {
  return logisticContributions(model, x).reduce((sum, part) => sum + part, model.intercept);
}

/** The chance that a lead converts, 0…1. @param cellOf its cell in a column, '' where nobody answered. */
export function scoreProbability(
  { encoding, logistic, calibration }: ScoreModel,
  cellOf: (column: string) => string,
): number {
  return plattProbability(calibration, lnOdds(logistic, encode(encoding, cellOf)));
}

/** What each column adds to the ln odds of this lead against an average one, in the order of the encoding. */
export function scoreContributions(
  { encoding, logistic, calibration }: ScoreModel,
  cellOf: (column: string) => string,
): Array<{ column: string; weight: number }> {
  const parts = logisticContributions(logistic, encode(encoding, cellOf));
  let from = 0;
  return encoding.map((code) => {
    const own = parts.slice(from, from + widthOf(code));
    from += own.length;
    return { column: code.column, weight: calibration.slope * own.reduce((sum, part) => sum + part, 0) };
  });
}
