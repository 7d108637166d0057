import { spotCheckCoin } from './gate.ts';
import type { Workflow } from './workflow.ts';

/** Shares of the cards that people see, 0…1: with a draft that was rejected before, and for a second person's view. */
export type ReviewRates = { seeded: number; second: number };

const DEFAULTS: ReviewRates = { seeded: 0.03, second: 0.05 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody meets more than one a day, and nobody who decides regularly goes two weeks without. */
const APART_MS = DAY_MS;
const OVERDUE_MS = 12 * DAY_MS;
const OVERDUE_APART_MS = 2 * DAY_MS;
const REGULAR = 5;
/** Known-good ones, as a share of the known-bad: enough to notice who stops everything. */
const GOOD_SHARE = 1 / 3;
/** So many second reviews a cell in 30 days, as long as no more than every other decision is looked at twice. */
const SECONDS_A_MONTH = 10;
const MOST_SECONDS = 0.5;

export function reviewRates(reviews: Workflow['reviews']): ReviewRates {
  return { seeded: reviews?.seeded ?? DEFAULTS.seeded, second: reviews?.second ?? DEFAULTS.second };
}

/**
 * The newest moment, not after `now`, at which the programme looks whether it has something to show: one in every hour of
 * business time, at a minute that only the secret tells, so that no card is given away by when it came.
 */
export function lookBefore(now: Date, secret: string): Date {
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const moment = momentOf(hour, secret);
  return moment <= now ? moment : momentOf(hour - 1, secret);
}

/** The first such moment after `now`. */
export function lookAfter(now: Date, secret: string): Date {
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const moment = momentOf(hour, secret);
  return moment > now ? moment : momentOf(hour + 1, secret);
}

function momentOf(hour: number, secret: string): Date {
  return new Date(hour * HOUR_MS + Math.floor(spotCheckCoin(secret, `review-look:${hour}`) * HOUR_MS));
}

export type ActiveReviewer = {
  id: string;
  /** Their first verdict here in the last four weeks. */
  since: Date;
  /** Verdicts here in the last two weeks. */
  recently: number;
  /** When they answered a check last, anywhere. */
  answeredAt: Date | null;
  /** When one was last made that they could meet, anywhere. */
  metAt: Date | null;
};

export type SeedingFacts = {
  /** What the coin is tossed for, beside the moment. */
  place: string;
  look: Date;
  rate: number;
  /** Cards that began to ask people here since the last look. */
  newCards: number;
  /** Cards that ask people here now: a check hides among them. */
  waiting: number;
  /** Checks that wait here. */
  open: number;
  /** Who decided here in the last four weeks. */
  reviewers: readonly ActiveReviewer[];
};

/**
 * Whether a check is shown now, and of which sort. Never two within a day for anybody, never alone in an empty queue; for certain
 * where a regular reviewer would otherwise go two weeks without; else by the coin, in proportion to the cards that came.
 */
export function seedingOf(facts: SeedingFacts, secret: string): 'known_bad' | 'known_good' | null {
  const { rate, look, reviewers } = facts;
  if (rate <= 0 || facts.waiting === 0 || facts.open > 0 || reviewers.length === 0) return null;
  const ago = (at: Date | null): number => (at === null ? Infinity : look.getTime() - at.getTime());
  const sinceLast = Math.min(...reviewers.map(({ metAt }) => ago(metAt)));
  if (sinceLast < APART_MS) return null;
  const overdue = reviewers.some(
    ({ recently, since, answeredAt }) => recently >= REGULAR && Math.min(ago(since), ago(answeredAt)) >= OVERDUE_MS,
  );
  if (overdue && sinceLast >= OVERDUE_APART_MS) return 'known_bad';
  const drawn = (sort: string, share: number): boolean =>
    spotCheckCoin(secret, `review-check:${sort}:${facts.place}:${look.toISOString()}`) <
    1 - (1 - Math.min(1, share)) ** facts.newCards;
  if (drawn('bad', rate)) return 'known_bad';
  return drawn('good', rate * GOOD_SHARE) ? 'known_good' : null;
}

/** The share of a cell's labelled decisions that a second person sees; `labelled` of the last 30 days. */
export function secondRate(rate: number, labelled: number): number {
  if (rate <= 0) return 0;
  return Math.max(rate, Math.min(MOST_SECONDS, SECONDS_A_MONTH / Math.max(1, labelled)));
}

export function wantsSecond(decisionId: string, rate: number, secret: string): boolean {
  return spotCheckCoin(secret, `second-review:${decisionId}`) < rate;
}

/** Which of `count` drafts is shown; `place` and `look` as above. */
export function pickOf(count: number, place: string, look: Date, secret: string): number {
  return Math.floor(spotCheckCoin(secret, `review-source:${place}:${look.toISOString()}`) * count);
}
