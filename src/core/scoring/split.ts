import { at } from '../statistics/argument-checks.ts';
import { seededUniform } from '../statistics/seeded-uniform.ts';

/** Row numbers 0…count−1 in an order of chance, the first `share` of them to learn from. The same seed gives the same split. */
export function splitRows(rows: readonly number[], share: number, seed: number): { learn: number[]; test: number[] } {
  const uniform = seededUniform(seed);
  const shuffled = [...rows];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [shuffled[i], shuffled[j]] = [at(shuffled, j), at(shuffled, i)];
  }
  const cut = Math.round(share * shuffled.length);
  return { learn: shuffled.slice(0, cut), test: shuffled.slice(cut) };
}
