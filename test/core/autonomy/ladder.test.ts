import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandOf, drawLadder } from '../../../src/core/autonomy/ladder.ts';
import { cell, plainConfig, types } from './cell.ts';
import { newPolicyState } from '../../../src/core/autonomy/policy-state.ts';

const shares = [0.3, 0.45, 0.6, 0.7, 0.8];

describe('a ladder', () => {
  test('stands at the quantiles of the risks, rounded down to a hundredth', () => {
    expect(
      drawLadder(
        Array.from({ length: 101 }, (_, i) => i / 100),
        shares,
      ),
    ).toEqual(shares);
    expect(
      drawLadder(
        Array.from({ length: 50 }, (_, i) => i / 49 / 3),
        shares,
      ),
    ).toEqual([0.09, 0.14, 0.19, 0.23, 0.26]);
  });

  test('leaves out rungs that are the same, and those that round to nothing', () => {
    expect(drawLadder([...Array<number>(40).fill(0.125), ...Array<number>(10).fill(0.9)], shares)).toEqual([0.12]);
    expect(drawLadder(Array<number>(50).fill(0.004), shares)).toEqual([]);
    expect(drawLadder([...Array<number>(20).fill(0.001), ...Array<number>(30).fill(0.29)], shares)).toEqual([0.29]);
  });

  test('rises, and no rung lies above its quantile', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 50, maxLength: 80 }), (numbers) => {
        const risks = numbers.map((n) => n / 10_000);
        const ladder = drawLadder(risks, shares);
        expect(ladder).toEqual([...new Set(ladder)].toSorted((a, b) => a - b));
        for (const upper of ladder) expect(Math.abs(upper * 100 - Math.round(upper * 100))).toBeLessThan(1e-9);
        expect(ladder.at(-1) ?? 0).toBeLessThanOrEqual(
          risks.toSorted((a, b) => a - b)[Math.ceil(0.8 * risks.length - 1e-9) - 1] ?? 0,
        );
      }),
      { seed: 1 },
    );
  });
});

test.for([
  [0, 1],
  [0.3, 1],
  [0.3000001, 2],
  [0.8, 5],
  [0.81, 6],
  [1, 6],
  [null, 6],
  [Number.NaN, 6],
  [-0.1, 6],
  [1.1, 6],
] as const)('risk %j lies in band %i', ([risk, band]) => {
  expect(bandOf([0.3, 0.45, 0.6, 0.7, 0.8], risk)).toBe(band);
});

describe('the ladder of an epoch', () => {
  test('is drawn from its first fifty risks; the decisions and labels until then are banded and count', () => {
    const young = cell(plainConfig, newPolicyState());
    for (let i = 0; i < 49; i++) young.check((i + 1) / 50, { loss: i === 3 ? 1 : 0 });
    expect(young.state).toMatchObject({ ladder: null, bands: [], since: 0 });
    young.decide(null);
    expect(young.state.ladder).toBeNull();
    expect(types(young.decide(1))).toEqual(['ladder_drawn']);
    expect(young.state.ladder).toEqual([0.3, 0.46, 0.6, 0.7, 0.8]);
    expect(young.state.bands.map(({ decisions }) => decisions)).toEqual([15, 8, 7, 5, 5]);
    expect(young.state.bands.map(({ labels }) => labels)).toEqual([15, 8, 7, 5, 5]);
    expect(young.state.bands.map(({ losses }) => losses)).toEqual([1, 0, 0, 0, 0]);
    // Ten above the last rung, and the one without a risk.
    expect(young.state).toMatchObject({ above: 11, since: 15, early: [] });
    expect(young.state.recent).toEqual([0, 0, 0, 1, ...Array<number>(11).fill(0)]);
  });

  test('a label that comes before the ladder waits for it; late harm too', () => {
    const young = cell(plainConfig, newPolicyState());
    for (let i = 0; i < 49; i++) young.check(0.1);
    expect(young.harm(0.1)).toEqual([]);
    young.check(0.1);
    expect(young.state.ladder).toEqual([0.1]);
    expect(young.state.bands).toEqual([{ decisions: 50, labels: 50, losses: 1, checks: 0 }]);
    expect(young.state.recent.filter((loss) => loss === 1)).toHaveLength(1);
  });

  test('outlives an alarm and a reset, and is drawn anew for a new scorer', () => {
    const grown = cell();
    grown.order({ type: 'version_seen', system: 'm1', scorer: 's1' });
    grown.order({ type: 'reset', by: 'ana', reason: 'why' });
    grown.order({ type: 'version_seen', system: 'm2', scorer: 's1' });
    expect(grown.state).toMatchObject({ epoch: 3, ladder: shares });
    grown.order({ type: 'version_seen', system: 'm2', scorer: 's2' });
    expect(grown.state).toMatchObject({ epoch: 4, ladder: null, bands: [] });
  });
});
