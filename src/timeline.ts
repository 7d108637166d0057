/** Somebody with things to do at moments of business time: the app, the simulated people. */
export type Doer = {
  /** Does all that is due now; answers how many things that were. */
  drain: () => Promise<number>;
  /** The first moment after now at which there is something to do, or null. */
  nextDue: () => Promise<Date | null>;
  /** Its due times are rounded up to a multiple of this, so that what lies close together is done together. */
  grainMs?: number;
};

export type Timeline = {
  /** Moves business time on, from due time to due time, and lets everybody finish at each. */
  advance(ms: number): Promise<void>;
  /** To the next moment at which somebody has something to do; stays where it is when nobody has. */
  step(): Promise<void>;
};

type Clock = { now(): Date; jumpTo(at: Date): void };

export function createTimeline(clock: Clock, doers: readonly Doer[]): Timeline {
  const settleAll = async (): Promise<void> => {
    // What one does gives the others something to do: round after round until nobody did anything.
    for (;;) {
      let done = 0;
      for (const doer of doers) done += await doer.drain();
      if (done === 0) return;
    }
  };
  const next = async (): Promise<Date | null> => {
    // Whoever is still due now had its chance and could not: waiting for it would never end.
    const now = clock.now().getTime();
    const moments: number[] = [];
    for (const { nextDue, grainMs = 1 } of doers) {
      const due = await nextDue();
      if (due !== null && due.getTime() > now) moments.push(Math.ceil(due.getTime() / grainMs) * grainMs);
    }
    return moments.length === 0 ? null : new Date(Math.min(...moments));
  };
  const goTo = async (target: Date): Promise<void> => {
    await settleAll();
    for (;;) {
      const due = await next();
      const to = due !== null && due < target ? due : target;
      clock.jumpTo(to);
      await settleAll();
      if (to >= target) return;
    }
  };
  return {
    advance: (ms) => goTo(new Date(clock.now().getTime() + ms)),
    async step() {
      await settleAll();
      const due = await next();
      if (due !== null) await goTo(due);
    },
  };
}
