import fc from 'fast-check';
import { expect, test } from 'vitest';
import { solvePositiveDefinite } from '../../../src/core/statistics/cholesky.ts';
import { fitIsotonic, isotonicValue } from '../../../src/core/statistics/isotonic.ts';
import {
  type Example,
  fitLogistic,
  type LogisticModel,
  logisticContributions,
  logisticProbability,
} from '../../../src/core/statistics/logistic-regression.ts';
import { fitPlatt, plattProbability } from '../../../src/core/statistics/platt.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';
import { relative } from './closeness.ts';

const EXAMPLES: Example[] = (
  [
    [1, 10, 0, 1],
    [2, 8, 0, 2],
    [3, 13, 1, 1],
    [4, 9, 0, 1],
    [5, 7, 1, 1],
    [6, 15, 1, 1],
    [7, 11, 0, 3],
    [8, 6, 1, 1],
  ] as const
).map(([first, second, y, weight]) => ({ x: [first, second], y, weight }));

function fitted(examples: readonly Example[], l2?: number): LogisticModel {
  const fit = fitLogistic(examples, l2 === undefined ? {} : { l2 });
  if (!fit.converged) throw new Error(`no model: ${fit.because}`);
  return fit.model;
}

test('pooling adjacent violators by hand', () => {
  const fit = fitIsotonic([
    { x: 3, y: 2 },
    { x: 1, y: 1 },
    { x: 2, y: 3 },
  ]);
  expect(fit).toEqual({ x: [1, 2, 3], y: [1, 2.5, 2.5] });
  expect([0, 1, 1.5, 2.7, 9].map((x) => isotonicValue(fit, x))).toEqual([1, 1, 1.75, 2.5, 2.5]);
  expect(
    fitIsotonic([
      { x: 1, y: 0 },
      { x: 1, y: 1, weight: 3 },
    ]),
  ).toEqual({ x: [1], y: [0.75] });
  expect(isotonicValue({ x: [1], y: [0.75] }, 4)).toBe(0.75);
});

