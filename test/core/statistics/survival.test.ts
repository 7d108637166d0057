import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anytimeLogRank } from '../../../src/core/statistics/anytime-log-rank.ts';
import { kaplanMeier, type Watched } from '../../../src/core/statistics/kaplan-meier.ts';
import { logRank } from '../../../src/core/statistics/log-rank.ts';
import {
  longestHorizon,
  restrictedMean,
  restrictedMeanDifference,
} from '../../../src/core/statistics/restricted-mean.ts';
import { riskTable } from '../../../src/core/statistics/risk-table.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { relative } from './closeness.ts';

const converted = (...times: number[]): Watched[] => times.map((time) => ({ time, event: true }));
const lost = (...times: number[]): Watched[] => times.map((time) => ({ time, event: false }));
const arm = fc.array(fc.record({ time: fc.integer({ min: 0, max: 12 }), event: fc.boolean() }), {
  minLength: 1,
  maxLength: 25,
});

test('Kaplan–Meier by hand: one lost at the time of a conversion was still watched then', () => {
  expect(kaplanMeier([...converted(2, 2, 5), ...lost(2, 7)])).toEqual([
    { time: 2, atRisk: 5, events: 2, survival: 0.6 },
    { time: 5, atRisk: 2, events: 1, survival: 0.3 },
  ]);
  expect(kaplanMeier(lost(1, 2))).toEqual([]);
});

