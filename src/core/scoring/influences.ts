import { grouping, groupsOf } from './groups.ts';
import type { TableColumn } from './lead-table.ts';
import { type ScoreModel, scoreContributions } from './score-model.ts';

/** A group of leads in a column and by what it multiplies the odds of converting, against an average lead. */
export type Effect = { label: string; leads: number; odds: number };

/** How much a column moves the score. `spread`: standard deviation, over the leads, of what it adds to the ln odds. */
export type Influence = { column: string; spread: number; raises: Effect | null; lowers: Effect | null };

const SHOWN_LEADS = 20;

/** What moves a learned score, the strongest column first; averages over the leads given. @param columns their cells, in the same order. */
export function influences(model: ScoreModel, columns: readonly TableColumn[]): Influence[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const count = columns[0]?.cells.length ?? 0;
  const parts = Array.from({ length: count }, (_, row) =>
    scoreContributions(model, (column) => byName.get(column)?.cells[row] ?? ''),
  );
  return model.encoding
    .map(({ column: name }, index): Influence => {
      const column = byName.get(name);
      if (column === undefined) throw new Error(`no column ${name} to explain`);
      const weights = parts.map((own) => own[index]?.weight ?? 0);
      const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, count);
      const variance = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / Math.max(1, count);
      const effects = effectsOf(column, weights);
      return {
        column: name,
        spread: Math.sqrt(variance),
        raises: effects.findLast(({ odds }) => odds > 1) ?? null,
        lowers: effects.find(({ odds }) => odds < 1) ?? null,
      };
    })
    .toSorted((a, b) => b.spread - a.spread);
}

/** From the one that lowers the odds most to the one that raises them most; geometric mean within a group. */
function effectsOf(column: TableColumn, weights: readonly number[]): Effect[] {
  const labels = column.cells.map(grouping(column));
  const sums = new Map<string, number>();
  for (const [row, label] of labels.entries()) sums.set(label, (sums.get(label) ?? 0) + (weights[row] ?? 0));
  return groupsOf(labels, [])
    .filter(({ leads }) => leads >= SHOWN_LEADS)
    .map(({ label, leads }) => ({ label, leads, odds: Math.exp((sums.get(label) ?? 0) / leads) }))
    .toSorted((a, b) => a.odds - b.odds);
}
