import { at } from '../statistics/argument-checks.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { numberOf } from './column-kind.ts';
import { groupsOf } from './groups.ts';
import type { TableColumn } from './lead-table.ts';

/**
 * How the cells of a column become numbers; made from the rows to learn from, plain data, stored with the model.
 * `choice`: 1 for the level a cell has, else 0. `levels` are in small letters, '' is blank; the commonest is left out, all others
 * count as `rare` if there is that. `number`: the value itself (its logarithm where the column is steep), how far it is above each
 * knot, and whether it is zero or missing.
 */
export type ColumnCode =
  | { column: string; as: 'choice'; levels: string[]; reference: string; rare: boolean }
  | {
      column: string;
      as: 'number';
      log: boolean;
      lo: number;
      hi: number;
      /** Stands in for a missing one. */
      typical: number;
      knots: number[];
      zero: boolean;
      missing: boolean;
    };
export type Encoding = ColumnCode[];

/** A level with fewer leads is taken together with the other rare ones. */
const RARE_LEADS = 12;
const RARE_SHARE = 0.003;
const ZERO_SHARE = 0.05;
const STEEP = 4;
const KNOTS = [0.25, 0.5, 0.75];

/** @param columns of the rows to learn from only. Columns that would become nothing (all the same but for a rare one) are left out. */
export function learnEncoding(columns: readonly TableColumn[]): Encoding {
  return columns.flatMap((column): ColumnCode[] => {
    if (column.kind === 'id' || column.kind === 'constant') return [];
    const code = (column.kind === 'number' ? numberCode(column) : null) ?? choiceCode(column);
    return widthOf(code) === 0 ? [] : [code];
  });
}

function choiceCode({ name, cells }: TableColumn): ColumnCode {
  const least = Math.max(RARE_LEADS, RARE_SHARE * cells.length);
  const groups = groupsOf(
    cells.map((cell) => cell.toLowerCase()),
    [],
  );
  const [first, ...frequent] = groups.filter(({ leads }) => leads >= least);
  const rare = groups.filter(({ leads }) => leads < least).reduce((sum, { leads }) => sum + leads, 0) >= least;
  return {
    column: name,
    as: 'choice',
    levels: frequent.map(({ label }) => label),
    reference: first?.label ?? '',
    rare,
  };
}

/** null where there is nothing to scale. */
function numberCode({ name, cells }: TableColumn): ColumnCode | null {
  const values = cells.map(numberOf);
  const known = values.filter((value) => value !== null);
  if (known.length < RARE_LEADS) return null;
  const sorted = ascending('numbers', known);
  const [low, middle, high] = [quantile(sorted, 0.01), quantile(sorted, 0.5), quantile(sorted, 0.99)];
  if (low === high) return null;
  const log = at(sorted, 0) >= 0 && quantile(sorted, 0.95) > STEEP * Math.max(middle, Number.MIN_VALUE);
  const scaled = (value: number): number => (log ? Math.log1p(value) : value);
  const [lo, hi] = [scaled(low), scaled(high)];
  const nonzero = sorted.filter((value) => value !== 0).map(scaled);
  const knots = nonzero.length < RARE_LEADS ? [] : [...new Set(KNOTS.map((share) => quantile(nonzero, share)))];
  return {
    column: name,
    as: 'number',
    log,
    lo,
    hi,
    typical: sorted.reduce((sum, value) => sum + Math.min(hi, Math.max(lo, scaled(value))), 0) / sorted.length,
    knots: knots.filter((knot) => knot > lo && knot < hi),
    zero: sorted.filter((value) => value === 0).length >= ZERO_SHARE * sorted.length && low >= 0,
    missing: values.length - known.length >= RARE_LEADS,
  };
}

/** How many numbers a column becomes. */
export function widthOf(code: ColumnCode): number {
  if (code.as === 'choice') return code.levels.length + (code.rare ? 1 : 0);
  return 1 + code.knots.length + (code.zero ? 1 : 0) + (code.missing ? 1 : 0);
}

/** The numbers of one lead. @param cellOf its cell in a column; '' where nobody answered. */
export function encode(encoding: Encoding, cellOf: (column: string) => string): number[] {
  return encoding.flatMap((code) => encodeCell(code, cellOf(code.column)));
}

function encodeCell(code: ColumnCode, cell: string): number[] {
  if (code.as === 'choice') {
    const level = cell.toLowerCase();
    const known = level === code.reference || code.levels.includes(level);
    return [...code.levels.map((one) => (one === level ? 1 : 0)), ...(code.rare ? [known ? 0 : 1] : [])];
  }
  const raw = numberOf(cell);
  const value =
    raw === null ? code.typical : Math.min(code.hi, Math.max(code.lo, code.log ? Math.log1p(Math.max(0, raw)) : raw));
  return [
    value,
    ...code.knots.map((knot) => Math.max(0, value - knot)),
    ...(code.zero ? [raw === 0 ? 1 : 0] : []),
    ...(code.missing ? [raw === null ? 1 : 0] : []),
  ];
}
