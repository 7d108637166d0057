import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentsOf } from '../../src/core/segments.ts';

test('a decision belongs to its lead’s language and to the tier of its score', () => {
  expect(segmentsOf({ language: 'de-AT', score: 71 })).toEqual(['language:de', 'tier:hot']);
  expect(segmentsOf({ language: ' EN ', score: 40 })).toEqual(['language:en', 'tier:warm']);
  expect(segmentsOf({ language: 'fr', score: 0 })).toEqual(['language:fr', 'tier:cold']);
});

test('what is not known is a segment of its own, so that it does not ride on what is', () => {
  expect(segmentsOf({ language: null, score: null })).toEqual(['language:unknown', 'tier:unscored']);
  expect(segmentsOf({ language: '', score: null })).toEqual(['language:unknown', 'tier:unscored']);
  expect(segmentsOf({ language: '12', score: null })[0]).toBe('language:unknown');
});

test('whatever an outsider wrote as a language, the names of segments are few and plain', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.integer({ min: 0, max: 100 })), (language, score) => {
      const [first, second, ...more] = segmentsOf({ language, score });
      expect(first).toMatch(/^language:([a-z]{2}|unknown)$/);
      expect(second).toMatch(/^tier:(hot|warm|cold|unscored)$/);
      expect(more).toEqual([]);
    }),
    { seed: 3, numRuns: 1_000 },
  );
});