test('an isotonic fit never falls, keeps the mean, stays among the outcomes and leaves what rises as it is', () => {
  const points = fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: 15 }),
      y: fc.integer({ min: 0, max: 4 }),
      weight: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(points, (list) => {
      const fit = fitIsotonic(list);
      expect(fit.y).toEqual(fit.y.toSorted((a, b) => a - b));
      expect(new Set(fit.x).size).toBe(fit.x.length);
      expect(fit.x).toEqual(fit.x.toSorted((a, b) => a - b));
      const sum = (of: (point: (typeof list)[number]) => number) =>
        list.reduce((left, one) => left + one.weight * of(one), 0);
      expect(sum(({ x }) => isotonicValue(fit, x))).toBeCloseTo(
        sum(({ y }) => y),
        9,
      );
      expect(Math.min(...fit.y)).toBeGreaterThanOrEqual(Math.min(...list.map(({ y }) => y)) - 1e-12);
      const again = fitIsotonic(fit.x.map((x, i) => ({ x, y: fit.y[i] ?? 0 })));
      for (const x of fit.x) expect(isotonicValue(again, x)).toBeCloseTo(isotonicValue(fit, x), 12);
      const back = fitIsotonic(list.toReversed());
      for (const { x } of list) expect(isotonicValue(back, x)).toBeCloseTo(isotonicValue(fit, x), 9);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('logistic regression arrives where a general minimiser does', () => {
  const { intercept, weights, means } = fitted(EXAMPLES);
  expect([intercept, ...weights]).toEqual(
    [-0.58311619, 0.37433901, 0.12986905].map((value) => expect.closeTo(value, 7)),
  );
  relative(means[0] ?? null, (1 + 4 + 3 + 4 + 5 + 6 + 21 + 8) / 11);
  const free = fitted(EXAMPLES, 0);
  expect([free.intercept, ...free.weights]).toEqual(
    [-0.6080175, 0.53776286, 0.17239571].map((value) => expect.closeTo(value, 6)),
  );
  const fit = fitLogistic(EXAMPLES);
  expect(fit).toMatchObject({ converged: true, logLoss: expect.closeTo(0.62, 1) });
});

test('begun at a model of nearly the same examples it comes to the same, in fewer steps', () => {
  const plain = fitLogistic(EXAMPLES);
  const start = fitted(EXAMPLES.slice(1));
  const begun = fitLogistic(EXAMPLES, { start });
  if (!plain.converged || !begun.converged) throw new Error('both should be fitted');
  for (const [i, weight] of plain.model.weights.entries()) relative(begun.model.weights[i] ?? Number.NaN, weight, 1e-6);
  relative(begun.model.intercept, plain.model.intercept, 1e-6);
  expect(begun.iterations).toBeLessThanOrEqual(plain.iterations);
  expect(() => fitLogistic(EXAMPLES, { start: { ...start, weights: [1] } })).toThrow(RangeError);
});

test('with one yes-or-no feature and no penalty the chances are the shares', () => {
  const rows = (x: number, bad: number, good: number): Example[] => [
    ...Array.from({ length: bad }, () => ({ x: [x], y: 1 })),
    ...Array.from({ length: good }, () => ({ x: [x], y: 0 })),
  ];
  const model = fitted([...rows(0, 2, 18), ...rows(1, 6, 4)], 0);
  relative(logisticProbability(model, [0]), 0.1, 1e-9);
  relative(logisticProbability(model, [1]), 0.6, 1e-9);
});

test('units do not matter, weights are repeats, and a heavier penalty draws the chances together', () => {
  const model = fitted(EXAMPLES);
  const inCents = fitted(EXAMPLES.map(({ x: [a = 0, b = 0], ...rest }) => ({ x: [100 * a + 7, b], ...rest })));
  const repeated = fitted(EXAMPLES.flatMap(({ x, y, weight = 1 }) => Array.from({ length: weight }, () => ({ x, y }))));
  const strict = fitted(EXAMPLES, 1e6);
  for (const { x } of EXAMPLES) {
    const [a = 0, b = 0] = x;
    relative(logisticProbability(inCents, [100 * a + 7, b]), logisticProbability(model, x), 1e-9);
    relative(logisticProbability(repeated, x), logisticProbability(model, x), 1e-9);
    // The intercept is not penalised, so all go to the overall share: 4 of 11.
    relative(logisticProbability(strict, x), 4 / 11, 1e-4);
  }
});

test('at the optimum the chances sum to the outcomes, whatever the data; the same data give the same model', () => {
  const example = fc.record({
    x: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 }),
    y: fc.constantFrom(0, 0.25, 1),
    weight: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(example, { minLength: 2, maxLength: 30 }), (examples) => {
      const fit = fitLogistic(examples);
      const sum = (of: (one: (typeof examples)[number]) => number) =>
        examples.reduce((left, one) => left + one.weight * of(one), 0);
      const rate = sum(({ y }) => y) / sum(() => 1);
      if (rate === 0 || rate === 1) expect(fit).toEqual({ converged: false, because: 'one_class' });
      else if (!fit.converged) throw new Error(fit.because);
      else
        expect(sum(({ x }) => logisticProbability(fit.model, x))).toBeCloseTo(
          sum(({ y }) => y),
          5,
        );
      expect(fitLogistic(examples)).toEqual(fit);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('learned weights are those the outcomes were made with', () => {
  const uniform = seededUniform(6);
  const examples = Array.from({ length: 2000 }, () => {
    const x = [uniform() * 4 - 2, uniform() * 4 - 2];
    const [a = 0, b = 0] = x;
    return { x, y: uniform() < 1 / (1 + Math.exp(1 - 1.5 * a + 0.5 * b)) ? 1 : 0 };
  });
  const { weights, scales } = fitted(examples);
  expect((weights[0] ?? 0) / (scales[0] ?? 1)).toBeCloseTo(1.5, 0);
  expect((weights[1] ?? 0) / (scales[1] ?? 1)).toBeCloseTo(-0.5, 0);
});

test('steps that would overshoot are halved: a thousand cases without and eleven with a counterexample', () => {
  // A full first step from here raises the summed loss from 8 to 840.
  const examples = [
    { x: [-1], y: 1, weight: 1000 },
    { x: [0], y: 1, weight: 10 },
    { x: [0], y: 0 },
  ];
  const model = fitted(examples, 0.001);
  expect(logisticProbability(model, [0])).toBeCloseTo(10 / 11, 2);
  expect(logisticProbability(model, [-1])).toBeGreaterThan(0.999);
  const chances = 1000 * logisticProbability(model, [-1]) + 11 * logisticProbability(model, [0]);
  expect(chances).toBeCloseTo(1010, 6);
});

test('a feature that never varies gets no weight, also where rounding makes it look as if it did', () => {
  const examples = EXAMPLES.map(({ x, ...rest }) => ({ x: [...x, 0.7, 0], ...rest }));
  const { weights, scales } = fitted(examples);
  expect(weights.slice(2)).toEqual([0, 0].map((zero) => expect.closeTo(zero, 12)));
  expect(scales.slice(2)).toEqual([1, 1]);
});

test('it says when there is no model: one class, features that repeat each other, classes wholly apart', () => {
  const apart = [-2, -1, 1, 2].map((x) => ({ x: [x], y: x > 0 ? 1 : 0 }));
  expect(fitLogistic(apart.map(({ x }) => ({ x, y: 1 })))).toEqual({ converged: false, because: 'one_class' });
  expect(fitLogistic(apart.map(({ x }) => ({ x, y: 0 })))).toEqual({ converged: false, because: 'one_class' });
  const twice = EXAMPLES.map(({ x: [a = 0], ...rest }) => ({ x: [a, 3 * a], ...rest }));
  expect(fitLogistic(twice, { l2: 0 })).toEqual({ converged: false, because: 'singular' });
  expect(fitLogistic(twice).converged).toBe(true);
  expect(fitLogistic(apart, { l2: 0 })).toEqual({ converged: false, because: 'iterations' });
  expect(fitLogistic(apart).converged).toBe(true);
});

test('the parts of a chance add up to it, and are nothing for an average case', () => {
  const model = fitted(EXAMPLES);
  const parts = logisticContributions(model, [8, 6]);
  const odds = Math.exp(parts.reduce((a, b) => a + b, model.intercept));
  relative(logisticProbability(model, [8, 6]), odds / (1 + odds));
  expect(logisticContributions(model, model.means)).toEqual([0, 0]);
  expect(parts[0]).toBeGreaterThan(0);
});

test('Platt’s scaling by hand of a minimiser; scores wholly apart stay finite', () => {
  const bad = [false, false, true, false, true, true];
  const fit = fitPlatt(bad.map((value, i) => ({ score: i + 1, bad: value })));
  expect(fit).toEqual({ slope: expect.closeTo(0.53550963, 7), intercept: expect.closeTo(-1.8742837, 6) });
  const apart = fitPlatt([1, 2, 3, 11, 12, 13].map((score) => ({ score, bad: score > 10 })));
  if ('because' in apart) throw new Error(apart.because);
  expect(apart.slope).toBeGreaterThan(0);
  expect(plattProbability(apart, 13)).toBeLessThan(1);
  expect(plattProbability(apart, 12)).toBeGreaterThan(plattProbability(apart, 2));
  expect(plattProbability(apart, 7)).toBeCloseTo(0.5, 9);
});

test('Platt’s scaling of good ones alone says a low chance for all, and of one single score that it cannot', () => {
  const fit = fitPlatt([1, 2, 3, 4].map((score) => ({ score, bad: false })));
  if ('because' in fit) throw new Error(fit.because);
  relative(plattProbability(fit, 2), 1 / 6, 1e-9);
  expect(fitPlatt([1, 1].map((score) => ({ score, bad: false })))).toEqual({ because: 'singular' });
});

test('a system of equations by hand, and one that has no answer', () => {
  expect(
    solvePositiveDefinite(
      [
        [4, 2],
        [2, 5],
      ],
      [8, 12],
    ),
  ).toEqual([1, 2]);
  expect(
    solvePositiveDefinite(
      [
        [1, 1],
        [1, 1],
      ],
      [1, 1],
    ),
  ).toBeNull();
  expect(solvePositiveDefinite([[Number.NaN]], [1])).toBeNull();
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 }), {
        minLength: 4,
        maxLength: 4,
      }),
      (rows) => {
        const matrix = rows.map((row, i) =>
          rows.map((other, j) => row.reduce((sum, value, k) => sum + value * (other[k] ?? 0), i === j ? 1 : 0)),
        );
        const x = solvePositiveDefinite(matrix, [1, 2, 3, 4]);
        for (const [i, row] of matrix.entries())
          expect(row.reduce((sum, value, j) => sum + value * (x?.[j] ?? 0), 0)).toBeCloseTo(i + 1, 6);
      },
    ),
    { seed: 3, numRuns: 100 },
  );
});

