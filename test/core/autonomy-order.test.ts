import { describe, expect, test } from 'vitest';
import { controlVerbs, isControlVerb, parseControl } from '../../src/core/autonomy-order.ts';
import { didYouMean } from '../../src/core/did-you-mean.ts';

const parse = (line: string) => {
  const [verb = '', ...words] = line.split(' ');
  if (!isControlVerb(verb)) throw new Error(verb);
  return parseControl(verb, words);
};

describe('an order about a step', () => {
  test.for([
    ['cap a/b 0.3 too soon', { verb: 'cap', place: 'a/b', tau: 0.3, reason: 'too soon' }],
    ['cap a/b 0,25 too soon', { verb: 'cap', place: 'a/b', tau: 0.25, reason: 'too soon' }],
    ['cap a/b .3 x', { verb: 'cap', place: 'a/b', tau: 0.3, reason: 'x' }],
    ['cap a/b 0 x', { verb: 'cap', place: 'a/b', tau: 0, reason: 'x' }],
    ['cap a/b HERE x', { verb: 'cap', place: 'a/b', tau: 'here', reason: 'x' }],
    ['uncap a/b “all is well”', { verb: 'uncap', place: 'a/b', reason: 'all is well' }],
    ['freeze a/b x', { verb: 'freeze', place: 'a/b', reason: 'x' }],
    ['unfreeze a/b x', { verb: 'unfreeze', place: 'a/b', reason: 'x' }],
    ['reset a/b x', { verb: 'reset', place: 'a/b', reason: 'x' }],
    ['restore a/b 2 x', { verb: 'restore', place: 'a/b', rung: 2, reason: 'x' }],
    ['mode a/b propose-only x', { verb: 'mode', place: 'a/b', proposeOnly: true, reason: 'x' }],
    ['mode a/b automatic x', { verb: 'mode', place: 'a/b', proposeOnly: false, reason: 'x' }],
  ] as const)('“%s” is understood', ([line, order]) => {
    expect(parse(line)).toEqual({ ok: true, order });
  });

  test.for([
    ['cap', 'Which step?'],
    ['cap a/b', 'At which risk?'],
    ['cap a/b 1 x', 'A cap of 1 is none'],
    ['cap a/b 1.5 x', 'At which risk?'],
    ['cap a/b -1 x', 'At which risk?'],
    ['cap a/b 30% x', 'At which risk?'],
    ['cap a/b 0.3', 'Say why'],
    ['restore a/b -1 x', 'To which rung?'],
    ['restore a/b 1.5 x', 'To which rung?'],
    ['mode a/b x y', 'Which mode?'],
    ['mode a/b automatik x', 'Did you mean automatic?'],
    ['freeze a/b', 'Say why'],
    ['freeze a/b ""', 'Say why'],
    [`freeze a/b ${'x'.repeat(201)}`, 'at most 200 characters'],
  ] as const)('“%s” is asked about: %s', ([line, words]) => {
    expect(parse(line)).toMatchObject({ ok: false, text: expect.stringContaining(words) });
  });

  test('a refusal always shows how it is typed', () => {
    for (const verb of controlVerbs)
      expect(parseControl(verb, [])).toMatchObject({
        ok: false,
        usage: expect.stringMatching(`^${verb} WORKFLOW/STEP .*WHY$`),
      });
  });
});

test.for([
  ['stat', ['status', 'help'], 'status'],
  ['stauts', ['status', 'help'], 'status'],
  ['xyzzy', ['status', 'help'], null],
  ['', ['status'], null],
  ['s', ['status', 'stop'], null],
] as const)('“%s” among %j probably means %s', ([word, known, meant]) => {
  expect(didYouMean(word, known)).toBe(meant);
});
