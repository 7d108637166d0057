import type { DbOrTx } from './client.ts';
import { clockRuns } from './schema.ts';

const DAY_MS = 86_400_000;

/** The day, in UTC, that a moment lies in. */
export function dayOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
}

/**
 * Inserting the clock's row is the right to do what is done once: of several processes one gets it. False where somebody had it
 * before.
 */
export async function takeRun(
  db: DbOrTx,
  run: { workspaceId: string; job: string; fireAt: Date; startedAt: Date },
): Promise<boolean> {
  const taken = await db.insert(clockRuns).values(run).onConflictDoNothing().returning({ job: clockRuns.job });
  return taken.length > 0;
}
