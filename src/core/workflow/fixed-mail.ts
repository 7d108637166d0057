import type { LeadFacts as PromptFacts } from '../facts.ts';
import { emailFindings } from '../guardrails.ts';
import { oneLine, plainText } from '../plain-text.ts';
import type { LeadFacts } from './condition.ts';
import type { FixedMail } from './step.ts';
import { fillIn } from './template.ts';

/**
 * Rules that hold for a mail whose words a person published: what a lead's own values could smuggle in, or leave out. Its length
 * and style are the publisher's.
 */
const HARD: readonly string[] = [
  'subject_empty',
  'subject_lines',
  'invisible_characters',
  'placeholder',
  'link_scheme',
  'link_not_allowed',
  'link_in_subject',
];

export type FilledMail = { ok: true; subject: string; body: string } | { ok: false; problems: string[] };

/**
 * A fixed mail as it would go to this lead. It is not sent when the lead lacks a fact that its words can't do without, or when
 * what was filled in breaks a rule. `problems` are sentences for people and name no value of the lead's.
 */
export function fillMail(
  mail: FixedMail,
  facts: Pick<LeadFacts, 'fields'>,
  about: { allowedLinks: readonly string[]; lead: PromptFacts; sender: { name: string; company: string } },
): FilledMail {
  const [subject, body] = [fillIn(mail.subject, facts), fillIn(mail.text, facts)];
  const missing = [...new Set([...subject.missing, ...body.missing])];
  if (missing.length > 0) return { ok: false, problems: [`The lead has no ${missing.join(', ')}.`] };
  const filled = { subject: oneLine(subject.text), body: plainText(body.text).trimEnd() };
  const findings = emailFindings(filled, {
    workflow: '',
    workflowVersion: 0,
    step: '',
    brief: '',
    lead: about.lead,
    priorMails: [],
    facts: [],
    allowedLinks: [...about.allowedLinks],
    tone: '',
    sender: about.sender,
    lessons: [],
  }).filter(({ code, severity }) => severity === 'block' && HARD.includes(code));
  if (findings.length > 0)
    return { ok: false, problems: [...new Set(findings.map(({ code }) => WORDS[code] ?? code))] };
  return { ok: true, ...filled };
}

/** Without the finding's own words, which quote the text. */
const WORDS: Record<string, string> = {
  subject_empty: 'Its subject is empty.',
  subject_lines: 'Its subject has a line break.',
  invisible_characters: 'It contains invisible characters.',
  placeholder: 'A placeholder was left in.',
  link_scheme: 'It contains a link of a kind that is never sent.',
  link_not_allowed: "It contains a link that is not on the workflow's list.",
  link_in_subject: 'Its subject contains a link.',
};
