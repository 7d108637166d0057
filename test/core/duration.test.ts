import { expect, test } from 'vitest';
import { durationMs, humanDuration } from '../../src/core/duration.ts';

test.for([
  ['30s', 30_000],
  ['10m', 600_000],
  ['4h', 14_400_000],
  ['3d', 259_200_000],
  ['2w', 1_209_600_000],
  ['0m', 0],
] as const)('%s is %d ms', ([text, ms]) => {
  expect(durationMs(text)).toBe(ms);
});

test.for(['', '10', 'm', '10 m', '1.5h', '-3d', '3D', '10mo', '12345s', '3d4h', ' 3d', '3d\n', 'toString'])(
  '%j is no duration',
  (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  },
);

test.for([
  [0, '0 s'],
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [3_600_000, '1 h'],
  [86_400_000, '24 h'],
  [172_800_000, '2 days'],
  [864_000_000, '10 days'],
] as const)('%d ms reads “%s”', ([ms, text]) => {
  expect(humanDuration(ms)).toBe(text);
});
