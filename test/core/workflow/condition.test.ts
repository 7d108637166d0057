import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Condition,
  conditionSchema,
  holds,
  type LeadFacts,
  mentions,
  nestedTooDeep,
  nextChange,
} from '../../../src/core/workflow/condition.ts';
import { conditionWords, explain } from '../../../src/core/workflow/condition-words.ts';
import { NOW, someFacts } from './a-workflow.ts';

const DAY = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY);
const facts = someFacts({
  fields: { country: 'DE', employees: '1,200', industry: 'HVAC service', 'Last Activity': 'Email Opened', empty: ' ' },
  tags: ['VIP'],
  score: 72,
  segments: ['dach'],
  events: [
    { type: 'clicked', at: ago(2) },
    { type: 'clicked', at: ago(20) },
    { type: 'replied', at: ago(1), detail: 'interested' },
    { type: 'trial_started', at: ago(40) },
    { type: 'webinar', at: ago(-1) },
  ],
  stepEnteredAt: ago(1.5),
});

const HOLD: Array<[Condition, boolean]> = [
  [{ field: 'country', is: 'de' }, true],
  [{ field: 'country', is: 'AT' }, false],
  [{ field: 'country', is_not: 'AT' }, true],
  [{ field: 'phone', is_not: 'AT' }, true],
  [{ field: 'phone', is: '' }, false],
  [{ field: 'country', in: ['AT', 'DE'] }, true],
  [{ field: 'industry', contains: 'hvac' }, true],
  [{ field: 'industry', contains: 'roof' }, false],
  [{ field: 'employees', at_least: 1000 }, true],
  [{ field: 'employees', is: 1200 }, true],
  [{ field: 'employees', at_least: 10, at_most: 500 }, false],
  [{ field: 'industry', at_least: 0 }, false],
  [{ field: 'last_activity', is: 'email opened' }, true],
  [{ field: 'empty', exists: true }, false],
  [{ field: 'phone', exists: false }, true],
  [{ field: 'constructor', exists: true }, false],
  [{ tag: 'vip' }, true],
  [{ tag: 'lost' }, false],
  [{ score: { at_least: 70 } }, true],
  [{ score: { at_least: 70, at_most: 71 } }, false],
  [{ segment: 'dach' }, true],
  [{ segment: 'nordics' }, false],
  [{ event: 'clicked' }, true],
  [{ event: 'clicked', at_least: 2 }, true],
  [{ event: 'clicked', at_least: 2, within: '14d' }, false],
  [{ event: 'clicked', since: 'enrollment', at_least: 2 }, false],
  [{ event: 'clicked', since: 'step' }, false],
  [{ event: 'replied', since: 'step' }, true],
  [{ event: 'webinar' }, false],
  [{ event: 'trial_started', since: 'enrollment' }, false],
  [{ replied: true }, true],
  [{ replied: false }, false],
  [{ replied: 'interested' }, true],
  [{ replied: 'not now' }, false],
  [{ not: { tag: 'vip' } }, false],
  [{ all: [{ tag: 'vip' }, { segment: 'dach' }] }, true],
  [{ all: [{ tag: 'vip' }, { segment: 'nordics' }] }, false],
  [{ any: [{ tag: 'lost' }, { segment: 'dach' }] }, true],
];
test.for(HOLD)('%j is %s of the lead', ([condition, expected]) => {
  expect(conditionSchema.safeParse(condition).success).toBe(true);
  expect(holds(condition, facts, NOW)).toBe(expected);
  expect(explain(condition, facts, NOW)).toMatch(expected ? /^Yes: .+\.$/ : /^No: .+\.$/);
});

test('a lead that was never scored has no score, not even a low one', () => {
  expect(holds({ score: { at_most: 100 } }, someFacts(), NOW)).toBe(false);
});

test('an event within 14 days counts to the last millisecond before, and the next change is that moment', () => {
  const once = someFacts({ events: [{ type: 'clicked', at: ago(2) }] });
  const condition: Condition = { event: 'clicked', within: '14d' };
  const end = new Date(ago(2).getTime() + 14 * DAY);
  expect(nextChange(condition, once, NOW)).toEqual(end);
  expect(holds(condition, once, new Date(end.getTime() - 1))).toBe(true);
  expect(holds(condition, once, end)).toBe(false);
  expect(nextChange(condition, once, end)).toBeNull();
});

test('an earlier reply, to another workflow, is no reply to this one', () => {
  const old = someFacts({ events: [{ type: 'replied', at: ago(100) }] });
  expect(holds({ replied: true }, old, NOW)).toBe(false);
  expect(holds({ event: 'replied' }, old, NOW)).toBe(true);
});

