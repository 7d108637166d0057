import { and, asc, desc, eq, gt, isNotNull, sql, isNull, lt, or } from 'drizzle-orm';
import { type Db, type DbOrTx, list, rows, type Tx } from './client.ts';
import { importBatches, importRows } from './schema.ts';

/** What one row of a file (or several of one address) brings, as it waits for the batch to be committed. */
export type StagedRow = { line: number; leadId: string; emailHash: string; values: StagedValues };

/** Only what is there: an empty value has no key, so that `||` merges by the rule of core/lead.ts. */
export type StagedValues = {
  email: string;
  domain?: string;
  /** The account's id, should its domain be new. */
  accountId?: string;
  firstName?: string;
  lastName?: string;
  company?: string;
  title?: string;
  country?: string;
  language?: string;
  timezone?: string;
  source?: string;
  fields: Record<string, string>;
  event?: { id: string; type: string; at: string };
};

/** The batch is not staged any more: another import took it for one that a crash had left. */
export class BatchGone extends Error {
  constructor(batchId: string) {
    super(
      `import ${batchId} was given up by another import that began meanwhile; nothing of it was taken over, so it can simply be run again`,
    );
    this.name = 'BatchGone';
  }
}

/** Holds the batch against being given up until the transaction ends. @throws BatchGone */
export async function holdStaged(tx: Tx, batchId: string, leaseUntil?: Date): Promise<void> {
  const [batch] = await tx
    .select({ status: importBatches.status })
    .from(importBatches)
    .where(eq(importBatches.id, batchId))
    .for('update');
  if (batch?.status !== 'staged') throw new BatchGone(batchId);
  if (leaseUntil) await tx.update(importBatches).set({ leaseUntil }).where(eq(importBatches.id, batchId));
}

/**
 * Adds rows to a staged batch; no address may stand in them twice. A row whose address the batch already has is merged into
 * it: its non-empty values win, the spelling of the address stays the first one.
 */
export async function stageRows(
  tx: Tx,
  batch: { id: string; workspaceId: string; leaseUntil: Date },
  staged: readonly StagedRow[],
): Promise<void> {
  await holdStaged(tx, batch.id, batch.leaseUntil);
  await tx.execute(sql`
    insert into import_rows as old (batch_id, workspace_id, line, lead_id, email_hash, "values")
    select ${batch.id}::uuid, ${batch.workspaceId}::uuid, r.line, r."leadId", r."emailHash", r."values"
    from jsonb_to_recordset(${JSON.stringify(staged)}::text::jsonb) as r(line int, "leadId" uuid, "emailHash" text, "values" jsonb)
    on conflict (batch_id, email_hash) do update set "values" =
      old."values" || excluded."values"
      || jsonb_build_object('email', old."values"->'email', 'fields', (old."values"->'fields') || (excluded."values"->'fields'))`);
}

/**
 * Tells the planner how many rows were staged. Without it (autovacuum has not been here yet, and never is on PGlite) it takes
 * the batch for a handful of rows and joins it to itself row by row: 5 s for 9,000 leads, hours for a million.
 */
export async function analyzeStaged(db: Db): Promise<void> {
  await db.execute(sql`analyze import_rows, leads`);
}

/** Gives up what crashed imports left: their rows go, their batches stay as a trace. Answers with how many there were. */
export async function abandonStaged(
  tx: Tx,
  workspaceId: string,
  running: readonly string[],
  machine: Date,
): Promise<number> {
  const given = await tx
    .update(importBatches)
    .set({ status: 'abandoned' })
    .where(
      and(
        eq(importBatches.workspaceId, workspaceId),
        eq(importBatches.status, 'staged'),
        sql`not ${importBatches.id} = any(${list(running)}::uuid[])`,
        // Another process may be at it: its lease is raised with every batch of rows.
        or(isNull(importBatches.leaseUntil), lt(importBatches.leaseUntil, machine)),
      ),
    )
    .returning({ id: importBatches.id });
  for (const { id } of given) await tx.delete(importRows).where(eq(importRows.batchId, id));
  return given.length;
}

/** Gives up one batch, unless it is committed already. */
export async function abandonBatch(tx: Tx, batchId: string): Promise<void> {
  const given = await tx
    .update(importBatches)
    .set({ status: 'abandoned' })
    .where(and(eq(importBatches.id, batchId), eq(importBatches.status, 'staged')))
    .returning({ id: importBatches.id });
  if (given.length > 0) await tx.delete(importRows).where(eq(importRows.batchId, batchId));
}

/** When this very file was imported last, or null. */
export async function lastImportOf(db: DbOrTx, workspaceId: string, fileHash: string): Promise<Date | null> {
  const [found] = await db
    .select({ at: importBatches.committedAt })
    .from(importBatches)
    .where(
      and(
        eq(importBatches.workspaceId, workspaceId),
        eq(importBatches.fileHash, fileHash),
        isNotNull(importBatches.committedAt),
      ),
    )
    .orderBy(desc(importBatches.committedAt))
    .limit(1);
  return found?.at ?? null;
}

export type BatchCounts = {
  leads: number;
  created: number;
  merged: number;
  unchanged: number;
  suppressed: number;
  erased: number;
};

/** What became of a batch's leads. `erased` stand under unchanged; `suppressed` (by address) under any. */
export async function countBatch(tx: Tx, batchId: string): Promise<BatchCounts> {
  const [counts] = await rows<BatchCounts>(
    tx,
    sql`select count(*)::int as leads,
        (count(*) filter (where r.action = 'created'))::int as created,
        (count(*) filter (where r.action = 'merged'))::int as merged,
        (count(*) filter (where r.action = 'unchanged'))::int as unchanged,
        (count(*) filter (where s.id is not null))::int as suppressed,
        (count(*) filter (where l.erased_at is not null))::int as erased
      from import_rows r
      left join leads l on l.id = r.lead_id
      left join suppressions s on s.workspace_id = r.workspace_id and s.scope = 'address' and s.key_hash = r.email_hash
      where r.batch_id = ${batchId}::uuid`,
  );
  if (!counts) throw new Error(`import ${batchId} could not be counted`);
  return counts;
}

/** The leads that the batch created, a page in the order of the file. */
export async function createdLeads(
  tx: Tx,
  batchId: string,
  afterLine: number,
  limit: number,
): Promise<Array<{ line: number; id: string; source: string | null }>> {
  return tx
    .select({
      line: importRows.line,
      id: importRows.leadId,
      source: sql<string | null>`${importRows.values}->>'source'`,
    })
    .from(importRows)
    .where(and(eq(importRows.batchId, batchId), eq(importRows.action, 'created'), gt(importRows.line, afterLine)))
    .orderBy(asc(importRows.line))
    .limit(limit);
}

/** Personal data that no undo needs: what rows brought that changed nothing. */
export async function forgetUnchanged(tx: Tx, batchId: string): Promise<void> {
  await tx
    .update(importRows)
    .set({ values: null })
    .where(and(eq(importRows.batchId, batchId), eq(importRows.action, 'unchanged')));
}
