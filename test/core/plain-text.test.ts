import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, plainText } from '../../src/core/plain-text.ts';

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r',
      '\t',
      '\u2028',
      '\u200b',
      '\u200d',
      '\ufe0f',
      '👩',
      '🏽',
      '💻',
      '\ud83d',
      '\ude00',
      '\u202e',
      '\u{e0041}',
      '1',
      '\u20e3',
      '\u0085',
      '\u3164',
      '\u00ad',
    ),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 40,
});

test('cleaning twice changes nothing more', () => {
  fc.assert(
    fc.property(text, (raw) => {
      expect(plainText(plainText(raw))).toBe(plainText(raw));
    }),
    { seed: 1, numRuns: 2000 },
  );
  fc.assert(
    fc.property(text, (raw) => {
      expect(oneLine(oneLine(raw))).toBe(oneLine(raw));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('what is left can be stored and shown: well-formed, no control character but line feed, one line where one is asked for', () => {
  fc.assert(
    fc.property(text, (raw) => {
      const clean = plainText(raw);
      expect(clean.isWellFormed()).toBe(true);
      expect(clean).not.toMatch(/(?!\n)\p{Cc}|[\u200b\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff]/u);
      expect(oneLine(raw)).not.toMatch(/\n|^ | $| {2}/);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test('text without invisible characters stays as it is, whatever the script', () => {
  for (const kept of [
    'Hi Ana,\n\nsee you – “soon”.',
    'Zoë Müller',
    'नमस्ते',
    '你好',
    'שלום',
    '👩🏽‍💻 👨‍👩‍👧 ❤️ 1️⃣ 🇩🇪',
    '\u00a0non-breaking',
    'e\u0301',
  ])
    expect(plainText(kept)).toBe(kept);
});

test.for([
  ['a\r\nb\rc', 'a\nb\nc'],
  ['a\tb', 'a b'],
  ['a\u2028b\u0085c\u000bd', 'a\nb\nc\nd'],
  ['in\u200bvis\u2060ible', 'invisible'],
  ['\u202eevil', 'evil'],
  ['soft\u00adhyphen', 'softhyphen'],
  ['A\u{e0041}\u{e0042}', 'A'],
  ['x\ufe0fy', 'xy'],
  ['a\u200db', 'ab'],
  ['👩\u200d', '👩'],
  ['\ud83d', ''],
  ['a\u3164b', 'ab'],
  ['\u0000', ''],
] as const)('%j becomes %j', ([raw, clean]) => {
  expect(plainText(raw)).toBe(clean);
});

test('a subject cannot carry a second header', () => {
  expect(oneLine('Hello\r\nBcc: eve@evil.example')).toBe('Hello Bcc: eve@evil.example');
});
