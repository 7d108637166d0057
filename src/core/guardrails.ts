import { claimFindings } from './claims.ts';
import type { ProposalInputs } from './facts.ts';
import type { Finding } from './finding.ts';
import { identityFindings } from './identity.ts';
import { activeScheme, linkAllowed, linkSpans, withoutLinks } from './links.ts';
import { placeholderIn } from './placeholders.ts';
import { plainText } from './plain-text.ts';

export { linkAllowed, linksIn } from './links.ts';

export type EmailText = { subject: string; body: string };

/** All hard rules for a mail's text. Pure; the same function runs at draft time, at the verdict and before sending. */
export function emailFindings(text: EmailText, inputs: ProposalInputs): Finding[] {
  return [
    ...formFindings(text),
    ...placeholderFindings(text),
    ...linkFindings(text, inputs),
    ...identityFindings(text, inputs),
    ...claimFindings(text, inputs),
  ];
}

const FAKE_REPLY =
  /^[\s[(]*(?:re|fwd?|aw|wg|antw|sv|vs|tr|rv|rif|odp|r|回复|答复|转发)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]/iu;
const MARKUP = /\*\*[^*\n]{1,80}\*\*|\[[^\]\n]{1,80}\]\([^)\n]{1,200}\)|^\s*\|.*\|\s*$/m;

function formFindings({ subject, body }: EmailText): Finding[] {
  const findings: Finding[] = [];
  const words = body.split(/\s+/).filter(Boolean).length;
  const add = (code: string, severity: Finding['severity'], field: string, what: string) =>
    findings.push({ code, severity, field, text: what });
  if (subject.trim() === '') add('subject_empty', 'block', 'subject', 'The subject is empty.');
  if (subject.length > 120)
    add('subject_long', 'block', 'subject', `The subject has ${subject.length} characters; at most 120.`);
  if (/[\r\n\u2028\u2029]/.test(subject)) add('subject_lines', 'block', 'subject', 'The subject has a line break.');
  if (FAKE_REPLY.test(subject.normalize('NFKC')))
    add('fake_reply', 'block', 'subject', 'The subject pretends to be a reply or a forward.');
  if (shouts(subject)) add('subject_capitals', 'block', 'subject', 'The subject is all capitals.');
  if (words < 20) add('body_short', 'block', 'body', `The text has ${words} words; at least 20.`);
  if (words > 400) add('body_long', 'block', 'body', `The text has ${words} words; at most 400.`);
  if (plainText(subject) !== subject)
    add('invisible_characters', 'block', 'subject', 'The subject contains invisible characters.');
  if (plainText(body) !== body) add('invisible_characters', 'block', 'body', 'The text contains invisible characters.');
  if (/!{2,}|[!?]{3,}/.test(`${subject}\n${body}`))
    add('shouting', 'look', 'body', 'It shouts: several exclamation marks in a row.');
  if (MARKUP.test(body))
    add('markup', 'look', 'body', 'It contains Markdown, which a mail program shows as it stands.');
  return findings;
}

/** Six letters or more and not one of them small. Scripts without small letters never shout. */
function shouts(subject: string): boolean {
  const letters = subject.replace(/[^\p{L}]/gu, '');
  return letters.length >= 6 && /\p{Lu}{3}/u.test(subject) && !/\p{Ll}/u.test(letters) && /^\p{Lu}+$/u.test(letters);
}

function placeholderFindings({ subject, body }: EmailText): Finding[] {
  const findings: Finding[] = [];
  for (const [field, text] of [
    ['subject', subject],
    ['body', body],
  ] as const) {
    const hit = placeholderIn(withoutLinks(text));
    if (hit !== null)
      findings.push({
        code: 'placeholder',
        severity: 'block',
        field,
        text: `A placeholder was left in: “${hit.slice(0, 60)}”.`,
      });
  }
  return findings;
}

function linkFindings({ subject, body }: EmailText, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  for (const [field, text] of [
    ['subject', subject],
    ['body', body],
  ] as const) {
    const scheme = activeScheme(text);
    if (scheme !== null)
      findings.push({ code: 'link_scheme', severity: 'block', field, text: `A link begins with “${scheme}”.` });
  }
  for (const { link } of linkSpans(body)) {
    const url = /^https?:/i.test(link) ? link : `https://${link}`;
    if (linkAllowed(url, inputs.allowedLinks)) continue;
    if (isOwnCompany(link, inputs))
      findings.push({
        code: 'company_host',
        severity: 'look',
        field: 'body',
        text: `Mail programs turn ${link.slice(0, 80)}, the lead's own company, into a link.`,
      });
    else
      findings.push({
        code: 'link_not_allowed',
        severity: 'block',
        field: 'body',
        text: `The link ${link.slice(0, 80)} is not on this workflow's list.`,
      });
  }
  const inSubject = linkSpans(subject).find(({ link }) => !isOwnCompany(link, inputs));
  if (inSubject)
    findings.push({
      code: 'link_in_subject',
      severity: 'block',
      field: 'subject',
      text: `The subject contains a link: ${inSubject.link.slice(0, 80)}.`,
    });
  return findings;
}

/** A lead who works at booking.com may read its name: a bare host that is exactly the company, and where the lead's own mailbox is. */
function isOwnCompany(link: string, inputs: ProposalInputs): boolean {
  const host = link.toLowerCase();
  const mailbox = inputs.lead.email.slice(inputs.lead.email.lastIndexOf('@') + 1).toLowerCase();
  return host === mailbox && (inputs.lead.company ?? '').toLowerCase().split(/\s+/).includes(host);
}
