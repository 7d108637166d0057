import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActiveReviewer,
  lookAfter,
  lookBefore,
  pickOf,
  reviewRates,
  secondRate,
  seedingOf,
  type SeedingFacts,
  wantsSecond,
} from '../../src/core/seeding.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const noon = new Date('2026-03-10T12:00:00.000Z');
const before = (ms: number) => new Date(noon.getTime() - ms);

const ana: ActiveReviewer = { id: 'U0ANA', since: before(3 * DAY), recently: 9, answeredAt: null, metAt: null };
const facts = (change: Partial<SeedingFacts> = {}): SeedingFacts => ({
  place: 'w/email_draft',
  look: noon,
  rate: 0.03,
  newCards: 4,
  waiting: 6,
  open: 0,
  reviewers: [ana],
  ...change,
});
/** The same queue at many looks, so that the coin is tossed often. */
const shown = (change: Partial<SeedingFacts>, looks = 4000) => {
  const sorts = Array.from({ length: looks }, (_, i) =>
    seedingOf(facts({ look: new Date(noon.getTime() + i * 1000), ...change }), 'secret'),
  );
  return {
    bad: sorts.filter((sort) => sort === 'known_bad').length / looks,
    good: sorts.filter((sort) => sort === 'known_good').length / looks,
  };
};

describe('the moment at which the programme looks', () => {
  test('is one in each hour, the same for everybody with the secret, and at another minute every time', () => {
    const minutes = new Set<number>();
    for (let hour = 0; hour < 48; hour++) {
      const at = new Date(noon.getTime() + hour * HOUR);
      const first = lookAfter(new Date(at.getTime() - 1), 'secret');
      expect(Math.floor(first.getTime() / HOUR)).toBe(Math.floor(at.getTime() / HOUR));
      expect(lookAfter(first, 'secret').getTime()).toBeGreaterThan(first.getTime());
      minutes.add(first.getUTCMinutes());
    }
    expect(minutes.size).toBeGreaterThan(20);
    expect(lookAfter(noon, 'secret')).not.toEqual(lookAfter(noon, 'another'));
  });

  test('looking back and looking ahead meet: nothing lies between, nothing is skipped', () => {
    fc.assert(
      fc.property(fc.date({ min: before(400 * DAY), max: noon, noInvalidDate: true }), (now) => {
        const last = lookBefore(now, 'secret');
        const next = lookAfter(now, 'secret');
        expect(last <= now && now < next).toBe(true);
        expect(lookAfter(last, 'secret')).toEqual(next);
      }),
    );
  });
});

describe('a check', () => {
  test.for<[string, Partial<SeedingFacts>]>([
    ['where it is switched off', { rate: 0 }],
    ['alone in an empty queue', { waiting: 0 }],
    ['beside another one', { open: 1 }],
    ['for nobody', { reviewers: [] }],
    ['where no card came', { newCards: 0 }],
  ])('is never shown %s', ([, change]) => {
    expect(shown(change, 500)).toEqual({ bad: 0, good: 0 });
  });

  test('is three in a hundred of the cards that come, and a good draft is one in a hundred', () => {
    const { bad, good } = shown({ newCards: 1 });
    expect(bad).toBeGreaterThan(0.022);
    expect(bad).toBeLessThan(0.038);
    expect(good).toBeGreaterThan(0.005);
    expect(good).toBeLessThan(0.016);
    expect(shown({ newCards: 10 }).bad).toBeGreaterThan(0.22);
  });

  test('comes to nobody twice within a day, whatever else is true', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DAY - 1 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 60 * DAY }),
        (ago, newCards, since) => {
          const met = { ...ana, recently: 50, since: before(since), metAt: before(ago) };
          expect(seedingOf(facts({ rate: 0.2, newCards, reviewers: [ana, met] }), 'secret')).toBeNull();
        },
      ),
    );
    expect(
      seedingOf(facts({ rate: 0.2, newCards: 500, reviewers: [{ ...ana, metAt: before(DAY) }] }), 's'),
    ).not.toBeNull();
  });

  test('is certain before a regular reviewer goes two weeks without one, and only then', () => {
    const quiet = { newCards: 0 };
    const late = { ...ana, since: before(12 * DAY) };
    expect(seedingOf(facts({ ...quiet, reviewers: [late] }), 's')).toBe('known_bad');
    expect(seedingOf(facts({ ...quiet, reviewers: [{ ...late, answeredAt: before(DAY) }] }), 's')).toBeNull();
    expect(seedingOf(facts({ ...quiet, reviewers: [{ ...late, recently: 4 }] }), 's')).toBeNull();
    expect(seedingOf(facts({ ...quiet, reviewers: [{ ...ana, since: before(12 * DAY - 1) }] }), 's')).toBeNull();
    // The one who is late may not be the one who takes it: the others are not asked every day for that.
    expect(seedingOf(facts({ ...quiet, reviewers: [{ ...late, metAt: before(2 * DAY - 1) }] }), 's')).toBeNull();
  });

  test('is drawn by the secret, the place and the moment alone: anybody who has them can draw again', () => {
    const draws = (secret: string, place: string) =>
      Array.from({ length: 200 }, (_, i) =>
        seedingOf(facts({ newCards: 20, place, look: new Date(noon.getTime() + i) }), secret),
      ).join();
    expect(draws('s', 'a')).toBe(draws('s', 'a'));
    expect(draws('s', 'a')).not.toBe(draws('s', 'b'));
    expect(draws('s', 'a')).not.toBe(draws('t', 'a'));
  });

  test('shows any of the drafts there are', () => {
    const picked = new Set(Array.from({ length: 300 }, (_, i) => pickOf(5, 'w', new Date(i * HOUR), 's')));
    expect([...picked].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a second review', () => {
  test('is one in twenty, more where that would be fewer than ten a month, and never more than every other', () => {
    expect(secondRate(0.05, 1000)).toBe(0.05);
    expect(secondRate(0.05, 100)).toBeCloseTo(0.1);
    expect(secondRate(0.05, 12)).toBe(0.5);
    expect(secondRate(0.05, 0)).toBe(0.5);
    expect(secondRate(0, 12)).toBe(0);
  });

  test('is drawn per decision, with a coin of its own', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => `0193a1b2-0000-7000-8000-${String(i).padStart(12, '0')}`);
    const share = ids.filter((id) => wantsSecond(id, 0.05, 'secret')).length / ids.length;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.06);
    expect(wantsSecond(ids[0] ?? '', 0, 'secret')).toBe(false);
  });
});

test('a workflow that says nothing has the usual shares, and may switch off either', () => {
  expect(reviewRates(undefined)).toEqual({ seeded: 0.03, second: 0.05 });
  expect(reviewRates({ seeded: 0 })).toEqual({ seeded: 0, second: 0.05 });
  expect(reviewRates({ seeded: 0.1, second: 0 })).toEqual({ seeded: 0.1, second: 0 });
});
