import type { ProposalInputs } from './facts.ts';
import type { Finding } from './finding.ts';

const NUMBER = String.raw`\d(?:[\d.,'’\u00a0\u202f]*\d)?`;
const SPELT =
  '(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|a (?:hundred|thousand|million)|half|a (?:third|quarter))(?:[- ](?:two|three|four|five|six|seven|eight|nine|hundred|thousand|million))?';
const COUNTED =
  'customers|clients|companies|firms|businesses|organi[sz]ations|users|teams|brands|dispatchers|technicians|employees|countries|installations|hours|days|weeks|months|years|points|million|billion|kunden|unternehmen|firmen|stunden|tage|wochen|monate|jahre|clientes|empresas|horas|clients|entreprises|heures|jours|clienti|aziende|ore|giorni';
const MONTHS =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';

/** Sentences somebody could hold us to: prices, shares, counts, multiples, dates. */
const CLAIMS: RegExp[] = [
  new RegExp(`(?:[$€£¥₹]|\\b(?:EUR|USD|GBP|CHF|Rs\\.?))\\s?${NUMBER}(?:\\s?(?:k|m|bn|million|billion))?\\b`, 'giu'),
  new RegExp(
    `(?<![\\d.,])${NUMBER}\\s?(?:k|m|million|billion)?\\s?(?:%|per ?cent\\b|prozent\\b|percentage points?\\b|[€$£¥₹]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?|cents?)\\b)`,
    'giu',
  ),
  new RegExp(`\\b(?:${SPELT}) (?:per ?cent|euros?|dollars?|pounds?|francs?)\\b`, 'gi'),
  new RegExp(
    `(?<![\\d.,])${NUMBER}\\s?\\+?\\s?(?:[-x×]\\s?)?(?:(?:other|more|new|happy|satisfied|paying|field|service|working) ){0,2}(?:${COUNTED})\\b`,
    'giu',
  ),
  new RegExp(
    `\\b(?:hundreds|thousands|millions|dozens) of (?:\\p{L}+ )?(?:${COUNTED})\\b|\\b(?:over|more than|about|some|nearly|almost) (?:${SPELT}) (?:${COUNTED})\\b`,
    'giu',
  ),
  new RegExp(
    `(?<![\\d.,])${NUMBER}\\s?(?:x|×|times|fold)\\b|\\b(?:twice|three times|ten times|double[ds]?|triple[ds]?|halve[ds]?|tenfold|twofold) (?:as|the|your|their|our|faster|more|in)\\b`,
    'giu',
  ),
  new RegExp(
    `\\b(?:in|by|cut|cuts|save[sd]?|reduce[sd]?) half\\b|\\b(?:a|one) (?:third|quarter|half) (?:of|fewer|less|more|faster|cheaper)\\b|\\b\\d in \\d\\b|\\b\\d out of \\d+\\b`,
    'gi',
  ),
  new RegExp(
    `\\b\\d{1,2}(?:st|nd|rd|th)?\\.? (?:of )?${MONTHS}\\b(?: \\d{4})?|\\b${MONTHS}\\.? \\d{1,2}(?:st|nd|rd|th)?\\b(?:,? \\d{4})?|\\b\\d{4}-\\d{2}-\\d{2}\\b|(?<![\\d.])\\d{1,2}[./]\\d{1,2}[./](?:\\d{4}|\\d{2})\\b`,
    'gi',
  ),
  /(?:\b(?:no\.? ?|number |nr\.? ?)|#)1\b|\bnumber one\b/gi,
];

const PROMISES = [
  /\bguarant(?:ee[ds]?|eeing|y)\b|\bwarrant(?:y|ies|ed)\b|\bgarant(?:ie|iert|izad[oa]|ía|i[ae]|ito|is|ed)\p{L}*/giu,
  /\b(?:risk|worry|hassle|cost)[- ]free\b|\b(?:no|zero|without) (?:any )?(?:risks?|obligations?|strings|cost|costs|credit card|downtime)\b|\bmoney[- ]back\b|\brefund(?:s|ed)?\b/gi,
  /\b(?:act now|act fast|limited time|limited offer|last chance|final chance|only today|today only|while (?:stocks|supplies) last|expires? (?:today|soon|tonight)|don['’]t miss|hurry|once in a lifetime)\b/gi,
  /(?<!\b(?:feel|felt|am|i’m|i'm|are you|you are|you’re|you're|you be|set|break) )\bfree\b(?! to\b| (?:hand|time|slots?|moment|minutes?|afternoon|morning|day|hour|speech|on|at|next|tomorrow|this)\b)|\bfor free\b|\bfree (?:of charge|forever|trial|demo|account|consultation|audit|of cost)\b|\bkostenlos\p{L}*|\bgratuit\p{L}*|\bgratis\b|\bcomplimentary\b|\bat no (?:extra )?(?:cost|charge)\b/giu,
  /\b(?:discount|rebate|special (?:price|offer)|cashback|rabatt|descuento|remise|sconto)s?\b/gi,
  /\b(?:will|can) (?:always|never) \p{L}+|\b(?:always|never) (?:fails?|breaks?|late)\b|\bproven\b|\bcertified\b|\baward[- ]winning\b|\bindustry[- ]leading\b|\bmarket leader\b|\bbest[- ]in[- ]class\b|\bthe (?:best|cheapest|fastest|only|leading) \p{L}+/giu,
];

/** Topics that laws regulate; nobody outside legal should let a machine speak of them. */
const REGULATED =
  /\b(?:clinical(?:ly)?|fda|cure[sd]?|diagnos(?:e[sd]?|is|tic)|therap(?:y|ies|eutic)|medical advice|patients? outcome|tax[- ](?:free|deductible|saving)|return on investment|roi of|interest rate|dividend|insured by|investment advice|gdpr[- ]compliant|hipaa|iso ?\d{4,5}|soc ?2|legally (?:binding|required)|lawsuit|liabilit(?:y|ies))\b/gi;

/** Claims, promises and regulated topics that the workflow's list of facts does not carry. A person looks at each. */
export function claimFindings({ subject, body }: { subject: string; body: string }, inputs: ProposalInputs): Finding[] {
  const text = `${subject}\n${body}`;
  const known = comparable([...inputs.facts, inputs.brief].join('\n'));
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const add = (code: string, patterns: readonly RegExp[], tell: (hit: string) => string) => {
    for (const hit of patterns.flatMap((pattern) => [...text.matchAll(pattern)]).sort((a, b) => a.index - b.index)) {
      const sentence = sentenceAround(text, hit.index);
      const said = hit[0].trim();
      const key = `${code}|${sentence}|${comparable(said)}`;
      if (standsIn(known, comparable(said)) || seen.has(key)) continue;
      seen.add(key);
      findings.push({
        code,
        severity: 'look',
        field: hit.index < subject.length ? 'subject' : 'body',
        text: `“${sentence}”${tell(said)}`,
      });
    }
  };
  add('claim_not_in_facts', CLAIMS, (hit) => `: ${hit} is not in the facts list.`);
  add('promise', PROMISES, (hit) => ` promises something (${hit}).`);
  add('regulated_topic', [REGULATED], (hit) => ` touches a regulated topic (${hit}).`);
  return findings;
}

/** “15 percent”, “15 %” and “15%” are one claim. */
function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s*(?:%|per ?cent\b|prozent\b)/g, '%')
    .replace(/\s+/g, ' ');
}

/** “5%” does not stand in “95%”, nor “$4” in “$400”. */
function standsIn(known: string, claim: string): boolean {
  for (let at = known.indexOf(claim); at !== -1; at = known.indexOf(claim, at + 1)) {
    const before = known.slice(0, at);
    const after = known.slice(at + claim.length);
    const cutBefore = /^[\d\p{L}]/u.test(claim) && /[\d\p{L}]$|\d[.,]$/u.test(before);
    const cutAfter = /[\d\p{L}]$/u.test(claim) && /^[\d\p{L}]|^[.,]\d/u.test(after);
    if (!cutBefore && !cutAfter) return true;
  }
  return false;
}

/** The sentence around a hit, for the reviewer; at most 160 characters. */
function sentenceAround(text: string, index: number): string {
  const before = text.slice(0, index);
  const start = Math.max(0, ...[...before.matchAll(/[.!?](?=\s)|\n/g)].map((stop) => stop.index + 1));
  const end = /[.!?](?=\s|$)|\n/.exec(text.slice(index));
  return text
    .slice(start, end === null ? text.length : index + end.index)
    .trim()
    .slice(0, 160);
}
