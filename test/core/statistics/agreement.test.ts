import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cohenKappa } from '../../../src/core/statistics/cohen-kappa.ts';
import { dPrime } from '../../../src/core/statistics/d-prime.ts';
import { fleissKappa } from '../../../src/core/statistics/fleiss-kappa.ts';
import { krippendorffAlpha, krippendorffAlphaInterval } from '../../../src/core/statistics/krippendorff-alpha.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { specificAgreement } from '../../../src/core/statistics/specific-agreement.ts';
import { relative } from './closeness.ts';

/** Krippendorff's own example: twelve units, four observers, values missing. */
const EXAMPLE = [
  [1, 1, null, 1],
  [2, 2, 3, 2],
  [3, 3, 3, 3],
  [3, 3, 3, 3],
  [2, 2, 2, 2],
  [1, 2, 3, 4],
  [4, 4, 4, 4],
  [1, 1, 2, 1],
  [2, 2, 2, 2],
  [null, 5, 5, 5],
  [null, null, 1, 1],
  [null, null, 3, null],
];
const ratings = fc.array(
  fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }), { minLength: 2, maxLength: 4 }),
  { minLength: 3, maxLength: 12 },
);
const METRICS = ['nominal', 'ordinal', 'interval'] as const;

test('α of the published example is .743 nominal, .815 ordinal and .849 interval', () => {
  expect(METRICS.map((metric) => krippendorffAlpha(EXAMPLE, metric)?.toFixed(3))).toEqual(['0.743', '0.815', '0.849']);
});

