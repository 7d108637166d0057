import { at } from '../statistics/argument-checks.ts';
import { groupRates, grouping } from './groups.ts';
import type { Judged } from './leaks.ts';
import type { TableColumn } from './lead-table.ts';

/** A plain way to rank leads, made from the leads to learn from; a score of one lead, by its cells. */
export type Baseline = { name: string; scoreOf: (cellOf: (column: string) => string) => number };

export type Baselines = {
  /** The column that ranks best alone: each lead gets the share of conversions in its group, which is a chance too. */
  bestColumn: Baseline & { column: string };
  /** What a person would write by hand: a point for each of the strongest columns in which the lead is in a better than average group. */
  points: Baseline & { columns: string[] };
};

const POINT_COLUMNS = 5;

/** null when there is no column that tells anything. */
export function makeBaselines(judged: readonly Judged[], converted: readonly boolean[]): Baselines | null {
  const ranked = judged
    .filter(({ column }) => column.kind === 'number' || column.kind === 'choice')
    .toSorted((a, b) => (b.alone ?? 0) - (a.alone ?? 0))
    .slice(0, POINT_COLUMNS)
    .map(({ column }) => ({ column: column.name, rate: rateOf(column, converted) }));
  if (ranked.length === 0) return null;
  const best = at(ranked, 0);
  const base = converted.filter(Boolean).length / converted.length;
  return {
    bestColumn: {
      name: `best single column (${best.column})`,
      column: best.column,
      scoreOf: (cellOf) => best.rate(cellOf(best.column)),
    },
    points: {
      name: 'points by hand',
      columns: ranked.map(({ column }) => column),
      scoreOf: (cellOf) => ranked.filter(({ column, rate }) => rate(cellOf(column)) > base).length,
    },
  };
}

function rateOf(column: TableColumn, converted: readonly boolean[]): (cell: string) => number {
  const group = grouping(column);
  const rate = groupRates(column.cells.map(group), converted);
  return (cell) => rate(group(cell));
}
