import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
} from '../../../src/core/statistics/clopper-pearson.ts';
import { newcombe } from '../../../src/core/statistics/newcombe.ts';
import { posteriorBelow } from '../../../src/core/statistics/posterior-below.ts';
import { wilson } from '../../../src/core/statistics/wilson.ts';
import { relative } from './closeness.ts';

const trials = fc
  .integer({ min: 1, max: 400 })
  .chain((n) => fc.record({ x: fc.integer({ min: 0, max: n }), n: fc.constant(n) }));
const confidence = fc.constantFrom(0.8, 0.9, 0.95, 0.99);

test('none of ten: the exact upper end is 1 − .025^(1/10)', () => {
  expect(clopperPearson(0, 10).lo).toBe(0);
  relative(clopperPearson(0, 10).hi, 1 - 0.025 ** 0.1);
  relative(clopperPearsonLower(12, 12), 0.05 ** (1 / 12));
  expect(clopperPearsonUpper(12, 12)).toBe(1);
  expect(clopperPearsonLower(0, 12)).toBe(0);
});

test('one of a thousand million keeps its digits: the lower end is 1 − (1 − α)^(1/n)', () => {
  relative(clopperPearsonLower(1, 1e9, 0.9), -Math.expm1(Math.log1p(-0.1) / 1e9), 1e-8);
});

test('catch rates as they stand in the guide: 12 of 12, 20 of 20, 27 of 30', () => {
  expect([clopperPearsonLower(12, 12), clopperPearsonLower(20, 20), clopperPearsonLower(27, 30)].map(round)).toEqual([
    0.78, 0.86, 0.76,
  ]);
});

test('Wilson’s interval is the published one', () => {
  for (const [x, n, lo, hi] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const)
    expect(ends(wilson(x, n))).toEqual([lo, hi]);
});

test('Newcombe’s interval is the published one, also for none against none', () => {
  for (const [x1, n1, x2, n2, lo, hi] of [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 10, 0.6075, 1],
  ] as const)
    expect(ends(newcombe(x1, n1, x2, n2))).toEqual([lo, hi]);
});

test.for([
  ['Clopper–Pearson', clopperPearson],
  ['Wilson', wilson],
] as const)(
  '%s contains the share, stays in [0, 1], mirrors, and narrows with n and with less confidence',
  ([, of]) => {
    fc.assert(
      fc.property(trials, confidence, ({ x, n }, level) => {
        const { lo, hi } = of(x, n, level);
        expect(lo).toBeGreaterThanOrEqual(0);
        expect(hi).toBeLessThanOrEqual(1);
        expect(lo).toBeLessThanOrEqual(x / n + 1e-12);
        expect(hi).toBeGreaterThanOrEqual(x / n - 1e-12);
        const mirrored = of(n - x, n, level);
        expect(Math.abs(mirrored.lo - (1 - hi))).toBeLessThan(1e-12);
        expect(Math.abs(mirrored.hi - (1 - lo))).toBeLessThan(1e-12);
        const more = of(4 * x, 4 * n, level);
        expect(more.hi - more.lo).toBeLessThan(hi - lo);
        const surer = of(x, n, (1 + level) / 2);
        expect(surer.hi - surer.lo).toBeGreaterThan(hi - lo);
        if (x < n) expect(of(x + 1, n, level).lo).toBeGreaterThan(lo);
      }),
      { seed: 2, numRuns: 100 },
    );
  },
);

test('one-sided Clopper–Pearson bounds are the ends of the interval with twice the error', () => {
  fc.assert(
    fc.property(trials, ({ x, n }) => {
      const { lo, hi } = clopperPearson(x, n, 0.9);
      expect(Math.abs(clopperPearsonLower(x, n, 0.95) - lo)).toBeLessThan(1e-12);
      expect(Math.abs(clopperPearsonUpper(x, n, 0.95) - hi)).toBeLessThan(1e-12);
    }),
    { seed: 3, numRuns: 50 },
  );
});

test('Newcombe’s interval contains the difference, turns with the arms and stays in [−1, 1]', () => {
  fc.assert(
    fc.property(trials, trials, (a, b) => {
      const { lo, hi } = newcombe(a.x, a.n, b.x, b.n);
      const difference = a.x / a.n - b.x / b.n;
      expect(lo).toBeLessThanOrEqual(difference);
      expect(hi).toBeGreaterThanOrEqual(difference);
      expect(lo).toBeGreaterThanOrEqual(-1 - 1e-12);
      expect(hi).toBeLessThanOrEqual(1 + 1e-12);
      const turned = newcombe(b.x, b.n, a.x, a.n);
      expect(Math.abs(turned.lo + hi)).toBeLessThan(1e-12);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('58 of 60 approved says "below 5 % bad" with a chance of 59 %, not more', () => {
  expect(round(posteriorBelow(2, 60, 0.05))).toBe(0.59);
  fc.assert(
    fc.property(trials, fc.double({ min: 0, max: 1, noNaN: true }), ({ x, n }, eps) => {
      const chance = posteriorBelow(x, n, eps);
      expect(chance).toBeGreaterThanOrEqual(0);
      expect(chance).toBeLessThanOrEqual(1);
      expect(posteriorBelow(x, n + 1, eps)).toBeGreaterThanOrEqual(chance - 1e-12);
    }),
    { seed: 5, numRuns: 100 },
  );
});

test('counts that cannot be are refused by name', () => {
  expect(() => clopperPearson(3, 2)).toThrow(new RangeError('x must be at most n (2): 3'));
  expect(() => clopperPearson(-1, 2)).toThrow(/x must be a whole number of at least 0: -1/);
  expect(() => clopperPearsonLower(0, 0)).toThrow(/n must be a whole number of at least 1: 0/);
  expect(() => clopperPearsonUpper(0.5, 2)).toThrow(/x must be a whole number of at least 0: 0.5/);
  expect(() => clopperPearson(1, 2, 1)).toThrow(/confidence must be between 0 and 1: 1/);
  expect(() => clopperPearsonLower(1, 2, Number.NaN)).toThrow(/confidence .*NaN/);
  expect(() => clopperPearsonUpper(1, 2, -1)).toThrow(/confidence .*-1/);
  expect(() => wilson(3, 2)).toThrow(/x \/ n must be from 0 to 1: 1.5/);
  expect(() => wilson(0, 0)).toThrow(/n must be a finite number above 0: 0/);
  expect(() => newcombe(1, 2, 4, 3)).toThrow(/x2 must be at most n2 \(3\): 4/);
  expect(() => newcombe(1, Number.NaN, 1, 3)).toThrow(/n1 must be a whole number of at least 1: NaN/);
  expect(() => posteriorBelow(1, 2, 2)).toThrow(/eps must be from 0 to 1: 2/);
  expect(() => posteriorBelow(2, 1, 0.5)).toThrow(/x must be at most n \(1\): 2/);
});

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function ends({ lo, hi }: { lo: number; hi: number }): number[] {
  return [lo, hi].map((end) => Math.round(end * 1e4) / 1e4);
}
