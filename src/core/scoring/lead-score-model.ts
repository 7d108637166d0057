import { contentHash } from '../canonical-json.ts';
import { at } from '../statistics/argument-checks.ts';
import { auc } from '../statistics/auc.ts';
import { brierScore } from '../statistics/brier.ts';
import type { NoFit } from '../statistics/logistic-regression.ts';
import { fitPlatt, plattProbability } from '../statistics/platt.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { findActivityColumns } from './activity-columns.ts';
import { findLeaks, judgeColumn, type Leak } from './leaks.ts';
import { readTable, rowsOf, type TableColumn } from './lead-table.ts';
import { engagementColumns, ownColumns } from './scored-lead.ts';
import { fitScore, type ScoreModel, scoreContributions, scoreProbability } from './score-model.ts';
import { splitRows } from './split.ts';

/** A lead whose outcome is known, as it was known when the score would have been asked for. */
export type LeadScoreExample = {
  cells: Readonly<Record<string, string>>;
  /** What the rules said then, 0…100. */
  byRules: number;
  converted: boolean;
  /** Names of values that were set after it had converted; empty for one that did not. */
  setAfter: readonly string[];
};

/** `ranks`: 101 ascending values each, what the leads learned from had: turns odds into 0…100. Plain data, to be stored. */
export type LearnedLeadScore = { model: ScoreModel; ranks: Record<'all' | 'fit' | 'engagement', number[]> };

/** Mean log loss and Brier score (0 best), AUC (½ tells nothing). */
export type LeadScoreQuality = { logLoss: number; brier: number; auc: number };
export type LeadScoreReport = {
  leads: number;
  conversions: number;
  /** The latest ones, which were not learned from. */
  tested: { leads: number; conversions: number };
  before: LeadScoreQuality;
  after: LeadScoreQuality;
  leaking: Leak[];
  /** How much each column moves the score (standard deviation of ln odds), now and in the one before; strongest first. */
  columns: Array<{ column: string; now: number; before: number | null }>;
};

export type LeadScoreNotLearned =
  | 'too_few'
  | 'too_few_conversions'
  | 'too_few_to_test'
  | 'not_better'
  | 'no_columns'
  | NoFit;
export type LeadScoreLearning =
  | { ok: true; learned: LearnedLeadScore; name: string; report: LeadScoreReport }
  | { ok: false; because: LeadScoreNotLearned; report: LeadScoreReport | null };

/** Leads with a known outcome, and conversions among them, before a learned score is thought of. */
export const LEADS_NEEDED = 200;
export const CONVERSIONS_NEEDED = 40;
const TESTED_CONVERSIONS_NEEDED = 10;
/** In the order of time: learned on the first part, tried on the rest. */
const LEARN_SHARE = 0.7;
const SURE = 0.001;
/** Columns beside our own, the fullest first. */
const MOST_FURTHER = 40;
const LEAST_FILLED = 0.05;
/** Of the buyers who have a value, those whose value came after the sale. */
const SET_AFTER_SHARE = 0.2;
const SET_AFTER_LEADS = 3;

/**
 * Learns the lead score from own outcomes, oldest lead first. Taken only where it beats the present one, rules or an earlier model, on
 * the latest leads by more than a standard error of the difference in log loss. `inUse` null: the rules.
 */
