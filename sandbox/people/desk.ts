import type { PostedMessage } from '../slack/workspace.ts';
import type { CardWords } from './review-card.ts';
import { type Habits, readingMinutes } from './review-habits.ts';
import { afterWork, withinHours } from './working-hours.ts';

/** What lies on whose desk, and who reads what next. */

/** A card that asks. `key`: its first words, which are the same in every run with the same seed. */
export type Card = CardWords & {
  key: string;
  message: PostedMessage;
  blocks: unknown;
  /** Who has given a verdict on it, or given up. */
  doneBy: Set<string>;
};

export type Member = {
  handle: string;
  name: string;
  id: string;
  habits: Habits;
  /** Cards of their channels and when they have seen each, ms. */
  desk: Map<Card, number>;
  reading: { card: Card; until: number } | null;
  freeAt: number;
  /** Where they were told that they may not decide, and until when they remember it. */
  refusedIn: Map<string, number>;
  failures: Map<Card, number>;
};

/** The earliest verdict that anybody will give; null where nothing lies on any desk. */
export function nextVerdict(members: readonly Member[], now: number): { at: number; member: Member } | null {
  pickUp(members, now);
  let next: { at: number; member: Member } | null = null;
  for (const member of members) {
    const at = member.reading?.until ?? verdictIfFree(members, member);
    if (at !== null && (next === null || at < next.at)) next = { at, member };
  }
  return next;
}

/** Everybody who is free and has something on the desk begins to read, whoever was free first chooses first. */
function pickUp(members: readonly Member[], now: number): void {
  for (;;) {
    let first: { member: Member; from: number } | null = null;
    for (const member of members) {
      const from = member.reading === null ? freeFrom(members, member) : null;
      if (from !== null && from <= now && (first === null || from < first.from)) first = { member, from };
    }
    if (first === null) return;
    const { member, from } = first;
    const card = mostUrgent(members, member, from);
    if (card === null) throw new Error(`${member.handle} has nothing to read at ${from}`);
    member.reading = { card, until: afterWork(from, readingMinutes(member.habits, card.words), member.habits.hours) };
  }
}

/** Whoever moved time past the hours finds people at home: what was due then waits for the morning. */
export function stayHome(members: readonly Member[], now: number): void {
  for (const member of members) {
    const { hours } = member.habits;
    if (withinHours(now, hours)) continue;
    const opens = afterWork(now, 0, hours);
    member.freeAt = Math.max(member.freeAt, opens);
    if (member.reading !== null && member.reading.until <= now)
      member.reading.until = afterWork(opens, readingMinutes(member.habits, member.reading.card.words), hours);
  }
}

function verdictIfFree(members: readonly Member[], member: Member): number | null {
  const from = freeFrom(members, member);
  if (from === null) return null;
  const card = mostUrgent(members, member, from);
  return card === null ? null : afterWork(from, readingMinutes(member.habits, card.words), member.habits.hours);
}

/** When this person could begin with anything; null where there is nothing for them. */
function freeFrom(members: readonly Member[], member: Member): number | null {
  let earliest: number | null = null;
  for (const [card, seenAt] of member.desk)
    if (isFor(members, member, card, seenAt) && (earliest === null || seenAt < earliest)) earliest = seenAt;
  return earliest === null ? null : afterWork(Math.max(earliest, member.freeAt), 0, member.habits.hours);
}

/** Of what they have seen by then, what is needed first; of those, what was there first. */
function mostUrgent(members: readonly Member[], member: Member, at: number): Card | null {
  let best: Card | null = null;
  for (const [card, seenAt] of member.desk) {
    if (seenAt > at || !isFor(members, member, card, at)) continue;
    if (best === null || (card.deadline ?? Infinity) < (best.deadline ?? Infinity)) best = card;
  }
  return best;
}

/** Nobody reads what a colleague is reading, what they have dealt with, or what they may not decide. */
function isFor(members: readonly Member[], member: Member, card: Card, at: number): boolean {
  if (card.doneBy.has(member.handle) || (member.refusedIn.get(card.place) ?? 0) > at) return false;
  return !members.some((other) => other !== member && other.reading?.card === card);
}

/** The card asks no more. Whoever was reading it is free from now on, and not since they began. */
export function takeOffDesk(member: Member, card: Card, now: number): void {
  member.desk.delete(card);
  member.failures.delete(card);
  if (member.reading?.card !== card) return;
  member.reading = null;
  member.freeAt = now;
}
