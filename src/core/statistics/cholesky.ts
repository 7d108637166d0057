import { at } from './argument-checks.ts';

/**
 * Solves A x = b for a symmetric positive definite A (rows; the lower half is read). null when A is not, or so nearly not that the
 * answer would be noise: a pivot below 1e-12 of what stood there. Source: Golub & Van Loan (2013), 4.2.
 */
export function solvePositiveDefinite(a: ReadonlyArray<readonly number[]>, b: readonly number[]): number[] | null {
  const lower: number[][] = [];
  for (const [i, row] of a.entries()) {
    const solved: number[] = [];
    for (let j = 0; j < i; j++) solved.push((at(row, j) - dot(solved, at(lower, j))) / at(at(lower, j), j));
    const pivot = at(row, i) - dot(solved, solved);
    if (!(pivot > 1e-12 * at(row, i))) return null;
    solved.push(Math.sqrt(pivot));
    lower.push(solved);
  }
  const forward: number[] = [];
  for (const [i, row] of lower.entries()) forward.push((at(b, i) - dot(forward, row)) / at(row, i));
  const x = forward.slice();
  for (let i = x.length - 1; i >= 0; i--) {
    let rest = at(x, i);
    for (let j = i + 1; j < x.length; j++) rest -= at(at(lower, j), i) * at(x, j);
    x[i] = rest / at(at(lower, i), i);
  }
  return x;
}

/** Scalar product over the length of the first. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0);
}
