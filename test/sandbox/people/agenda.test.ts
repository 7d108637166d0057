import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAgenda } from '../../../sandbox/people/agenda.ts';

const entries = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), key: fc.string({ maxLength: 3 }) }));

test('what is planned comes by its time, and by its key where the time is the same, in whatever order it was added', () => {
  fc.assert(
    fc.property(entries, (given) => {
      const agenda = createAgenda<string>();
      for (const { at, key } of given) agenda.add(at, key, `${at} ${key}`);
      const taken: string[] = [];
      for (let next = agenda.take(100); next !== null; next = agenda.take(100)) taken.push(next.thing);
      const sorted = given.toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
      expect(taken).toEqual(sorted.map(({ at, key }) => `${at} ${key}`));
      expect(agenda.nextDue()).toBeNull();
    }),
    { seed: 5 },
  );
});

test('what is not due yet stays, and can be moved', () => {
  const agenda = createAgenda<string>();
  agenda.add(5, 'b', 'later');
  agenda.add(3, 'a', 'sooner');
  expect(agenda.take(2)).toBeNull();
  expect(agenda.nextDue()).toBe(3);
  agenda.move(({ at, thing }) => (thing === 'sooner' ? 9 : at));
  expect(agenda.take(9)?.thing).toBe('later');
  expect(agenda.take(9)?.thing).toBe('sooner');
});

test('a part of a millisecond is rounded, for no clock would ever show it', () => {
  const agenda = createAgenda<string>();
  agenda.add(7.4, 'a', 'thing');
  expect(agenda.nextDue()).toBe(7);
});
