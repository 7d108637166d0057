/** How far back "passed" and the time to a verdict look. */
export const MAP_DAYS = 30;

/** What is going on at one step of a workflow. */
export type StepCounts = {
  /** Leads that stand at it now, in any version. */
  here: number;
  /** Of these, so many wait for people: cards that nobody has answered. */
  waiting: number;
  /** Since when the oldest of them waits. */
  oldest: Date | null;
  /** From a card to its verdict by a person, in milliseconds, over the last `MAP_DAYS` days; null without one. */
  medianVerdictMs: number | null;
  /** Leads that went on from it in the last `MAP_DAYS` days. */
  passed: number;
};

/** What a picture of a workflow counts; steps in which nothing happened are left out. */
export type MapCounts = {
  at: Date;
  underWay: number;
  /** Under way at steps of older versions that the newest one does not have. */
  elsewhere: number;
  /** Held out for comparison: nothing is done with them, and they are in no other number here. */
  holdout: number;
  done: number;
  exited: number;
  steps: Readonly<Record<string, StepCounts>>;
};

export const NOTHING: StepCounts = { here: 0, waiting: 0, oldest: null, medianVerdictMs: null, passed: 0 };

export function countsAt(counts: MapCounts, step: string): StepCounts {
  return counts.steps[step] ?? NOTHING;
}

/** Where people are the bottleneck: the step with the most leads waiting for them, of equals the one that waits longest. */
export function bottleneckOf(counts: MapCounts): string | null {
  const [first] = Object.entries(counts.steps)
    .filter(([, { waiting }]) => waiting > 0)
    .toSorted(
      ([, a], [, b]) => b.waiting - a.waiting || (a.oldest?.getTime() ?? Infinity) - (b.oldest?.getTime() ?? Infinity),
    );
  return first?.[0] ?? null;
}
