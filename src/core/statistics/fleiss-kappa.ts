import { at, checkCount, checkSameLength, checkSize } from './argument-checks.ts';

/**
 * Fleiss' κ: agreement of several reviewers beyond chance. `table[i][j]` counts the reviewers who put item i into class j; every
 * row sums to the same number of reviewers, at least 2; RangeError otherwise (with unequal numbers use Krippendorff's α).
 * null when all went into one class. Source: Fleiss (1971).
 */
export function fleissKappa(table: ReadonlyArray<readonly number[]>): number | null {
  checkSize('table', table);
  const head = at(table, 0);
  const raters = head.reduce((sum, count) => sum + count, 0);
  checkCount('the number of raters', raters, 2);
  const totals = head.map(() => 0);
  let agreeing = 0;
  for (const row of table) {
    checkSameLength('the first row', head, 'a row', row);
    for (const [j, count] of row.entries()) {
      checkCount('a count', count);
      totals[j] = at(totals, j) + count;
      agreeing += count * (count - 1);
    }
    const sum = row.reduce((left, count) => left + count, 0);
    if (sum !== raters) throw new RangeError(`every row must sum to ${raters}: ${sum}`);
  }
  const observed = agreeing / (table.length * raters * (raters - 1));
  const expected = totals.reduce((sum, total) => sum + (total / (table.length * raters)) ** 2, 0);
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}
