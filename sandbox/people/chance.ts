import { drawFrom, type Draw } from '../openai/seeded.ts';

/** Chance of one person's one thing: the same whatever else happened before. */
export function drawFor(seed: number, person: string, thing: string): Draw {
  return drawFrom(`${seed}\0${person}\0${thing}`);
}

/** A positive number with this median, spread by `sigma` (of its logarithm): how long people take. */
export function lognormal(draw: Draw, label: string, median: number, sigma: number): number {
  // Never 0, whose logarithm has no value.
  const u = 1 - draw.unit(`${label}/1`);
  const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * draw.unit(`${label}/2`));
  return median * Math.exp(sigma * normal);
}

/** Whether something with this probability happens. */
export function happens(draw: Draw, label: string, probability: number): boolean {
  return draw.unit(label) < probability;
}

/** A number between the two. */
export function between(draw: Draw, label: string, from: number, to: number): number {
  return from + (to - from) * draw.unit(label);
}

/** One of the names, by shares that sum to 1 (the last takes what rounding leaves). */
export function byShare<T>(draw: Draw, label: string, shares: ReadonlyArray<readonly [T, number]>): T {
  let left = draw.unit(label);
  for (const [name, share] of shares) {
    left -= share;
    if (left < 0) return name;
  }
  const last = shares.at(-1);
  if (last === undefined) throw new Error(`nothing to choose from for ${label}`);
  return last[0];
}
