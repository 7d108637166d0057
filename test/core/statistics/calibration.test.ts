import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auc } from '../../../src/core/statistics/auc.ts';
import { bootstrapInterval } from '../../../src/core/statistics/bootstrap.ts';
import { brierParts, brierScore } from '../../../src/core/statistics/brier.ts';
import { expectedCalibrationError } from '../../../src/core/statistics/calibration-error.ts';
import { conversionByDecile } from '../../../src/core/statistics/conversion-by-decile.ts';
import { hajekShare } from '../../../src/core/statistics/hajek.ts';
import { effectiveCount, massBins } from '../../../src/core/statistics/mass-bins.ts';
import { reliabilityTable } from '../../../src/core/statistics/reliability-table.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { wilson } from '../../../src/core/statistics/wilson.ts';
import { relative } from './closeness.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const forecasts = fc.array(
  fc.record({ p: share, y: fc.constantFrom(0, 0.5, 1), weight: fc.double({ min: 0.1, max: 20, noNaN: true }) }),
  { minLength: 1, maxLength: 40 },
);

test('always saying ½ scores ¼, and knowing all scores 0', () => {
  expect(
    brierScore([
      { p: 0.5, y: 0 },
      { p: 0.5, y: 1 },
    ]),
  ).toBe(0.25);
  expect(
    brierScore([
      { p: 0, y: 0 },
      { p: 1, y: 1 },
    ]),
  ).toBe(0);
});

test('Murphy’s parts by hand: .2 said four times with one bad, .8 said twice with both bad', () => {
  const said = [...[1, 0, 0, 0].map((y) => ({ p: 0.2, y })), ...[1, 1].map((y) => ({ p: 0.8, y }))];
  const parts = brierParts(said, { by: 'width', bins: 10 });
  relative(parts.reliability, (4 * 0.05 ** 2 + 2 * 0.2 ** 2) / 6);
  relative(parts.resolution, (4 * 0.25 ** 2 + 2 * 0.5 ** 2) / 6);
  relative(parts.uncertainty, 0.25);
  expect(Math.abs(parts.withinBins)).toBeLessThan(1e-12);
  relative(expectedCalibrationError(said, { by: 'width', bins: 10 }), (4 * 0.05 + 2 * 0.2) / 6);
});

