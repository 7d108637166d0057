import { expect, test } from 'vitest';
import { simulate, simulateRun, type SimulationOptions } from '../../../src/core/autonomy/simulation.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';

const options = (over: Partial<SimulationOptions>): SimulationOptions => ({
  scenario: 'good',
  drift: null,
  runs: 40,
  decisions: 2_500,
  eps: 0.05,
  ...over,
});
const report = (over: Partial<SimulationOptions>) => simulate(options(over), (run) => seededUniform(1_000 + run));

test('a model just above the tolerated rate is hardly ever promoted', () => {
  const { falsePromotion, reach80 } = report({ scenario: 'edge' });
  expect(falsePromotion).toBeLessThanOrEqual(0.1);
  expect(reach80).toBe(0);
});

test('a good model reaches the top rung, in at most 650 decisions', () => {
  const { falsePromotion, reach80, medianDecisionsTo80 } = report({ scenario: 'good' });
  expect(falsePromotion).toBe(0);
  expect(reach80).toBeGreaterThanOrEqual(0.95);
  expect(medianDecisionsTo80).toBeLessThanOrEqual(650);
});

test.for(['inverted', 'trap', 'bad10'] as const)('%s is not promoted too far', (scenario) => {
  expect(report({ scenario }).falsePromotion).toBeLessThanOrEqual(0.05);
});

test('a trap is climbed as far as it is safe, and no further', () => {
  const { reach80, meanLeaked } = report({ scenario: 'trap' });
  expect(reach80).toBe(0);
  expect(meanLeaked).toBeGreaterThan(1);
});

test('after a jump to 20 % bad on the top rung few leak before the threshold is 0', () => {
  const { medianLeaked, medianDecisionsToCatch } = report({ drift: 'd20' });
  expect(medianLeaked).toBeLessThanOrEqual(8);
  expect(medianDecisionsToCatch).toBeLessThanOrEqual(80);
});

test('a model that never gets to the top never drifts', () => {
  expect(report({ scenario: 'bad10', drift: 'd20', runs: 3 })).toMatchObject({
    medianLeaked: null,
    meanLeaked: null,
    medianDecisionsToCatch: null,
  });
});

test('the same seed gives the same run, another one another', () => {
  const run = (seed: number) => simulateRun(options({}), seededUniform(seed));
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});
