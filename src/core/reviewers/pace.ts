/** Verdicts further apart than this belong to two sittings. */
const SITTING_MS = 10 * 60_000;
const LONG_SITTING = 25;

/** How long a verdict took at most, ms: since its card appeared or the same person's verdict before, whichever came later. */
export function gapMs({ shownAt, before, decidedAt }: { shownAt: Date; before: Date | null; decidedAt: Date }): number {
  return decidedAt.getTime() - Math.max(shownAt.getTime(), before?.getTime() ?? 0);
}

/** Whether the newest of these verdicts is the 25th of one sitting: the moment to suggest a pause, once. Newest first. */
export function isTimeForAPause(decidedAt: readonly Date[]): boolean {
  let run = decidedAt.length === 0 ? 0 : 1;
  for (let i = 1; i < decidedAt.length; i++) {
    const [later, earlier] = [decidedAt[i - 1], decidedAt[i]];
    if (!later || !earlier || later.getTime() - earlier.getTime() > SITTING_MS) break;
    run += 1;
  }
  return run === LONG_SITTING;
}

/** So many of somebody's newest verdicts answer the question above. */
export const PACE_WINDOW = LONG_SITTING + 1;
