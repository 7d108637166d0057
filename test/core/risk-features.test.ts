import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RiskFacts, textOf } from '../../src/core/risk-facts.ts';
import { featureCodes, featureValues, featureWords } from '../../src/core/risk-features.ts';
import { leadFacts, proposalInputs } from './proposal-inputs.ts';

const facts = (over: Partial<RiskFacts> = {}): RiskFacts => ({
  kind: 'email_draft',
  doubt: 0.2,
  findings: [],
  tainted: [],
  inputs: proposalInputs({ priorMails: [{ step: 's', subject: 'x', sentAt: null, status: 'sent' }] }),
  text: { subject: 'A thought', body: 'word '.repeat(99) },
  unlikeApproved: 0.3,
  segmentSeen: true,
  ...over,
});
const named = (over: Partial<RiskFacts> = {}): Record<string, number> => {
  const values = featureValues(facts(over));
  return Object.fromEntries(featureCodes.map((code, i) => [code, values[i] ?? Number.NaN]));
};

test('a plain follow-up to a known lead', () => {
  expect(named()).toEqual({
    model_doubt: 0.2,
    doubt_unknown: 0,
    blocked: 0,
    claims: 0,
    looks: 0,
    taint: 0,
    first_touch: 0,
    length: Math.log(100),
    links: 0,
    exclamations: 0,
    capitals: 0,
    numbers: 0,
    thin_record: 0,
    odd_name: 0,
    no_history: 1,
    unlike_approved: 0.3,
    first_of_step: 0,
    new_segment: 0,
  });
});

test('each fact moves its own number', () => {
  const finding = (code: string, severity: 'block' | 'look') => ({ code, severity, text: 'x' });
  expect(named({ doubt: null })).toMatchObject({ model_doubt: 0, doubt_unknown: 1 });
  expect(named({ findings: [finding('placeholder', 'block')] })).toMatchObject({ blocked: 1, claims: 0, looks: 0 });
  expect(named({ findings: [finding('claim_not_in_facts', 'look'), finding('markup', 'look')] })).toMatchObject({
    blocked: 0,
    claims: 1,
    looks: 1,
  });
  expect(named({ tainted: ['company'] })).toMatchObject({ taint: 1 });
  expect(named({ inputs: proposalInputs() })).toMatchObject({ first_touch: 1 });
  expect(named({ text: { subject: 'GREAT NEWS', body: 'Wow!! See www.a.example: 30 of 40' } })).toMatchObject({
    capitals: 2,
    exclamations: 2,
    links: 1,
    numbers: 2,
  });
  expect(named({ inputs: proposalInputs({ lead: leadFacts({ company: null, title: '' }) }) })).toMatchObject({
    thin_record: 2,
  });
  expect(named({ unlikeApproved: null })).toMatchObject({ unlike_approved: 1, first_of_step: 1 });
  expect(named({ segmentSeen: false })).toMatchObject({ new_segment: 1 });
  const visited = { type: 'visit', at: '2026-03-01T00:00:00Z', detail: '' };
  expect(named({ inputs: proposalInputs({ lead: leadFacts({ events: [visited] }) }) })).toMatchObject({
    no_history: 0,
  });
});

test.for([
  ['Ana', 0],
  ['Jean-Luc', 0],
  ['李', 0],
  ['محمد', 0],
  [null, 0],
  ['ana', 1],
  ['ANA', 1],
  ['A', 1],
  ['x9', 1],
] as const)('%s as a name: %i', ([firstName, odd]) => {
  expect(named({ inputs: proposalInputs({ lead: leadFacts({ firstName }) }) })).toMatchObject({ odd_name: odd });
});

test('what people read of a mail and of a score', () => {
  expect(textOf({ subject: 's', body: 'b', subjectVariants: ['v'] })).toEqual({ subject: 's', body: 'b' });
  expect(textOf({ score: 3, reasons: ['one', 'two', 3] })).toEqual({ subject: '', body: 'one\ntwo' });
  expect(textOf({})).toEqual({ subject: '', body: '' });
});

test('every number has its words, above 0 and at 0', () => {
  for (const [index, code] of featureCodes.entries())
    for (const value of [0, 1]) {
      const told = featureWords(index, value);
      expect(told.code).toBe(code);
      expect(told.text).toMatch(/^[a-zA-Z][^.]{8,90}$/);
      expect(told.text).not.toMatch(/NaN|undefined|null/);
    }
  expect(featureWords(0, 0.3).text).toBe('the AI itself was unsure (30 %)');
  expect(featureWords(7, Math.log(100)).text).toBe('the text has 99 words');
  expect(() => featureWords(featureCodes.length, 1)).toThrow('no feature');
});

test('nothing that a lead wrote, and no doubt of a model, makes a number that is none or out of its bounds', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1e999', 'NaN', '∞', '٣'.repeat(900), '!'.repeat(5_000)),
  );
  const field = fc.option(text);
  const doubt = fc.option(fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -5, 7)));
  fc.assert(
    fc.property(
      fc.record({ firstName: field, company: field, title: field, language: field, source: field }),
      fc.record({ subject: text, body: text }),
      doubt,
      fc.option(fc.constantFrom(Number.NaN, -1, 0, 0.5, 2)),
      (lead, written, unsure, unlikeApproved) => {
        const inputs = proposalInputs({ lead: leadFacts(lead) });
        const values = featureValues(facts({ inputs, text: written, doubt: unsure, unlikeApproved }));
        expect(values).toHaveLength(featureCodes.length);
        for (const value of values) {
          expect(Number.isFinite(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(10);
        }
      },
    ),
    { seed: 31, numRuns: 200 },
  );
});
