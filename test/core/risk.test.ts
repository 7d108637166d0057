import fc from 'fast-check';
import { expect, test } from 'vitest';
import { riskOf } from '../../src/core/risk.ts';
import type { RiskFacts } from '../../src/core/risk-facts.ts';
import { leadFacts, proposalInputs } from './proposal-inputs.ts';

const facts = (over: Partial<RiskFacts> = {}): RiskFacts => ({
  kind: 'email_draft',
  doubt: 0,
  findings: [],
  tainted: [],
  inputs: proposalInputs({ priorMails: [{ step: 's', subject: 'x', sentAt: null, status: 'sent' }] }),
  text: { subject: 'A thought', body: 'word '.repeat(100) },
  unlikeApproved: 0.2,
  segmentSeen: true,
  ...over,
});

test('a plain follow-up that the model does not doubt carries the base risk', () => {
  expect(riskOf(facts())).toEqual({
    value: 0.08,
    scorer: 'prior-1',
    reasons: [{ code: 'base', weight: 0.08, text: expect.any(String) }],
  });
});

test('each further doubt adds, and says so, the weightiest first', () => {
  const more: Array<[Partial<RiskFacts>, string]> = [
    [{ doubt: 0.5 }, 'model_doubt'],
    [{ doubt: null }, 'doubt_unknown'],
    [{ findings: [{ code: 'claim_not_in_facts', severity: 'look', text: 'x' }] }, 'claim_not_in_facts'],
    [{ findings: [{ code: 'placeholder', severity: 'block', text: 'x' }] }, 'placeholder'],
    [{ tainted: ['company'] }, 'taint'],
    [{ inputs: proposalInputs() }, 'first_touch'],
    [{ text: { subject: 'x', body: 'word '.repeat(181) } }, 'long'],
    [{ text: { subject: 'x', body: 'See www.a.example and www.b.example and www.c.example' } }, 'many_links'],
    [{ text: { subject: 'FREE MONEY', body: 'word' } }, 'loud'],
    [{ text: { subject: 'Hurry!', body: 'Now!' } }, 'loud'],
    [{ unlikeApproved: 0.9 }, 'unlike_approved'],
    [{ inputs: proposalInputs({ lead: leadFacts({ company: null, title: null }) }) }, 'thin_record'],
  ];
  for (const [over, code] of more) {
    const risk = riskOf(facts(over));
    expect(risk.value, code).toBeGreaterThan(0.08);
    expect(risk.reasons.map((reason) => reason.code)).toContain(code);
    expect(risk.reasons.map(({ weight }) => weight)).toEqual(
      risk.reasons.map(({ weight }) => weight).toSorted((a, b) => b - a),
    );
  }
});

test('a doubt that is no number counts as a doubt that was not given', () => {
  expect(riskOf(facts({ doubt: Number.NaN })).value).toBe(riskOf(facts({ doubt: null })).value);
});

test('a risk is a probability, more doubt never lowers it, and one finding more never does either', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const finding = fc.record({
    code: fc.constantFrom('a', 'b'),
    severity: fc.constantFrom('block' as const, 'look' as const),
    text: fc.constant('x'),
  });
  fc.assert(
    fc.property(
      unit,
      unit,
      fc.array(finding, { maxLength: 5 }),
      finding,
      fc.nat(400),
      (x, y, findings, another, words) => {
        const text = { subject: 'x', body: 'word '.repeat(words) };
        const at = (doubt: number, all = findings) => riskOf(facts({ doubt, findings: all, text })).value;
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        expect(at(low)).toBeGreaterThanOrEqual(0);
        expect(at(high)).toBeLessThanOrEqual(1);
        expect(at(low)).toBeLessThanOrEqual(at(high));
        expect(at(x, [...findings, another])).toBeGreaterThanOrEqual(at(x));
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});

test('names of firms in capitals, one exclamation mark and two links are not held against a mail', () => {
  const body = 'Your CRM at IBM works with SAP! See www.a.example and www.b.example';
  expect(riskOf(facts({ text: { subject: 'A thought', body } })).value).toBe(0.08);
});

test('a long reason for a score is no long mail, and a score is no first mail', () => {
  const score = facts({
    kind: 'lead_score',
    inputs: proposalInputs(),
    text: { subject: '', body: 'word '.repeat(300) },
  });
  expect(riskOf(score).value).toBe(0.08);
});

test('what people read of it is plain', () => {
  const told = riskOf(
    facts({
      doubt: 0.123,
      inputs: proposalInputs({ lead: leadFacts({ firstName: null, company: ' ', title: null }) }),
      text: { subject: 'x', body: 'word '.repeat(200) },
    }),
  ).reasons.map(({ text }) => text);
  expect(told).toEqual([
    'Not known of the lead: name, company and job title.',
    'It is the first mail to this lead.',
    'The text is long (200 words).',
    'Every proposal carries some risk.',
    'The AI itself was unsure (12 %).',
  ]);
  expect(riskOf(facts({ doubt: null })).reasons[0]?.text).toBe('The AI did not say how sure it was.');
});
