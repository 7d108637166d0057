/** Something a lead did, in the sender's own word (`pricing_viewed`) or as an outcome of our mails (`clicked`). */
export type Doing = { type: string; at: Date };

/** What doings are signs of, the strongest first. */
export const engagementSigns = ['replied', 'asked', 'clicked', 'content', 'visited', 'other'] as const;
export type EngagementSign = (typeof engagementSigns)[number];

/** What counts less with time counts half after so many days. */
export const HALF_LIFE_DAYS = 14;
const DAY_MS = 86_400_000;

/** Points of one fresh doing, in the rules. */
export const POINTS: Record<EngagementSign, number> = {
  replied: 30,
  asked: 25,
  clicked: 12,
  content: 10,
  visited: 3,
  other: 2,
};
/** So many points are an engagement of 50 of 100. */
const HALF_WAY = 20;

/** Ours, machines' or the outcome itself: no sign of interest. An opened mail is no sign either: programs open mails. */
const NO_SIGN =
  /^(?:created|converted|opened|delivered|sent|bounced|imported|deleted|merged)$|_(?:opened|delivered|sent|bounced)$/;
const LEFT = /^(?:unsubscribed|complained|opted_out)$/;
const WORDS: ReadonlyArray<[EngagementSign, RegExp]> = [
  ['replied', /repl(?:y|ied)|answered/],
  ['asked', /demo|trial|pricing|quote|contact|meeting|checkout|order|call/],
  ['clicked', /click/],
  ['content', /download|webinar|register|attend|sign_?up|signed_up|subscrib/],
  ['visited', /visit|view|page|log_?in|logged_in|session/],
];

/** What a doing is a sign of; null for none. */
export function signOf(type: string): EngagementSign | null {
  const word = type
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  if (NO_SIGN.test(word) || LEFT.test(word)) return null;
  return WORDS.find(([, words]) => words.test(word))?.[0] ?? 'other';
}

export type Engagement = {
  /** How often each sign was given, an older one for less: ½ after 14 days, ¼ after 28. */
  signs: Record<EngagementSign, number>;
  /** Days since the last sign; null for none ever. */
  lastDays: number | null;
  /** Unsubscribed or complained. */
  left: boolean;
  /** 0…100 by the rules. */
  score: number;
};

/** @param at the moment as of which it is asked; what came later is not looked at. */
export function engagementOf(doings: readonly Doing[], at: Date): Engagement {
  const signs = Object.fromEntries(engagementSigns.map((sign) => [sign, 0])) as Record<EngagementSign, number>;
  let last: number | null = null;
  let left = false;
  for (const { type, at: when } of doings) {
    const days = (at.getTime() - when.getTime()) / DAY_MS;
    if (days < 0) continue;
    if (LEFT.test(type)) left = true;
    const sign = signOf(type);
    if (sign === null) continue;
    signs[sign] += 0.5 ** (days / HALF_LIFE_DAYS);
    last = last === null ? days : Math.min(last, days);
  }
  const points = engagementSigns.reduce((sum, sign) => sum + signs[sign] * POINTS[sign], 0);
  return { signs, lastDays: last, left, score: left ? 0 : Math.round(100 * (1 - 0.5 ** (points / HALF_WAY))) };
}
