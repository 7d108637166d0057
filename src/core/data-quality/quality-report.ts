import { type ConstantColumn, findConstantColumns, findNearlyConstantColumns } from './constant-columns.ts';
import { type DuplicateGroup, findDuplicates } from './duplicates.ts';
import {
  expectedFields,
  leadQuality,
  type LeadQuality,
  type QualityCode,
  type QualityLead,
  reasonCodes,
} from './lead-quality.ts';
import { type Columns, counted, findPlaceholders, isMissing, type Placeholder } from './placeholders.ts';
import { leadFields } from '../lead.ts';
import { dateOf } from './contradictions.ts';

export type ColumnQuality = {
  column: string;
  /** Share of rows with an answer, 0…1. */
  filled: number;
  blank: number;
  placeholders: number;
  /** Different answers. */
  distinct: number;
  /** Nearly all answers are numbers or dates, and these few are not: at most three of them. */
  odd: { of: 'number' | 'date'; count: number; examples: string[] } | null;
};

export type QualityReport = {
  leads: number;
  score: { mean: number; median: number; good: number; fair: number; poor: number };
  /** How many leads each reason was held against, the most frequent first. `example`: what people know one of them by. */
  reasons: Array<{
    code: QualityCode;
    field: string | null;
    count: number;
    share: number;
    example: string;
    text: string;
  }>;
  columns: ColumnQuality[];
  placeholders: Placeholder[];
  constant: ConstantColumn[];
  nearlyConstant: ConstantColumn[];
  duplicates: { leads: number; groups: DuplicateGroup[] };
  /** Values a lead should have that the source has no column for. */
  missingColumns: string[];
  /** The twenty worst. */
  worst: Array<{ ref: string } & LeadQuality>;
};

/** Where a score is good, fair or poor; for people, no rule hangs on it. */
export const GOOD = 80;
export const FAIR = 50;
const WORST_SHOWN = 20;
/** A column that fewer leads answer is no gap of those that don't. */
const WORTH_ASKING = 0.2;

export type ReportInput = {
  leads: readonly QualityLead[];
  columns: Columns;
  /** Names of the values that the source has columns for, `email` among them. */
  has: ReadonlySet<string>;
  now: Date;
};

/** The state of a set of leads or of a table: each lead's score, what they lost points for, and each column. */
export function qualityReport({ leads, columns, has, now }: ReportInput): QualityReport {
  const duplicates = findDuplicates(leads);
  const sameAs = new Map<string, string[]>();
  for (const { refs } of duplicates)
    for (const ref of refs)
      sameAs.set(
        ref,
        refs.filter((other) => other !== ref),
      );
  const named = new Set<string>([...leadFields, ...has]);
  const quality = [...columns].map(([column, cells]) => columnQuality(column, cells));
  const constant = findConstantColumns(columns);
  const empty = new Set(constant.map(({ column }) => column));
  const rules = {
    further: quality
      .filter(({ column, filled }) => filled >= WORTH_ASKING && !empty.has(column) && !named.has(column))
      .map(({ column }) => column),
    expected: expectedFields.filter((field) => has.has(field)),
    addresses: has.has('email'),
    now,
  };
  const judged = leads.map((lead) => ({ ref: lead.ref, ...leadQuality(lead, rules, sameAs.get(lead.ref)) }));
  return {
    leads: leads.length,
    score: scores(judged.map(({ score }) => score)),
    reasons: tally(judged),
    columns: quality,
    placeholders: findPlaceholders(columns),
    constant,
    nearlyConstant: findNearlyConstantColumns(columns),
    duplicates: { leads: sameAs.size, groups: duplicates },
    missingColumns: ['email', ...expectedFields].filter((field) => !has.has(field)),
    worst: judged
      .toSorted((a, b) => a.score - b.score)
      .slice(0, WORST_SHOWN)
      .filter(({ score }) => score < GOOD),
  };
}

function scores(all: number[]): QualityReport['score'] {
  const sorted = all.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const count = (test: (score: number) => boolean) => all.filter(test).length;
  return {
    mean: all.length === 0 ? 0 : all.reduce((sum, score) => sum + score, 0) / all.length,
    median: all.length === 0 ? 0 : ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2,
    good: count((score) => score >= GOOD),
    fair: count((score) => score >= FAIR && score < GOOD),
    poor: count((score) => score < FAIR),
  };
}

function tally(judged: ReadonlyArray<{ ref: string } & LeadQuality>): QualityReport['reasons'] {
  const counts = new Map<string, QualityReport['reasons'][number]>();
  for (const { ref, reasons } of judged) {
    const own = new Set<string>();
    for (const { code, field, text } of reasons) {
      const key = `${code}\n${field ?? ''}`;
      if (own.has(key)) continue;
      own.add(key);
      const known = counts.get(key);
      if (known) known.count += 1;
      else counts.set(key, { code, field, count: 1, share: 0, example: ref, text });
    }
  }
  return [...counts.values()]
    .map((each) => ({ ...each, share: each.count / judged.length }))
    .toSorted((a, b) => b.count - a.count || reasonCodes.indexOf(a.code) - reasonCodes.indexOf(b.code));
}

const NUMBER = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^[+-]?\d+(?:[.,]\d+)?$/;
/** So large a share of one kind makes the rest odd. */
const MOSTLY = 0.95;

function columnQuality(column: string, cells: readonly string[]): ColumnQuality {
  const values = counted(cells);
  let [answered, placeholders, numbers, dates, distinct] = [0, 0, 0, 0, 0];
  const others: Array<{ value: string; count: number; number: boolean; date: boolean }> = [];
  for (const [value, count] of values) {
    if (isMissing(value, column)) {
      placeholders += count;
      continue;
    }
    answered += count;
    distinct += 1;
    const [number, date] = [NUMBER.test(value), dateOf(value) !== null];
    if (number) numbers += count;
    if (date) dates += count;
    if (!number || !date) others.push({ value, count, number, date });
  }
  const kind = numbers >= dates ? 'number' : 'date';
  const most = Math.max(numbers, dates);
  const odd = others.filter((other) => !other[kind]);
  return {
    column,
    filled: cells.length === 0 ? 0 : answered / cells.length,
    blank: cells.length - answered - placeholders,
    placeholders,
    distinct,
    odd:
      answered >= 20 && most < answered && most / answered >= MOSTLY
        ? { of: kind, count: answered - most, examples: odd.slice(0, 3).map(({ value }) => value.slice(0, 40)) }
        : null,
  };
}
