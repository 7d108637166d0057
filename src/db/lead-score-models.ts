import { and, desc, eq, sql } from 'drizzle-orm';
import type { LearnedLeadScore } from '../core/scoring/lead-score-model.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import type { LeadRow } from './leads.ts';
import { leads, leadScoreModels } from './schema.ts';

export type LeadScoreInUse = { id: string; version: number; name: string; model: LearnedLeadScore };

/** What scores leads now; null for the rules. */
export async function leadScoreInUse(db: DbOrTx, workspaceId: string): Promise<LeadScoreInUse | null> {
  const [row] = await db
    .select()
    .from(leadScoreModels)
    .where(and(eq(leadScoreModels.workspaceId, workspaceId), eq(leadScoreModels.status, 'in_use')));
  return row?.model && row.version !== null
    ? { id: row.id, version: row.version, name: row.name, model: row.model }
    : null;
}

/** When a lead score was last learned or tried; null for never. That there was too little to learn from is no trial. */
export async function lastScoreTrainedAt(db: DbOrTx, workspaceId: string): Promise<Date | null> {
  const [row] = await db
    .select({ trainedAt: leadScoreModels.trainedAt })
    .from(leadScoreModels)
    .where(
      and(
        eq(leadScoreModels.workspaceId, workspaceId),
        sql`coalesce(${leadScoreModels.because}, '') not in ('too_few', 'too_few_conversions')`,
      ),
    )
    .orderBy(desc(leadScoreModels.trainedAt))
    .limit(1);
  return row?.trainedAt ?? null;
}

/** Writes what learning came to; one that is to be used takes the place of the one that was, and the next version number. */
export async function insertLeadScoreModel(
  tx: Tx,
  row: Omit<typeof leadScoreModels.$inferInsert, 'version'>,
): Promise<number | null> {
  if (row.status !== 'in_use') {
    await tx.insert(leadScoreModels).values(row);
    return null;
  }
  await tx
    .update(leadScoreModels)
    .set({ status: 'retired' })
    .where(and(eq(leadScoreModels.workspaceId, row.workspaceId), eq(leadScoreModels.status, 'in_use')));
  const [newest] = await tx
    .select({ version: sql<number>`coalesce(max(${leadScoreModels.version}), 0)::int` })
    .from(leadScoreModels)
    .where(eq(leadScoreModels.workspaceId, row.workspaceId));
  const version = (newest?.version ?? 0) + 1;
  await tx.insert(leadScoreModels).values({ ...row, version });
  return version;
}

/** `convertedAt`: the first time it was told; null for a lead that did not convert so far. */
export type ArrivedLead = { lead: LeadRow; convertedAt: Date | null };

/**
 * The newest leads that came by `arrivedBy` and had not converted when they were looked at, `lookAfterMs` after they came; at most
 * `limit`, oldest first. Erased ones have nothing to learn from.
 */
export async function arrivedLeads(
  db: DbOrTx,
  {
    workspaceId,
    arrivedBy,
    lookAfterMs,
    limit,
  }: { workspaceId: string; arrivedBy: Date; lookAfterMs: number; limit: number },
): Promise<ArrivedLead[]> {
  const converted = await rows<{ id: string; at: string }>(
    db,
    sql`select lead_id as id, min(at)::text as at from (
          select lead_id, occurred_at as at from outcomes where workspace_id = ${workspaceId}::uuid and type = 'converted'
          union all
          select lead_id, occurred_at as at from lead_events where workspace_id = ${workspaceId}::uuid and type = 'converted'
        ) c group by lead_id`,
  );
  const convertedAt = new Map(converted.map(({ id, at }) => [id, new Date(at)]));
  const found = await db
    .select()
    .from(leads)
    .where(
      and(
        eq(leads.workspaceId, workspaceId),
        sql`${leads.erasedAt} is null`,
        sql`${leads.createdAt} <= ${arrivedBy.toISOString()}::timestamptz`,
        // By full names: a column of one table alone is written without its table, and would be taken for the inner one's.
        sql`not exists (select 1 from (
              select occurred_at as at from outcomes where outcomes.lead_id = leads.id and type = 'converted'
              union all select occurred_at from lead_events where lead_events.lead_id = leads.id and type = 'converted'
            ) c where c.at <= leads.created_at + ${lookAfterMs / 1000} * interval '1 second')`,
      ),
    )
    .orderBy(desc(leads.createdAt), desc(leads.id))
    .limit(limit);
  return found.toReversed().map((lead) => ({ lead, convertedAt: convertedAt.get(lead.id) ?? null }));
}
