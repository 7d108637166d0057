import { type Columns, findPlaceholders, isMissing, type Placeholder } from '../data-quality/placeholders.ts';
import { type ColumnKind, kindOfColumn } from './column-kind.ts';

/** A column ready to learn from: cells trimmed, '' where nobody answered, placeholders among them. */
export type TableColumn = { name: string; kind: ColumnKind; cells: readonly string[] };

/** A table by columns, and what in it stands for “nobody answered”. Looks at no outcome, so all rows may be read. */
export function readTable(columns: Columns): { columns: TableColumn[]; placeholders: Placeholder[] } {
  const placeholders = findPlaceholders(columns);
  const filler = new Map<string, Set<string>>();
  for (const { column, value } of placeholders)
    filler.set(column, (filler.get(column) ?? new Set()).add(value.toLowerCase()));
  return {
    placeholders,
    columns: [...columns].map(([name, raw]) => {
      const empty = filler.get(name);
      const cells = raw.map((cell) => {
        const text = cleanCell(cell, name);
        return empty?.has(text.toLowerCase()) === true ? '' : text;
      });
      return { name, kind: kindOfColumn(cells), cells };
    }),
  };
}

/** A cell as a score reads it: trimmed, '' for a placeholder. */
export function cleanCell(cell: string, column: string): string {
  const text = cell.trim().replace(/\s+/g, ' ');
  return isMissing(text, column) ? '' : text;
}

/** The rows of a column that are named, in that order. */
export function rowsOf(column: TableColumn, rows: readonly number[]): TableColumn {
  return { ...column, cells: rows.map((row) => column.cells[row] ?? '') };
}
