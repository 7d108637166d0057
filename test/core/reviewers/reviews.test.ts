import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementOf, agreesTooLittle, type Double } from '../../../src/core/reviewers/agreement.ts';
import { type BrakeFacts, brakesOf } from '../../../src/core/reviewers/brakes.ts';
import { gradeOf, type Grade, isFair, lossOf, stops } from '../../../src/core/reviewers/check.ts';
import { medianGap, teamNumbers } from '../../../src/core/reviewers/numbers.ts';
import { isTimeForAPause, PACE_WINDOW } from '../../../src/core/reviewers/pace.ts';

const MINUTE = 60_000;
const edit = (effort: number, majorFields: string[] = [], originalOk: boolean | null = null) =>
  gradeOf({ verdict: 'edit', change: { effort, majorFields }, originalOk });

describe('what a verdict says of the draft', () => {
  test('a rejection and a major edit stop it, a minor edit and an approval let it go', () => {
    expect(gradeOf({ verdict: 'reject', change: null, originalOk: null })).toBe('reject');
    expect(gradeOf({ verdict: 'approve', change: null, originalOk: null })).toBe('as_is');
    expect(edit(0.1)).toBe('minor');
    expect(edit(0.31)).toBe('major');
    expect(edit(0.02, ['subject'])).toBe('major');
    expect((['reject', 'major', 'minor', 'as_is'] as const).map(stops)).toEqual([true, true, false, false]);
  });

  test('between minor and major the reviewer’s word decides, and without it nothing is said', () => {
    expect(edit(0.2, [], true)).toBe('minor');
    expect(edit(0.2, [], false)).toBe('major');
    expect(edit(0.2)).toBeNull();
    expect(gradeOf({ verdict: 'edit', change: null, originalOk: null })).toBeNull();
    expect([lossOf('reject'), lossOf('as_is'), lossOf(null)]).toEqual([1, 0, null]);
  });

  test('a check is only made of what can be found on the card', () => {
    expect(isFair(['wrong_tone', 'wrong_fact'])).toBe(true);
    expect(isFair(['wrong_tone', 'wrong_timing'])).toBe(false);
    expect(isFair(['other'])).toBe(false);
    expect(isFair([])).toBe(false);
  });
});

describe('agreement', () => {
  const many = (pairs: Array<[Grade, Grade, number]>): Double[] =>
    pairs.flatMap(([first, second, count]) => Array.from({ length: count }, (): Double => [first, second]));

  test('is full where two always say the same, and nothing where nobody was asked twice', () => {
    expect(
      agreementOf(
        many([
          ['as_is', 'as_is', 40],
          ['reject', 'reject', 10],
        ]),
      ),
    ).toEqual({
      doubles: 50,
      alpha: 1,
      onRejections: 1,
    });
    expect(agreementOf([])).toEqual({ doubles: 0, alpha: null, onRejections: null });
  });

  test('where all is always approved there is nothing to compare, and that is no disagreement', () => {
    const all = agreementOf(many([['as_is', 'as_is', 60]]));
    expect(all.alpha).toBeNull();
    expect(agreesTooLittle(all)).toBe(false);
  });

  test('knows that a small edit is nearer to an approval than a rejection is', () => {
    const near = agreementOf(
      many([
        ['as_is', 'minor', 10],
        ['as_is', 'as_is', 30],
        ['reject', 'reject', 10],
      ]),
    );
    const far = agreementOf(
      many([
        ['as_is', 'reject', 10],
        ['as_is', 'as_is', 30],
        ['reject', 'reject', 10],
      ]),
    );
    expect(near.alpha ?? 0).toBeGreaterThan(far.alpha ?? 1);
  });

  test('holds raises back from fifty doubles on, where α is below .67', () => {
    const pairs = (count: number) =>
      agreementOf(
        many([
          ['as_is', 'reject', count],
          ['as_is', 'as_is', count],
          ['reject', 'reject', count / 2],
        ]),
      );
    expect(agreesTooLittle(pairs(20))).toBe(true);
    expect(agreesTooLittle(pairs(18))).toBe(false);
    expect(agreesTooLittle({ doubles: 50, alpha: 0.67, onRejections: null })).toBe(false);
  });

  test('answers that cannot be graded are left out', () => {
    expect(
      agreementOf([
        [null, 'reject'],
        ['as_is', null],
        ['as_is', 'as_is'],
      ]).doubles,
    ).toBe(1);
  });
});

