import { and, asc, eq, gt, inArray, isNotNull, isNull, ne } from 'drizzle-orm';
import type { DbOrTx } from './client.ts';
import { importBatches, importRows, leadEvents } from './schema.ts';

/**
 * Whether an import that waits for a person's word made the lead, or changed values of it; null when none did. A lead that it
 * made is one about which nothing may begin yet.
 */
export async function heldBy(db: DbOrTx, leadId: string): Promise<'created' | 'merged' | null> {
  const found = await db
    .select({ action: importRows.action })
    .from(importRows)
    .innerJoin(importBatches, eq(importBatches.id, importRows.batchId))
    .where(
      and(
        eq(importRows.leadId, leadId),
        inArray(importRows.action, ['created', 'merged']),
        eq(importBatches.status, 'committed'),
        isNotNull(importBatches.heldBecause),
        isNull(importBatches.releasedAt),
      ),
    );
  if (found.length === 0) return null;
  return found.some(({ action }) => action === 'created') ? 'created' : 'merged';
}

/** Known leads whose values the batch changed, a page in the order of their ids. */
export async function mergedLeads(
  db: DbOrTx,
  batchId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const found = await db
    .select({ id: importRows.leadId })
    .from(importRows)
    .where(
      and(
        eq(importRows.batchId, batchId),
        eq(importRows.action, 'merged'),
        after === null ? undefined : gt(importRows.leadId, after),
      ),
    )
    .orderBy(asc(importRows.leadId))
    .limit(limit);
  return found.map(({ id }) => id);
}

/** What leads that the batch made did since, as others told it: types by lead, in the order of their ids. */
export async function toldOfCreated(db: DbOrTx, batchId: string): Promise<Map<string, string[]>> {
  const found = await db
    .selectDistinct({ leadId: leadEvents.leadId, type: leadEvents.type })
    .from(importRows)
    .innerJoin(leadEvents, eq(leadEvents.leadId, importRows.leadId))
    .where(and(eq(importRows.batchId, batchId), eq(importRows.action, 'created'), ne(leadEvents.source, 'import')))
    .orderBy(asc(leadEvents.leadId), asc(leadEvents.type));
  const told = new Map<string, string[]>();
  for (const { leadId, type } of found) told.set(leadId, [...(told.get(leadId) ?? []), type]);
  return told;
}
