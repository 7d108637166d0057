import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, checkSize } from '../../../src/core/statistics/argument-checks.ts';
import {
  betaCdf,
  betaQuantile,
  betaSurvival,
  betaUpperQuantile,
} from '../../../src/core/statistics/beta-distribution.ts';
import { bisect } from '../../../src/core/statistics/bisect.ts';
import { chiSquareSurvival, chiSquareUpperQuantile } from '../../../src/core/statistics/chi-square.ts';
import { lnBeta, lnGamma } from '../../../src/core/statistics/ln-gamma.ts';
import {
  normalCdf,
  normalQuantile,
  normalSurvival,
  normalTwoSided,
  twoSidedZ,
} from '../../../src/core/statistics/normal-distribution.ts';
import { deviance, stirlingError } from '../../../src/core/statistics/stirling.ts';
import { relative } from './closeness.ts';

const shape = fc.double({ min: 0.05, max: 2000, noNaN: true });
const inside = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

test('ln Γ and ln B have their digits for small, middling and large arguments', () => {
  for (const [z, wanted] of [
    [1e-5, 11.512919692895826],
    [0.4, 0.7966778177017837],
    [1.2, -0.08537409000331583],
    [1.7, -0.09580769740706588],
    [3.5, 1.2009736023470743],
    [9.9, 12.57717990421988],
    [10, 12.80182748008147],
    [1e6, 12815504.569147613],
  ] as const)
    relative(lnGamma(z), wanted, 1e-14);
  for (const [a, b, wanted] of [
    [2, 3, -Math.log(12)],
    [0.5, 4, -0.08961215868968714],
    [1, 99, -Math.log(99)],
    [3, 2000, -22.111059573441036],
    [12, 40, -28.275524477980014],
    [1e5, 3e6, -441773.0100459409],
  ] as const) {
    relative(lnBeta(a, b), wanted);
    expect(lnBeta(b, a)).toBe(lnBeta(a, b));
  }
  expect(() => lnGamma(0)).toThrow(/z must be a finite number above 0: 0/);
  expect(() => lnBeta(-1, 99)).toThrow(/must be a finite number above 0: -1/);
  expect(() => lnBeta(1, Infinity)).toThrow(/must be a finite number above 0: Infinity/);
});

test('the incomplete beta function has its digits in the middle and 255 powers of ten out', () => {
  for (const [x, a, b, wanted] of [
    [0.3, 2, 5, 0.579825],
    [0.001, 0.5, 3, 0.059253189515946235],
    [0.9, 30, 2, 0.16956463310086492],
    [0.05, 3, 61, 0.6158412224224268],
    [0.5, 1000, 1000, 0.5],
    [0.2, 700, 300, 1.0130363380154406e-255],
    [1e-10, 0.1, 0.1, 0.05072372743937815],
  ] as const)
    relative(betaCdf(x, { a, b }), wanted);
  relative(betaSurvival(0.5, { a: 20, b: 200 }), 1.4175936259185351e-39);
  expect(betaCdf(0, { a: 2, b: 3 })).toBe(0);
  expect(betaCdf(1, { a: 2, b: 3 })).toBe(1);
  expect(betaSurvival(1, { a: 2, b: 3 })).toBe(0);
});

test('the incomplete beta function keeps its digits for counts in the millions', () => {
  // P(X ≤ mean − 1 sd) of Beta(10^6, 10^6); next to that of the normal distribution.
  const below = betaCdf(0.5 - 0.5 / Math.sqrt(2e6 + 1), { a: 1e6, b: 1e6 });
  expect(Math.abs(below - normalCdf(-1))).toBeLessThan(1e-6);
});

