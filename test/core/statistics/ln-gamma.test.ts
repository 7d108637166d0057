import { describe, expect, test } from 'vitest';
import { lnBeta, lnGamma } from '../../../src/core/statistics/ln-gamma.ts';

const within = (actual: number, expected: number, relative: number) =>
  expect(Math.abs(actual - expected) / Math.abs(expected), `${actual} is not ${expected}`).toBeLessThan(relative);

describe('ln Γ', () => {
  test.for([
    // 20 digits, by an arbitrary-precision library.
    [1e-8, 18.42068073818021],
    [0.1, 2.252712651734206],
    [0.4999, 0.5725613186041184],
    [0.5, 0.5723649429247001],
    [0.999999, 5.772164873855652e-7],
    [1.000001, -5.772148423874147e-7],
    [1.4999, -0.12078588195849393],
    [1.5, -0.12078223763524522],
    [2.000001, 4.2278465762452923e-7],
    [2.4999, 0.28461255726068263],
    [2.5001, 0.2847531885887332],
    [3.7, 1.428072326665388],
    [9.999, 12.799575780077413],
    [10.0, 12.801827480081469],
    [15.5, 26.536914491115613],
    [100.0, 359.1342053695754],
    [1000000.0, 12815504.569147611],
    [1000000000000000.0, 3.3538776394910668e16],
  ] as const)('of %f is %f', ([z, expected]) => within(lnGamma(z), expected, 1e-14));

  test('is 0 at 1 and at 2', () => {
    expect([Math.abs(lnGamma(1)), Math.abs(lnGamma(2))]).toEqual([0, 0]);
  });

  test.for([0, -1, Number.NaN, Infinity])('refuses %f', (z) => {
    expect(() => lnGamma(z)).toThrow(RangeError);
  });
});

describe('ln B', () => {
  test.for([
    [0.5, 0.5, 1.1447298858494002],
    [1.0, 3.0, -1.0986122886681098],
    [1.0, 99.0, -4.59511985013459],
    [2.0, 3.0, -2.4849066497880004],
    [3.5, 9.9, -7.225788499212093],
    [1.0, 100000000.0, -18.420680743952367],
    [1e-5, 100000000.0, 11.512735486088436],
    [9.9, 10.0, -13.664081196934863],
    [10.0, 10.1, -13.80783828492223],
    [170.0, 1000.0, -486.49700574286805],
    [100000000.0, 100000000.0, -138629444.05681732],
  ] as const)('of %f and %f is %f', ([a, b, expected]) => {
    within(lnBeta(a, b), expected, 1e-13);
    expect(lnBeta(b, a)).toBe(lnBeta(a, b));
  });

  test.for([
    [0, 1],
    [0, 100],
    [-1, 100],
    [Number.NaN, 1],
    [50, Infinity],
  ] as const)('refuses %f and %f', ([a, b]) => {
    expect(() => lnBeta(a, b)).toThrow(RangeError);
  });
});
