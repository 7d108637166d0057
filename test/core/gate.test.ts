import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newPolicyState } from '../../src/core/autonomy/policy-state.ts';
import { gate, type CellStanding, type GateFacts, spotCheckCoin, standingOf } from '../../src/core/gate.ts';

const earned: CellStanding = { epoch: 2, rung: 2, ladder: [0.1, 0.2, 0.3], policyVersion: 7 };
const newCellStanding = standingOf(newPolicyState(), 1);
const facts = (over: Partial<GateFacts> = {}): GateFacts => ({
  decisionId: 'd-1',
  hasProposal: true,
  risk: 0.15,
  findings: [],
  tainted: [],
  firstFromTemplate: false,
  neverAutomatic: false,
  outdated: false,
  cell: earned,
  spotCheckRate: 0,
  newSegment: false,
  ...over,
});
const ids = (count: number) =>
  Array.from({ length: count }, (_, i) => `0193a1b2-0000-7000-8000-${String(i).padStart(12, '0')}`);

test('rung 0 approves nothing, not even risk 0, whatever the ladder says', () => {
  for (const ladder of [[], [0], [1], earned.ladder]) {
    const answer = gate(facts({ risk: 0, cell: { ...earned, rung: 0, ladder } }), 's');
    expect(answer).toMatchObject({ route: 'review', threshold: 0, q: 1, coin: null });
    expect(answer.because.map(({ code }) => code)).toContain('rung_0');
  }
  expect(gate(facts({ risk: 0, cell: newCellStanding }), 's').route).toBe('review');
});

test('a risk at the threshold is within it, one above it is not; the band is that of the ladder', () => {
  expect(gate(facts({ risk: 0.2 }), 's')).toMatchObject({
    route: 'auto',
    threshold: 0.2,
    band: 2,
    because: [{ code: 'within_threshold' }],
    policyVersion: 7,
    epoch: 2,
    rung: 2,
  });
  expect(gate(facts({ risk: 0.2000001 }), 's')).toMatchObject({
    route: 'review',
    band: 3,
    because: [{ code: 'above_threshold' }],
  });
  expect(gate(facts({ risk: 0 }), 's')).toMatchObject({ route: 'auto', band: 1 });
  expect(gate(facts({ risk: 0.9 }), 's')).toMatchObject({ route: 'review', band: 4 });
});

const REASONS: Array<[Partial<GateFacts>, string]> = [
  [{ hasProposal: false }, 'no_proposal'],
  [{ neverAutomatic: true }, 'never_automatic'],
  [{ outdated: true }, 'outdated'],
  [{ tainted: ['company'] }, 'taint'],
  [{ firstFromTemplate: true }, 'first_from_template'],
  [{ risk: null }, 'risk_missing'],
  [{ risk: Number.NaN }, 'risk_missing'],
  [{ risk: Number.POSITIVE_INFINITY }, 'risk_missing'],
  [{ newSegment: true }, 'new_segment'],
  [{ risk: 0.5 }, 'above_threshold'],
  [{ findings: [{ code: 'placeholder', severity: 'block', text: 'x' }] }, 'guardrail:placeholder'],
  // A claim that the facts don't carry is never approved automatically.
  [{ findings: [{ code: 'claim_not_in_facts', severity: 'look', text: 'x' }] }, 'guardrail:claim_not_in_facts'],
];
test.for(REASONS)('%j alone sends it to people: %s', ([over, code]) => {
  const answer = gate(facts(over), 's');
  expect(answer).toMatchObject({ route: 'review', q: 1, coin: null });
  expect(answer.because.map((reason) => reason.code)).toEqual([code]);
});

test('every reason is told, not only the first', () => {
  const answer = gate(facts({ hasProposal: false, tainted: ['x'], risk: null, cell: newCellStanding }), 's');
  expect(answer.because.map(({ code }) => code)).toEqual(['no_proposal', 'taint', 'risk_missing', 'rung_0']);
});