export function learnLeadScore(
  examples: readonly LeadScoreExample[],
  inUse: LearnedLeadScore | null = null,
): LeadScoreLearning {
  const conversions = countOf(examples);
  if (examples.length < LEADS_NEEDED) return { ok: false, because: 'too_few', report: null };
  if (conversions < CONVERSIONS_NEEDED) return { ok: false, because: 'too_few_conversions', report: null };
  const cut = Math.floor(LEARN_SHARE * examples.length);
  const tested = examples.slice(cut);
  if (countOf(tested) < TESTED_CONVERSIONS_NEEDED || countOf(tested) === tested.length)
    return { ok: false, because: 'too_few_to_test', report: null };
  // The folds of cross-validation are drawn by place: time must not decide them.
  const order = splitRows([...examples.slice(0, cut).keys()], 1, 1).learn;
  const learnFrom = order.map((row) => at(examples, row));
  const { columns, leaking } = usableColumns(learnFrom);
  const fit = fitScore(
    columns,
    learnFrom.map(({ converted }) => converted),
  );
  if (!fit.ok) return { ok: false, because: fit.because, report: null };
  const learned: LearnedLeadScore = { model: fit.model, ranks: ranksOf(fit.model, learnFrom) };
  const present = inUse === null ? rulesChance(learnFrom) : chanceBy(inUse);
  const report: LeadScoreReport = {
    leads: examples.length,
    conversions,
    tested: { leads: tested.length, conversions: countOf(tested) },
    before: qualityOf(tested, present),
    after: qualityOf(tested, chanceBy(learned)),
    leaking,
    columns: columnMoves(learned.model, inUse?.model ?? null, tested),
  };
  if (!beats(tested, chanceBy(learned), present)) return { ok: false, because: 'not_better', report };
  return { ok: true, learned, name: `learned-${contentHash(learned).slice(0, 12)}`, report };
}

/** Our own columns, and the further ones that are filled often enough, know nothing of the outcome, and are not overwritten. */
function usableColumns(examples: readonly LeadScoreExample[]): { columns: TableColumn[]; leaking: Leak[] } {
  const converted = examples.map((example) => example.converted);
  const names = new Set(examples.flatMap(({ cells }) => Object.keys(cells)));
  const raw = new Map([...names].toSorted().map((name) => [name, examples.map(({ cells }) => cells[name] ?? '')]));
  const filled = (column: TableColumn): number => column.cells.filter((cell) => cell !== '').length;
  const { columns } = readTable(raw);
  const own = columns.filter(({ name }) => ownColumns.has(name));
  const further = columns
    .filter((column) => !ownColumns.has(column.name) && filled(column) >= LEAST_FILLED * examples.length)
    .toSorted((a, b) => filled(b) - filled(a))
    .slice(0, MOST_FURTHER);
  const activity = new Set(findActivityColumns(further));
  const late = setAfter(examples);
  const leaking: Leak[] = [
    ...[...late.values()].filter(({ column }) => !ownColumns.has(column)),
    ...findLeaks(further.filter(({ name }) => !late.has(name)).map((column) => judgeColumn(column, converted))),
  ];
  const leaks = new Set(leaking.map(({ column }) => column));
  for (const name of activity)
    if (!leaks.has(name))
      leaking.push({
        column: name,
        sign: 'overwritten',
        why: 'tells only what happened last; the events tell it with their times',
      });
  const left = new Set(leaking.map(({ column }) => column));
  const usable = [...own, ...further].filter(
    ({ name, kind }) => kind !== 'constant' && kind !== 'id' && !left.has(name),
  );
  const rows = examples.map((_, row) => row);
  return { columns: usable.map((column) => rowsOf(column, rows)), leaking };
}

/** Columns that are filled in after the sale, by the times at which their values were set. */
function setAfter(examples: readonly LeadScoreExample[]): Map<string, Leak> {
  const counts = new Map<string, number>();
  for (const { setAfter: names } of examples) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const buyers = examples.filter(({ converted }) => converted);
  return new Map(
    [...counts].flatMap(([column, late]): Array<[string, Leak]> => {
      // A value set after the sale counts as blank before it, so those that have it are these and the filled ones.
      const have = late + buyers.filter(({ cells }) => (cells[column] ?? '') !== '').length;
      if (late < SET_AFTER_LEADS || late < SET_AFTER_SHARE * have) return [];
      return [
        [
          column,
          { column, sign: 'set_after', why: `set after the sale for ${late} of the ${have} buyers who have it` },
        ],
      ];
    }),
  );
}

