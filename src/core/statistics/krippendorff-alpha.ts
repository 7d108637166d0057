import { at, checkFinite } from './argument-checks.ts';
import { bootstrapInterval, type BootstrapInterval, type BootstrapOptions } from './bootstrap.ts';

/** How far apart two values are: different or not, by rank, or by their difference. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval';

/** One row a unit (a decision), one entry a reviewer; null where a reviewer gave no value. Rows may differ in length. */
export type Ratings = ReadonlyArray<ReadonlyArray<number | null>>;

/** A pair of values (by index, ascending) within one unit, with its share of that unit's pairs. */
type Coincidence = { first: number; second: number; weight: number };

/**
 * Krippendorff's α: 1 = perfect agreement, 0 = as by chance, below 0 = worse than chance. Any number of reviewers, missing
 * values allowed; units with fewer than two values say nothing and are left out. `ordinal` takes the order of the numbers
 * alone. null where nothing can be said: no unit with two values, or all values the same (no chance level to compare with).
 * RangeError for values that are not finite. Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.
 */
export function krippendorffAlpha(units: Ratings, metric: AlphaMetric): number | null {
  const { values, coincidences } = coincidencesOf(units);
  return alphaOf(coincidences, values, metric);
}

/**
 * α with a bootstrap interval over units (95 %, 1,000 draws unless told). null where α is. Draws in which all values are the
 * same are left out (`used` counts the others).
 */
export function krippendorffAlphaInterval(
  units: Ratings,
  metric: AlphaMetric,
  options: BootstrapOptions,
): BootstrapInterval | null {
  const { values, coincidences } = coincidencesOf(units);
  if (coincidences.length === 0) return null;
  return bootstrapInterval(coincidences, (drawn) => alphaOf(drawn, values, metric), options);
}

function coincidencesOf(units: Ratings): { values: number[]; coincidences: Coincidence[][] } {
  const rated = units
    .map((unit) => unit.filter((value) => value !== null))
    .filter((unit) => unit.length >= 2)
    .map((unit) => unit.toSorted((a, b) => a - b));
  for (const value of rated.flat()) checkFinite('rating', value);
  const values = [...new Set(rated.flat())].toSorted((a, b) => a - b);
  const indexOf = new Map(values.map((value, index) => [value, index]));
  const coincidences = rated.map((unit) => {
    const indices = unit.map((value) => indexOf.get(value) as number);
    const weight = 1 / (unit.length - 1);
    return indices.flatMap((first, i) => indices.slice(i + 1).map((second) => ({ first, second, weight })));
  });
  return { values, coincidences };
}

function alphaOf(units: readonly Coincidence[][], values: readonly number[], metric: AlphaMetric): number | null {
  const pairs = units.flat();
  const totals = new Float64Array(values.length);
  for (const { first, second, weight } of pairs) {
    totals[first] = at(totals, first) + weight;
    totals[second] = at(totals, second) + weight;
  }
  const n = totals.reduce((sum, total) => sum + total, 0);
  const position = positions(values, totals, metric);
  const distance = (c: number, k: number): number => {
    if (metric === 'nominal') return c === k ? 0 : 1;
    return (at(position, c) - at(position, k)) ** 2;
  };
  let observed = 0;
  for (const { first, second, weight } of pairs) observed += weight * distance(first, second);
  let expected = 0;
  for (let k = 1; k < totals.length; k++)
    for (let c = 0; c < k; c++) expected += at(totals, c) * at(totals, k) * distance(c, k);
  return expected === 0 ? null : 1 - ((n - 1) * observed) / expected;
}

/** Where each value stands on the metric's line. By rank: the mean rank, for a distance of n_c/2 + n_between + n_k/2. */
function positions(values: readonly number[], totals: Float64Array, metric: AlphaMetric): ArrayLike<number> {
  if (metric === 'interval') return values;
  let before = 0;
  return totals.map((total) => {
    const middle = before + total / 2;
    before += total;
    return middle;
  });
}