describe('what is said of a condition', () => {
  test.for<[Condition, string]>([
    [{ event: 'clicked', within: '14d', at_least: 2 }, 'clicked 2 times within 14 days'],
    [
      { all: [{ tag: 'vip' }, { any: [{ score: { at_least: 70 } }, { replied: true }] }] },
      'tagged “vip” and (score at least 70 or replied)',
    ],
    [{ not: { segment: 'customers' } }, 'not in segment customers'],
    [{ field: 'employees', at_least: 10, at_most: 500 }, 'employees 10 to 500'],
    [{ field: 'country', in: ['DE', 'AT', 'CH'] }, 'country is “DE”, “AT” or “CH”'],
    [{ field: 'phone', exists: false }, 'phone is not known'],
  ])('%j', ([condition, words]) => {
    expect(conditionWords(condition)).toBe(words);
  });

  test('the answer names what decided it, and nothing else', () => {
    const condition: Condition = {
      all: [{ score: { at_least: 50 } }, { event: 'clicked', at_least: 3 }, { field: 'country', is: 'US' }],
    };
    expect(explain(condition, facts, NOW)).toBe('No: 2 “clicked”, fewer than 3, and country is “DE”.');
    expect(explain({ any: condition.all }, facts, NOW)).toBe('Yes: score 72 is at least 50.');
  });
});

test('the names a condition asks for are found at every depth, each once', () => {
  const condition: Condition = {
    all: [
      { not: { any: [{ field: 'country', is: 'US' }, { tag: 'lost' }] } },
      { event: 'clicked' },
      { event: 'clicked', within: '3d' },
      { segment: 'dach' },
      { replied: true },
    ],
  };
  expect(mentions(condition)).toEqual({
    fields: ['country'],
    events: ['clicked', 'replied'],
    segments: ['dach'],
    tags: ['lost'],
  });
});

test.for([
  ['nothing', {}],
  ['two kinds at once', { tag: 'x', segment: 'y' }],
  ['a field that is asked nothing', { field: 'country' }],
  ['an empty list', { all: [] }],
  ['a duration in words', { event: 'clicked', within: 'two weeks' }],
  ['a score without a bound', { score: {} }],
] as const)('%s is no condition', ([, value]) => {
  expect(conditionSchema.safeParse(value).success).toBe(false);
});

test('a condition nested a hundred thousand deep is told before it is parsed', () => {
  let deep: unknown = { tag: 'x' };
  for (let i = 0; i < 100_000; i++) deep = { not: deep };
  expect(nestedTooDeep(deep)).toBe(true);
  expect(nestedTooDeep({ all: [{ any: [{ not: { tag: 'x' } }] }] })).toBe(false);
});

const event = fc.record({
  type: fc.constantFrom('clicked', 'replied', 'opened'),
  at: fc.integer({ min: -30, max: 30 }).map((days) => new Date(NOW.getTime() + days * 7_200_000)),
});
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>(
    { tag: 'vip' },
    { score: { at_least: 50 } },
    { field: 'country', is: 'DE' },
    { replied: true },
  ),
  fc.record({ event: fc.constantFrom('clicked', 'replied'), within: fc.constantFrom('3h', '1d', '10h') }),
  fc.record({ event: fc.constantFrom('clicked', 'opened'), at_least: fc.integer({ min: 1, max: 3 }) }),
);
const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ c: Condition }>((tie) => ({
  c: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('c'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('c'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('c').map((not) => ({ not })),
  ),
})).c;
const anyFacts: fc.Arbitrary<LeadFacts> = fc
  .record({ events: fc.array(event, { maxLength: 6 }), score: fc.option(fc.integer({ min: 0, max: 100 })) })
  .map((part) => someFacts({ ...part, enteredAt: new Date(NOW.getTime() - DAY) }));

test('until the next change the answer stays the same, whatever the condition', () => {
  fc.assert(
    fc.property(anyCondition, anyFacts, fc.double({ min: 0, max: 1, noNaN: true }), (condition, lead, part) => {
      const change = nextChange(condition, lead, NOW);
      expect(change === null || change > NOW).toBe(true);
      const end = change?.getTime() ?? NOW.getTime() + 90 * DAY;
      const between = new Date(NOW.getTime() + Math.floor((end - 1 - NOW.getTime()) * part));
      expect(holds(condition, lead, between)).toBe(holds(condition, lead, NOW));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test('what is parsed is what was written, and is said in words that are not empty', () => {
  fc.assert(
    fc.property(anyCondition, (condition) => {
      expect(conditionSchema.parse(condition)).toEqual(condition);
      expect(conditionWords(condition)).not.toBe('');
      expect(holds({ not: condition }, facts, NOW)).toBe(!holds(condition, facts, NOW));
    }),
    { numRuns: 300, seed: 1 },
  );
});