type Chance = (example: LeadScoreExample) => number;

function chanceBy({ model }: LearnedLeadScore): Chance {
  return ({ cells }) => scoreProbability(model, (column) => cells[column] ?? '');
}

/** The rules' score as a chance, so that it can be compared. */
function rulesChance(learnFrom: readonly LeadScoreExample[]): Chance {
  const platt = fitPlatt(learnFrom.map(({ byRules, converted }) => ({ score: byRules, bad: converted })));
  const base = countOf(learnFrom) / learnFrom.length;
  return ({ byRules }) => ('because' in platt ? base : plattProbability(platt, byRules));
}

function countOf(examples: readonly LeadScoreExample[]): number {
  return examples.filter(({ converted }) => converted).length;
}

function lossOf(chance: Chance, example: LeadScoreExample): number {
  const p = Math.min(1 - SURE, Math.max(SURE, chance(example)));
  return -Math.log(example.converted ? p : 1 - p);
}

/** By more than a standard error of the paired difference. */
function beats(examples: readonly LeadScoreExample[], one: Chance, other: Chance): boolean {
  const gains = examples.map((example) => lossOf(other, example) - lossOf(one, example));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > Math.sqrt(variance / gains.length);
}

function qualityOf(examples: readonly LeadScoreExample[], chance: Chance): LeadScoreQuality {
  const of = (yes: boolean): number[] => examples.filter(({ converted }) => converted === yes).map(chance);
  return {
    logLoss: examples.reduce((sum, example) => sum + lossOf(chance, example), 0) / examples.length,
    brier: brierScore(examples.map((example) => ({ p: chance(example), y: example.converted ? 1 : 0 }))),
    auc: auc(of(true), of(false)).auc,
  };
}

/** ln odds of a lead against an average one: of all, and of its fit and its engagement alone. */
export function oddsParts(
  model: ScoreModel,
  cells: Readonly<Record<string, string>>,
): Record<'all' | 'fit' | 'engagement', number> {
  const parts = scoreContributions(model, (column) => cells[column] ?? '');
  const sum = (some: typeof parts): number => some.reduce((total, { weight }) => total + weight, 0);
  const engagement = sum(parts.filter(({ column }) => engagementColumns.has(column)));
  const all = sum(parts);
  return { all, fit: all - engagement, engagement };
}

function ranksOf(model: ScoreModel, examples: readonly LeadScoreExample[]): LearnedLeadScore['ranks'] {
  const parts = examples.map(({ cells }) => oddsParts(model, cells));
  const ranks = (of: 'all' | 'fit' | 'engagement'): number[] => {
    const sorted = ascending(
      of,
      parts.map((part) => part[of]),
    );
    return Array.from({ length: 101 }, (_, percent) => quantile(sorted, percent / 100));
  };
  return { all: ranks('all'), fit: ranks('fit'), engagement: ranks('engagement') };
}

function columnMoves(
  now: ScoreModel,
  before: ScoreModel | null,
  examples: readonly LeadScoreExample[],
): LeadScoreReport['columns'] {
  const spreads = (model: ScoreModel): Map<string, number> => {
    const parts = examples.map(({ cells }) => scoreContributions(model, (column) => cells[column] ?? ''));
    return new Map(
      model.encoding.map(({ column }, index) => {
        const weights = parts.map((own) => at(own, index).weight);
        const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
        return [column, Math.sqrt(weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length)];
      }),
    );
  };
  const [present, earlier] = [spreads(now), before === null ? null : spreads(before)];
  return [...new Set([...present.keys(), ...(earlier?.keys() ?? [])])]
    .map((column) => ({
      column,
      now: present.get(column) ?? 0,
      before: earlier === null ? null : (earlier.get(column) ?? 0),
    }))
    .toSorted((a, b) => b.now - a.now);
}
