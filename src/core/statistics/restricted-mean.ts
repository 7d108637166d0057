import { at, checkPositive } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { checkWatched, kaplanMeier, type Watched } from './kaplan-meier.ts';
import { normalTwoSided, twoSidedZ } from './normal-distribution.ts';

/** Mean time without conversion, counted up to the horizon, in the unit of the times; and the variance of that estimate. */
export type RestrictedMean = { mean: number; variance: number };

/** A minus B: −1.8 means that A converts 1.8 (days, say) sooner. */
export type RestrictedMeanDifference = Interval & { difference: number; standardError: number; p: number };

/** Up to where an arm can be followed: its last time; without end once everybody has converted. */
function followedTo(contacts: readonly Watched[]): number {
  const last = contacts.reduce((most, { time }) => Math.max(most, time), 0);
  return contacts.some(({ time, event }) => time === last && !event) ? last : Infinity;
}

/**
 * The longest horizon at which the restricted means of two arms can be compared: beyond it one of them was no longer watched.
 * Infinity when everybody in both has converted.
 */
export function longestHorizon(a: readonly Watched[], b: readonly Watched[]): number {
  checkWatched('a', a);
  checkWatched('b', b);
  return Math.min(followedTo(a), followedTo(b));
}

/**
 * Restricted mean survival time: the area below the Kaplan–Meier curve up to `horizon` (finite, above 0, not beyond
 * `longestHorizon`; RangeError otherwise). Variance by Greenwood's formula. Source: Royston & Parmar (2013).
 */
export function restrictedMean(contacts: readonly Watched[], horizon: number): RestrictedMean {
  checkWatched('contacts', contacts);
  checkPositive('horizon', horizon);
  const longest = followedTo(contacts);
  if (horizon > longest) throw new RangeError(`horizon must be at most ${longest}, where watching ended: ${horizon}`);
  const steps = kaplanMeier(contacts).filter(({ time }) => time < horizon);
  let mean = 0;
  let variance = 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const { time, atRisk, events, survival } = at(steps, i);
    const until = i === steps.length - 1 ? horizon : at(steps, i + 1).time;
    mean += survival * (until - time);
    // When the last one watched converts, nothing is left above the axis and the term is 0, not 0/0.
    if (atRisk > events) variance += (mean * mean * events) / (atRisk * (atRisk - events));
  }
  const first = steps.length === 0 ? horizon : at(steps, 0).time;
  return { mean: mean + first, variance };
}

/**
 * How much sooner arm A converts than arm B within `horizon`: difference of restricted means with a normal interval and two-sided
 * p. Meant for at least 10 events an arm. Arguments as `restrictedMean`; where neither varies, p is 1 for no difference, else 0.
 */
export function restrictedMeanDifference(
  a: readonly Watched[],
  b: readonly Watched[],
  horizon: number,
  confidence = 0.95,
): RestrictedMeanDifference {
  const first = restrictedMean(a, horizon);
  const second = restrictedMean(b, horizon);
  const difference = first.mean - second.mean;
  const standardError = Math.sqrt(first.variance + second.variance);
  const reach = twoSidedZ(confidence) * standardError;
  const p = standardError === 0 ? Number(difference === 0) : normalTwoSided(difference / standardError);
  return { difference, standardError, lo: difference - reach, hi: difference + reach, p };
}
