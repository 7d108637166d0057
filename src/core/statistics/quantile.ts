import { at, checkFinite, checkShare, checkSize } from './argument-checks.ts';

/** A copy in ascending order; every value finite and at least one of them, RangeError otherwise. */
export function ascending(name: string, values: readonly number[]): number[] {
  checkSize(name, values);
  for (const value of values) checkFinite(name, value);
  return values.toSorted((a, b) => a - b);
}

/** Sample quantile at share p in [0, 1] of values already ascending, interpolated. Source: Hyndman & Fan (1996), type 7. */
export function quantile(sorted: readonly number[], p: number): number {
  checkShare('p', p);
  checkSize('sorted', sorted);
  const position = p * (sorted.length - 1);
  const below = at(sorted, Math.floor(position));
  return below + (position - Math.floor(position)) * (at(sorted, Math.ceil(position)) - below);
}
