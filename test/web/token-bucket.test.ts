import { expect, test } from 'vitest';
import { createTokenBuckets, network } from '../../src/web/token-bucket.ts';

test('a bucket fills again, and never above its burst', () => {
  const buckets = createTokenBuckets({ burst: 2, perSecond: 1 });
  expect([0, 0, 0].map(() => buckets.take('a', 0))).toEqual([0, 0, 1]);
  expect(buckets.take('a', 1_000)).toBe(0);
  expect([0, 0, 0].map(() => buckets.take('a', 1_000_000))).toEqual([0, 0, 1]);
});

test('a clock that is set back gives nothing away and takes nothing', () => {
  const buckets = createTokenBuckets({ burst: 1, perSecond: 1 });
  expect(buckets.take('a', 10_000)).toBe(0);
  expect(buckets.take('a', 0)).toBe(1);
  expect(buckets.take('a', 1_000)).toBe(0);
});

test('of very many addresses the ones not seen for longest are forgotten', () => {
  const buckets = createTokenBuckets({ burst: 1, perSecond: 0.001 });
  buckets.take('first', 0);
  for (let i = 0; i < 10_000; i += 1) buckets.take(`10.0.${Math.floor(i / 256)}.${i % 256}`, 0);
  expect(buckets.take('10.0.39.15', 0)).toBeGreaterThan(0);
  expect(buckets.take('first', 0)).toBe(0);
});

test.for([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
] as const)('%s counts as %s', ([address, counted]) => {
  expect(network(address)).toBe(counted);
});
