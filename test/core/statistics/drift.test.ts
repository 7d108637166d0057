import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ksTwoSample } from '../../../src/core/statistics/kolmogorov-smirnov.ts';
import { psi, psiDrift, psiLimit } from '../../../src/core/statistics/psi.ts';
import { ascending, quantile } from '../../../src/core/statistics/quantile.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { relative } from './closeness.ts';

const sample = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });

test('PSI by hand: from halves to a quarter and three quarters', () => {
  relative(psi([50, 50], [25, 75], 0), -0.25 * Math.log(0.5) + 0.25 * Math.log(1.5));
  expect(psi([3, 4], [3, 4])).toBe(0);
});

test('PSI is not negative and the same both ways', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      expect(psi(a, b)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(psi(a, b) - psi(b, a))).toBeLessThan(1e-12);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('the alarm limit of PSI follows the sample size: .43 for a hundred against a hundred, .10 for many', () => {
  expect(psiLimit(100, 100, 10).toFixed(2)).toBe('0.43');
  expect(psiLimit(10_000, 10_000, 10)).toBe(0.1);
  expect(psiLimit(50, 100, 10)).toBeGreaterThan(psiLimit(100, 100, 10));
});

test('a score that moved is an alarm, one that did not is none', () => {
  const uniform = seededUniform(5);
  const draw = (shift: number) => Array.from({ length: 300 }, () => uniform() + shift);
  const then = draw(0);
  expect(psiDrift(then, draw(0))).toMatchObject({ alarm: false, expectedCounts: Array.from({ length: 10 }, () => 30) });
  const moved = psiDrift(then, draw(0.4));
  expect(moved.alarm).toBe(true);
  expect(moved.psi).toBeGreaterThan(moved.limit);
});

test('values that repeat stay in one bin, and every value is counted once', () => {
  const drift = psiDrift([1, 1, 1, 1, 2], [1, 3, 3], 4);
  expect(drift).toMatchObject({ expectedCounts: [4, 1], actualCounts: [1, 2] });
  relative(drift.limit, psiLimit(5, 3, 2));
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { expectedCounts, actualCounts } = psiDrift(a, b);
      expect(expectedCounts.reduce((x, y) => x + y)).toBe(a.length);
      expect(actualCounts.reduce((x, y) => x + y)).toBe(b.length);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('Kolmogorov–Smirnov: alike is 0, apart is 1, and p follows the distance', () => {
  expect(ksTwoSample([1, 2, 3], [3, 2, 1])).toEqual({ d: 0, p: 1 });
  expect(ksTwoSample([1, 2], [3, 4, 5]).d).toBe(1);
  expect(ksTwoSample([1, 1, 2], [1, 2, 2]).d).toBeCloseTo(1 / 3, 12);
  // λ = d √(nm/(n+m)) of .5 and of 2, tabled by Smirnov: .9639 and .00067.
  const line = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + i);
  expect(ksTwoSample(line(8, 0), line(8, 2)).p).toBeCloseTo(0.9639, 4);
  expect(ksTwoSample(line(8, 0), line(8, 20)).p).toBeCloseTo(0.00067, 5);
  expect(ksTwoSample(line(100, 0), line(100, 1)).p).toBe(1);
});

test('Kolmogorov–Smirnov does not care which sample is first, nor about the scale', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const result = ksTwoSample(a, b);
      expect(result.p).toBeGreaterThanOrEqual(0);
      expect(result.p).toBeLessThanOrEqual(1);
      expect(ksTwoSample(b, a).d).toBeCloseTo(result.d, 12);
      expect(ksTwoSample(a.map(Math.exp), b.map(Math.exp))).toEqual(result);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('quantiles are interpolated', () => {
  expect(quantile([10], 0.3)).toBe(10);
  expect(quantile([1, 2, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 4], 0.75)).toBe(3);
  expect([quantile([1, 2, 4], 0), quantile([1, 2, 4], 1)]).toEqual([1, 4]);
  expect(ascending('x', [10, 9, 100])).toEqual([9, 10, 100]);
});

test('samples and histograms that cannot be are refused by name', () => {
  expect(() => psi([], [])).toThrow(/the length of expectedCounts must be at least 1: 0/);
  expect(() => psi([1], [1, 2])).toThrow(/the length of actualCounts must be that of expectedCounts \(1\): 2/);
  expect(() => psi([1, -1], [1, 2])).toThrow(/expectedCounts must be a whole number of at least 0: -1/);
  expect(() => psi([1, 1], [1, 0], 0)).toThrow(/actualCounts \+ pseudo must be a finite number above 0: 0/);
  expect(() => psi([1], [1], -1)).toThrow(/pseudo must be a finite number of at least 0: -1/);
  expect(() => psiLimit(0, 1, 10)).toThrow(/n must be a whole number of at least 1: 0/);
  expect(() => psiLimit(1, 0, 10)).toThrow(/m must be a whole number of at least 1: 0/);
  expect(() => psiLimit(1, 1, 1)).toThrow(/bins must be a whole number of at least 2: 1/);
  expect(() => psiDrift([1], [2], 1)).toThrow(/bins must be a whole number of at least 2: 1/);
  expect(() => psiDrift([], [2])).toThrow(/the length of reference must be at least 1: 0/);
  expect(() => ksTwoSample([1], [Number.NaN])).toThrow(/y must be a finite number: NaN/);
  expect(() => quantile([1], 2)).toThrow(/p must be from 0 to 1: 2/);
  expect(() => quantile([], 0.5)).toThrow(/the length of sorted must be at least 1: 0/);
});
