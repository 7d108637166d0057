import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterWork, isZone, withinHours } from '../../../sandbox/people/working-hours.ts';

const office = { zone: 'Europe/Berlin', from: 9 * 60, to: 17 * 60 + 30 };
const at = (text: string): number => Date.parse(text);
const after = (text: string, minutes: number, hours = office): string =>
  new Date(afterWork(at(text), minutes, hours)).toISOString();

test.for([
  ['in the middle of the day it is simply later', '2026-01-06T09:00:00Z', 30, '2026-01-06T09:30:00.000Z'],
  ['what comes at night begins in the morning', '2026-01-06T22:00:00Z', 10, '2026-01-07T08:10:00.000Z'],
  ['what does not fit into the day goes on the next', '2026-01-06T16:20:00Z', 20, '2026-01-07T08:10:00.000Z'],
  ['a weekend is no time to work', '2026-01-09T16:29:00Z', 61, '2026-01-12T09:00:00.000Z'],
  ['in summer the same hours come earlier', '2026-07-07T04:00:00Z', 0, '2026-07-07T07:00:00.000Z'],
  ['the clocks went forward on Sunday', '2026-03-27T20:00:00Z', 5, '2026-03-30T07:05:00.000Z'],
] as const)('%s', ([, from, minutes, expected]) => {
  expect(after(from, minutes)).toBe(expected);
});

test('hours are those of the zone', () => {
  const chicago = { ...office, zone: 'America/Chicago' };
  expect(after('2026-01-06T09:00:00Z', 0, chicago)).toBe('2026-01-06T15:00:00.000Z');
  expect(withinHours(at('2026-01-06T15:00:00Z'), chicago)).toBe(true);
  expect(withinHours(at('2026-01-06T14:59:59Z'), chicago)).toBe(false);
});

test('whatever the zone, the moment and the work, it is done within the hours and never before it began', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'Pacific/Auckland'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') }),
      fc.double({ min: 0, max: 3_000, noNaN: true }),
      (zone, from, minutes) => {
        const hours = { ...office, zone };
        const done = afterWork(from, minutes, hours);
        expect(Number.isInteger(done)).toBe(true);
        expect(done).toBeGreaterThanOrEqual(from);
        expect(withinHours(done, hours)).toBe(true);
        expect(afterWork(from, minutes + 1, hours)).toBeGreaterThan(done);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

test('a zone that nobody knows is none', () => {
  expect([isZone('Europe/Berlin'), isZone('Mars/Olympus'), isZone('')]).toEqual([true, false, false]);
});
