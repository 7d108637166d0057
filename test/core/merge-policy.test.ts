import { describe, expect, test } from 'vitest';
import { type ExistingLead, type LeadValues, mergeLead } from '../../src/core/lead.ts';
import { type FieldRule, mergePolicySchema } from '../../src/core/merge-policy.ts';

const empty: LeadValues = {
  ...{ firstName: null, lastName: null, company: null, title: null, country: null, language: null, timezone: null },
  source: null,
  fields: {},
};
const earlier = new Date('2026-03-09T12:00:00Z');
const now = new Date('2026-03-10T12:00:00Z');

/** What becomes of a company that `was` set, when `by` brings another one later. */
function company(rule: FieldRule, was: string, by: string, at = now): string | null {
  const sources = { company: { by: was, at: earlier.toISOString() } };
  const existing: ExistingLead = { ...empty, company: 'old', valuesAt: earlier, sources };
  const policy = { default: 'newest' as const, fields: { company: rule } };
  return mergeLead(existing, { ...empty, company: 'new', at, by }, policy).values.company;
}

describe('when two sources differ over a value', () => {
  test.for<[FieldRule, string, string, string]>([
    ['newest', 'import:a', 'webhook', 'new'],
    ['newest', 'person:U0ANA', 'import:a', 'old'],
    ['newest', 'person:U0ANA', 'person:U0BEN', 'new'],
    ['first', 'import:a', 'webhook', 'old'],
    ['first', 'import:a', 'person:U0ANA', 'new'],
    [['webhook', 'import'], 'webhook', 'import:a', 'old'],
    [['webhook', 'import'], 'import:a', 'webhook', 'new'],
    [['webhook', 'import'], 'import:a', 'import:b', 'new'],
    [['webhook', 'import'], 'import:a', 'identify', 'old'],
    [['import'], 'person:U0ANA', 'import:a', 'old'],
  ])('by the rule %o, what %s set and %s brings later becomes the %s one', ([rule, was, by, becomes]) => {
    expect(company(rule, was, by)).toBe(becomes);
  });

  test('the one that ranks higher wins even when it is older', () => {
    const before = new Date('2026-03-01T12:00:00Z');
    expect(company(['webhook', 'import'], 'import:a', 'webhook', before)).toBe('new');
    expect(company('newest', 'import:a', 'webhook', before)).toBe('old');
  });

  test('the merge says who set the changed values and who had, and nothing of the others', () => {
    const existing: ExistingLead = {
      ...{ ...empty, company: 'old', title: 'CTO', valuesAt: earlier },
      sources: { company: { by: 'webhook', at: earlier.toISOString() } },
    };
    const merge = mergeLead(existing, {
      ...empty,
      company: 'new',
      title: 'CTO',
      country: 'DE',
      at: now,
      by: 'identify',
    });
    const set = { by: 'identify', at: now.toISOString() };
    expect(merge.sources).toEqual({ company: set, country: set });
    expect(merge.sourcesBefore).toEqual({ company: { by: 'webhook', at: earlier.toISOString() }, country: null });
  });
});

test('a policy names known rules and sources, each once', () => {
  const read = (value: unknown) => mergePolicySchema.safeParse(value).success;
  expect([read({}), read({ default: 'first', fields: { Plan: ['import', 'webhook'] } })]).toEqual([true, true]);
  expect([
    read({ default: 'oldest' }),
    read({ fields: { a: ['crm'] } }),
    read({ fields: { a: ['import', 'import'] } }),
    read({ rules: {} }),
  ]).toEqual([false, false, false, false]);
});
