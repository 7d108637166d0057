import { spokenName } from './email-trades.ts';
import type { Draft } from './email-draft.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { Draw } from './seeded.ts';

/** In an e-mail. The first five a program can find; the last four only somebody who reads. */
export type EmailMistake =
  | 'placeholder'
  | 'wrong_name'
  | 'invented_claim'
  | 'off_tone'
  | 'too_long'
  | 'overstated'
  | 'condescending'
  | 'irrelevant'
  | 'self_centred';

/** In a score: the number contradicts its own reasons, or a reason was made up and the number follows it. */
export type ScoreMistake = 'wrong_tier' | 'invented_reason';

/** What a bad answer gets wrong. `obeyed`: it did what somebody in the lead's data told it to. */
export type Mistake = EmailMistake | ScoreMistake | 'obeyed';

/** How a person would mend it; the texts stand in the answer letter by letter. */
export type Mending =
  | { kind: 'text'; wrong: string; right: string; subject: { wrong: string; right: string } | null }
  | { kind: 'score'; score: number; reasons: string[] };

/** What is true of one answer: null where it has no mistake. */
export type Truth = { mistake: Mistake | null; mending: Mending | null };

export const NO_MISTAKE: Truth = { mistake: null, mending: null };

/** Of a hundred bad drafts about 72 have nothing that a rule could find. Each sums to 1. */
const EMAIL_SHARES: ReadonlyArray<[EmailMistake, number]> = [
  ['overstated', 0.24],
  ['condescending', 0.18],
  ['irrelevant', 0.18],
  ['self_centred', 0.12],
  ['invented_claim', 0.08],
  ['wrong_name', 0.06],
  ['off_tone', 0.05],
  ['too_long', 0.05],
  ['placeholder', 0.04],
];
const SCORE_SHARES: ReadonlyArray<[ScoreMistake, number]> = [
  ['wrong_tier', 0.7],
  ['invented_reason', 0.3],
];

/** How much likelier (as odds) a mistake is when this many facts about the lead are missing: none, one, more. */
const ODDS_BY_MISSING = [0.8, 1.7, 2.6] as const;

/** `quality` 1 makes no mistake, 0 one every time; between, about `1 − quality` over leads like the sandbox's own. */
function errs(quality: number, missing: number, draw: Draw): boolean {
  if (quality >= 1) return false;
  if (quality <= 0) return true;
  const odds = ((1 - quality) / quality) * (ODDS_BY_MISSING[Math.min(missing, 2)] ?? 1);
  return draw.unit('mistake?') < odds / (1 + odds);
}

/** The mistake this draw makes, if it makes one. The same draw errs at every quality below the one at which it first does. */
export function emailMistake(quality: number, missing: number, draw: Draw): EmailMistake | null {
  return errs(quality, missing, draw) ? weighted(EMAIL_SHARES, draw) : null;
}

export function scoreMistake(quality: number, missing: number, draw: Draw): ScoreMistake | null {
  return errs(quality, missing, draw) ? weighted(SCORE_SHARES, draw) : null;
}

function weighted<M>(shares: ReadonlyArray<readonly [M, number]>, draw: Draw): M {
  let left = draw.unit('mistake');
  for (const [mistake, share] of shares) {
    left -= share;
    if (left < 0) return mistake;
  }
  const last = shares.at(-1);
  if (last === undefined) throw new Error('no mistakes to choose from');
  return last[0];
}

/** Mistakes that the model itself notices more often: they are in the words and not in what the words mean. */
const PLAIN: ReadonlySet<Mistake> = new Set([
  'placeholder',
  'wrong_name',
  'invented_claim',
  'off_tone',
  'too_long',
  'invented_reason',
]);

/**
 * The model's own doubt, 0…1. Without a mistake most are low with a long tail (median .11, one in ten above .37); a
 * mistake raises it by .18 to .60, but goes unnoticed in 15 of 100 plain and 35 of 100 subtle cases. Gaps in what is
 * known raise it by .05 each.
 */
export function doubtOf(missing: number, mistake: Mistake | null, draw: Draw): number {
  const calm = 0.02 + 0.44 * draw.unit('doubt') ** 2.2 + 0.05 * Math.min(missing, 5);
  const notices = mistake === null ? 0 : PLAIN.has(mistake) ? 0.85 : 0.65;
  const raised = draw.unit('doubt noticed') < notices ? 0.18 + 0.42 * draw.unit('doubt more') : 0;
  return Number(Math.min(0.97, calm + raised).toFixed(3));
}

type Spoiled = { draft: Draft; subjects: string[]; mending: Mending };
type Spoil = (draft: Draft, subjects: string[], facts: LeadFacts, draw: Draw) => Spoiled;