test('the seeded numbers repeat with the seed, differ with it, and are spread evenly over [0, 1)', () => {
  const take = (seed: number, n: number) => {
    const uniform = seededUniform(seed);
    return Array.from({ length: n }, () => uniform());
  };
  expect(take(1, 5)).toEqual(take(1, 5));
  expect(take(1, 5)).not.toEqual(take(2, 5));
  expect(take(1, 5)).not.toEqual(take(1 + 2 ** 32, 5));
  const many = take(42, 20_000);
  expect(many.every((value) => value >= 0 && value < 1)).toBe(true);
  const tenths = Array.from({ length: 10 }, (_, i) => many.filter((value) => Math.floor(value * 10) === i).length);
  // χ² with 9 degrees of freedom: above 27.9 in 1 of 1,000 cases.
  expect(tenths.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
  const pairs = many.slice(1).filter((value, i) => value > (many[i] ?? 0)).length;
  expect(Math.abs(pairs / many.length - 0.5)).toBeLessThan(0.02);
  expect(() => seededUniform(-1)).toThrow(/seed must be a whole number of at least 0: -1/);
  expect(() => seededUniform(1.5)).toThrow(/seed must be a whole number of at least 0: 1.5/);
});

test('what cannot be learned from is refused by name', () => {
  expect(() => fitIsotonic([])).toThrow(/the length of points must be at least 1: 0/);
  expect(() => fitIsotonic([{ x: Number.NaN, y: 0 }])).toThrow(/x must be a finite number: NaN/);
  expect(() => fitIsotonic([{ x: 0, y: Infinity }])).toThrow(/y must be a finite number: Infinity/);
  expect(() => fitIsotonic([{ x: 0, y: 0, weight: 0 }])).toThrow(/weight must be a finite number above 0: 0/);
  expect(() => isotonicValue({ x: [1], y: [1] }, Number.NaN)).toThrow(/x must be a finite number: NaN/);
  expect(() => fitLogistic([])).toThrow(/the length of examples must be at least 1: 0/);
  expect(() => fitLogistic([{ x: [], y: 0 }])).toThrow(/the length of x must be at least 1: 0/);
  expect(() =>
    fitLogistic([
      { x: [1], y: 0 },
      { x: [1, 2], y: 1 },
    ]),
  ).toThrow(/the length of x must be that of/);
  expect(() => fitLogistic([{ x: [Number.NaN], y: 0 }])).toThrow(/x must be a finite number: NaN/);
  expect(() => fitLogistic([{ x: [1], y: 2 }])).toThrow(/y must be from 0 to 1: 2/);
  expect(() => fitLogistic([{ x: [1], y: 1, weight: -1 }])).toThrow(/weight must be a finite number above 0: -1/);
  expect(() => fitLogistic([{ x: [1], y: 1 }], { l2: -1 })).toThrow(/l2 must be a finite number of at least 0: -1/);
  expect(() => fitLogistic([{ x: [1], y: 1 }], { maxIterations: 0 })).toThrow(/maxIterations must be .* 1: 0/);
  const model = fitted(EXAMPLES);
  expect(() => logisticProbability(model, [1])).toThrow(/the length of x must be that of the weights \(2\): 1/);
  expect(() => logisticContributions(model, [1, Number.NaN])).toThrow(/x must be a finite number: NaN/);
  expect(() => fitPlatt([])).toThrow(/the length of examples must be at least 1: 0/);
  expect(() => plattProbability({ slope: 1, intercept: 0 }, Infinity)).toThrow(
    /score must be a finite number: Infinity/,
  );
});
