import fc from 'fast-check';
import { expect, test } from 'vitest';
import { benjaminiHochberg } from '../../../src/core/statistics/benjamini-hochberg.ts';
import {
  type Block,
  SAFE_TWO_BY_TWO_START,
  safeTwoByTwo,
  safeTwoByTwoStep,
} from '../../../src/core/statistics/safe-two-by-two.ts';
import { sampleRatio, sampleRatioLogBayesFactor } from '../../../src/core/statistics/sample-ratio.ts';
import { minimumDetectable, sampleSizePerArm } from '../../../src/core/statistics/sample-size.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { twoProportion } from '../../../src/core/statistics/two-proportion.ts';
import { relative } from './closeness.ts';

const bit = fc.constantFrom<0 | 1>(0, 1);
const blocks = fc.array(fc.tuple(bit, bit), { maxLength: 60 });

test('two shares by hand: 45 and 30 of 500', () => {
  const { lift, difference, z } = twoProportion(45, 500, 30, 500);
  relative(lift, 0.5);
  relative(difference, 0.03);
  relative(z, 0.03 / Math.sqrt(0.075 * 0.925 * (2 / 500)));
});

test('a tiny p-value is a number, not 0', () => {
  const { p } = twoProportion(7000, 10_000, 5000, 10_000);
  expect(p).toBeGreaterThan(0);
  expect(p).toBeLessThan(1e-180);
});

test('where neither or both have everything there is no difference, and no lift over nothing', () => {
  expect(twoProportion(0, 10, 0, 20)).toMatchObject({ difference: 0, z: 0, p: 1, lift: null });
  expect(twoProportion(10, 10, 20, 20)).toMatchObject({ difference: 0, z: 0, p: 1, lift: 0 });
});

