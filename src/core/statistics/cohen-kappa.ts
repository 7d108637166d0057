import { at, checkCount, checkSameLength } from './argument-checks.ts';

/** How heavy a disagreement is: every one alike, by the number of steps between, or by its square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

const WEIGHT: Record<KappaWeights, (steps: number) => number> = {
  none: (steps) => Math.min(steps, 1),
  linear: (steps) => steps,
  quadratic: (steps) => steps * steps,
};

/**
 * Cohen's κ of two reviewers who judged the same items: 1 = perfect, 0 = as by chance. `matrix[i][j]` counts the items that the
 * first put into class i and the second into class j; square, whole counts, at least one item; RangeError otherwise.
 * null when both put all into one class (no chance level). Source: Cohen (1960), weighted: Cohen (1968).
 */
export function cohenKappa(matrix: ReadonlyArray<readonly number[]>, weights: KappaWeights): number | null {
  for (const row of matrix) {
    checkSameLength('matrix', matrix, 'a row', row);
    for (const count of row) checkCount('a count', count);
  }
  const rows = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = matrix.map((_, j) => matrix.reduce((sum, row) => sum + at(row, j), 0));
  const n = rows.reduce((sum, count) => sum + count, 0);
  checkCount('the number of items', n, 1);
  let observed = 0;
  let expected = 0;
  for (const [i, row] of matrix.entries())
    for (const [j, count] of row.entries()) {
      const weight = WEIGHT[weights](Math.abs(i - j));
      observed += weight * count;
      expected += (weight * at(rows, i) * at(columns, j)) / n;
    }
  return expected === 0 ? null : 1 - observed / expected;
}