test('the curve starts at or below 1, never rises, never leaves [0, 1], and does not depend on the order', () => {
  fc.assert(
    fc.property(arm, (contacts) => {
      const steps = kaplanMeier(contacts);
      let before = 1;
      for (const { survival, atRisk, events } of steps) {
        expect(survival).toBeLessThan(before);
        expect(survival).toBeGreaterThanOrEqual(0);
        expect(events).toBeLessThanOrEqual(atRisk);
        before = survival;
      }
      expect(steps.reduce((sum, { events }) => sum + events, 0)).toBe(contacts.filter(({ event }) => event).length);
      expect(kaplanMeier(contacts.toReversed())).toEqual(steps);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('without anybody lost, the curve is the share not yet converted', () => {
  expect(kaplanMeier(converted(1, 2, 3, 4)).map(({ survival }) => survival)).toEqual(
    [0.75, 0.5, 0.25, 0].map((share) => expect.closeTo(share, 12)),
  );
});

test('the restricted mean of conversions that were all seen is their mean, its variance that of a mean', () => {
  const { mean, variance } = restrictedMean(converted(1, 2, 3, 4), 10);
  relative(mean, 2.5);
  relative(variance, 1.25 / 4);
});

test('the restricted mean by hand, with one lost', () => {
  // S = 1 to 2, 2/3 to 4, then 0 at 4: one of two watched at 4 … lost at 3, so 1 of 1: area 2 + 2·(2/3).
  const contacts = [...converted(2, 4), ...lost(3)];
  relative(restrictedMean(contacts, 5).mean, 2 + (2 * 2) / 3);
  relative(restrictedMean(contacts, 3).mean, 2 + 2 / 3);
  relative(restrictedMean(contacts, 3).variance, (2 / 3) ** 2 / (3 * 2));
  expect(restrictedMean(contacts, 1)).toEqual({ mean: 1, variance: 0 });
});

test('the restricted mean lies between 0 and the horizon and grows with it', () => {
  fc.assert(
    fc.property(arm, (contacts) => {
      const horizon = Math.min(12, longestHorizon(contacts, contacts));
      fc.pre(horizon > 0);
      const { mean, variance } = restrictedMean(contacts, horizon);
      expect(mean).toBeGreaterThanOrEqual(0);
      expect(mean).toBeLessThanOrEqual(horizon + 1e-12);
      expect(variance).toBeGreaterThanOrEqual(0);
      expect(restrictedMean(contacts, horizon / 2).mean).toBeLessThanOrEqual(mean + 1e-12);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('"1.8 days sooner": the difference of restricted means, with its interval', () => {
  const a = [...converted(1, 2, 2, 3, 4, 5, 6, 8), ...lost(30, 30)];
  const b = [...converted(3, 4, 5, 7, 9, 11, 12, 15), ...lost(30, 30)];
  const difference = restrictedMeanDifference(a, b, 30);
  relative(difference.difference, (31 - 66) / 10);
  relative((difference.lo + difference.hi) / 2, difference.difference);
  expect(difference.p).toBeGreaterThan(0.05);
  expect(difference.hi).toBeGreaterThan(0);
  const turned = restrictedMeanDifference(b, a, 30);
  relative(turned.difference, 3.5);
  relative(turned.p, difference.p);
  expect(restrictedMeanDifference(a, b, 30, 0.5).lo).toBeGreaterThan(difference.lo);
});

test('a difference without any spread is certain, and none is none', () => {
  expect(restrictedMeanDifference(converted(2), converted(2), 5)).toMatchObject({ difference: 0, p: 1 });
  expect(restrictedMeanDifference(converted(2), converted(3), 5)).toMatchObject({ difference: -1, p: 0 });
});

test('the horizon ends where watching one of the arms ended', () => {
  expect(longestHorizon([...converted(1), ...lost(9)], [...converted(2), ...lost(7)])).toBe(7);
  expect(longestHorizon([...lost(3), ...converted(9)], lost(20))).toBe(20);
  expect(longestHorizon(converted(1), converted(2))).toBe(Infinity);
  expect(() => restrictedMean(lost(7), 8)).toThrow(
    new RangeError('horizon must be at most 7, where watching ended: 8'),
  );
});

test('the risk table counts who is still watched just before each conversion', () => {
  expect(riskTable([...converted(2, 5), ...lost(2)], [...converted(3), ...lost(1, 4)])).toEqual([
    { time: 2, atRiskA: 3, atRiskB: 2, eventsA: 1, eventsB: 0 },
    { time: 3, atRiskA: 1, atRiskB: 2, eventsA: 0, eventsB: 1 },
    { time: 5, atRiskA: 1, atRiskB: 0, eventsA: 1, eventsB: 0 },
  ]);
});

test('log-rank by hand: two against two', () => {
  // Times 1 and 2 in A, 3 and 4 in B: expected in A 1/2 + 1/3; variance 1/4 + 2/9; the last two say nothing.
  const { observed, expected, variance, chi2 } = logRank(converted(1, 2), converted(3, 4));
  expect(observed).toBe(2);
  relative(expected, 5 / 6);
  relative(variance, 1 / 4 + 2 / 9);
  relative(chi2, (7 / 6) ** 2 / (17 / 36));
});

test('log-rank is the same for turned arms and for any clock that keeps the order, and 1 for the same arm twice', () => {
  fc.assert(
    fc.property(arm, arm, (a, b) => {
      const result = logRank(a, b);
      const late = (contacts: Watched[]) => contacts.map(({ time, event }) => ({ time: time ** 2 + 3, event }));
      expect(Math.abs(logRank(b, a).chi2 - result.chi2)).toBeLessThan(1e-9);
      expect(logRank(late(a), late(b))).toEqual(result);
      expect(logRank(a, a).p).toBeGreaterThan(1 - 1e-6);
    }),
    { seed: 3, numRuns: 100 },
  );
  expect(logRank(lost(3), lost(4))).toEqual({ observed: 0, expected: 0, variance: 0, chi2: 0, p: 1 });
});

test('the anytime log-rank by hand: one conversion in A while one of each is watched', () => {
  const thetas = [0.5, 2];
  const mean = (0.5 * (2 / 1.5) + 2 * (2 / 3)) / 2;
  relative(Math.exp(anytimeLogRank(converted(1), lost(2), thetas)), mean);
  expect(anytimeLogRank(lost(1), lost(1))).toBe(0);
});

test('the anytime log-rank gains nothing on average while both arms convert at the same pace', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (nA, nB) => {
      const rest = (n: number) => lost(...Array.from({ length: n }, () => 5));
      const inA = Math.exp(anytimeLogRank([...converted(1), ...rest(nA - 1)], rest(nB)));
      const inB = Math.exp(anytimeLogRank(rest(nA), [...converted(1), ...rest(nB - 1)]));
      relative((nA * inA + nB * inB) / (nA + nB), 1, 1e-10);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('the anytime log-rank grows without limit where one arm is slower, and does not overflow', () => {
  const uniform = seededUniform(2);
  const times = (pace: number) => Array.from({ length: 6000 }, () => -Math.log(1 - uniform()) / pace);
  const log = anytimeLogRank(converted(...times(1)), converted(...times(3)));
  expect(log).toBeGreaterThan(700);
  expect(log).toBeLessThan(Infinity);
});

test('arms that cannot be are refused by name', () => {
  expect(() => kaplanMeier([])).toThrow(/the length of contacts must be at least 1: 0/);
  expect(() => kaplanMeier(converted(-1))).toThrow(/a time of contacts must be a finite number of at least 0: -1/);
  expect(() => logRank(converted(1), converted(Number.NaN))).toThrow(/a time of contacts .*NaN/);
  expect(() => longestHorizon([], [])).toThrow(/the length of a must be at least 1: 0/);
  expect(() => longestHorizon(converted(1), [])).toThrow(/the length of b must be at least 1: 0/);
  expect(() => restrictedMean(converted(1), 0)).toThrow(/horizon must be a finite number above 0: 0/);
  expect(() => restrictedMean([], 1)).toThrow(/the length of contacts must be at least 1: 0/);
  expect(() => anytimeLogRank(converted(1), converted(1), [])).toThrow(/the length of thetas must be at least 1: 0/);
  expect(() => anytimeLogRank(converted(1), converted(1), [0])).toThrow(/theta must be a finite number above 0: 0/);
});