test('the parts add up to the score, with any weights and bins', () => {
  fc.assert(
    fc.property(forecasts, fc.constantFrom('mass' as const, 'width' as const), (said, by) => {
      const { score, reliability, resolution, uncertainty, withinBins } = brierParts(said, { by });
      expect(Math.abs(score - (reliability - resolution + uncertainty + withinBins))).toBeLessThan(1e-12);
      for (const part of [score, reliability, resolution, uncertainty]) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
      const error = expectedCalibrationError(said, { by });
      expect(error ** 2).toBeLessThanOrEqual(reliability + 1e-12);
      expect(expectedCalibrationError(said.toReversed(), { by })).toBeCloseTo(error, 10);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a forecast of weight 3 counts as three', () => {
  const others = [
    { p: 0.1, y: 0 },
    { p: 0.7, y: 1 },
    { p: 0.4, y: 0 },
  ];
  const once = { p: 0.3, y: 1 };
  const heavy = brierParts([...others, { ...once, weight: 3 }], { by: 'width', bins: 4 });
  const repeated = brierParts([...others, once, once, once], { by: 'width', bins: 4 });
  for (const [name, value] of Object.entries(heavy))
    expect(value).toBeCloseTo(repeated[name as keyof typeof repeated], 12);
});

test('ten bins from 200 forecasts on, five below; every forecast is in one of them', () => {
  const line = (n: number) => Array.from({ length: n }, (_, i) => ({ p: i / n, y: i % 2 }));
  expect(reliabilityTable(line(199))).toHaveLength(5);
  expect(reliabilityTable(line(200)).map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 20));
  expect(reliabilityTable(line(200))[0]).toMatchObject({ from: 0, to: 19 / 200, weight: 20, outcome: 0.5 });
  expect(reliabilityTable(line(200))[0]?.interval).toEqual(wilson(10, 20));
});

test('bars use the effective number of forecasts: one of weight 9 beside nine of weight 1 is worth 3.6', () => {
  const said = [{ p: 0.5, y: 1, weight: 9 }, ...Array.from({ length: 9 }, () => ({ p: 0.5, y: 0 }))];
  const [row] = reliabilityTable(said);
  relative(row?.effectiveCount ?? null, 18 ** 2 / 90);
  expect(row?.interval).toEqual(wilson(1.8, 3.6));
  expect(effectiveCount([])).toBe(0);
});

test('bins of equal mass keep equal values together, whatever the order', () => {
  const items = fc.array(fc.record({ value: fc.integer({ min: 0, max: 6 }), weight: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 6 }), (list, bins) => {
      const groups = massBins(list, bins);
      expect(groups.length).toBeLessThanOrEqual(bins);
      expect(groups.flat()).toHaveLength(list.length);
      const values = groups.map((group) => group.map(({ value }) => value));
      expect(values.flat()).toEqual(list.map(({ value }) => value).toSorted((a, b) => a - b));
      for (const [i, group] of values.entries()) expect(group[0] ?? 0).toBeGreaterThan(values[i - 1]?.at(-1) ?? -1);
      expect(massBins(list.toReversed(), bins).map(({ length }) => length)).toEqual(groups.map(({ length }) => length));
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('AUC by hand: five and a half of six pairs are in order', () => {
  const { auc: area, standardError } = auc([3, 4], [1, 2, 3]);
  relative(area, 5.5 / 6);
  // Placements: 5/6 and 1 of the high ones; 1, 1 and ¾ of the low ones.
  relative(standardError, Math.sqrt(1 / 72 / 2 + 1 / 48 / 3));
  expect(auc([2, 2], [1, 1])).toEqual({ auc: 1, standardError: 0 });
  expect(auc([1, 1], [1, 1])).toEqual({ auc: 0.5, standardError: 0 });
});

test('AUC turns round with the score, and does not care about its scale', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(scores, scores, (high, low) => {
      const { auc: area, standardError } = auc(high, low);
      const turned = auc(low, high);
      expect(turned.auc).toBeCloseTo(1 - area, 12);
      expect(turned.standardError).toBeCloseTo(standardError, 12);
      expect(auc(high.map(Math.exp), low.map(Math.exp)).auc).toBe(area);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('conversion by decile: what each tenth of the score brought', () => {
  const scored = Array.from({ length: 100 }, (_, i) => ({ value: i, converted: i >= 90 || (i >= 50 && i % 10 === 0) }));
  const bands = conversionByDecile(scored);
  expect(bands.map(({ converted }) => converted)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 10]);
  expect(bands[9]).toEqual({ from: 90, to: 99, count: 10, converted: 10, rate: 1, interval: wilson(10, 10) });
  expect(
    conversionByDecile([
      { value: 5, converted: false },
      { value: 5, converted: true },
    ]),
  ).toHaveLength(1);
});

test('spot checks stand for all: one bad of ten checked at one in ten, and ninety reviewed ones that were fine', () => {
  const checked = Array.from({ length: 10 }, (_, i) => ({ value: i === 0 ? 0 : 1, probability: 0.1 }));
  const reviewed = Array.from({ length: 100 }, () => ({ value: 1, probability: 1 }));
  const result = hajekShare([...checked, ...reviewed]);
  relative(result.share, 190 / 200);
  relative(result.effectiveN, 200 ** 2 / (10 * 100 + 100));
  relative(result.standardError, Math.sqrt(100 * 0.95 ** 2 + 9 * 100 * 0.05 ** 2 + 100 * 0.05 ** 2) / 200);
  const { lo, hi } = wilson(0.95 * result.effectiveN, result.effectiveN);
  expect(result.lo).toBeCloseTo(lo, 12);
  expect(result.hi).toBeCloseTo(hi, 12);
});

test('equal chances make the plain share with the plain n', () => {
  const outcomes = fc.array(fc.constantFrom<number>(0, 1), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(outcomes, fc.double({ min: 0.05, max: 1, noNaN: true }), (values, probability) => {
      const { share: found, effectiveN } = hajekShare(values.map((value) => ({ value, probability })));
      relative(effectiveN, values.length, 1e-9);
      expect(found).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 10);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('the bootstrap interval holds the estimate, repeats with its seed and narrows with n', () => {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const sample = Array.from({ length: 40 }, (_, i) => i % 10);
  const of = (values: number[]) => bootstrapInterval(values, mean, { uniform: seededUniform(1) });
  const interval = of(sample);
  expect(interval).toEqual(of(sample));
  expect(interval).toMatchObject({ estimate: 4.5, used: 1001 });
  // 1.96 standard errors of a mean of 40 with a standard deviation of 2.87.
  expect(Math.abs((interval?.lo ?? 0) - (4.5 - 0.89))).toBeLessThan(0.12);
  expect(Math.abs((interval?.hi ?? 0) - (4.5 + 0.89))).toBeLessThan(0.12);
  const wide = (interval?.hi ?? 0) - (interval?.lo ?? 0);
  const narrow = of([...sample, ...sample, ...sample, ...sample]);
  expect((narrow?.hi ?? 9) - (narrow?.lo ?? 0)).toBeLessThan(0.7 * wide);
});

test('a statistic that is not defined for the sample has no interval', () => {
  expect(bootstrapInterval([1], () => null, { uniform: seededUniform(1) })).toBeNull();
});

test('what cannot be a forecast is refused by name', () => {
  expect(() => brierScore([])).toThrow(/the length of forecasts must be at least 1: 0/);
  expect(() => brierScore([{ p: 1.2, y: 0 }])).toThrow(/p must be from 0 to 1: 1.2/);
  expect(() => brierScore([{ p: 0.2, y: Number.NaN }])).toThrow(/y must be from 0 to 1: NaN/);
  expect(() => reliabilityTable([{ p: 0.2, y: 0, weight: 0 }])).toThrow(/weight must be a finite number above 0: 0/);
  expect(() => expectedCalibrationError([{ p: 0.2, y: 0 }], { bins: 0 })).toThrow(/bins must be a whole .* 1: 0/);
  expect(() => massBins([{ value: Number.NaN }], 2)).toThrow(/value must be a finite number: NaN/);
  expect(() => massBins([{ value: 1, weight: -1 }], 2)).toThrow(/weight must be a finite number above 0: -1/);
  expect(() => conversionByDecile([])).toThrow(/the length of scored must be at least 1: 0/);
  expect(() => auc([1], [1, 2])).toThrow(/the length of positives must be at least 2: 1/);
  expect(() => auc([1, 2], [1])).toThrow(/the length of negatives must be at least 2: 1/);
  expect(() => auc([1, 2], [1, Infinity])).toThrow(/negatives must be a finite number: Infinity/);
  expect(() => hajekShare([])).toThrow(/the length of sampled must be at least 1: 0/);
  expect(() => hajekShare([{ value: 1, probability: 0 }])).toThrow(/probability must be a finite number above 0: 0/);
  expect(() => hajekShare([{ value: 1, probability: 2 }])).toThrow(/probability must be from 0 to 1: 2/);
  expect(() => hajekShare([{ value: -1, probability: 1 }])).toThrow(/value must be from 0 to 1: -1/);
  const uniform = seededUniform(1);
  expect(() => bootstrapInterval([], () => 1, { uniform })).toThrow(/the length of sample must be at least 1: 0/);
  expect(() => bootstrapInterval([1], () => 1, { uniform, resamples: 0 })).toThrow(/resamples must be .* 1: 0/);
  expect(() => bootstrapInterval([1], () => 1, { uniform, confidence: 1 })).toThrow(/confidence .*: 1/);
});
