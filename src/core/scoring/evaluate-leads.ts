import type { Columns, Placeholder } from '../data-quality/placeholders.ts';
import { findConstantColumns, findNearlyConstantColumns } from '../data-quality/constant-columns.ts';
import { at } from '../statistics/argument-checks.ts';
import { auc } from '../statistics/auc.ts';
import { brierScore } from '../statistics/brier.ts';
import { expectedCalibrationError } from '../statistics/calibration-error.ts';
import type { Interval } from '../statistics/interval.ts';
import { type ReliabilityRow, reliabilityTable } from '../statistics/reliability-table.ts';
import { findActivityColumns } from './activity-columns.ts';
import { type Baselines, makeBaselines } from './baselines.ts';
import { type Influence, influences } from './influences.ts';
import { readOutcomes } from './known-outcome.ts';
import { findLeaks, judgeColumn, type Judged, type Leak } from './leaks.ts';
import { readTable, rowsOf, type TableColumn } from './lead-table.ts';
import { fitScore, type ScoreModel, scoreProbability } from './score-model.ts';
import { splitRows } from './split.ts';
import { findSuspicions, type Suspicion } from './suspicions.ts';

export type EvaluationOptions = {
  target: string;
  /** The value of the target that means converted; null: the one that reads as yes. */
  positive: string | null;
  seed: number;
  /** Named by hand; null: found by rule. */
  activity: readonly string[] | null;
  /** Columns to use whatever is suspected of them, and columns not to use. */
  keep: readonly string[];
  leaveOut: readonly string[];
};

/** How good chances are on leads that were not learned from. `auc` with DeLong's 95 % interval, `ece` over bins of equal mass. */
export type Quality = { auc: number; interval: Interval; ece: number; brier: number };

export type Evaluation = {
  target: string;
  yes: string;
  seed: number;
  rows: { known: number; unknown: number; used: number; learn: number; test: number };
  /** Share of conversions: of the leads to learn from, and of those it is tried on. */
  baseRate: { learn: number; test: number };
  all: Quality;
  withoutActivity: Quality;
  /** Without activity and without what was kept though blanks in it tell a lot. null: there is no such column. */
  withoutSuspicious: Quality | null;
  baselines: {
    brier: number;
    bestColumn: Quality & { column: string };
    points: { auc: number; interval: Interval; columns: string[] };
  };
  reliability: ReliabilityRow[];
  placeholders: Placeholder[];
  constant: string[];
  nearlyConstant: string[];
  ids: string[];
  leaking: Leak[];
  leftOutByHand: string[];
  suspicious: Suspicion[];
  activity: { columns: string[]; by: 'rule' | 'hand' };
  l2: number;
  influences: Influence[];
};

export type EvaluationAnswer = { ok: true; evaluation: Evaluation } | { ok: false; problem: string };

const LEARN_SHARE = 0.7;
/** Below it no number here would mean anything. */
const LEAST_OF_EACH = 50;
/** More would make nobody wiser, only wait. */
const MOST_ROWS = 30_000;

/**
 * Tries a learned lead score on a table of leads whose outcome is known: random 70/30, everything that looks at the outcome (leaks,
 * features, penalty, calibration, baselines) on the 70 % alone, the result on the rest.
 */
export function evaluateLeads(columns: Columns, options: EvaluationOptions): EvaluationAnswer {
  const unknown = [options.target, ...(options.activity ?? []), ...options.keep, ...options.leaveOut].find(
    (name) => !columns.has(name),
  );
  if (unknown !== undefined)
    return { ok: false, problem: `There is no column “${unknown}” (${[...columns.keys()].join(', ')})` };
  const outcomes = readOutcomes(columns.get(options.target) ?? [], options.target, options.positive);
  if (!outcomes.ok) return outcomes;
  const known = outcomes.converted.flatMap((one, row) => (one === null ? [] : [row]));
  const yes = known.filter((row) => outcomes.converted[row] === true).length;
  if (Math.min(yes, known.length - yes) < LEAST_OF_EACH)
    return {
      ok: false,
      problem: `Of ${known.length} leads with a known outcome ${yes} converted; it takes at least ${LEAST_OF_EACH} that did and ${LEAST_OF_EACH} that did not`,
    };
  const used = known.length > MOST_ROWS ? splitRows(known, MOST_ROWS / known.length, options.seed).learn : known;
  const { learn, test } = splitRows(used, LEARN_SHARE, options.seed);
  const converted = (rows: readonly number[]): boolean[] => rows.map((row) => outcomes.converted[row] === true);
  const sides = { learn, test, learned: converted(learn), came: converted(test) };
  const withoutTarget = new Map([...columns].filter(([name]) => name !== options.target));
  return evaluated(withoutTarget, options, sides, {
    yes: outcomes.yes,
    known: known.length,
    unknown: outcomes.converted.length - known.length,
    used: used.length,
  });
}

type Sides = { learn: number[]; test: number[]; learned: boolean[]; came: boolean[] };
type Counts = { yes: string; known: number; unknown: number; used: number };

