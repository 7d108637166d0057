import { at, checkCount, checkFinite, checkPositive } from './argument-checks.ts';

/** Something to be put into bins by its value; 1 unless it has a weight (above 0), 1/q for a decision checked with chance q. */
export type Weighted = { value: number; weight?: number };

/**
 * At most `bins` groups of about equal weight, ascending by value, none of them empty. Equal values stay together, so that the
 * groups do not depend on the order of the items. Values finite, weights above 0, RangeError otherwise.
 */
export function massBins<T extends Weighted>(items: readonly T[], bins: number): T[][] {
  checkCount('bins', bins, 1);
  for (const item of items) {
    checkFinite('value', item.value);
    checkPositive('weight', weightOf(item));
  }
  const sorted = items.toSorted((a, b) => a.value - b.value);
  const total = weightSum(items);
  const groups = new Map<number, T[]>();
  let before = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const { value } = at(sorted, from);
    while (to < sorted.length && at(sorted, to).value === value) to++;
    const same = sorted.slice(from, to);
    const mass = weightSum(same);
    const bin = Math.min(bins - 1, Math.floor(((before + mass / 2) / total) * bins));
    groups.set(bin, [...(groups.get(bin) ?? []), ...same]);
    before += mass;
  }
  return [...groups.values()];
}

export function weightOf({ weight = 1 }: { weight?: number }): number {
  return weight;
}

export function weightSum(items: ReadonlyArray<{ weight?: number }>): number {
  return items.reduce((sum, item) => sum + weightOf(item), 0);
}

/** Kish's effective number of items: (Σw)²/Σw², the number of equal weights that would tell as much. 0 for none. */
export function effectiveCount(items: ReadonlyArray<{ weight?: number }>): number {
  const squares = items.reduce((sum, item) => sum + weightOf(item) ** 2, 0);
  return squares === 0 ? 0 : weightSum(items) ** 2 / squares;
}
