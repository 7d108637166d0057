import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceToNearest } from '../../src/core/text-distance.ts';

test('the same words are no distance, none in common are the whole one', () => {
  expect(distanceToNearest('Hello, Lee!', ['hello lee'])).toBe(0);
  expect(distanceToNearest('one two', ['three four'])).toBe(1);
  // Two of four words are in both.
  expect(distanceToNearest('a b c', ['b c d'])).toBe(0.5);
});

test('the nearest of several counts, and without any there is no distance', () => {
  expect(distanceToNearest('a b', ['x y', 'a b', 'a c'])).toBe(0);
  expect(distanceToNearest('a b', [])).toBeNull();
});

test('texts without words are alike', () => {
  expect(distanceToNearest('', ['!!!'])).toBe(0);
  expect(distanceToNearest('', ['word'])).toBe(1);
});

test('whatever the texts, it is a share, and the same both ways', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (one, other) => {
      const there = distanceToNearest(one, [other]) ?? -1;
      expect(there).toBeGreaterThanOrEqual(0);
      expect(there).toBeLessThanOrEqual(1);
      expect(distanceToNearest(other, [one])).toBe(there);
    }),
    { seed: 5, numRuns: 200 },
  );
});
