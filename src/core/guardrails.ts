import type { ProposalInputs } from './facts.ts';
import type { Finding } from './finding.ts';
import { plainText } from './plain-text.ts';

/** What a template engine or a lazy model leaves behind. Each is checked at draft time, at the verdict and at the wire. */
const PLACEHOLDERS: RegExp[] = [
  /\[(?:first|last|your|their|company|name|insert|recipient|sender|lead|title|job|product|date|link|city|industry|topic|role|pain|contact|phone|e-?mail)[^\]\n]{0,40}\]/i,
  /\{\{[^}\n]{0,60}\}\}|\$\{[^}\n]{0,60}\}|<%[^%\n]{0,60}%>/,
  /(?<![\w$])\{(?:[a-z_ .]{2,40})\}/i,
  /<(?:first|last|full|your|company|customer)?[ _-]?(?:name|company|title)>/i,
  /%%?(?:first|last|full)?_?(?:name|company|email)%%?/i,
  /\$(?:F|L)?NAME\b/i,
  /\*\|[A-Z_:]+\|\*/,
  /\b(?:INSERT|ADD|FILL IN) (?:[A-Z]+ )?(?:HERE|NAME|COMPANY|LINK)\b/i,
  /\bTBD\b|\bTBC\b|\bXX+\b|\bLorem ipsum\b/i,
  /\bundefined\b|\[object Object\]|\bNaN\b|(?<![\w-])null(?![\w-])/,
  /```/,
  /\bas an ai\b|\bas a (?:large )?language model\b/i,
  /^\s*(?:sure[,!]|certainly[,!]|here(?:'s| is) (?:the|your|a) (?:e-?mail|draft))/i,
  /^\s*subject\s*:/im,
];

const PROMISES = /\b(?:guarantee[ds]?|risk[- ]free|100 ?% (?:safe|free|sure)|no risk|money[- ]back|act now|limited time|last chance|free forever)\b/i;
const NUMBER_CLAIM = /(?:[$€£]\s?\d[\d,.]*|\d[\d,.]*\s?(?:%|percent|€|\$|£|USD|EUR)|\b\d[\d,.]*\+?\s+(?:customers|companies|users|teams|hours|days|weeks)\b)/gi;
const ADDRESS = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;
const PHONE = /(?<![\w/.-])\+?\d[\d ()./-]{7,}\d(?![\w-])/g;
const URL_LIKE = /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+/gi;
const BARE_DOMAIN = /(?<![\w@/.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|ai|app|dev|info|biz|eu|de|uk|example|ru|cn|xyz|top|link|click)\b(?:\/[^\s<>"')\]]*)?/gi;

export type EmailText = { subject: string; body: string };

/** All hard rules for a mail's text. Pure; the same function runs at draft time, at the verdict and before sending. */
export function emailFindings(text: EmailText, inputs: ProposalInputs): Finding[] {
  return [...formFindings(text), ...placeholderFindings(text), ...linkFindings(text, inputs), ...identityFindings(text, inputs), ...claimFindings(text, inputs)];
}

function formFindings({ subject, body }: EmailText): Finding[] {
  const findings: Finding[] = [];
  const words = body.split(/\s+/).filter(Boolean).length;
  const add = (code: string, severity: Finding['severity'], field: string, what: string) => findings.push({ code, severity, field, text: what });
  if (subject.trim() === '') add('subject_empty', 'block', 'subject', 'The subject is empty.');
  if (subject.length > 120) add('subject_long', 'block', 'subject', `The subject has ${subject.length} characters; at most 120.`);
  if (/[\r\n]/.test(subject)) add('subject_lines', 'block', 'subject', 'The subject has a line break.');
  if (/^\s*(?:re|fwd?|aw|wg)\s*:/i.test(subject)) add('fake_reply', 'block', 'subject', 'The subject pretends to be a reply or a forward.');
  if (/[A-Z]{4,}/.test(subject) && subject === subject.toUpperCase()) add('subject_capitals', 'block', 'subject', 'The subject is all capitals.');
  if (words < 20) add('body_short', 'block', 'body', `The text has ${words} words; at least 20.`);
  if (words > 400) add('body_long', 'block', 'body', `The text has ${words} words; at most 400.`);
  if (plainText(subject) !== subject || plainText(body) !== body) add('invisible_characters', 'block', 'body', 'The text contains invisible characters.');
  return findings;
}

function placeholderFindings({ subject, body }: EmailText): Finding[] {
  const findings: Finding[] = [];
  for (const [field, text] of [['subject', subject], ['body', body]] as const) {
    for (const pattern of PLACEHOLDERS) {
      const hit = pattern.exec(text);
      if (hit) {
        findings.push({ code: 'placeholder', severity: 'block', field, text: `A placeholder was left in: “${hit[0].trim().slice(0, 60)}”.` });
        break;
      }
    }
  }
  return findings;
}

/** The host of an address as a browser would read it, or null where it is not a plain http(s) one. */
function hostOf(url: string): string | null {
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
    if (parsed.username !== '' || parsed.password !== '') return null;
    return parsed.host;
  } catch {
    return null;
  }
}

/** Exactly the links the workflow lists: same host, and a path that begins with the listed one. */
export function linkAllowed(url: string, allowed: readonly string[]): boolean {
  const host = hostOf(url);
  if (host === null) return false;
  const target = new URL(url);
  return allowed.some((entry) => {
    if (hostOf(entry) !== host) return false;
    const listed = new URL(entry);
    if (listed.protocol !== target.protocol) return false;
    const base = listed.pathname.endsWith('/') ? listed.pathname : `${listed.pathname}/`;
    return listed.pathname === '/' || target.pathname === listed.pathname || target.pathname.startsWith(base);
  });
}

/** Links in a text, as a mail program would find them: with a scheme, with www, and bare domains. Trailing punctuation is not part of one. */
export function linksIn(text: string): string[] {
  const found = [...text.matchAll(URL_LIKE), ...text.replace(URL_LIKE, ' ').replace(ADDRESS, ' ').matchAll(BARE_DOMAIN)];
  return found.map((match) => match[0].replace(/[.,;:!?]+$/, ''));
}

function linkFindings({ subject, body }: EmailText, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  const scheme = /\b(?:javascript|data|vbscript|file):/i.exec(body);
  if (scheme) findings.push({ code: 'link_scheme', severity: 'block', field: 'body', text: `A link begins with “${scheme[0]}”.` });
  for (const link of linksIn(body)) {
    const url = /^https?:/i.test(link) ? link : `https://${link}`;
    if (!linkAllowed(url, inputs.allowedLinks))
      findings.push({ code: 'link_not_allowed', severity: 'block', field: 'body', text: `The link ${link.slice(0, 80)} is not on this workflow's list.` });
  }
  if (linksIn(subject).length > 0) findings.push({ code: 'link_in_subject', severity: 'block', field: 'subject', text: 'The subject contains a link.' });
  return findings;
}

