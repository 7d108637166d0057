import { describe, expect, test } from 'vitest';
import { isBudgetSpent, leakLedger } from '../../../src/core/autonomy/leak-ledger.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';

describe('the leak ledger', () => {
  test('lets a failed check stand for 1/q bad ones, of which it caught one itself', () => {
    const { bad, leaked } = leakLedger(
      [
        { loss: 1, q: 0.1 },
        { loss: 0, q: 0.1 },
        { loss: 0.5, q: 0.5 },
      ],
      0.1,
      0.05,
    );
    expect(bad).toBe(11);
    expect(leaked).toBe(9.5);
  });

  test('its bound holds in nearly every run through a jump from 1 % to 25 % bad', () => {
    const random = seededUniform(5);
    let violated = 0;
    for (let run = 0; run < 200; run++) {
      const checks = [];
      let truth = 0;
      for (let i = 0; i < 400; i++) {
        const rate = i < 200 ? 0.01 : 0.25;
        const q = i % 3 === 0 ? 0.5 : 0.1;
        truth += rate;
        if (random() < q) checks.push({ loss: random() < rate ? 1 : 0, q });
      }
      if (leakLedger(checks, 0.1, 0.05).upper < truth) violated += 1;
    }
    expect(violated).toBeLessThanOrEqual(10);
  });

  test('refuses rates that were never used', () => {
    expect(() => leakLedger([], 0, 0.05)).toThrow('qMin');
    expect(() => leakLedger([{ loss: 1, q: 0.05 }], 0.1, 0.05)).toThrow('0.05');
  });
});

describe('the error budget', () => {
  const rows = (bad: number, all: number) =>
    Array.from({ length: all }, (_, i) => ({ loss: i < bad ? 1 : null, q: 0.5 }));

  test('is spent when the checked ones stand for more than ε of the eligible ones', () => {
    expect(isBudgetSpent(rows(2, 81), 0.05)).toBe(false);
    expect(isBudgetSpent(rows(2, 79), 0.05)).toBe(true);
    expect(isBudgetSpent([], 0.05)).toBe(false);
  });

  test('looks at the last thousand', () => {
    expect(isBudgetSpent([...rows(900, 900), ...rows(0, 1_000)], 0.05)).toBe(false);
  });
});
