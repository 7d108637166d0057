import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editEffort, editTokens } from '../../src/core/edit-effort.ts';

test('the effort is the share of words that changed', () => {
  expect(editTokens('Hi Ana, quick question about your trial.')).toHaveLength(9);
  expect(editEffort('Hi Ana, quick question about your trial.', 'Hi Ana, quick question about your trial.')).toBe(0);
  expect(editEffort('Book a demo today', 'We noticed you have not logged in since May; can we help?')).toBe(1);
  expect(editEffort('one two three four', 'one two three five')).toBe(0.25);
  expect(editEffort('one two three', 'one two three four')).toBe(0.25);
  expect(editEffort('', '')).toBe(0);
  expect(editEffort('a', '')).toBe(1);
  expect(editEffort('Hello  World', 'hello\nworld')).toBe(0);
});

test('a word is a word in any script, and its accents may be stored in either way', () => {
  expect(editTokens('Größe für Jürgen')).toEqual(['größe', 'für', 'jürgen']);
  expect(editTokens('Привет, мир')).toEqual(['привет', ',', 'мир']);
  expect(editTokens('你好。')).toEqual(['你', '好', '。']);
  expect(editEffort('caf\u00e9', 'cafe\u0301')).toBe(0);
});

test('it is between 0 and 1, the same both ways, and 0 exactly when the words are the same', () => {
  const words = fc
    .array(fc.constantFrom('plan', 'the', 'day', 'a', ',', 'ü'), { maxLength: 12 })
    .map((list) => list.join(' '));
  fc.assert(
    fc.property(words, words, (a, b) => {
      const effort = editEffort(a, b);
      expect(effort).toBeGreaterThanOrEqual(0);
      expect(effort).toBeLessThanOrEqual(1);
      expect(editEffort(b, a)).toBe(effort);
      expect(effort === 0).toBe(editTokens(a).join('|') === editTokens(b).join('|'));
    }),
    { seed: 4, numRuns: 500 },
  );
});
