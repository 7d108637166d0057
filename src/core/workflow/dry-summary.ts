import type { Kind } from '../kinds/kind.ts';
import type { Deferral } from './dry-mail.ts';
import type { Assumptions, DryCard, DryWay } from './dry-run-types.ts';
import { localTimeAt, weekdayOf } from './local-time.ts';
import { type Weekday, weekdays } from './step.ts';
import { type Arm, arms } from './structure.ts';

export type Counted = { what: string; leads: number };
/** A day of the people who decide, `2026-01-05`, and what would come to them on it. */
export type DryDay = { day: string; cards: number; about: Record<Kind | 'task' | 'facts', number> };

export type DrySummary = {
  leads: number;
  entered: number;
  arms: Record<Arm, number>;
  /** Why others did not come in. */
  leftOut: Counted[];
  mails: {
    total: number;
    /** By weeks since the start. */
    byWeek: number[];
    /** By weekday and hour of the day, 0…23, where each lead is. */
    byHour: Record<Weekday, number[]>;
    /** Approved mails that never leave, by reason. */
    notSent: Array<{ why: string; mails: number }>;
  };
  cards: { total: number; byDay: DryDay[]; busiest: DryDay | null };
  /** Where leads stand in the end. */
  ends: Array<Counted & { status: DryWay['end']['status']; step: string | null }>;
  deferred: Array<{ because: Deferral['because'] | 'in_line'; times: number; leads: number; longestMs: number }>;
  /** Leads that the AI would not decide about, by the fact they lack. */
  lacked: Counted[];
};

const WEEK_MS = 7 * 86_400_000;

/** The numbers of a rehearsal, largest first where there is no other order. */
export function drySummary(ways: readonly DryWay[], { from, until, zone }: Assumptions): DrySummary {
  const inside = ways.filter(({ arm }) => arm !== null);
  const byDay = days(
    ways.flatMap(({ cards }) => cards.filter(({ at }) => at < until)),
    zone,
  );
  const busiest = byDay.reduce<DryDay | null>(
    (most, day) => (most === null || day.cards > most.cards ? day : most),
    null,
  );
  return {
    leads: ways.length,
    entered: inside.length,
    arms: Object.fromEntries(arms.map((arm) => [arm, inside.filter((way) => way.arm === arm).length])) as Record<
      Arm,
      number
    >,
    leftOut: counted(ways.flatMap(({ arm, end }) => (arm === null ? [end.why] : []))),
    mails: mailsOf(ways, from, until),
    cards: { total: byDay.reduce((sum, { cards }) => sum + cards, 0), byDay, busiest },
    ends: endsOf(inside),
    deferred: deferredOf(ways),
    lacked: counted(ways.flatMap(({ lacked }) => lacked)),
  };
}

function counted(words: readonly string[]): Counted[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([what, leads]) => ({ what, leads })).toSorted((a, b) => b.leads - a.leads);
}

function mailsOf(ways: readonly DryWay[], from: Date, until: Date): DrySummary['mails'] {
  const byHour = Object.fromEntries(weekdays.map((day) => [day, Array.from({ length: 24 }, () => 0)])) as Record<
    Weekday,
    number[]
  >;
  const byWeek = Array.from({ length: Math.ceil((until.getTime() - from.getTime()) / WEEK_MS) }, () => 0);
  let total = 0;
  for (const { mails, zone } of ways)
    for (const { leaves } of mails) {
      if (leaves === null) continue;
      const local = localTimeAt(leaves, zone);
      const hours = byHour[weekdayOf(local)];
      hours[local.hour] = (hours[local.hour] ?? 0) + 1;
      const week = Math.floor((leaves.getTime() - from.getTime()) / WEEK_MS);
      byWeek[week] = (byWeek[week] ?? 0) + 1;
      total += 1;
    }
  const stayed = ways.flatMap(({ mails }) => mails.flatMap(({ leaves, why }) => (leaves === null ? [why ?? ''] : [])));
  return { total, byWeek, byHour, notSent: counted(stayed).map(({ what, leads }) => ({ why: what, mails: leads })) };
}

function days(cards: readonly DryCard[], zone: string): DryDay[] {
  const found = new Map<string, DryDay>();
  for (const { at, about } of cards) {
    const { year, month, day } = localTimeAt(at, zone);
    const name = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    const known = found.get(name) ?? {
      day: name,
      cards: 0,
      about: { lead_score: 0, email_draft: 0, task: 0, facts: 0 },
    };
    known.cards += 1;
    known.about[about] += 1;
    found.set(name, known);
  }
  return [...found.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

function endsOf(ways: readonly DryWay[]): DrySummary['ends'] {
  const found = new Map<string, DrySummary['ends'][number]>();
  for (const { end } of ways) {
    // Where somebody waits says why better than what for: a moment is different for each.
    const what = end.status === 'under_way' ? `still at ${end.step ?? ''}` : end.why;
    const key = `${end.status}\n${what}`;
    const known = found.get(key) ?? {
      what,
      leads: 0,
      status: end.status,
      step: end.status === 'under_way' ? end.step : null,
    };
    known.leads += 1;
    found.set(key, known);
  }
  return [...found.values()].toSorted((a, b) => b.leads - a.leads);
}

function deferredOf(ways: readonly DryWay[]): DrySummary['deferred'] {
  const found = new Map<string, DrySummary['deferred'][number] & { who: Set<number> }>();
  const add = (because: DrySummary['deferred'][number]['because'], line: number, ms: number): void => {
    const known = found.get(because) ?? { because, times: 0, leads: 0, longestMs: 0, who: new Set() };
    known.times += 1;
    known.who.add(line);
    known.longestMs = Math.max(known.longestMs, ms);
    found.set(because, known);
  };
  for (const { line, mails, inLine } of ways) {
    for (const { deferred } of mails)
      for (const { because, at, until } of deferred) add(because, line, until.getTime() - at.getTime());
    for (const ms of inLine) add('in_line', line, ms);
  }
  return [...found.values()]
    .map(({ who, ...rest }) => ({ ...rest, leads: who.size }))
    .toSorted((a, b) => b.leads - a.leads);
}
