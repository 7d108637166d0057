import { describe, expect, test } from 'vitest';
import { policyFor } from '../../../src/core/autonomy/policy-config.ts';
import { newPolicyState } from '../../../src/core/autonomy/policy-state.ts';
import { ana, cell, plainConfig, plainLadder } from './cell.ts';

describe('the spot-check rate', () => {
  test('of a new band is a half, then a quarter, then normal', () => {
    const grown = cell();
    grown.climb(1);
    const rates = Array.from({ length: 22 }, () => {
      const { q } = grown.place(0.1);
      grown.check(0.1);
      return q;
    });
    expect(rates).toEqual([...Array<number>(10).fill(0.5), ...Array<number>(10).fill(0.25), 0.1, 0.1]);
  });

  test('is a half for every band after a failure, until S is 0', () => {
    const grown = cell();
    grown.climb(1);
    for (let i = 0; i < 30; i++) grown.check(0.1);
    grown.check(0.1, { loss: 1 });
    let passes = 0;
    for (; grown.place(0.1).q === 0.5; passes++) grown.check(0.1);
    expect(passes).toBe(12);
    expect(grown.state.s).toBe(0);
  });

  test('is a half while a brake holds, and where a person put the threshold', () => {
    const grown = cell();
    grown.climb(1);
    for (let i = 0; i < 30; i++) grown.check(0.1);
    expect(grown.place(0.1).q).toBe(0.1);
    grown.order({ type: 'brake_set', brake: 'drift', on: true, reason: '' });
    expect(grown.place(0.1).q).toBe(0.5);
    grown.order({ type: 'brake_set', brake: 'drift', on: false, reason: '' });
    expect(grown.place(0.1).q).toBe(0.1);
    grown.order({ type: 'restored', rung: 5, ...ana });
    expect(grown.place(0.1).q).toBe(0.5);
  });

  test.for([
    [10, 0.5],
    [16, 0.5],
    [32, 0.25],
    [80, 0.1],
    [160, 0.05],
    [1_000, 0.05],
  ] as const)('at %i eligible decisions a week is %f', ([perWeek, rate]) => {
    const config = { ...policyFor(0.05), newBandRates: [] };
    const day = 20_000;
    const eligible = Array.from({ length: 28 }, (_, i) => ({ day: day - i, count: perWeek / 7 })).toReversed();
    const state = { ...newPolicyState(plainLadder), rung: 1, eligible };
    const busy = cell(config, state);
    busy.wait(day + 0.5);
    expect(busy.place(0.1).q).toBeCloseTo(rate, 12);
    // What lies four weeks back does not count.
    busy.wait(28);
    expect(busy.place(0.1).q).toBe(0.5);
  });

  test('counts the eligible ones by day, over 28 days, also when the clock was set back', () => {
    const config = { ...policyFor(0.05), coolDays: 0 };
    const grown = cell(config);
    grown.climb(1);
    const from = grown.state.eligible.reduce((sum, { count }) => sum + count, 0);
    grown.decide(0.1);
    grown.decide(0.9);
    grown.wait(-1);
    grown.decide(0.1);
    expect(grown.state.eligible.reduce((sum, { count }) => sum + count, 0)).toBe(from + 2);
    grown.wait(40);
    grown.decide(0.1);
    expect(grown.state.eligible).toEqual([{ day: Math.floor(grown.now / 86_400_000), count: 1 }]);
  });
});

describe('a decision is placed', () => {
  test('with people, for a reason, unless its risk is at most τ', () => {
    const grown = cell();
    expect(grown.place(0)).toEqual({ band: 1, eligible: false, q: 1, because: 'rung_0' });
    grown.climb(2);
    expect(grown.place(0.45)).toEqual({ band: 2, eligible: true, q: 0.5, because: 'threshold' });
    expect(grown.place(0.46)).toEqual({ band: 3, eligible: false, q: 1, because: 'above_threshold' });
    expect(grown.place(null)).toEqual({ band: null, eligible: false, q: 1, because: 'risk_missing' });
    expect(grown.place(Number.NaN)).toEqual({ band: null, eligible: false, q: 1, because: 'risk_missing' });
  });

  test('with people before there is a ladder', () => {
    expect(cell(plainConfig, newPolicyState()).place(0)).toEqual({
      band: null,
      eligible: false,
      q: 1,
      because: 'rung_0',
    });
  });

  test('with people while one of its segments has fewer than ten labels in this epoch', () => {
    const grown = cell();
    grown.climb(1);
    for (let i = 0; i < 9; i++) grown.check(0.9, { segments: ['language:de'] });
    expect(grown.place(0.1, ['language:de'])).toMatchObject({ eligible: false, because: 'new_segment' });
    grown.check(0.9, { segments: ['language:de'] });
    expect(grown.place(0.1, ['language:de'])).toMatchObject({ eligible: true });
    expect(grown.place(0.1, ['language:de', 'persona:cfo'])).toMatchObject({ because: 'new_segment' });
    grown.order({ type: 'reset', ...ana });
    grown.climb(1);
    expect(grown.place(0.1, ['language:de'])).toMatchObject({ because: 'new_segment' });
  });
});
