import type { Draft } from './email-draft.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { Draw } from './seeded.ts';

/** What a bad model gets wrong; each kind is one that a reviewer can see. */
export type Mistake = 'invented_claim' | 'wrong_name' | 'placeholder' | 'off_tone' | 'too_long';

const MISTAKES: readonly Mistake[] = ['invented_claim', 'wrong_name', 'placeholder', 'off_tone', 'too_long'];

type Mistaken = { draft: Draft; subjects: string[] };
type Spoil = (draft: Draft, subjects: string[], facts: LeadFacts, draw: Draw) => Mistaken;

export const MISTAKEN_DRAFTS: Record<Mistake, Spoil> = {
  invented_claim: (draft, subjects, facts, draw) => {
    const share = draw.int('invented share', 23, 61);
    const firm = facts.industry === null ? 'Firms like yours' : `Firms in ${facts.industry}`;
    const invented = `${firm} cut their travel time by ${share} % within ${draw.int('weeks', 3, 9)} weeks.`;
    return { draft: { ...draft, middle: `${draft.middle} ${invented}` }, subjects };
  },
  wrong_name: (draft, subjects, facts, draw) => {
    const others = ['Michael', 'Sandra', 'Priya', 'Thomas', 'Elena'].filter((name) => name !== facts.firstName);
    const wrong = draw.pick('wrong name', others);
    const renamed = draft.greeting.replace(/^(\S+)(?: .*)?,$/, `$1 ${wrong},`);
    return { draft: { ...draft, greeting: renamed }, subjects };
  },
  placeholder: (draft, subjects, _facts, draw) => {
    const left = draw.pick('placeholder', ['[insert customer story]', '{{company_pain_point}}', '[NAME OF PRODUCT]']);
    return { draft: { ...draft, middle: `${draft.middle} ${left}` }, subjects };
  },
  off_tone: (draft, subjects) => ({
    draft: {
      ...draft,
      middle: `${draft.middle} Honestly, nobody serious plans by hand any more!!! Act NOW, this offer will NOT wait.`,
    },
    subjects: subjects.map((subject, index) => (index === 0 ? `LAST CHANCE: ${subject}!!!` : subject)),
  }),
  too_long: (draft, subjects) => ({
    draft: { ...draft, middle: `${draft.middle}\n\n${Array.from({ length: 4 }, () => RAMBLING).join('\n\n')}` },
    subjects,
  }),
};

const RAMBLING =
  'Let me also say a few words about how we came to this. Many years ago our founders noticed that planning is hard, ' +
  'that customers are impatient, and that the telephone never stops, and they resolved to do something about it, ' +
  'which they then did, in several steps, each of which taught us something that I would gladly explain at length.';

/** The mistake this draw makes at this quality, if it makes one. `quality` 1 makes none, 0 makes one every time. */
export function mistakeFor(quality: number, draw: Draw): Mistake | null {
  return draw.unit('mistake?') < 1 - quality ? draw.pick('mistake', MISTAKES) : null;
}

/** Sentences in the lead's own data that read like an instruction to whoever processes them. */
export function findInstructions(facts: LeadFacts): string[] {
  return facts.texts.filter((text) => INSTRUCTION.test(text)).map((text) => text.trim());
}

const INSTRUCTION =
  /\b(ignore|disregard|forget)\b.{0,40}\b(previous|prior|above|earlier|all|your)\b|\b(system prompt|you must|you are now|approve (this|me|it|every|all)|set (the|my) score|score (me|this)|as an ai|new instructions?)\b/is;
