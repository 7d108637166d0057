import { inArray, sql } from 'drizzle-orm';
import type { DbOrTx } from '../db/client.ts';
import { leadEvents, outcomes } from '../db/schema.ts';

/** When these leads did anything last that we know of; those that never did are missing. */
export async function lastHeardOf(db: DbOrTx, leadIds: readonly string[]): Promise<Map<string, Date>> {
  const last = new Map<string, Date>();
  if (leadIds.length === 0) return last;
  for (const table of [leadEvents, outcomes]) {
    const found = await db
      .select({ leadId: table.leadId, at: sql<string>`max(${table.occurredAt})::text` })
      .from(table)
      .where(inArray(table.leadId, [...leadIds]))
      .groupBy(table.leadId);
    for (const { leadId, at } of found) {
      const moment = new Date(at);
      const known = last.get(leadId);
      if (known === undefined || moment > known) last.set(leadId, moment);
    }
  }
  return last;
}
