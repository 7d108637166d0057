import { type Columns, counted, isMissing } from './placeholders.ts';

export type ConstantColumn = {
  column: string;
  /** `empty`: nobody answered in any row. `constant`: every row says the same. `nearly`: all but a few rows do. */
  kind: 'empty' | 'constant' | 'nearly';
  /** What (nearly) all rows say; null where they say nothing. */
  value: string | null;
  /** Of all rows, 0…1. */
  share: number;
};

/** Below it every column of a small table looks constant by chance. */
const MIN_ROWS = 10;
const NEARLY = 0.995;

/**
 * Columns that tell no lead from another: without an answer, or with one answer in every row. A blank and a placeholder count
 * as the same answer, “nothing”; so a box that some ticked and others left alone is not constant.
 */
export function findConstantColumns(columns: Columns): ConstantColumn[] {
  return [...columns].flatMap(([column, cells]) => {
    const found = judged(column, cells);
    return found !== null && found.kind !== 'nearly' ? [found] : [];
  });
}

/** Columns in which at least 99.5 %, but not all, of 200 rows and more say the same: little to learn, and often a typing error. */
export function findNearlyConstantColumns(columns: Columns): ConstantColumn[] {
  return [...columns].flatMap(([column, cells]) => {
    const found = judged(column, cells);
    return found?.kind === 'nearly' ? [found] : [];
  });
}

function judged(column: string, cells: readonly string[]): ConstantColumn | null {
  if (cells.length < MIN_ROWS) return null;
  let missing = cells.length;
  let top: { value: string; count: number } | null = null;
  let distinct = 0;
  for (const [value, count] of counted(cells)) {
    if (isMissing(value, column)) continue;
    missing -= count;
    distinct += 1;
    if (top === null || count > top.count) top = { value, count };
  }
  if (top === null) return { column, kind: 'empty', value: null, share: 1 };
  if (distinct === 1 && missing === 0) return { column, kind: 'constant', value: top.value, share: 1 };
  const most = missing > top.count ? { value: null, count: missing } : top;
  const share = most.count / cells.length;
  return cells.length >= 200 && share >= NEARLY ? { column, kind: 'nearly', value: most.value, share } : null;
}