test('turning the arms turns the difference', () => {
  const trials = fc
    .integer({ min: 1, max: 200 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  fc.assert(
    fc.property(trials, trials, ([x1, n1], [x2, n2]) => {
      const forth = twoProportion(x1, n1, x2, n2);
      const back = twoProportion(x2, n2, x1, n1);
      expect(Math.abs(forth.z + back.z)).toBeLessThan(1e-12);
      expect(Math.abs(forth.p - back.p)).toBeLessThan(1e-12);
      expect(forth.p).toBeLessThanOrEqual(1);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('Benjamini–Hochberg finds the four of the published fifteen', () => {
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];
  const found = benjaminiHochberg(published, 0.05);
  expect(found.map(({ discovered }) => discovered)).toEqual(published.map((_, i) => i < 4));
  relative(found[3]?.adjusted ?? null, (0.0095 * 15) / 4);
  expect(benjaminiHochberg([])).toEqual([]);
});

test('adjusted p-values keep the order, are never smaller, and do not depend on the order given', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
      const found = benjaminiHochberg(pValues);
      for (const [i, one] of found.entries()) {
        expect(one.p).toBe(pValues[i]);
        expect(one.adjusted).toBeGreaterThanOrEqual(one.p);
        expect(one.adjusted).toBeLessThanOrEqual(1);
        for (const other of found) if (one.p < other.p) expect(one.adjusted).toBeLessThanOrEqual(other.adjusted);
      }
      const back = benjaminiHochberg(pValues.toReversed()).toReversed();
      expect(back.map(({ adjusted }) => adjusted)).toEqual(found.map(({ adjusted }) => adjusted));
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('the safe test by hand: the first block says nothing, the second like it 3.01 to 1', () => {
  expect(safeTwoByTwo([[1, 0]]).logE).toBe(0);
  relative(
    Math.exp(
      safeTwoByTwo([
        [1, 0],
        [1, 0],
      ]).logE,
    ),
    (1.18 / 1.36) ** 2 / 0.25,
  );
  expect(safeTwoByTwo([])).toEqual(SAFE_TWO_BY_TWO_START);
});

test('the safe test gains nothing on average when both rates are equal, whatever was seen before', () => {
  fc.assert(
    fc.property(blocks, fc.double({ min: 0, max: 1, noNaN: true }), (seen, rate) => {
      const state = safeTwoByTwo(seen);
      let mean = 0;
      for (const block of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as Block[]) {
        const chance = block.reduce<number>((product, y) => product * (y === 1 ? rate : 1 - rate), 1);
        mean += chance * Math.exp(safeTwoByTwoStep(state, block).logE - state.logE);
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-12);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('the safe test, looked at after each of 300 blocks, errs in at most 1 of 20 runs and finds a real difference', () => {
  const uniform = seededUniform(11);
  const everReaches20 = (rateA: number, rateB: number): boolean => {
    let state = SAFE_TWO_BY_TWO_START;
    for (let i = 0; i < 300 && state.logE < Math.log(20); i++)
      state = safeTwoByTwoStep(state, [uniform() < rateA ? 1 : 0, uniform() < rateB ? 1 : 0]);
    return state.logE >= Math.log(20);
  };
  const share = (rateA: number, rateB: number): number =>
    Array.from({ length: 200 }, () => everReaches20(rateA, rateB)).filter(Boolean).length / 200;
  expect(share(0.2, 0.2)).toBeLessThanOrEqual(0.05);
  expect(share(0.2, 0.5)).toBeGreaterThan(0.9);
});

test('the sample ratio by hand, for two equal arms', () => {
  relative(sampleRatio([60, 40], [1, 1]).chi2, 4);
  expect(sampleRatio([50, 50], [2, 2])).toEqual({ chi2: 0, df: 1, p: 1 });
  expect(Math.abs(sampleRatioLogBayesFactor([1, 0], [1, 1]))).toBeLessThan(1e-14);
  relative(sampleRatioLogBayesFactor([2, 0], [1, 1]), Math.log((0.5 * (51 / 101)) / 0.25), 1e-11);
  expect(sampleRatioLogBayesFactor([0, 0], [1, 3])).toBe(0);
});

test('the Bayes factor of the sample ratio stays where it is on average while the randomisation is right', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(counts, (observed) => {
      const ratio = [1, 2, 5];
      const now = sampleRatioLogBayesFactor(observed, ratio);
      let mean = 0;
      for (const [arm, part] of ratio.entries()) {
        const next = observed.map((count, i) => count + (i === arm ? 1 : 0));
        mean += (part / 8) * Math.exp(sampleRatioLogBayesFactor(next, ratio) - now);
      }
      relative(mean, 1, 1e-9);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('the detectable effect is the one that the sample size is for', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      fc.integer({ min: 5, max: 100_000 }),
      (p1, perArm) => {
        const p2 = minimumDetectable(p1, perArm);
        if (p2 === null) {
          expect(sampleSizePerArm(p1, 1 - 1e-12)).toBeGreaterThan(perArm * (1 - 1e-6));
          return;
        }
        expect(p2).toBeGreaterThan(p1);
        relative(sampleSizePerArm(p1, p2), perArm, 1e-6);
        expect(minimumDetectable(p1, perArm * 4) ?? 1).toBeLessThan(p2);
      },
    ),
    { seed: 5, numRuns: 100 },
  );
  expect(minimumDetectable(0.05, 1)).toBeNull();
});

test('more power and a smaller effect need more contacts', () => {
  expect(sampleSizePerArm(0.05, 0.07, 0.05, 0.9)).toBeGreaterThan(sampleSizePerArm(0.05, 0.07));
  expect(sampleSizePerArm(0.05, 0.06)).toBeGreaterThan(sampleSizePerArm(0.05, 0.07));
  relative(sampleSizePerArm(0.07, 0.05), sampleSizePerArm(0.05, 0.07));
});

test('experiments that cannot be are refused by name', () => {
  expect(() => twoProportion(2, 1, 0, 1)).toThrow(/x1 must be at most n1 \(1\): 2/);
  expect(() => twoProportion(0, 1, 0, 0)).toThrow(/n2 must be a whole number of at least 1: 0/);
  expect(() => benjaminiHochberg([0.5, 1.1])).toThrow(/p must be from 0 to 1: 1.1/);
  expect(() => benjaminiHochberg([0.5], 0)).toThrow(/rate must be between 0 and 1: 0/);
  expect(() => safeTwoByTwo([[2 as 1, 0]])).toThrow(/an outcome must be 0 or 1: 2/);
  expect(() => safeTwoByTwo([[1, 0]], 0)).toThrow(/prior must be a finite number above 0: 0/);
  expect(() => sampleRatio([5], [1])).toThrow(/the length of observed must be at least 2: 1/);
  expect(() => sampleRatio([5, 5], [1])).toThrow(/the length of ratio must be that of observed \(2\): 1/);
  expect(() => sampleRatio([5, 5], [1, 0])).toThrow(/ratio must be a finite number above 0: 0/);
  expect(() => sampleRatio([5, -5], [1, 1])).toThrow(/observed must be a whole number of at least 0: -5/);
  expect(() => sampleRatio([0, 0], [1, 1])).toThrow(/the sum of observed must be a whole number of at least 1: 0/);
  expect(() => sampleRatioLogBayesFactor([1, 1], [1, 1], 0)).toThrow(/concentration must be .* above 0: 0/);
  expect(() => sampleSizePerArm(0.1, 0.1)).toThrow(/p2 must differ from p1: 0.1/);
  expect(() => sampleSizePerArm(0, 0.1)).toThrow(/p1 must be between 0 and 1: 0/);
  expect(() => sampleSizePerArm(0.1, 0.2, 0.05, 1)).toThrow(/power must be between 0 and 1: 1/);
  expect(() => minimumDetectable(0.1, 0)).toThrow(/perArm must be a finite number above 0: 0/);
  expect(() => minimumDetectable(0.1, 10, 0.05, 0.4)).toThrow(/power must be at least 0.5: 0.4/);
});
