import { at, checkAmount, checkSize } from './argument-checks.ts';

/** One contact: until `time` (any unit, at least 0) it was watched; then it converted (`event`) or was lost from sight. */
export type Watched = { time: number; event: boolean };

/** At an event time: how many were still watched just before, how many converted, the share not yet converted just after. */
export type SurvivalStep = { time: number; atRisk: number; events: number; survival: number };

export function checkWatched(name: string, contacts: readonly Watched[]): void {
  checkSize(name, contacts);
  for (const { time } of contacts) checkAmount(`a time of ${name}`, time);
}

/**
 * Kaplan–Meier estimate: the share not yet converted after each time at which somebody converted, ascending; before the first it
 * is 1. A contact lost at the time of a conversion counts as still watched then. Times finite and at least 0, not empty;
 * RangeError otherwise. Source: Kaplan & Meier (1958).
 */
export function kaplanMeier(contacts: readonly Watched[]): SurvivalStep[] {
  checkWatched('contacts', contacts);
  const sorted = contacts.toSorted((a, b) => a.time - b.time);
  const steps: SurvivalStep[] = [];
  let survival = 1;
  let seen = 0;
  while (seen < sorted.length) {
    const { time } = at(sorted, seen);
    const atRisk = sorted.length - seen;
    let events = 0;
    for (; seen < sorted.length && at(sorted, seen).time === time; seen++) if (at(sorted, seen).event) events++;
    survival *= 1 - events / atRisk;
    if (events > 0) steps.push({ time, atRisk, events, survival });
  }
  return steps;
}
