import { at } from '../statistics/argument-checks.ts';
import { auc } from '../statistics/auc.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { numberOf } from './column-kind.ts';
import type { TableColumn } from './lead-table.ts';

/** Leads alike in one column, and how many of them converted. `label` is for people; '' is the group that did not answer. */
export type Group = { label: string; leads: number; converted: number };

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** How a column sorts leads into groups: words by themselves, without case; numbers by tenths of `column`'s own. '' stays ''. */
export function grouping(column: TableColumn): (cell: string) => string {
  if (column.kind === 'id') return (cell) => (cell === '' ? '' : 'filled in');
  if (column.kind !== 'number') {
    const spelling = new Map<string, string>();
    for (const cell of column.cells) if (!spelling.has(cell.toLowerCase())) spelling.set(cell.toLowerCase(), cell);
    return (cell) => spelling.get(cell.toLowerCase()) ?? cell;
  }
  const sorted = ascending(
    'numbers',
    column.cells.flatMap((cell) => numberOf(cell) ?? []),
  );
  const edges = [...new Set(TENTHS.map((share) => quantile(sorted, share)))];
  const shown = edges.map((edge) => edge.toLocaleString('en-US', { maximumFractionDigits: 2 }));
  return (cell) => {
    const value = numberOf(cell);
    if (value === null) return '';
    const above = edges.filter((edge) => edge < value).length;
    if (above === 0) return `up to ${at(shown, 0)}`;
    const from = at(shown, above - 1);
    return above === edges.length ? `over ${from}` : `${from} to ${at(shown, above)}`;
  };
}

/** The groups of a column, the largest first. */
export function groupsOf(labels: readonly string[], converted: readonly boolean[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [row, label] of labels.entries()) {
    const group = groups.get(label) ?? { label, leads: 0, converted: 0 };
    group.leads += 1;
    if (converted[row] === true) group.converted += 1;
    groups.set(label, group);
  }
  return [...groups.values()].toSorted((a, b) => b.leads - a.leads);
}

/** Leads of the base rate that a group is mixed with, so that a group of two does not say 0 % or 100 %. */
const PRIOR_LEADS = 5;
const FOLDS = 5;

/** The share of conversions to expect from a group, drawn towards the base rate where it is small. */
export function groupRates(labels: readonly string[], converted: readonly boolean[]): (label: string) => number {
  const base = converted.filter(Boolean).length / converted.length;
  const rates = new Map(
    groupsOf(labels, converted).map((group) => [
      group.label,
      (group.converted + PRIOR_LEADS * base) / (group.leads + PRIOR_LEADS),
    ]),
  );
  return (label) => rates.get(label) ?? base;
}

/**
 * How well a column tells the converted from the others all by itself: the AUC of its groups' shares, each lead judged by the other
 * four fifths, so that a column with many values gets nothing for that alone. Rows in an order that means nothing. null with too few.
 */
export function aloneAuc(labels: readonly string[], converted: readonly boolean[]): number | null {
  const yes: number[] = [];
  const no: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = labels.flatMap((label, row) =>
      row % FOLDS === fold ? [] : [{ label, one: converted[row] === true }],
    );
    if (others.length === 0) return null;
    const rate = groupRates(
      others.map(({ label }) => label),
      others.map(({ one }) => one),
    );
    for (let row = fold; row < labels.length; row += FOLDS) (converted[row] ? yes : no).push(rate(at(labels, row)));
  }
  return yes.length < 2 || no.length < 2 ? null : auc(yes, no).auc;
}