test('a cell whose rung or ladder makes no sense approves nothing', () => {
  const broken: CellStanding[] = [
    { ...earned, ladder: [] },
    { ...earned, rung: 4 },
    { ...earned, rung: -1 },
    { ...earned, rung: Number.NaN },
    { ...earned, rung: 1.5 },
    { ...earned, ladder: [Number.NaN, 0.2] },
    { ...earned, ladder: [0.3, 0.1] },
  ];
  for (const cell of broken)
    for (const risk of [0, 0.05, 0.15, 0.25, 0.9, 1]) {
      const { route } = gate(facts({ risk, cell }), 's');
      expect([route, cell, risk]).toEqual(['review', cell, risk]);
    }
});

test('a spot-check rate that is no probability means that everything is checked', () => {
  for (const spotCheckRate of [Number.NaN, -0.1, 1.5, Number.POSITIVE_INFINITY])
    expect(gate(facts({ spotCheckRate }), 's').route).not.toBe('auto');
  expect(gate(facts({ spotCheckRate: 1 }), 's').route).toBe('spot_check');
});

test('whatever the facts, what is automatic had a proposal, no finding that blocks, no taint and a risk within an earned threshold', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const cell = fc.record({
    epoch: fc.constant(1),
    rung: fc.integer({ min: 0, max: 4 }),
    ladder: fc.array(unit, { maxLength: 4 }).map((list) => list.toSorted((a, b) => a - b)),
    policyVersion: fc.constant(1),
  });
  const findings = fc.array(
    fc.constantFrom(
      { code: 'a', severity: 'block' as const, text: '' },
      { code: 'claim_not_in_facts', severity: 'look' as const, text: '' },
    ),
    { maxLength: 1 },
  );
  const any = fc.record({
    decisionId: fc.uuid(),
    hasProposal: fc.boolean(),
    risk: fc.option(unit),
    findings,
    tainted: fc.constantFrom<string[]>([], [], ['company']),
    firstFromTemplate: fc.boolean(),
    neverAutomatic: fc.boolean(),
    outdated: fc.boolean(),
    cell,
    spotCheckRate: unit,
    newSegment: fc.constantFrom(false, false, true),
  });
  let automatic = 0;
  fc.assert(
    fc.property(any, (some) => {
      const answer = gate(some, 's');
      expect(answer.because.length).toBeGreaterThan(0);
      if (answer.route === 'review') {
        expect([answer.q, answer.coin]).toEqual([1, null]);
        return;
      }
      automatic += 1;
      expect(some).toMatchObject({
        hasProposal: true,
        findings: [],
        tainted: [],
        firstFromTemplate: false,
        neverAutomatic: false,
        outdated: false,
      });
      expect(some.newSegment).toBe(false);
      expect(some.cell.rung).toBeGreaterThan(0);
      expect(some.risk ?? 2).toBeLessThanOrEqual(some.cell.ladder[some.cell.rung - 1] ?? -1);
      expect(answer.route).toBe((answer.coin ?? 2) < some.spotCheckRate ? 'spot_check' : 'auto');
    }),
    { seed: 10, numRuns: 12_000 },
  );
  expect(automatic).toBeGreaterThan(15);
});

test('the coin is uniform, and whoever has the secret can toss it again', () => {
  const tosses = ids(10_000).map((id) => spotCheckCoin('secret', id));
  expect(tosses.every((coin) => coin >= 0 && coin < 1)).toBe(true);
  const bins = Array.from({ length: 10 }, (_, i) => tosses.filter((coin) => Math.floor(coin * 10) === i).length);
  // χ² with 9 degrees of freedom: above 27.9 once in a thousand times.
  expect(bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  expect(ids(20).map((id) => spotCheckCoin('secret', id))).toEqual(tosses.slice(0, 20));
  expect(spotCheckCoin('another', 'd-1')).not.toBe(spotCheckCoin('secret', 'd-1'));
  // The definition, read independently: the first 53 bits of the HMAC.
  expect(spotCheckCoin('key', 'The quick brown fox jumps over the lazy dog')).toBe(
    Number(BigInt('0xf7bc83f4305384') >> 3n) / 2 ** 53,
  );
});

test('the share that is drawn is the rate that was asked for', () => {
  const drawn = ids(5_000).filter(
    (decisionId) => gate(facts({ decisionId, spotCheckRate: 0.25 }), 'secret').route === 'spot_check',
  ).length;
  expect(drawn / 5_000).toBeGreaterThan(0.23);
  expect(drawn / 5_000).toBeLessThan(0.27);
});
