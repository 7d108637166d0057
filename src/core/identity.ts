import type { ProposalInputs } from './facts.ts';
import type { Finding } from './finding.ts';
import { withoutLinks } from './links.ts';

const SPELT_ADDRESS = /[\p{L}\d._-]{1,64}\s?[[({]\s?(?:at|@)\s?[\])}]\s?[\p{L}\d.-]{1,253}/giu;
const PHONE = /(?<![\p{L}\d_/.-])(?:\+|\(\+?)?\d[\d ()./\u00a0\u2010-\u2015-]{5,40}\d(?![\p{L}\d_-])/gu;
const DATE =
  /(?<![\d+]|\d[./-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d{2}|\d{2})|(?:19|20)\d{2}[/–-](?:19|20)\d{2})(?!\d|[./-]\d)/g;
/** “order 4711-0815” is called that so that nobody dials it. */
const FILE_NUMBER =
  /\b(?:order|invoice|ticket|case|article|serial|auftrag|rechnung)(?: (?:no\.?|number|nr\.?|#))? ?\d[\d-]{0,40}/gi;
const AMOUNT =
  /(?:[$€£¥₹]\s?|\b(?:EUR|USD|CHF|GBP)\s?)\d[\d .]{0,30}|\d[\d .]{0,30}(?=\s?(?:[$€£¥₹%]|(?:EUR|USD|CHF|GBP|euros?|dollars?)\b))/gi;

/** Addresses, phone numbers and names that belong to somebody else: a mail must never mix up two leads. */
export function identityFindings(
  { subject, body }: { subject: string; body: string },
  inputs: ProposalInputs,
): Finding[] {
  return [
    ...(['subject', 'body'] as const).flatMap((field) =>
      strangers(field, field === 'subject' ? subject : body, inputs),
    ),
    ...greetingFindings(body, inputs),
  ];
}

function strangers(field: 'subject' | 'body', raw: string, inputs: ProposalInputs): Finding[] {
  const findings: Finding[] = [];
  // Full-width digits and signs are digits and signs.
  const text = raw.normalize('NFKC');
  const ours = [inputs.brief, ...inputs.facts, ...Object.values(inputs.lead.fields)]
    .join('\n')
    .normalize('NFKC')
    .toLowerCase();
  const allowed = new Set([inputs.lead.email.toLowerCase(), ...addressesIn(ours)]);
  const spelt = [...text.matchAll(SPELT_ADDRESS)].map(([hit]) => hit);
  for (const address of [...addressesIn(text), ...spelt])
    if (!allowed.has(address.toLowerCase()))
      findings.push({
        code: 'foreign_address',
        severity: 'block',
        field,
        text: `An e-mail address that is not this lead's: ${address.slice(0, 80)}.`,
      });
  const known = ours.match(PHONE)?.map(digitsOf) ?? [];
  const numbers = withoutLinks(text).replace(DATE, '|').replace(AMOUNT, '|').replace(FILE_NUMBER, '|');
  for (const [hit] of numbers.matchAll(PHONE)) {
    const digits = digitsOf(hit);
    const phone = digits.length >= 8 || /^\d{3}-\d{4}$/.test(hit);
    if (phone && !known.includes(digits))
      findings.push({ code: 'phone_number', severity: 'block', field, text: `A phone number: ${hit.trim()}.` });
  }
  return findings;
}

/** Every word with an @ inside, in any script: a mail program links most of them. The signs around it are not part of it. */
function addressesIn(text: string): string[] {
  return text
    .split(/[\s<>,;|]+/)
    .map((word) => word.replace(/^[^@]*:/, '').replace(/^["'“”‘’()[\]{}*_.!?…]+|["'“”‘’()[\]{}*_.!?…:]+$/g, ''))
    .filter((word) => /[^@]@[\p{L}\d[]/u.test(word));
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

const GREETINGS =
  'hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|hallo|moin|servus|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|hola|estimad[oa]s?|querid[oa]s?|buen(?:os)? d[ií]as?|buenas tardes|bonjour|bonsoir|salut|ch(?:er|ère|ers|ères)|ciao|buongiorno|salve|gentile|car[oaie]|ol[áa]|bom dia|prezad[oa]s?|hej|hei|dag|beste|geachte|cześć|dzień dobry';
/** Up to the end of the line, a comma, an exclamation mark, a colon, a question mark or a dash with a blank before it. */
const GREETING = new RegExp(`^\\s*(?:${GREETINGS})[ \\t\\u00a0]+((?:(?! [–—-]|[\\n,!?:;]).){1,80})`, 'iu');
/** “Good morning, Ana,” with the name behind a comma: only where the line ends there. */
const COMMA_GREETING = new RegExp(
  `^\\s*(?:${GREETINGS}),[ \\t\\u00a0]+((?:\\p{L}[\\p{L}\\p{M}.'’-]{0,30} ?){1,4})[,!.:]?[ \\t]*\\n`,
  'iu',
);
/** A first line of nothing but a name: “Priya,”. */
const BARE_GREETING = /^\s*(\p{Lu}[\p{L}\p{M}'’-]{1,30}(?: \p{Lu}[\p{L}\p{M}'’-]{1,30}){0,2})\s*,[ \t]*\n/u;
const HONORIFIC =
  /^(?:mr|mrs|ms|mx|miss|dr|prof|professor|doctor|sir|madam|ing|dipl|herrn?|frau|señora?|sra?|srta|monsieur|madame|mme|m|signora?|sig|dott|dhr|mevr|pan|pani|senhora?|mag)\.?$/i;
const NOBODY =
  /^(?:there|all|again|team|teams|everyone|everybody|folks|and|or|colleagues?|colleague|zusammen|damen|und|herren|an|alle|the|a|todos|todas|tod[oa]s|equipo|équipe|from|friend|at|dear|et|messieurs|mesdames|y|e)$/i;

function greetingFindings(body: string, inputs: ProposalInputs): Finding[] {
  const bare = BARE_GREETING.exec(body)?.[1] ?? COMMA_GREETING.exec(body)?.[1];
  const greeted = (GREETING.exec(body)?.[1] ?? (bare !== undefined && isName(bare) ? bare : undefined))?.trim();
  if (greeted === undefined) return [];
  const { firstName, lastName, company } = inputs.lead;
  const known = new Set([firstName, lastName, company].flatMap((name) => wordsOf(name ?? '')));
  const words = wordsOf(nameIn(greeted, known));
  if (words.every((word) => known.has(word) || HONORIFIC.test(word) || NOBODY.test(word))) return [];
  const lead = [firstName, lastName].filter((name) => name !== null).join(' ');
  return [
    {
      code: 'wrong_name',
      severity: 'block',
      field: 'body',
      text: `It greets “${greeted}”, but the lead is ${lead === '' ? 'without a name' : lead}.`,
    },
  ];
}

/** A first line like “Yes,” or “Thank you,” is no name of anybody. */
function isName(line: string): boolean {
  return (
    !/^(?:yes|no|thanks|thank you|well|so|now|first|good news|congratulations|welcome|danke|merci|gracias|grazie|willkommen|bienvenue)\b/i.test(
      line,
    ) && !new RegExp(`^(?:${GREETINGS})$`, 'iu').test(line)
  );
}

/** “Ana. I saw that …” greets Ana: a full stop ends the name, unless it belongs to a title or an initial. */
function nameIn(greeted: string, known: ReadonlySet<string>): string {
  const parts = greeted.split(/\s+/);
  const taken: string[] = [];
  for (const part of parts) {
    taken.push(part);
    const ends =
      part.endsWith('.') && !HONORIFIC.test(part) && !/^\p{L}\.$/u.test(part) && !known.has(part.toLowerCase());
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