function evaluated(columns: Columns, options: EvaluationOptions, sides: Sides, counts: Counts): EvaluationAnswer {
  const table = readTable(columns);
  const chosen = chooseColumns(table.columns, options, sides);
  const activity = options.activity ?? findActivityColumns(chosen.usable.map(({ column }) => column));
  const suspicious = findSuspicions(chosen.usable, activity);
  const cells = new Map(table.columns.map(({ name, cells: own }) => [name, own]));
  const baselines = makeBaselines(chosen.usable, sides.learned);
  const without = (names: readonly string[]): TableColumn[] =>
    chosen.usable.map(({ column }) => column).filter(({ name }) => !names.includes(name));
  const full = fitScore(without([]), sides.learned);
  // What suits all columns suits fewer of them: the penalty is looked for once.
  const calm = full.ok ? fitScore(without(activity), sides.learned, [full.model.l2]) : full;
  if (!full.ok || !calm.ok || baselines === null)
    return { ok: false, problem: 'Nothing can be learned from these columns' };
  const tellingBlanks = suspicious.filter(({ sign }) => sign === 'blank_tells').map(({ column }) => column);
  const strict =
    tellingBlanks.length === 0
      ? null
      : fitScore(without([...activity, ...tellingBlanks]), sides.learned, [calm.model.l2]);
  const scores = (scoreOf: (cellOf: (column: string) => string) => number): number[] =>
    sides.test.map((row) => scoreOf((column) => cells.get(column)?.[row] ?? ''));
  const chances = (model: ScoreModel): number[] => scores((cellOf) => scoreProbability(model, cellOf));
  const inUse = chances(full.model);
  const rateOf = (some: readonly boolean[]): number => some.filter(Boolean).length / some.length;
  const baseRate = { learn: rateOf(sides.learned), test: rateOf(sides.came) };
  return {
    ok: true,
    evaluation: {
      target: options.target,
      yes: counts.yes,
      seed: options.seed,
      rows: {
        known: counts.known,
        unknown: counts.unknown,
        used: counts.used,
        learn: sides.learn.length,
        test: sides.test.length,
      },
      baseRate,
      all: qualityOf(inUse, sides.came),
      withoutActivity: qualityOf(chances(calm.model), sides.came),
      withoutSuspicious: strict?.ok === true ? qualityOf(chances(strict.model), sides.came) : null,
      baselines: baselineReport(baselines, baseRate.learn, scores, sides.came),
      reliability: reliabilityTable(forecasts(inUse, sides.came)),
      placeholders: table.placeholders,
      constant: findConstantColumns(columns).map(({ column }) => column),
      nearlyConstant: findNearlyConstantColumns(columns).map(({ column }) => column),
      ids: table.columns
        .filter(({ kind, name }) => kind === 'id' && !chosen.leaking.some(({ column }) => column === name))
        .map(({ name }) => name),
      leaking: chosen.leaking,
      leftOutByHand: [...options.leaveOut],
      suspicious,
      activity: { columns: [...activity], by: options.activity === null ? 'rule' : 'hand' },
      l2: full.model.l2,
      influences: influences(
        full.model,
        table.columns.map((column) => rowsOf(column, sides.test)),
      ),
    },
  };
}

/** The outcome is looked at for the leads to learn from only. */
function chooseColumns(
  columns: readonly TableColumn[],
  { keep, leaveOut }: EvaluationOptions,
  { learn, learned }: Sides,
): { usable: Judged[]; leaking: Leak[] } {
  const judged = columns
    .filter(({ kind, name }) => kind !== 'constant' && !leaveOut.includes(name))
    .map((column) => judgeColumn(rowsOf(column, learn), learned));
  const leaking = findLeaks(judged).filter(({ column }) => !keep.includes(column));
  const names = new Set(leaking.map(({ column }) => column));
  return { usable: judged.filter(({ column }) => column.kind !== 'id' && !names.has(column.name)), leaking };
}

function baselineReport(
  { bestColumn, points }: Baselines,
  base: number,
  scores: (scoreOf: (cellOf: (column: string) => string) => number) => number[],
  came: readonly boolean[],
): Evaluation['baselines'] {
  const ranked = areaOf(scores(points.scoreOf), came);
  return {
    brier: brierScore(
      forecasts(
        came.map(() => base),
        came,
      ),
    ),
    bestColumn: { ...qualityOf(scores(bestColumn.scoreOf), came), column: bestColumn.column },
    points: { ...ranked, columns: points.columns },
  };
}

function forecasts(chances: readonly number[], came: readonly boolean[]): Array<{ p: number; y: number }> {
  return chances.map((p, row) => ({ p, y: came[row] === true ? 1 : 0 }));
}

const Z_95 = 1.959964;

function areaOf(scores: readonly number[], came: readonly boolean[]): { auc: number; interval: Interval } {
  const of = (yes: boolean): number[] => scores.filter((_, row) => at(came, row) === yes);
  const { auc: area, standardError } = auc(of(true), of(false));
  return {
    auc: area,
    interval: { lo: Math.max(0, area - Z_95 * standardError), hi: Math.min(1, area + Z_95 * standardError) },
  };
}

function qualityOf(chances: readonly number[], came: readonly boolean[]): Quality {
  const pairs = forecasts(chances, came);
  return { ...areaOf(chances, came), ece: expectedCalibrationError(pairs), brier: brierScore(pairs) };
}
