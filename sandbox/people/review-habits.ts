import type { Mistake, Truth } from '../openai/mistakes.ts';
import type { Draw } from '../openai/seeded.ts';
import { happens, lognormal } from './chance.ts';
import type { Hours } from './working-hours.ts';

/** How teammates review. Every number is explained in README.md beside this file. */

export type Habits = {
  /** Minutes of the local day, Monday to Friday. */
  hours: Hours;
  /** Working minutes until somebody has seen a new card: median, and spread of the logarithm. */
  noticesAfter: { median: number; sigma: number };
  /** Words a minute. */
  reads: number;
  /** Factor on the share of mistakes that are caught. */
  attention: number;
  /** Share of caught mistakes that are mended rather than rejected, where mending is a matter of a sentence. */
  mends: number;
};

const OFFICE: Hours = { zone: 'Europe/Berlin', from: 9 * 60, to: 17 * 60 + 30 };

const HABITS: Record<string, Habits> = {
  ana: { hours: OFFICE, noticesAfter: { median: 35, sigma: 0.9 }, reads: 220, attention: 0.99, mends: 0.45 },
  ben: { hours: OFFICE, noticesAfter: { median: 20, sigma: 0.9 }, reads: 240, attention: 0.97, mends: 0.35 },
  carla: { hours: OFFICE, noticesAfter: { median: 45, sigma: 0.8 }, reads: 200, attention: 1, mends: 0.55 },
};
const ANYBODY: Habits = {
  hours: OFFICE,
  noticesAfter: { median: 40, sigma: 0.9 },
  reads: 220,
  attention: 0.98,
  mends: 0.4,
};

/** By handle. */
export function habitsOf(handle: string): Habits {
  return HABITS[handle] ?? ANYBODY;
}

/** Of a hundred such mistakes, how many an attentive reader stops. */
const CAUGHT: Record<Mistake, number> = {
  placeholder: 0.99,
  wrong_name: 0.98,
  invented_claim: 0.97,
  off_tone: 0.97,
  too_long: 0.95,
  overstated: 0.93,
  condescending: 0.95,
  irrelevant: 0.96,
  self_centred: 0.92,
  wrong_tier: 0.94,
  invented_reason: 0.92,
  obeyed: 0.98,
};

/** What a good one suffers: rejected by mistake, or changed by taste. */
const REJECTS_GOOD = 0.005;
const POLISHES_GOOD = 0.005;
/** Before reading: finding the card, thinking about the person. */
const SETTLING_IN_MINUTES = 0.4;
/** Beyond this nobody reads every word at the same speed. */
const MOST_WORDS = 900;

/** Working minutes from the moment a card is there until this person has seen it. */
export function noticingMinutes({ noticesAfter }: Habits, draw: Draw): number {
  return lognormal(draw, 'notices', noticesAfter.median, noticesAfter.sigma);
}

/** Minutes from picking a card up to the verdict: never less than reading takes. */
export function readingMinutes({ reads }: Habits, words: number): number {
  return SETTLING_IN_MINUTES + Math.min(words, MOST_WORDS) / reads;
}

export type Opinion =
  | { verdict: 'approve' }
  | { verdict: 'reject'; mistake: Mistake | null }
  /** Mends it; where the words are not there to be mended, it is rejected. */
  | { verdict: 'mend'; truth: Truth }
  /** Changes a word or two by taste. */
  | { verdict: 'polish' };

/** What this person thinks of what the card shows. `truth`: undefined where the sandbox did not write it. */
export function opinionOn(truth: Truth | undefined, habits: Habits, draw: Draw): Opinion {
  const mistake = truth?.mistake ?? null;
  if (truth !== undefined && mistake !== null) {
    if (!happens(draw, 'catches', CAUGHT[mistake] * habits.attention)) return { verdict: 'approve' };
    const small = truth.mending !== null && mistake !== 'irrelevant' && mistake !== 'obeyed';
    return small && happens(draw, 'mends', habits.mends) ? { verdict: 'mend', truth } : { verdict: 'reject', mistake };
  }
  if (happens(draw, 'rejects a good one', REJECTS_GOOD)) return { verdict: 'reject', mistake: null };
  return happens(draw, 'polishes', POLISHES_GOOD) ? { verdict: 'polish' } : { verdict: 'approve' };
}

/** The words of the reason to look for in the window that asks why, likeliest first, and a note. */
export function reasonFor(mistake: Mistake | null): { wanted: RegExp; note: string } {
  switch (mistake) {
    case 'placeholder':
      return { wanted: /something else|other/i, note: 'A placeholder was left in.' };
    case 'wrong_name':
      return { wanted: /wrong person/i, note: 'That is not their name.' };
    case 'invented_claim':
      return { wanted: /fact|claim/i, note: 'Where does this number come from?' };
    case 'overstated':
      return { wanted: /fact|claim/i, note: 'We cannot promise that.' };
    case 'invented_reason':
      return { wanted: /fact|claim/i, note: 'Nothing in the record says so.' };
    case 'wrong_tier':
      return { wanted: /fact|claim/i, note: 'The number does not fit its reasons.' };
    case 'off_tone':
      return { wanted: /tone/i, note: 'Far too pushy.' };
    case 'condescending':
      return { wanted: /tone/i, note: 'It talks down to them.' };
    case 'self_centred':
      return { wanted: /relevant/i, note: 'It is about us and not about them.' };
    case 'irrelevant':
      return { wanted: /relevant/i, note: 'That is not what this firm does.' };
    case 'too_long':
      return { wanted: /long|unclear/i, note: 'Nobody reads that to the end.' };
    case 'obeyed':
      return { wanted: /something else|other/i, note: 'It did what the lead’s own text told it to do.' };
    case null:
      return { wanted: /no reason/i, note: '' };
  }
}
