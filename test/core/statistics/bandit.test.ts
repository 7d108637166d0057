import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probabilityBest, probabilityGreater } from '../../../src/core/statistics/beta-comparison.ts';
import { seededUniform, type Uniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { chooseSendTime, SEND_WINDOWS, sendTimePosterior, sendWindow } from '../../../src/core/statistics/send-time.ts';
import { armPosterior, chooseArm, discounted, winner } from '../../../src/core/statistics/thompson.ts';
import { relative } from './closeness.ts';

const shape = fc.double({ min: 0.3, max: 300, noNaN: true });
const beta = fc.record({ a: shape, b: shape });

/** A source of chance that gives just these numbers. */
function given(...numbers: number[]): Uniform {
  return () => {
    const next = numbers.shift();
    if (next === undefined) throw new Error('no number left');
    return next;
  };
}

test('the chance to be higher by hand: a flat rate against Beta(2, 1), Beta(1, n) and itself', () => {
  relative(probabilityGreater({ a: 1, b: 1 }, { a: 2, b: 1 }), 1 / 3);
  relative(probabilityGreater({ a: 2, b: 1 }, { a: 1, b: 1 }), 2 / 3);
  // P(X < Y) with P(Y > x) = (1 − x)^n, X flat: 1/(n + 1).
  relative(probabilityGreater({ a: 1, b: 50 }, { a: 1, b: 1 }), 1 / 51, 1e-10);
  relative(probabilityGreater({ a: 0.5, b: 0.5 }, { a: 0.5, b: 0.5 }), 0.5);
});

test('a well-known rate against an unknown one: the chance is read off the unknown one', () => {
  expect(probabilityGreater({ a: 3e5, b: 7e5 }, { a: 1, b: 1 })).toBeCloseTo(0.3, 9);
  expect(probabilityGreater({ a: 1, b: 1 }, { a: 3e5, b: 7e5 })).toBeCloseTo(0.7, 9);
});

test('one of two rates is the higher one, and the chances of all arms sum to 1', () => {
  fc.assert(
    fc.property(beta, beta, beta, (x, y, z) => {
      expect(probabilityGreater(x, y) + probabilityGreater(y, x)).toBeCloseTo(1, 11);
      const [first = 0, second = 0] = probabilityBest([x, y]);
      expect(first).toBeCloseTo(probabilityGreater(x, y), 10);
      expect(first + second).toBeCloseTo(1, 12);
      const three = probabilityBest([x, y, z]);
      expect(three.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(three[0] ?? 1).toBeLessThanOrEqual(first + 1e-10);
      expect(probabilityGreater({ a: x.a + 1, b: x.b }, y)).toBeGreaterThanOrEqual(probabilityGreater(x, y) - 1e-12);
    }),
    { seed: 1, numRuns: 15 },
  );
  expect(probabilityBest([{ a: 3, b: 4 }])).toEqual([1]);
  for (const chance of probabilityBest([
    { a: 2, b: 9 },
    { a: 2, b: 9 },
    { a: 2, b: 9 },
  ]))
    relative(chance, 1 / 3);
});

test('a posterior starts at the base rate and moves with closed windows; old days fade by a hundredth each', () => {
  expect(armPosterior({ successes: 0, trials: 0 })).toEqual({ a: 1, b: expect.closeTo(20, 12) });
  expect(armPosterior({ successes: 3, trials: 10 }, 0.5)).toEqual({ a: 4, b: 8 });
  const faded = discounted({ successes: 5, trials: 100 }, 30);
  relative(faded.trials, 100 * 0.99 ** 30);
  relative(faded.successes / faded.trials, 0.05);
  expect(discounted({ successes: 5, trials: 100 }, 0)).toEqual({ successes: 5, trials: 100 });
});

test('an arm is drawn with its chance to be the best; the hold-out with equal chances; both say their propensity', () => {
  const best = [0.7, 0.3];
  expect(chooseArm(best, given(0.5, 0.69))).toEqual({ arm: 0, holdOut: false, propensity: 0.05 + 0.9 * 0.7 });
  expect(chooseArm(best, given(0.5, 0.71))).toMatchObject({ arm: 1, holdOut: false });
  expect(chooseArm(best, given(0.09, 0.71))).toMatchObject({ arm: 1, holdOut: true });
  expect(chooseArm(best, given(0.1, 0.71)).propensity).toBeCloseTo(0.05 + 0.9 * 0.3, 12);
  // Five arms at a floor of .05 take a quarter of all sends for equal draws.
  expect(chooseArm([1, 0, 0, 0, 0], given(0.24, 0.99))).toEqual({ arm: 4, holdOut: true, propensity: 0.05 });
  // Chances that sum to a little less than 1 still give an arm.
  expect(chooseArm([0.5, 0.4999999], given(0.5, 0.99999999)).arm).toBe(1);
});

test('no arm falls below its floor, and propensities sum to 1 and are what happens', () => {
  const best = [0.94, 0.05, 0.01];
  const propensity = [0, 1, 2].map((arm) => chooseArm(best, given(0.99, [0.5, 0.96, 0.995][arm] ?? 0)).propensity);
  expect(propensity.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(Math.min(...propensity)).toBeGreaterThanOrEqual(0.05);
  const uniform = seededUniform(3);
  const drawn = [0, 0, 0];
  for (let i = 0; i < 6000; i++) {
    const { arm } = chooseArm(best, uniform);
    drawn[arm] = (drawn[arm] ?? 0) + 1;
  }
  for (const [arm, count] of drawn.entries())
    expect(Math.abs(count / 6000 - (propensity[arm] ?? 0))).toBeLessThan(0.02);
});

test('Thompson sampling finds the better subject line and keeps trying the other', () => {
  const uniform = seededUniform(8);
  const rates = [0.04, 0.12];
  const counts = rates.map(() => ({ successes: 0, trials: 0 }));
  let best = [0.5, 0.5];
  for (let sent = 0; sent < 1500; sent++) {
    if (sent % 50 === 0) best = probabilityBest(counts.map((count) => armPosterior(count)));
    const { arm } = chooseArm(best, uniform);
    const count = counts[arm] ?? { successes: 0, trials: 0 };
    count.trials += 1;
    if (uniform() < (rates[arm] ?? 0)) count.successes += 1;
  }
  const trials = counts.map((count) => count.trials);
  expect(trials[1]).toBeGreaterThan(1100);
  expect(trials[0]).toBeGreaterThan(50);
});

test('a winner is announced only when it is sure and every arm was sent often enough', () => {
  expect(winner([0.03, 0.97], [200, 400])).toBe(1);
  expect(winner([0.03, 0.97], [199, 400])).toBeNull();
  expect(winner([0.06, 0.94], [500, 500])).toBeNull();
  expect(winner([0.3, 0.7], [10, 10], { probability: 0.6, sends: 5 })).toBe(1);
});

test('every hour of the week belongs to one of the twelve windows', () => {
  expect(SEND_WINDOWS).toHaveLength(12);
  for (let day = 1; day <= 7; day++)
    for (let hour = 0; hour < 24; hour++) {
      const window = SEND_WINDOWS[sendWindow(day, hour)];
      expect(window?.weekend).toBe(day >= 6);
      expect(hour >= (window?.fromHour ?? 99) && hour < (window?.toHour ?? 0)).toBe(true);
    }
});

test('a segment’s rate is shrunk to everybody’s: fifty sends’ worth of it', () => {
  const everybody = { successes: 99, trials: 979 };
  expect(sendTimePosterior({ successes: 0, trials: 0 }, everybody)).toEqual({
    a: expect.closeTo(5, 12),
    b: expect.closeTo(45, 12),
  });
  const posterior = sendTimePosterior({ successes: 30, trials: 50 }, everybody);
  relative(posterior.a / (posterior.a + posterior.b), 0.35);
  const { a, b } = sendTimePosterior({ successes: 30, trials: 50 }, everybody, 1e9);
  relative(a / (a + b), 0.1, 1e-6);
});

test('a quiet window is never chosen, whatever it promises', () => {
  const posteriors = SEND_WINDOWS.map((_, i) => ({ a: i === 0 ? 90 : 5, b: i === 0 ? 10 : 95 }));
  const allowed = SEND_WINDOWS.map(({ fromHour }) => fromHour >= 8 && fromHour < 20);
  const uniform = seededUniform(4);
  const drawn = new Set(Array.from({ length: 60 }, () => chooseSendTime(posteriors, allowed, uniform).arm));
  for (const window of drawn) expect(allowed[window]).toBe(true);
  expect(drawn.size).toBeGreaterThan(3);
});

test('arms that cannot be are refused by name', () => {
  const uniform = seededUniform(1);
  expect(() => probabilityBest([])).toThrow(/the length of arms must be at least 1: 0/);
  expect(() => probabilityBest([{ a: 1, b: 0 }])).toThrow(/b must be a finite number above 0: 0/);
  expect(() => probabilityGreater({ a: Number.NaN, b: 1 }, { a: 1, b: 1 })).toThrow(/a must be .*NaN/);
  expect(() => armPosterior({ successes: 2, trials: 1 })).toThrow(/successes must be at most trials \(1\): 2/);
  expect(() => armPosterior({ successes: 0, trials: 1 }, 0)).toThrow(/baseRate must be between 0 and 1: 0/);
  expect(() => discounted({ successes: -1, trials: 1 }, 1)).toThrow(/successes must be .* at least 0: -1/);
  expect(() => discounted({ successes: 0, trials: Infinity }, 1)).toThrow(/trials must be .*Infinity/);
  expect(() => discounted({ successes: 0, trials: 1 }, -1)).toThrow(/days must be .* at least 0: -1/);
  expect(() => discounted({ successes: 0, trials: 1 }, 1, 1.1)).toThrow(/keep must be from 0 to 1: 1.1/);
  expect(() => chooseArm([], uniform)).toThrow(/the length of best must be at least 1: 0/);
  expect(() => chooseArm([2], uniform)).toThrow(/best must be from 0 to 1: 2/);
  expect(() => chooseArm([1], uniform, { floor: -0.1 })).toThrow(/floor must be from 0 to 1: -0.1/);
  expect(() => chooseArm([0.5, 0.5], uniform, { floor: 0.6 })).toThrow(/arms × floor must be from 0 to 1: 1.2/);
  expect(() => winner([1], [1, 2])).toThrow(/the length of sent must be that of best \(1\): 2/);
  expect(() => winner([], [])).toThrow(/the length of best must be at least 1: 0/);
  expect(() => winner([1], [1.5])).toThrow(/sent must be a whole number of at least 0: 1.5/);
  expect(() => winner([1], [1], { probability: 2 })).toThrow(/probability must be from 0 to 1: 2/);
  expect(() => sendWindow(0, 5)).toThrow(/isoWeekday must be a whole number of at least 1: 0/);
  expect(() => sendWindow(8, 5)).toThrow(/isoWeekday must be at most 7: 8/);
  expect(() => sendWindow(1, 24)).toThrow(/hour must be at most 23: 24/);
  expect(() => sendWindow(1, 1.5)).toThrow(/hour must be a whole number of at least 0: 1.5/);
  expect(() => sendTimePosterior({ successes: 2, trials: 1 }, { successes: 0, trials: 0 })).toThrow(/at most trials/);
  expect(() => sendTimePosterior({ successes: 0, trials: 1 }, { successes: 0, trials: 0 }, 0)).toThrow(
    /strength .*: 0/,
  );
  expect(() => chooseSendTime([{ a: 1, b: 1 }], [false], uniform)).toThrow(/the allowed windows must be at least 1: 0/);
  expect(() => chooseSendTime([{ a: 1, b: 1 }], [], uniform)).toThrow(
    /the length of allowed must be that of posteriors/,
  );
});
