import { expect } from 'vitest';

/** Equal but for a relative error; 1e-12 unless told. */
export function relative(actual: number | null, wanted: number, tolerance = 1e-12): void {
  expect(actual).not.toBeNull();
  const error = Math.abs((actual ?? Number.NaN) - wanted);
  expect(error, `${actual} for ${wanted}`).toBeLessThanOrEqual(tolerance * Math.abs(wanted));
}
