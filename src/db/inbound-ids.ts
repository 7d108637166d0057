import type { Tx } from './client.ts';
import { inboundIds } from './schema.ts';

/** True the first time an id from this source is seen; false for a replay. Stands or falls with the caller's transaction. */
export async function firstSeen(
  tx: Tx,
  entry: { workspaceId: string; source: string; externalId: string; receivedAt: Date },
): Promise<boolean> {
  const inserted = await tx.insert(inboundIds).values(entry).onConflictDoNothing().returning();
  return inserted.length === 1;
}
