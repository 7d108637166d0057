import { linksIn } from './links.ts';
import { gapsOf, loudness, type RiskFacts, wordsOf } from './risk-facts.ts';

/** Names the list below, its order and its scales. A model that was learned on another list is not asked. */
export const FEATURES_VERSION = 'features-1';

/** What a proposal was like when it was made, as numbers: no text, so that erasing a lead leaves nothing to erase here. */
export type RiskFeatures = {
  version: string;
  values: number[];
  /** The stated prior's risk of it, whatever scored it then: what a learned one has to beat. */
  prior: number;
};

type Feature = {
  code: string;
  /** At most `most`, at least 0; what is no number counts as 0. */
  most: number;
  of: (facts: RiskFacts) => number;
  /** What a reader is told when it is above 0, and when it is not; each follows “Riskier:” or “Safer:”. */
  there: (value: number) => string;
  missing: string;
};

const LIKE_APPROVED = 'it is like what was approved at this step before';

const features: readonly Feature[] = [
  {
    code: 'model_doubt',
    most: 1,
    of: ({ doubt }) => doubt ?? 0,
    there: (value) => `the AI itself was unsure (${Math.round(100 * value)} %)`,
    missing: 'the AI named no doubt',
  },
  {
    code: 'doubt_unknown',
    most: 1,
    of: ({ doubt }) => flag(doubt === null || Number.isNaN(doubt)),
    there: () => 'the AI did not say how sure it was',
    missing: 'the AI said how sure it was',
  },
  {
    code: 'blocked',
    most: 3,
    of: ({ findings }) => findings.filter(({ severity }) => severity === 'block').length,
    there: () => 'a check would have stopped it',
    missing: 'no check would have stopped it',
  },
  {
    code: 'claims',
    most: 3,
    of: ({ findings }) => findings.filter(({ code }) => code.startsWith('claim')).length,
    there: () => 'it claims what is not in the list of facts',
    missing: 'it claims nothing beyond the list of facts',
  },
  {
    code: 'looks',
    most: 3,
    of: ({ findings }) =>
      findings.filter(({ severity, code }) => severity === 'look' && !code.startsWith('claim')).length,
    there: () => 'the checks found something to look at',
    missing: 'the checks found nothing to look at',
  },
  {
    code: 'taint',
    most: 1,
    of: ({ tainted }) => flag(tainted.length > 0),
    there: () => 'text from the lead looks like an instruction',
    missing: 'nothing from the lead looks like an instruction',
  },
  {
    code: 'first_touch',
    most: 1,
    of: ({ inputs }) => flag(inputs.priorMails.length === 0),
    there: () => 'nothing was sent to this lead before',
    missing: 'this lead had mail from us before',
  },
  {
    code: 'length',
    most: 7,
    of: ({ text }) => Math.log1p(wordsOf(text)),
    there: (value) => `the text has ${Math.round(Math.expm1(value))} words`,
    missing: 'there is no text',
  },
  {
    code: 'links',
    most: 6,
    of: ({ text }) => linksIn(text.body).length,
    there: (value) => (value === 1 ? 'it has a link' : `it has ${value} links`),
    missing: 'it has no link',
  },
  {
    code: 'exclamations',
    most: 6,
    of: ({ text }) => loudness(text).exclamations,
    there: () => 'it has exclamation marks',
    missing: 'it has no exclamation mark',
  },
  {
    code: 'capitals',
    most: 6,
    of: ({ text }) => loudness(text).capitals,
    there: () => 'it has words in capitals',
    missing: 'it has no words in capitals',
  },
  {
    code: 'numbers',
    most: 10,
    of: ({ text }) => `${text.subject}\n${text.body}`.match(/\p{N}+/gu)?.length ?? 0,
    there: () => 'it has numbers in it',
    missing: 'it has no numbers in it',
  },
  {
    code: 'thin_record',
    most: 3,
    of: ({ inputs }) => gapsOf(inputs).length,
    there: () => 'name, company or job title is not known',
    missing: 'name, company and job title are known',
  },
  {
    code: 'odd_name',
    most: 1,
    of: ({ inputs }) => flag(isOddName(inputs.lead.firstName)),
    there: () => 'the name does not look like one',
    missing: 'the name looks like one',
  },
  {
    code: 'no_history',
    most: 1,
    of: ({ inputs }) => flag(inputs.lead.events.length === 0),
    there: () => 'nothing is known of what the lead did',
    missing: 'it is known what the lead did',
  },
  {
    code: 'unlike_approved',
    most: 1,
    of: ({ unlikeApproved }) => unlikeApproved ?? 1,
    there: (value) => (value < 0.5 ? LIKE_APPROVED : 'it is unlike what was approved at this step before'),
    missing: LIKE_APPROVED,
  },
  {
    code: 'first_of_step',
    most: 1,
    of: ({ unlikeApproved }) => flag(unlikeApproved === null),
    there: () => 'nothing was approved at this step before',
    missing: 'something was approved at this step before',
  },
  {
    code: 'new_segment',
    most: 1,
    of: ({ segmentSeen }) => flag(!segmentSeen),
    there: () => 'nobody has judged one for such a lead yet (language, tier)',
    missing: 'people have judged ones for such leads (language, tier)',
  },
];

export const featureCodes: readonly string[] = features.map(({ code }) => code);

/** As many finite numbers as there are features, each within its bounds, whatever the facts hold. */
export function featureValues(facts: RiskFacts): number[] {
  return features.map(({ most, of }) => {
    const value = of(facts);
    return Number.isNaN(value) ? 0 : Math.min(most, Math.max(0, value));
  });
}

/** What one feature says, as part of a sentence. @throws Error for a feature that is not there. */
export function featureWords(index: number, value: number): { code: string; text: string } {
  const feature = features[index];
  if (!feature) throw new Error(`there is no feature ${index}`);
  return { code: feature.code, text: value > 0 ? feature.there(value) : feature.missing };
}

/** Digits, one letter, all capitals or all small: somebody typed it to get past a form. Scripts without small letters are not judged. */
function isOddName(name: string | null): boolean {
  const plain = (name ?? '').trim();
  if (plain === '') return false;
  if (/\p{N}/u.test(plain)) return true;
  const letters = plain.match(/\p{L}/gu) ?? [];
  const cased = plain.toLowerCase() !== plain.toUpperCase();
  return cased && (letters.length < 2 || plain === plain.toUpperCase() || plain === plain.toLowerCase());
}

function flag(yes: boolean): number {
  return yes ? 1 : 0;
}
