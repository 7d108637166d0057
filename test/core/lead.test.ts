import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ExistingLead,
  type IncomingLead,
  type LeadValues,
  mergedValues,
  mergeLead,
  mergeRows,
} from '../../src/core/lead.ts';

const empty: LeadValues = {
  firstName: null,
  lastName: null,
  company: null,
  title: null,
  country: null,
  language: null,
  timezone: null,
  source: null,
  fields: {},
};
const yesterday = new Date('2026-03-09T12:00:00Z');
const today = new Date('2026-03-10T12:00:00Z');

type Case = {
  rule: string;
  has: Partial<LeadValues>;
  brings: Partial<LeadValues>;
  at: Date;
  becomes: Partial<LeadValues>;
  before: Partial<LeadValues> | null;
};

describe('merging a lead that is known', () => {
  test.for<Case>([
    {
      rule: 'a value fills a gap',
      has: {},
      brings: { title: 'CTO' },
      at: today,
      becomes: { title: 'CTO' },
      before: { title: null },
    },
    {
      rule: 'a newer value replaces an older one',
      has: { title: 'CTO' },
      brings: { title: 'CEO' },
      at: today,
      becomes: { title: 'CEO' },
      before: { title: 'CTO' },
    },
    {
      rule: 'an import that began before the values were set fills gaps only',
      has: { title: 'CTO' },
      brings: { title: 'CEO', company: 'Acme' },
      at: yesterday,
      becomes: { title: 'CTO', company: 'Acme' },
      before: { company: null },
    },
    {
      rule: 'nothing is replaced by an empty value',
      has: { title: 'CTO', fields: { Plan: 'Pro' } },
      brings: {},
      at: today,
      becomes: { title: 'CTO', fields: { Plan: 'Pro' } },
      before: null,
    },
    {
      rule: 'the source stays the first one known',
      has: { source: 'Webinar' },
      brings: { source: 'Fair' },
      at: today,
      becomes: { source: 'Webinar' },
      before: null,
    },
    {
      rule: 'a missing source is filled',
      has: {},
      brings: { source: 'Fair' },
      at: today,
      becomes: { source: 'Fair' },
      before: { source: null },
    },
    {
      rule: 'further columns are merged each by itself',
      has: { fields: { Plan: 'Pro', Seats: '3' } },
      brings: { fields: { Seats: '5', City: 'Ulm' } },
      at: today,
      becomes: { fields: { Plan: 'Pro', Seats: '5', City: 'Ulm' } },
      before: { fields: { Plan: 'Pro', Seats: '3' } },
    },
    {
      rule: 'an older import fills gaps in the further columns only',
      has: { fields: { Seats: '3' } },
      brings: { fields: { Seats: '5', City: 'Ulm' } },
      at: yesterday,
      becomes: { fields: { Seats: '3', City: 'Ulm' } },
      before: { fields: { Seats: '3' } },
    },
    {
      rule: 'a column may be called like a member of every object',
      has: { fields: {} },
      brings: { fields: { constructor: 'x' } },
      at: today,
      becomes: { fields: { constructor: 'x' } },
      before: { fields: {} },
    },
  ])('$rule', ({ has, brings, at, becomes, before }) => {
    const existing: ExistingLead = { ...empty, ...has, valuesAt: new Date('2026-03-10T09:00:00Z') };
    const merge = mergeLead(existing, { ...empty, ...brings, at });
    expect(merge.values).toEqual({ ...empty, ...becomes });
    expect(merge.before).toEqual(before);
  });

  test('the same moment counts as newer, so that the second row of one import can correct the first', () => {
    const merge = mergeLead({ ...empty, title: 'CTO', valuesAt: today }, { ...empty, title: 'CEO', at: today });
    expect(merge.values.title).toBe('CEO');
  });
});

const word = fc.string({ minLength: 1, maxLength: 8 });
const valuesArbitrary: fc.Arbitrary<LeadValues> = fc.record({
  ...Object.fromEntries(mergedValues.map((name) => [name, fc.option(word)])),
  source: fc.option(word),
  fields: fc.dictionary(word, word, { maxKeys: 4 }),
}) as fc.Arbitrary<LeadValues>;
const moment = fc.constantFrom(yesterday, today);

describe('whatever is merged', () => {
  test('bringing the same a second time changes nothing', () => {
    fc.assert(
      fc.property(valuesArbitrary, valuesArbitrary, moment, moment, (has, brings, hasAt, at) => {
        const { values } = mergeLead({ ...has, valuesAt: hasAt }, { ...brings, at });
        expect(mergeLead({ ...values, valuesAt: at > hasAt ? at : hasAt }, { ...brings, at }).before).toBeNull();
      }),
    );
  });

  test('no value is lost to an empty one', () => {
    fc.assert(
      fc.property(valuesArbitrary, valuesArbitrary, moment, (has, brings, at) => {
        const { values } = mergeLead({ ...has, valuesAt: today }, { ...brings, at });
        for (const name of [...mergedValues, 'source'] as const)
          if (has[name] !== null || brings[name] !== null) expect(values[name]).not.toBeNull();
        for (const name of [...Object.keys(has.fields), ...Object.keys(brings.fields)])
          expect(Object.hasOwn(values.fields, name)).toBe(true);
      }),
    );
  });

  test('what was there before can be put back from what the merge says it replaced', () => {
    fc.assert(
      fc.property(valuesArbitrary, valuesArbitrary, moment, (has, brings, at) => {
        const { values, before } = mergeLead({ ...has, valuesAt: today }, { ...brings, at });
        expect({ ...values, ...before }).toEqual(has);
      }),
    );
  });
});

test('within a file the last value that is not empty wins, and the address keeps its first spelling', () => {
  const row = (email: string, values: Partial<IncomingLead>): IncomingLead => ({
    ...empty,
    email,
    domain: 'acme.com',
    event: null,
    ...values,
  });
  const merged = mergeRows(
    row('Ana@acme.com', { title: 'CTO', company: 'Acme', source: 'Fair', fields: { Seats: '3', Plan: 'Pro' } }),
    row('ana@acme.com', { title: 'CEO', source: 'Webinar', fields: { Seats: '5' } }),
  );
  expect(merged).toEqual(
    row('Ana@acme.com', { title: 'CEO', company: 'Acme', source: 'Webinar', fields: { Seats: '5', Plan: 'Pro' } }),
  );
});
