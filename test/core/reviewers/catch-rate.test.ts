import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catchBound, catchBrake, isTrusted } from '../../../src/core/reviewers/catch-rate.ts';

describe('what a team catches', () => {
  test.for([
    [12, 12, 0.779],
    [20, 20, 0.861],
    [27, 30, 0.761],
  ] as const)('%d of %d caught promise a share of %f', ([caught, checks, lower]) => {
    expect(catchBound({ checks, caught })).toBeCloseTo(lower, 3);
  });

  test('is unknown before twelve checks, whatever came of them', () => {
    expect(catchBound({ checks: 11, caught: 11 })).toBeNull();
    expect(catchBrake({ checks: 11, caught: 0 })).toBeNull();
  });

  test('holds raises back below one half, and not at it', () => {
    expect(catchBrake({ checks: 12, caught: 5 })).not.toBeNull();
    expect(catchBrake({ checks: 12, caught: 6 })).toBeNull();
  });

  test('is always a rate that the policy can work with, and never more than was caught', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 200 }), fc.nat({ max: 200 }), (checks, some) => {
        const caught = some % (checks + 1);
        const bound = catchBound({ checks, caught }) ?? 0;
        expect(bound).toBeGreaterThan(0);
        expect(bound).toBeLessThanOrEqual(Math.max(0.01, caught / checks));
      }),
    );
  });
});

describe('a reviewer’s approvals', () => {
  const hits = (text: string) => text.split('').map((sign) => sign === '+');

  test('count from the first day on, and while too few checks say anything', () => {
    expect(isTrusted([])).toBe(true);
    expect(isTrusted(hits('-------'))).toBe(true);
  });

  test.for([
    ['eight checks, none caught', '--------', false],
    ['eight checks, two caught', '+-----+-', false],
    ['eight checks, three caught: it may still be six in ten', '+--+--+-', true],
    ['all caught', '++++++++++', true],
    ['not after four in a row', '--------++++', false],
    ['again after five in a row', '--------+++++', true],
    ['the catch at which it is noticed is the first of the five', '-------+++++', true],
    ['and four after it are not yet five', '-------++++', false],
    ['five, but not in a row', '--------+++-++', false],
    ['what was forgiven is not held against them', '--------+++++-', true],
    ['but it can be lost again', '--------+++++----------------', false],
  ] as const)('%s', ([, text, trusted]) => {
    expect(isTrusted(hits(text))).toBe(trusted);
  });

  test('always count once five in a row were caught, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (before) => {
        expect(isTrusted([...before, true, true, true, true, true])).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
