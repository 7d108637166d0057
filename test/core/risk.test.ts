import fc from 'fast-check';
import { expect, test } from 'vitest';
import { riskOf, type RiskFacts } from '../../src/core/risk.ts';
import { leadFacts, proposalInputs } from './proposal-inputs.ts';

const facts = (over: Partial<RiskFacts> = {}): RiskFacts => ({
  kind: 'email_draft',
  doubt: 0,
  findings: [],
  tainted: [],
  inputs: proposalInputs({ priorMails: [{ step: 's', subject: 'x', sentAt: null, status: 'sent' }] }),
  bodyWords: 100,
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
    [{ bodyWords: 181 }, 'long'],
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
      (x, y, findings, another, bodyWords) => {
        const at = (doubt: number, all = findings) => riskOf(facts({ doubt, findings: all, bodyWords })).value;
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
