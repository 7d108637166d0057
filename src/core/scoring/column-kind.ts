import { counted } from '../data-quality/placeholders.ts';

/**
 * What a column holds. `id`: another value in nearly every row, so that nothing can be learned from it but whether it is filled in.
 * `constant`: tells no lead from another. `number`: is worth a scale. `choice`: one of several words, or free text.
 */
export type ColumnKind = 'id' | 'constant' | 'number' | 'choice';

/** Below it, numbers are as good as words: 0, 1, 2. */
const WORTH_A_SCALE = 8;
const ID_ROWS = 50;
const ID_SHARE = 0.98;
const NUMBER_SHARE = 0.98;
const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?:e[+-]?\d+)?\s*%?$/i;

/** The number that a cell holds: `12`, `1,250.5`, `45 %`; null for anything else. */
export function numberOf(cell: string): number | null {
  if (!NUMBER.test(cell)) return null;
  const value = Number(cell.replaceAll(',', '').replace(/\s*%$/, ''));
  return Number.isFinite(value) ? value : null;
}

/** @param cells trimmed, '' where nothing was answered. */
export function kindOfColumn(cells: readonly string[]): ColumnKind {
  const values = counted(cells);
  if (values.size === 0) return 'constant';
  const filled = cells.filter((cell) => cell !== '').length;
  if (values.size === 1 && filled === cells.length) return 'constant';
  const numbers = [...values].filter(([value]) => numberOf(value) !== null);
  const numeric = numbers.reduce((sum, [, count]) => sum + count, 0) >= NUMBER_SHARE * filled;
  // Measured amounts can all differ too; running numbers are whole.
  const whole = numbers.every(([value]) => Number.isInteger(numberOf(value)));
  if (filled >= ID_ROWS && values.size >= ID_SHARE * filled && (!numeric || whole)) return 'id';
  return numeric && values.size > WORTH_A_SCALE ? 'number' : 'choice';
}