describe('brakes', () => {
  const quiet: BrakeFacts = {
    spotChecks: { ended: 0, timedOut: 0 },
    risks: { then: [], now: [] },
    eligible: [],
    eps: 0.05,
    catches: { checks: 0, caught: 0 },
    agreement: { doubles: 0, alpha: null, onRejections: null },
  };
  const on = (change: Partial<BrakeFacts>) =>
    Object.entries(brakesOf({ ...quiet, ...change })).flatMap(([brake, reason]) => (reason === null ? [] : [brake]));
  const risks = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + (0.4 * i) / count);

  test('are off where nothing is known', () => {
    expect(on({})).toEqual([]);
  });

  test.for([
    [4, 1, []],
    [5, 1, []],
    [5, 2, ['timeouts']],
    [100, 20, []],
    [100, 21, ['timeouts']],
    [4, 4, []],
  ] as const)('of %d spot checks %d ran out of time: %o', ([ended, timedOut, brakes]) => {
    expect(on({ spotChecks: { ended, timedOut } })).toEqual(brakes);
  });

  test('risks that moved are seen from a hundred on each side', () => {
    expect(on({ risks: { then: risks(100, 0), now: risks(100, 0.35) } })).toEqual(['drift']);
    expect(on({ risks: { then: risks(99, 0), now: risks(500, 0.35) } })).toEqual([]);
    expect(on({ risks: { then: risks(500, 0), now: risks(99, 0.35) } })).toEqual([]);
    expect(on({ risks: { then: risks(200, 0), now: risks(300, 0) } })).toEqual([]);
  });

  test('a budget is spent when the checked ones stand for more bad ones than ε allows', () => {
    const eligible = (bad: number) => [
      ...Array.from({ length: 90 }, () => ({ loss: null, q: 0.1 })),
      ...Array.from({ length: 10 }, (_, i) => ({ loss: i < bad ? 1 : 0, q: 0.1 })),
    ];
    expect(on({ eligible: eligible(0) })).toEqual([]);
    expect(on({ eligible: eligible(1) })).toEqual(['error_budget']);
  });

  test('each says why, and none says a number about people', () => {
    const reasons = brakesOf({ ...quiet, catches: { checks: 20, caught: 3 } });
    expect(reasons.catch_rate).not.toMatch(/\d/);
    expect(brakesOf({ ...quiet, spotChecks: { ended: 10, timedOut: 4 } }).timeouts).toBe('4 of 10 in 30 days');
  });
});

describe('numbers of reviewers', () => {
  const noon = new Date('2026-03-10T12:00:00.000Z').getTime();
  const at = (ms: number) => new Date(noon + ms);

  test('a verdict took no longer than since the card appeared, or since the verdict before', () => {
    const timed = [10, 20, 30, 40, 50].map((minute) => ({ shownAt: at(0), decidedAt: at(minute * MINUTE) }));
    expect(medianGap(timed)).toBe(10 * MINUTE);
    expect(medianGap(timed.slice(1))).toBeNull();
    expect(medianGap(timed.map((one) => ({ ...one, shownAt: null })))).toBeNull();
  });

  test('a team has numbers from five people on, or from three and thirty checks', () => {
    const counts = (people: number, bad: number) => teamNumbers({ bad, caught: bad, good: 0, stopped: 0, people });
    expect(counts(4, 29)).toBeNull();
    expect(counts(2, 100)).toBeNull();
    expect(counts(3, 30)).not.toBeNull();
    expect(counts(5, 5)).not.toBeNull();
    expect(counts(5, 0)).toMatchObject({ caught: null, dPrime: null });
  });

  test('a pause is suggested at the twenty-fifth card of one sitting, once', () => {
    const sitting = (count: number, apart = MINUTE) =>
      Array.from({ length: Math.min(count, PACE_WINDOW) }, (_, i) => at(-i * apart));
    expect(isTimeForAPause(sitting(24))).toBe(false);
    expect(isTimeForAPause(sitting(25))).toBe(true);
    expect(isTimeForAPause(sitting(26))).toBe(false);
    expect(isTimeForAPause(sitting(25, 11 * MINUTE))).toBe(false);
    expect(isTimeForAPause([...sitting(25), at(-60 * MINUTE)])).toBe(true);
    expect(isTimeForAPause([])).toBe(false);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => isTimeForAPause(sitting(count)) === (count === 25)),
    );
  });
});
