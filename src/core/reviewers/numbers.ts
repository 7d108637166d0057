import { clopperPearson } from '../statistics/clopper-pearson.ts';
import { dPrime } from '../statistics/d-prime.ts';
import type { Interval } from '../statistics/interval.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { gapMs } from './pace.ts';

/** Answered checks: with drafts that people had rejected and how many were caught, with approved ones and how many were stopped. */
export type CheckCounts = { bad: number; caught: number; good: number; stopped: number; people: number };

export type OwnNumbers = {
  /** Verdicts of the last 60 days, checks among them. */
  verdicts: number;
  /** Half of them took no longer than this, ms; null where too few are known. */
  medianGapMs: number | null;
  checks: CheckCounts;
  /** Drafts that somebody else judged too, and on how many both agreed whether it may go as it was. */
  doubles: { judged: number; agreed: number };
  /** Whether approvals count as evidence. */
  trusted: boolean;
};

export type TeamNumbers = {
  checks: CheckCounts;
  /** 95 %; null without checks. */
  caught: Interval | null;
  /** How well bad drafts are told from good ones; null while there are too few of either. */
  dPrime: number | null;
};

const ENOUGH_TIMES = 5;
const TEAM_PEOPLE = 5;
const TEAM_CHECKS = 30;
/** Numbers of two are numbers of one for the other. */
const FEWEST_PEOPLE = 3;
const ENOUGH_OF_EACH = 5;

export type Timed = { shownAt: Date | null; decidedAt: Date };

/** The middle of the times that verdicts took, ms. `timed` in the order in which one person gave them; null from fewer than five. */
export function medianGap(timed: readonly Timed[]): number | null {
  const gaps = timed.flatMap(({ shownAt, decidedAt }, i) =>
    shownAt === null ? [] : [Math.max(0, gapMs({ shownAt, before: timed[i - 1]?.decidedAt ?? null, decidedAt }))],
  );
  return gaps.length < ENOUGH_TIMES ? null : quantile(ascending('gaps', gaps), 0.5);
}

/** Numbers of a team, or null where they would be numbers about persons: from five people on, or three and thirty checks. */
export function teamNumbers(checks: CheckCounts): TeamNumbers | null {
  const { bad, caught, good, stopped, people } = checks;
  if (people < TEAM_PEOPLE && (people < FEWEST_PEOPLE || bad + good < TEAM_CHECKS)) return null;
  return {
    checks,
    caught: bad === 0 ? null : clopperPearson(caught, bad, 0.95),
    dPrime: bad < ENOUGH_OF_EACH || good < ENOUGH_OF_EACH ? null : dPrime(caught, bad, stopped, good),
  };
}
