import { policyOf } from '../core/autonomy/policy-config.ts';
import { replay } from '../core/autonomy/policy.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { cellEvents, lockCell } from '../db/cells.ts';
import { transact } from '../db/client.ts';
import { cellPlaces } from './cell-places.ts';
import type { Context } from './context.ts';

export type ReplayedCell = {
  address: string;
  events: number;
  /** What the replay of the log gives otherwise than the stored standing, as JSON; empty where they are the same to the bit. */
  differences: Array<{ field: string; stored: string; replayed: string }>;
};

/** Replays the log of every cell and compares with what is stored. Each under its lock, so that both are of one moment. */
export async function replayLogs(ctx: Context): Promise<ReplayedCell[]> {
  const replayed: ReplayedCell[] = [];
  for (const { address, kind, cell } of await cellPlaces(ctx.db, ctx.workspaceId)) {
    if (cell === null) continue;
    const { events, standing } = await transact(ctx.db, async (tx) => {
      const locked = await lockCell(tx, cell.id);
      return { standing: locked.standing, events: await cellEvents(tx, cell.id) };
    });
    const given: Record<string, unknown> = replay(events, policyOf(kind));
    const stored: Record<string, unknown> = standing;
    const fields = [...new Set([...Object.keys(given), ...Object.keys(stored)])].toSorted();
    replayed.push({
      address,
      events: events.length,
      // The database keeps the order of keys otherwise, and nothing else.
      differences: fields
        .map((field) => ({ field, stored: canonicalJson(stored[field]), replayed: canonicalJson(given[field]) }))
        .filter((pair) => pair.stored !== pair.replayed),
    });
  }
  return replayed;
}