test('both tails of the beta distribution mirror each other, rise and fall with x, and meet their quantiles', () => {
  fc.assert(
    fc.property(shape, shape, inside, inside, (a, b, x, p) => {
      relative(betaCdf(x, { a, b }) + betaSurvival(x, { a, b }), 1);
      expect(betaCdf(x, { a, b })).toBeGreaterThanOrEqual(0);
      expect(betaSurvival(x, { a, b })).toBeGreaterThanOrEqual(0);
      expect(betaCdf((x + 1) / 2, { a, b })).toBeGreaterThanOrEqual(betaCdf(x, { a, b }) - 1e-15);
      const quantile = betaQuantile(p, { a, b });
      expect(betaCdf(quantile, { a, b })).toBeGreaterThanOrEqual(p);
      if (quantile > 1e-300) expect(betaCdf(quantile * (1 - 1e-12), { a, b })).toBeLessThanOrEqual(p * (1 + 1e-12));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('an upper quantile of a tiny chance is not lost in 1 − q', () => {
  const x = betaUpperQuantile(1e-30, { a: 3, b: 40 });
  relative(betaSurvival(x, { a: 3, b: 40 }), 1e-30);
  relative(betaUpperQuantile(0.5, { a: 4, b: 4 }), 0.5);
  relative(betaQuantile(0.5, { a: 2, b: 5 }), 0.264449983, 1e-8);
  relative(betaQuantile(0.001, { a: 0.5, b: 0.5 }), 2.46739907e-6, 1e-8);
});

test('the normal tail has its digits up to where a double ends', () => {
  for (const [z, wanted] of [
    [0, 0.5],
    [1, 0.15865525393145705],
    [5, 2.866515718791939e-7],
    [8, 6.220960574271784e-16],
    [20, 2.7536241186062337e-89],
    [37, 5.725571222524577e-300],
  ] as const) {
    relative(normalSurvival(z), wanted);
    relative(normalCdf(-z), wanted);
    relative(normalTwoSided(-z), 2 * wanted);
    relative(normalSurvival(-z), 1 - wanted);
  }
  expect(normalSurvival(1e200)).toBe(0);
});

test('normal quantiles undo the normal tail, down to 1e-300', () => {
  relative(normalQuantile(1e-300), -37.0470963, 1e-8);
  relative(normalQuantile(0.025), -1.959963984540054);
  relative(twoSidedZ(0.95), 1.959963984540054);
  expect(Math.abs(normalQuantile(0.5))).toBeLessThan(1e-15);
  fc.assert(
    fc.property(fc.double({ min: -30, max: 8, noNaN: true }), (z) => {
      expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(z > 5 ? 0.2 : 1e-9);
      expect(normalQuantile(normalCdf(-Math.abs(z)))).toBeLessThanOrEqual(1e-15);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('the χ² tail has its digits far out, and its quantiles undo it', () => {
  for (const [x, df, wanted] of [
    [3.841458820694124, 1, 0.05000000000000006],
    [100, 1, 1.523970604832105e-23],
    [1000, 3, 1.7994208765314476e-216],
    [0.01, 4, 0.9999875415886457],
    [50, 50, 0.47339846855634937],
    [0, 2, 1],
  ] as const)
    relative(chiSquareSurvival(x, df), wanted);
  relative(chiSquareUpperQuantile(0.01, 9), 21.665994333461924, 1e-11);
  relative(chiSquareUpperQuantile(1e-12, 4), 62.19974639, 1e-9);
  relative(chiSquareUpperQuantile(0.9, 3), 0.5843743741551835, 1e-11);
});

test('Stirling’s remainder and the deviance agree with their definitions where those still have digits', () => {
  relative(stirlingError(1), 1 - 0.9189385332046727);
  relative(stirlingError(10), 0.00833056343336287, 1e-13);
  relative(deviance(3, 7), 3 * Math.log(3 / 7) + 4);
  relative(deviance(100, 101), 100 * Math.log(100 / 101) + 1, 1e-11);
  // Three terms of a million each leave half a millionth.
  relative(deviance(1e6, 1e6 + 1), 4.999996666669167e-7);
  expect(deviance(42, 42)).toBe(0);
  expect(deviance(1, 0)).toBe(Infinity);
});

test('bisection finds the first number at which a condition holds, or says the end', () => {
  expect(bisect((x) => x >= 0.3, 0, 1)).toBe(0.3);
  expect(bisect(() => false, 0, 1)).toBe(1);
  expect(bisect(() => true, 0, 1)).toBe(Number.MIN_VALUE);
});

test('what cannot be counted is refused by name', () => {
  expect(() => betaCdf(1.5, { a: 1, b: 1 })).toThrow(new RangeError('x must be from 0 to 1: 1.5'));
  expect(() => betaSurvival(Number.NaN, { a: 1, b: 1 })).toThrow(/x must be from 0 to 1: NaN/);
  expect(() => betaCdf(0.5, { a: 0, b: 1 })).toThrow(/a must be a finite number above 0: 0/);
  expect(() => betaQuantile(0.5, { a: 1, b: Infinity })).toThrow(/b must be a finite number above 0: Infinity/);
  expect(() => betaQuantile(0, { a: 1, b: 1 })).toThrow(/p must be between 0 and 1: 0/);
  expect(() => betaUpperQuantile(1, { a: 1, b: 1 })).toThrow(/q must be between 0 and 1: 1/);
  expect(() => normalSurvival(Infinity)).toThrow(/z must be a finite number: Infinity/);
  expect(() => normalQuantile(Number.NaN)).toThrow(/p must be between 0 and 1: NaN/);
  expect(() => twoSidedZ(95)).toThrow(/confidence must be between 0 and 1: 95/);
  expect(() => chiSquareSurvival(-1, 1)).toThrow(/x must be a finite number of at least 0: -1/);
  expect(() => chiSquareUpperQuantile(0.5, 0)).toThrow(/df must be a finite number above 0: 0/);
  expect(() => at([1, 2], 2)).toThrow(/index must be below 2: 2/);
  expect(() => checkSize('labels', [])).toThrow(new RangeError('the length of labels must be at least 1: 0'));
});