const GREETING = /^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|hallo|guten tag|hola|bonjour|ciao)\s+([^\n,!.:–—-]{1,60})/i;

function identityFindings({ body }: EmailText, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  for (const [address] of body.matchAll(ADDRESS))
    if (address.toLowerCase() !== inputs.lead.email.toLowerCase())
      findings.push({ code: 'foreign_address', severity: 'block', field: 'body', text: `An e-mail address that is not this lead's: ${address.slice(0, 80)}.` });
  for (const [phone] of body.replace(URL_LIKE, ' ').matchAll(PHONE))
    if (phone.replace(/\D/g, '').length >= 8)
      findings.push({ code: 'phone_number', severity: 'block', field: 'body', text: `A phone number: ${phone.trim()}.` });
  const greeted = GREETING.exec(body)?.[1]?.trim();
  if (greeted !== undefined) {
    const known = [inputs.lead.firstName, inputs.lead.lastName].filter((name) => name !== null).join(' ').toLowerCase();
    const generic = /^(?:there|all|team|everyone|zusammen|a todos)$/i.test(greeted);
    const words = greeted.toLowerCase().split(/\s+/).filter((word) => !/^(?:mr|mrs|ms|dr|herr|frau|sr|sra)\.?$/.test(word));
    if (!generic && !words.every((word) => known.split(/\s+/).includes(word)))
      findings.push({ code: 'wrong_name', severity: 'block', field: 'body', text: `It greets “${greeted}”, but the lead is ${known === '' ? 'without a name' : `${inputs.lead.firstName ?? ''} ${inputs.lead.lastName ?? ''}`.trim()}.` });
  }
  return findings;
}

/** The sentence around a hit, for the reviewer; at most 160 characters. */
function sentenceAround(text: string, index: number): string {
  const start = Math.max(text.lastIndexOf('.', index - 1), text.lastIndexOf('\n', index - 1)) + 1;
  const ends = [text.indexOf('.', index + 1), text.indexOf('\n', index)].filter((end) => end >= 0);
  return text.slice(start, Math.min(...ends, text.length)).trim().slice(0, 160);
}

function claimFindings({ subject, body }: EmailText, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  const known = inputs.facts.join('\n').toLowerCase();
  const text = `${subject}\n${body}`;
  for (const hit of text.matchAll(NUMBER_CLAIM))
    if (!known.includes(hit[0].trim().toLowerCase()))
      findings.push({ code: 'claim_not_in_facts', severity: 'look', field: 'body', text: `“${sentenceAround(text, hit.index)}”: ${hit[0].trim()} is not in the facts list.` });
  const promise = PROMISES.exec(text);
  if (promise && !known.includes(promise[0].toLowerCase()))
    findings.push({ code: 'promise', severity: 'look', field: 'body', text: `“${sentenceAround(text, promise.index)}” promises something.` });
  return findings;
}
