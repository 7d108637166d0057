import { and, asc, desc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { importBatches, importRows } from './schema.ts';

export type ImportBatchRow = typeof importBatches.$inferSelect;
export type ImportRow = typeof importRows.$inferSelect;

/** An import by its id, or by the beginning of it when that names only one. */
export async function findImport(db: DbOrTx, workspaceId: string, id: string): Promise<ImportBatchRow | null> {
  if (!/^[0-9a-f-]{4,36}$/i.test(id)) return null;
  const found = await db
    .select()
    .from(importBatches)
    .where(
      and(eq(importBatches.workspaceId, workspaceId), sql`${importBatches.id}::text like ${`${id.toLowerCase()}%`}`),
    )
    .limit(2);
  return found.length === 1 ? (found[0] ?? null) : null;
}

export async function recentImports(db: DbOrTx, workspaceId: string, limit: number): Promise<ImportBatchRow[]> {
  return db
    .select()
    .from(importBatches)
    .where(and(eq(importBatches.workspaceId, workspaceId), inArray(importBatches.status, ['committed', 'undone'])))
    .orderBy(desc(importBatches.committedAt), desc(importBatches.id))
    .limit(limit);
}

/** What an undo does with a lead that the import made, and why. */
export type Fate = 'removed' | 'exited' | 'kept_mailed' | 'kept_elsewhere';

/** Locks the batch's leads in the order of their ids. */
export async function lockImported(tx: Tx, batchId: string): Promise<void> {
  await tx.execute(sql`
    select count(*)::int from (
      select l.id from import_rows r join leads l on l.id = r.lead_id
      where r.batch_id = ${batchId}::uuid and r.action in ('created', 'merged') order by l.id for update of l
    ) as locked`);
}

/**
 * The leads that the batch made and that are still there, each with its fate: mailed ones stay, and so do those of which
 * something else is known meanwhile (another import, a webhook, a person, an event); of the rest, those about which a decision
 * was ever made stay as rows, outside every workflow, since the decision names them.
 */
export async function fatesOf(db: DbOrTx, batchId: string): Promise<Array<{ leadId: string; fate: Fate }>> {
  return rows<{ leadId: string; fate: Fate }>(
    db,
    sql`select l.id as "leadId", case
        when exists (select 1 from messages m where m.lead_id = l.id and m.status in ('sending', 'sent', 'uncertain')) then 'kept_mailed'
        when exists (select 1 from lead_events e where e.lead_id = l.id and e.source <> 'import')
          or exists (select 1 from outcomes o where o.lead_id = l.id)
          or exists (select 1 from jsonb_each(coalesce(l.value_sources, '{}')) s where s.value->>'by' <> ${`import:${batchId}`}::text)
          or exists (select 1 from import_rows o join import_batches b on b.id = o.batch_id
            where o.lead_id = l.id and o.batch_id <> r.batch_id and b.status = 'committed') then 'kept_elsewhere'
        when exists (select 1 from decisions d where d.lead_id = l.id) or exists (select 1 from messages m where m.lead_id = l.id)
          or exists (select 1 from tasks t where t.lead_id = l.id) then 'exited'
        else 'removed' end as fate
      from import_rows r join leads l on l.id = r.lead_id
      where r.batch_id = ${batchId}::uuid and r.action = 'created' and l.erased_at is null
      order by l.id`,
  );
}

/** Removes leads without a trace in decisions and mails, with what hangs on them alone. */
export async function removeLeads(tx: Tx, leadIds: readonly string[]): Promise<void> {
  for (let i = 0; i < leadIds.length; i += 1000) {
    const ids = sql`array(select jsonb_array_elements_text(${JSON.stringify(leadIds.slice(i, i + 1000))}::text::jsonb)::uuid)`;
    await tx.execute(
      sql`delete from enrollment_steps where enrollment_id in (select id from enrollments where lead_id = any(${ids}))`,
    );
    await tx.execute(sql`delete from enrollments where lead_id = any(${ids})`);
    await tx.execute(sql`delete from lead_events where lead_id = any(${ids})`);
    await tx.execute(sql`delete from unsubscribe_links where lead_id = any(${ids})`);
    await tx.execute(sql`delete from leads where id = any(${ids})`);
  }
}

/** Rows in which the batch changed leads that were known, a page in the order of the file. */
export async function mergedRows(db: DbOrTx, batchId: string, afterLine: number, limit: number): Promise<ImportRow[]> {
  return db
    .select()
    .from(importRows)
    .where(and(eq(importRows.batchId, batchId), eq(importRows.action, 'merged'), gt(importRows.line, afterLine)))
    .orderBy(asc(importRows.line))
    .limit(limit);
}

/** What other imports say they replaced in a lead: an undone import must not come back when these are undone. */
export async function otherReplacements(db: DbOrTx, batchId: string, leadId: string): Promise<ImportRow[]> {
  return db
    .select()
    .from(importRows)
    .where(and(eq(importRows.leadId, leadId), ne(importRows.batchId, batchId), eq(importRows.action, 'merged')));
}

/** Personal data of an import that is undone is not kept. */
export async function forgetRows(tx: Tx, batchId: string): Promise<void> {
  await tx.update(importRows).set({ values: null, before: null }).where(eq(importRows.batchId, batchId));
}
