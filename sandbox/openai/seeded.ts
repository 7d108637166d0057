import { createHash } from 'node:crypto';

/**
 * Chance that depends on nothing but its key: the same key draws the same numbers in any order of calls, so that
 * a run repeats to the byte however its requests interleave.
 */
export type Draw = {
  /** A number in [0, 1). */
  unit(label: string): number;
  /** An integer in [min, max]. */
  int(label: string, min: number, max: number): number;
  /** One element; throws on an empty list. */
  pick<T>(label: string, from: readonly T[]): T;
  /** `count` different elements (fewer when there are fewer), in drawn order. */
  sample<T>(label: string, from: readonly T[], count: number): T[];
  /** Lowercase hexadecimal digits. */
  hex(label: string, digits: number): string;
};

export function drawFrom(key: string): Draw {
  const digest = (label: string): Buffer => createHash('sha256').update(key).update('\0').update(label).digest();
  const unit = (label: string): number => digest(label).readUIntBE(0, 6) / 2 ** 48;
  const int = (label: string, min: number, max: number): number => min + Math.floor(unit(label) * (max - min + 1));
  return {
    unit,
    int,
    pick: (label, from) => {
      const chosen = from[Math.floor(unit(label) * from.length)];
      if (chosen === undefined) throw new Error(`nothing to pick for ${label}`);
      return chosen;
    },
    sample: (label, from, count) =>
      from
        .map((value, index) => ({ value, rank: unit(`${label}/${index}`) }))
        .sort((a, b) => a.rank - b.rank)
        .slice(0, count)
        .map(({ value }) => value),
    hex: (label, digits) => digest(label).toString('hex').slice(0, digits),
  };
}
