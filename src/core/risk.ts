import type { Finding } from './finding.ts';
import type { ProposalInputs } from './facts.ts';
import type { Kind } from './kinds/kind.ts';

/** Names the formula below; a change of it is a new scorer and, later, a new epoch. */
const RISK_SCORER = 'prior-1';

export type RiskReason = { code: string; weight: number; text: string };
export type Risk = { value: number; scorer: string; reasons: RiskReason[] };

export type RiskFacts = {
  kind: Kind;
  /** The model's own doubt, 0…1; null when it gave none. */
  doubt: number | null;
  findings: readonly Finding[];
  tainted: readonly string[];
  inputs: ProposalInputs;
  bodyWords: number;
};

/**
 * The chance that a reviewer would not let the proposal through as it is, 0…1: a stated prior until enough decisions are
 * settled to learn one. Doubts combine as independent causes, 1 − Π(1 − weight), so that each can only add.
 */
export function riskOf(facts: RiskFacts): Risk {
  const reasons: RiskReason[] = [{ code: 'base', weight: 0.08, text: 'Every proposal carries some risk.' }];
  const add = (code: string, weight: number, text: string) => reasons.push({ code, weight, text });
  if (facts.doubt === null || Number.isNaN(facts.doubt))
    add('doubt_unknown', 0.3, 'The model gave no doubt of its own.');
  else if (facts.doubt > 0)
    add('model_doubt', 0.6 * clamp(facts.doubt), `The model's own doubt is ${facts.doubt.toFixed(2)}.`);
  for (const finding of facts.findings) add(finding.code, finding.severity === 'block' ? 0.9 : 0.25, finding.text);
  if (facts.tainted.length > 0)
    add('taint', 0.5, `Text from the lead looks like an instruction (${facts.tainted.join(', ')}).`);
  if (facts.kind === 'email_draft' && facts.inputs.priorMails.length === 0)
    add('first_touch', 0.1, 'It is the first mail to this lead.');
  if (facts.bodyWords > 180) add('long', 0.1, `The text is long (${facts.bodyWords} words).`);
  const missing = [facts.inputs.lead.firstName, facts.inputs.lead.company, facts.inputs.lead.title].filter(
    (field) => field === null,
  ).length;
  if (missing > 0)
    add(
      'thin_record',
      0.06 * missing,
      `${missing} of name, company and job title ${missing === 1 ? 'is' : 'are'} unknown.`,
    );
  const value = 1 - reasons.reduce((left, reason) => left * (1 - reason.weight), 1);
  return {
    value: Math.round(value * 10_000) / 10_000,
    scorer: RISK_SCORER,
    reasons: reasons.toSorted((a, b) => b.weight - a.weight),
  };
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
