import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, contentHash, keyedHash } from '../../src/core/canonical-json.ts';

test('the order of keys, and members without a value, change nothing', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: new Date(0) })).toBe(
    '{"A":"1970-01-01T00:00:00.000Z","b":[1,{"c":"x","d":null}]}',
  );
  expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1, c: undefined }));
});

test('it is JSON: what was written can be read back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('two different values never share a text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(canonicalJson(a) === canonicalJson(b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
    { seed: 6, numRuns: 1000 },
  );
});

/** The same value with the order of keys taken away, by another way than the code under test. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return ['array', ...value.map(sorted)];
  if (typeof value !== 'object' || value === null) return value;
  return [
    'object',
    ...Object.entries(value)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  ];
}

test('a number that JSON cannot carry is refused instead of becoming null', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, { a: [Number.NEGATIVE_INFINITY] }])
    expect(() => canonicalJson(bad)).toThrow(TypeError);
});

test('hashes are what the world calls SHA-256 and HMAC-SHA256', () => {
  expect(contentHash('')).toBe('12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126');
  expect(keyedHash('key', 'The quick brown fox jumps over the lazy dog')).toBe(
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  );
  expect(keyedHash('other', 'x')).not.toBe(keyedHash('key', 'x'));
});
