import { checkCount } from './argument-checks.ts';

/** A source of chance: each call gives the next number in [0, 1). Given as an argument to whatever draws. */
export type Uniform = () => number;

/**
 * Repeatable numbers in [0, 1) with 53 random bits, for bootstrap intervals, bandits and simulations; not for secrets.
 * The same seed (a whole number of at least 0) gives the same numbers on every machine; RangeError for another seed.
 * Source: Doty-Humphrey's sfc32 (PractRand), 128 bits of state, filled from the seed and run in for 20 steps.
 */
export function seededUniform(seed: number): Uniform {
  checkCount('seed', seed);
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const bits = (): number => {
    const out = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + out) >>> 0;
    return out;
  };
  for (let i = 0; i < 20; i++) bits();
  return () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
}