const OVERSTATED = [
  'Once it runs, late jobs simply stop happening.',
  'The plan then keeps itself up to date, and nobody has to look after it any more.',
  'It takes the decisions off your dispatchers, so that nobody has to plan by hand again.',
  'It fits every system that you already have, and there is nothing to set up.',
  'Your customers stop calling as soon as it is in place.',
];
const CONDESCENDING = [
  'To be frank, I am surprised that {company} still plans like this.',
  'Other firms understood this long ago, so I will put it as simply as I can.',
  'I doubt that you have thought this through properly, which is understandable from where you sit.',
  'Anybody who runs a service team ought to know this already, but let me explain.',
];
const IRRELEVANT = [
  'Running an online shop, you will know how much hangs on the product photos, and that is what I would like to talk about.',
  'Since your team writes software, let me begin with the way you plan a sprint, which is where most of the time is lost.',
  'Hotels like yours live on the breakfast room, so I thought of you when I read about how guests choose a table.',
  'Congratulations on the new warehouse. Moving pallets is a craft of its own, and it deserves a plan of its own.',
];
const SELF_CENTRED = [
  'Our quarter ends soon, and a meeting with you would help me a good deal with my own targets.',
  'We moved into a bright new office this year, and the whole team helped to design it, which makes us very proud.',
  'Let me say first how our company came about, since that is the part of the story we like to tell most.',
];
const RAMBLING =
  'Let me also say a few words about how we came to this. Many years ago our founders noticed that planning is hard, ' +
  'that customers are impatient, and that the telephone never stops, and they resolved to do something about it, ' +
  'which they then did, in several steps, each of which taught us something that I would gladly explain at length.';

export const MISTAKEN_DRAFTS: Record<EmailMistake, Spoil> = {
  placeholder: (draft, subjects, _facts, draw) =>
    added(
      draft,
      subjects,
      draw.pick('placeholder', ['[insert customer story]', '{{company_pain_point}}', '[NAME OF PRODUCT]']),
    ),
  wrong_name: (draft, subjects, facts, draw) => {
    const others = ['Michael', 'Sandra', 'Priya', 'Thomas', 'Elena'].filter((name) => name !== facts.firstName);
    const greeting = draft.greeting.replace(/^(\S+?)(?: .*)?,$/, `$1 ${draw.pick('wrong name', others)},`);
    const mending: Mending = { kind: 'text', wrong: greeting, right: draft.greeting, subject: null };
    return { draft: { ...draft, greeting }, subjects, mending };
  },
  invented_claim: (draft, subjects, facts, draw) => {
    const firm = facts.industry === null ? 'Firms like yours' : `Firms in ${facts.industry}`;
    const share = draw.int('invented share', 23, 61);
    return added(
      draft,
      subjects,
      `${firm} cut their travel time by ${share} % within ${draw.int('weeks', 3, 9)} weeks.`,
    );
  },
  off_tone: (draft, subjects) => {
    const pushy = 'Honestly, nobody serious plans by hand any more!!! Act NOW, this offer will NOT wait.';
    const [first = '', ...rest] = subjects;
    const spoiled = added(draft, [`LAST CHANCE: ${first}!!!`, ...rest], pushy);
    return spoiled.mending.kind === 'text'
      ? { ...spoiled, mending: { ...spoiled.mending, subject: { wrong: `LAST CHANCE: ${first}!!!`, right: first } } }
      : spoiled;
  },
  too_long: (draft, subjects) => {
    const wrong = `\n\n${Array.from({ length: 4 }, () => RAMBLING).join('\n\n')}`;
    const mending: Mending = { kind: 'text', wrong, right: '', subject: null };
    return { draft: { ...draft, middle: `${draft.middle}${wrong}` }, subjects, mending };
  },
  overstated: (draft, subjects, _facts, draw) => added(draft, subjects, draw.pick('overstated', OVERSTATED)),
  condescending: (draft, subjects, facts, draw) => {
    const company = facts.company === null ? 'your firm' : spokenName(facts.company);
    return added(draft, subjects, draw.pick('condescending', CONDESCENDING).replace('{company}', company));
  },
  irrelevant: (draft, subjects, _facts, draw) => {
    const opening = draw.pick('irrelevant', IRRELEVANT);
    const mending: Mending = { kind: 'text', wrong: opening, right: draft.opening, subject: null };
    return { draft: { ...draft, opening }, subjects, mending };
  },
  self_centred: (draft, subjects, _facts, draw) => added(draft, subjects, draw.pick('self-centred', SELF_CENTRED)),
};

/** One sentence too many: mended by striking it out. */
function added(draft: Draft, subjects: string[], sentence: string): Spoiled {
  const wrong = ` ${sentence}`;
  const mending: Mending = { kind: 'text', wrong, right: '', subject: null };
  return { draft: { ...draft, middle: `${draft.middle}${wrong}` }, subjects, mending };
}

/** Sentences in the lead's own data that read like an instruction to whoever processes them. */
export function findInstructions(facts: LeadFacts): string[] {
  return facts.texts.filter((text) => INSTRUCTION.test(text)).map((text) => text.trim());
}

const INSTRUCTION =
  /\b(ignore|disregard|forget)\b.{0,40}\b(previous|prior|above|earlier|all|your)\b|\b(system prompt|you must|you are now|approve (this|me|it|every|all)|set (the|my) score|score (me|this)|as an ai|new instructions?)\b/is;
