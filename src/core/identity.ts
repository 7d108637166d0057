import type { ProposalInputs } from './facts.ts';
import type { Finding } from './finding.ts';
import { linkSpans } from './links.ts';

/** Anything joined by an @, also in the letters of other scripts; a mail program links most of it. */
const ADDRESS = /(?<![^\s<>()[\]{},;:"“”„])[^\s<>()[\]{},;:"“”„@]{1,80}@[^\s<>()[\]{},;:"“”„@]{1,253}/gu;
const SPELT_ADDRESS = /[\p{L}\d._-]{1,64}\s?[[({]\s?(?:at|@)\s?[\])}]\s?[\p{L}\d.-]{1,253}/giu;
const PHONE = /(?<![\p{L}\d_/.-])(?:\+|\(\+?)?\d[\d ()./\u00a0\u2010-\u2015-]{5,40}\d(?![\p{L}\d_-])/gu;
const DATE = /(?<!\d)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))(?!\d)/g;
const AMOUNT = /(?:[$€£¥₹]\s?|\b(?:EUR|USD|CHF|GBP)\s?)\d[\d .]*|\d[\d .]*(?=\s?(?:[$€£¥₹%]|(?:EUR|USD|CHF|GBP|euros?|dollars?)\b))/gi;

/** Addresses, phone numbers and names that belong to somebody else: a mail must never mix up two leads. */
export function identityFindings({ subject, body }: { subject: string; body: string }, inputs: ProposalInputs): Finding[] {
  return [
    ...(['subject', 'body'] as const).flatMap((field) => strangers(field, field === 'subject' ? subject : body, inputs)),
    ...greetingFindings(body, inputs),
  ];
}

function strangers(field: 'subject' | 'body', raw: string, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  // Full-width digits and signs are digits and signs.
  let text = raw.normalize('NFKC');
  for (const { link, index } of linkSpans(text).filter((span) => !span.link.includes('@')))
    text = text.slice(0, index) + ' '.repeat(link.length) + text.slice(index + link.length);
  const ours = [inputs.brief, ...inputs.facts, ...Object.values(inputs.lead.fields)].join('\n').normalize('NFKC').toLowerCase();
  for (const [hit] of [...text.matchAll(ADDRESS), ...text.matchAll(SPELT_ADDRESS)]) {
    const address = hit.replace(/[.!?'’…*_]+$/, '').replace(/^['‘*_]+/, '');
    if (address.toLowerCase() !== inputs.lead.email.toLowerCase() && !wordIn(ours, address.toLowerCase()))
      findings.push({ code: 'foreign_address', severity: 'block', field, text: `An e-mail address that is not this lead's: ${address.slice(0, 80)}.` });
  }
  const known = ours.match(PHONE)?.map(digitsOf) ?? [];
  const numbers = text.replace(ADDRESS, ' ').replace(DATE, '|').replace(AMOUNT, '|');
  for (const [hit] of numbers.matchAll(PHONE)) {
    const digits = digitsOf(hit);
    const phone = digits.length >= 8 || (digits.length === 7 && /^\d{3}-\d{4}$/.test(hit));
    if (phone && !known.includes(digits)) findings.push({ code: 'phone_number', severity: 'block', field, text: `A phone number: ${hit.trim()}.` });
  }
  return findings;
}

/** Whether `word` stands in `text` on its own, not as the end or beginning of a longer one. */
function wordIn(text: string, word: string): boolean {
  return text.split(/[\s<>()[\]{},;:"“”„]+/).some((part) => part.replace(/[.!?]+$/, '') === word);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

const GREETINGS =
  'hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|hallo|moin|servus|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|hola|estimad[oa]s?|querid[oa]s?|buen(?:os)? d[ií]as?|buenas tardes|bonjour|bonsoir|salut|ch(?:er|ère|ers|ères)|ciao|buongiorno|salve|gentile|car[oaie]|ol[áa]|bom dia|prezad[oa]s?|hej|hei|dag|beste|geachte|cześć|dzień dobry';
/** Up to the end of the line, a comma, an exclamation mark, a colon, a question mark or a dash with a blank before it. */
const GREETING = new RegExp(`^\\s*(?:${GREETINGS})[ \\t\\u00a0]+((?:(?! [–—-]|[\\n,!?:;]).){1,80})`, 'iu');
/** A first line of nothing but a name: “Priya,”. */
const BARE_GREETING = /^\s*(\p{Lu}[\p{L}\p{M}'’-]{1,30}(?: \p{Lu}[\p{L}\p{M}'’-]{1,30}){0,2})\s*,[ \t]*\n/u;
const HONORIFIC = /^(?:mr|mrs|ms|mx|miss|dr|prof|professor|doctor|sir|madam|ing|dipl|herrn?|frau|señora?|sra?|srta|monsieur|madame|mme|m|signora?|sig|dott|dhr|mevr|pan|pani|senhora?|mag)\.?$/i;
const NOBODY = /^(?:there|all|again|team|teams|everyone|everybody|folks|and|or|colleagues?|colleague|zusammen|damen|und|herren|an|alle|the|a|todos|todas|tod[oa]s|equipo|équipe|from|friend|at|dear|et|messieurs|mesdames|y|e)$/i;

function greetingFindings(body: string, inputs: ProposalInputs): Finding[] {
  const bare = BARE_GREETING.exec(body)?.[1];
  const greeted = (GREETING.exec(body)?.[1] ?? (bare !== undefined && isName(bare) ? bare : undefined))?.trim();
  if (greeted === undefined) return [];
  const { firstName, lastName, company } = inputs.lead;
  const known = new Set([firstName, lastName, company].flatMap((name) => wordsOf(name ?? '')));
  const words = wordsOf(nameIn(greeted, known));
  if (words.every((word) => known.has(word) || HONORIFIC.test(word) || NOBODY.test(word))) return [];
  const lead = [firstName, lastName].filter((name) => name !== null).join(' ');
  return [{ code: 'wrong_name', severity: 'block', field: 'body', text: `It greets “${greeted}”, but the lead is ${lead === '' ? 'without a name' : lead}.` }];
}

/** A first line like “Yes,” or “Thank you,” is no name of anybody. */
function isName(line: string): boolean {
  return !/^(?:yes|no|thanks|thank you|well|so|now|first|good news|congratulations|welcome|danke|merci|gracias|grazie|willkommen|bienvenue)\b/i.test(line) && !new RegExp(`^(?:${GREETINGS})$`, 'iu').test(line);
}

/** “Ana. I saw that …” greets Ana: a full stop ends the name, unless it belongs to a title or an initial. */
function nameIn(greeted: string, known: ReadonlySet<string>): string {
  const parts = greeted.split(/\s+/);
  const taken: string[] = [];
  for (const part of parts) {
    taken.push(part);
    const ends = part.endsWith('.') && !HONORIFIC.test(part) && !/^\p{L}\.$/u.test(part) && !known.has(part.toLowerCase());
    if (ends || (part.endsWith('.') && known.has(part.slice(0, -1).toLowerCase()))) break;
  }
  return taken.join(' ');
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’]/g, "'")
    .split(/[\s./&+()-]+/)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter(Boolean);
}