test('α is 1 exactly when all who judged a unit agree, and there is more than one value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 12 }), (values) => {
      const units = values.map((value, i) => [value, i % 2 === 0 ? null : value, value]);
      for (const metric of METRICS)
        expect(krippendorffAlpha(units, metric)).toBe(new Set(values).size === 1 ? null : 1);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('α depends neither on the order of units or reviewers nor, by rank, on the distances of the values', () => {
  fc.assert(
    fc.property(ratings, (units) => {
      const turned = units.toReversed().map((unit) => unit.toReversed());
      for (const metric of METRICS) {
        const alpha = krippendorffAlpha(units, metric);
        if (alpha === null) expect(krippendorffAlpha(turned, metric)).toBeNull();
        else {
          expect(alpha).toBeLessThanOrEqual(1);
          expect(Math.abs((krippendorffAlpha(turned, metric) ?? Number.NaN) - alpha)).toBeLessThan(1e-12);
        }
      }
      const stretched = units.map((unit) => unit.map((value) => (value === null ? null : value ** 3 - 7)));
      expect(krippendorffAlpha(stretched, 'ordinal')).toBe(krippendorffAlpha(units, 'ordinal'));
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('α of two who always differ is below 0', () => {
  // Nominal: observed 2 of 2 pairs differ, expected 2·2·2/(4·3) = 2/3, so 1 − 1/(2/3).
  relative(
    krippendorffAlpha(
      [
        [0, 1],
        [1, 0],
      ],
      'nominal',
    ),
    -0.5,
  );
});

test('α says nothing without two values for a unit, or without two different values', () => {
  expect(krippendorffAlpha([], 'ordinal')).toBeNull();
  expect(krippendorffAlpha([[1, null], [2]], 'ordinal')).toBeNull();
  expect(
    krippendorffAlpha(
      [
        [3, 3],
        [3, 3],
      ],
      'interval',
    ),
  ).toBeNull();
  expect(krippendorffAlphaInterval([], 'ordinal', { uniform: seededUniform(1) })).toBeNull();
  expect(
    krippendorffAlphaInterval(
      [
        [3, 3],
        [3, 3],
      ],
      'ordinal',
      { uniform: seededUniform(1) },
    ),
  ).toBeNull();
  expect(() => krippendorffAlpha([[1, Number.NaN]], 'ordinal')).toThrow(/rating must be a finite number: NaN/);
});

test('the interval of α holds α, repeats with its seed, and narrows with more units', () => {
  const of = (units: typeof EXAMPLE) =>
    krippendorffAlphaInterval(units, 'ordinal', { uniform: seededUniform(7), resamples: 200 });
  const few = of(EXAMPLE);
  const many = of([...EXAMPLE, ...EXAMPLE, ...EXAMPLE, ...EXAMPLE]);
  expect(few).toEqual(of(EXAMPLE));
  expect(few?.estimate.toFixed(3)).toBe('0.815');
  expect(few?.lo).toBeLessThan(0.815);
  expect(few?.hi).toBeGreaterThan(0.815);
  expect((many?.hi ?? 1) - (many?.lo ?? 0)).toBeLessThan((few?.hi ?? 0) - (few?.lo ?? 1));
});

test('draws without two different values are left out of the interval of α', () => {
  const mostlyFine = [
    [0, 1],
    [1, 1],
    [1, 1],
  ];
  const interval = krippendorffAlphaInterval(mostlyFine, 'ordinal', { uniform: seededUniform(3), resamples: 100 });
  expect(interval?.used).toBeGreaterThan(40);
  expect(interval?.used).toBeLessThan(90);
});

test('Cohen’s κ by hand: 70 % seen, 50 % by chance; linear and quadratic weights', () => {
  relative(
    cohenKappa(
      [
        [20, 5],
        [10, 15],
      ],
      'none',
    ),
    0.4,
  );
  // Rows 3, 3, 3 and columns 3, 3, 3; two items off by one, two off by two.
  const matrix = [
    [2, 0, 1],
    [1, 2, 0],
    [0, 1, 2],
  ];
  relative(cohenKappa(matrix, 'linear'), 1 - (1 + 1 + 2) / ((9 * (4 * 1 + 2 * 2)) / 9));
  relative(cohenKappa(matrix, 'quadratic'), 1 - (1 + 1 + 4) / ((9 * (4 * 1 + 2 * 4)) / 9));
  expect(
    cohenKappa(
      [
        [5, 0],
        [0, 5],
      ],
      'quadratic',
    ),
  ).toBe(1);
  expect(
    cohenKappa(
      [
        [5, 0],
        [0, 0],
      ],
      'none',
    ),
  ).toBeNull();
});

test('Cohen’s κ is at most 1 and does not care who is first', () => {
  const square = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(square, fc.constantFrom('none', 'linear', 'quadratic'), (matrix, weights) => {
      fc.pre(matrix.flat().some((count) => count > 0));
      const kappa = cohenKappa(matrix, weights);
      const turned = cohenKappa(
        matrix.map((_, j) => matrix.map((row) => row[j] ?? 0)),
        weights,
      );
      expect(kappa ?? 1).toBeLessThanOrEqual(1);
      expect(Math.abs((kappa ?? 0) - (turned ?? 0))).toBeLessThan(1e-12);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('κ refuses what is no table of counts', () => {
  expect(() => cohenKappa([[1, 2]], 'none')).toThrow(/the length of a row must be that of matrix \(1\): 2/);
  expect(() =>
    cohenKappa(
      [
        [1, -1],
        [0, 1],
      ],
      'none',
    ),
  ).toThrow(/a count must be a whole number of at least 0: -1/);
  expect(() => cohenKappa([], 'none')).toThrow(/the number of items must be a whole number of at least 1: 0/);
  expect(() => fleissKappa([])).toThrow(/the length of table must be at least 1: 0/);
  expect(() => fleissKappa([[1, 0]])).toThrow(/the number of raters must be a whole number of at least 2: 1/);
  expect(() =>
    fleissKappa([
      [2, 0],
      [2, 0, 0],
    ]),
  ).toThrow(/the length of a row must be that of the first row/);
  expect(() =>
    fleissKappa([
      [2, 0],
      [2, 1],
    ]),
  ).toThrow(/every row must sum to 2: 3/);
  expect(() =>
    fleissKappa([
      [3, 0],
      [3.5, -0.5],
    ]),
  ).toThrow(/a count .*3.5/);
});

test('Fleiss’ κ is 1 for perfect agreement and says nothing when all is one class', () => {
  expect(
    fleissKappa([
      [3, 0],
      [0, 3],
      [3, 0],
    ]),
  ).toBe(1);
  expect(
    fleissKappa([
      [3, 0],
      [3, 0],
    ]),
  ).toBeNull();
});

test('agreement on rejections stays readable where κ collapses: 2a/(2a + b + c)', () => {
  const units = [...Array.from({ length: 95 }, () => [1, 1]), [0, 0], [0, 1], [1, 0], [1, 0], [0, null]];
  relative(specificAgreement(units, 0), 2 / (2 + 3));
  relative(specificAgreement(units, 1), 190 / (190 + 3));
  expect(specificAgreement(units, 7)).toBeNull();
  // Three reviewers: two of three reject, so each of the two agrees with one of two others.
  relative(specificAgreement([[0, 0, 1]], 0), 0.5);
  expect(() => specificAgreement([[0, Infinity]], 0)).toThrow(/rating must be a finite number: Infinity/);
  expect(() => specificAgreement([[0, 1]], Number.NaN)).toThrow(/value must be a finite number: NaN/);
});

test('d′ is 0 for a reviewer who rejects blindly, and grows with every catch', () => {
  expect(Math.abs(dPrime(5, 10, 5, 10))).toBeLessThan(1e-12);
  relative(dPrime(10, 10, 0, 10), 2 * 1.6906216295848977, 1e-9);
  for (let caught = 0; caught < 10; caught++)
    expect(dPrime(caught + 1, 10, 1, 20)).toBeGreaterThan(dPrime(caught, 10, 1, 20));
  expect(() => dPrime(3, 2, 0, 1)).toThrow(/caught must be at most bad \(2\): 3/);
  expect(() => dPrime(1, 2, 0, 0)).toThrow(/good must be a whole number of at least 1: 0/);
});
