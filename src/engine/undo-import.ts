import { and, eq, inArray, sql } from 'drizzle-orm';
import { type Replaced, restoreValues, withoutUndone } from '../core/undo-import.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { type DbOrTx, transact, type Tx } from '../db/client.ts';
import { existingLead } from '../db/leads.ts';
import { importBatches, importRows, leads } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import {
  type Fate,
  fatesOf,
  findImport,
  forgetRows,
  type ImportBatchRow,
  lockImported,
  mergedRows,
  otherReplacements,
  recentImports,
  removeLeads,
} from '../db/undone-imports.ts';
import type { Context } from './context.ts';
import { stopWorkflows } from './stop-workflows.ts';
import { wakeLeads } from './wake-lead.ts';

/** What an undo does, or did. */
export type UndoFacts = {
  batchId: string;
  fileName: string | null;
  importedAt: Date;
  /** Leads that the import made: gone as if they had never come. */
  removed: number;
  /** A decision was made about them, so they stay on record, outside every workflow; pending decisions are withdrawn. */
  exited: number;
  /** They had mail of ours: everything about them stays. */
  keptMailed: number;
  /** Something else is known of them since (another import, a webhook, a person, an event): they stay. */
  keptElsewhere: number;
  /** Leads that were known before, with values put back. */
  restoredLeads: number;
  restoredValues: number;
  /** Values that somebody changed since; they stay. */
  keptValues: number;
};

export type UndoResult = { ok: true; facts: UndoFacts } | { ok: false; text: string };

const PAGE = 500;

/** What undoing an import would do; writes nothing. @param id the import's id, or its beginning. */
export async function previewUndo(ctx: Context, id: string): Promise<UndoResult> {
  const batch = await findImport(ctx.db, ctx.workspaceId, id);
  const refusal = refuses(batch);
  if (batch === null || refusal !== null) return { ok: false, text: refusal ?? '' };
  const counts = { leads: 0, restored: 0, kept: 0 };
  for await (const each of restorations(ctx.db, batch.id)) tally(counts, each);
  return { ok: true, facts: factsOf(batch, await fatesOf(ctx.db, batch.id), counts) };
}

/**
 * Takes an import back, in one transaction: leads that it made and that nothing else knows of leave, values it replaced are
 * put back where nobody changed them since. What was sent, and to whom, stays on record. `by`: `person:U0ANA`.
 */
export async function undoImport(ctx: Context, input: { id: string; by: string }): Promise<UndoResult> {
  const now = ctx.clock.now();
  const found = await findImport(ctx.db, ctx.workspaceId, input.id);
  if (found === null) return { ok: false, text: refuses(null) ?? '' };
  return transact(ctx.db, async (tx): Promise<UndoResult> => {
    await lockImported(tx, found.id);
    const [batch] = await tx.select().from(importBatches).where(eq(importBatches.id, found.id)).for('update');
    const refusal = refuses(batch ?? null);
    if (batch === undefined || refusal !== null) return { ok: false, text: refusal ?? '' };
    const fates = await fatesOf(tx, batch.id);
    const of = (fate: Fate) => fates.filter((each) => each.fate === fate).map(({ leadId }) => leadId);
    const counts = { leads: 0, restored: 0, kept: 0 };
    const changed: string[] = [];
    for await (const each of restorations(tx, batch.id)) {
      tally(counts, each);
      await putBack(tx, batch.id, each, now);
      if (each.restored.restored.length > 0) changed.push(each.lead.id);
    }
    const { events } = await wakeLeads(ctx, tx, changed);
    for (const leadId of of('exited')) events.push(...(await takeOut(ctx, tx, leadId)));
    await removeLeads(tx, of('removed'));
    await forgetRows(tx, batch.id);
    await tx
      .update(importBatches)
      .set({ status: 'undone', undoneAt: now, undoneBy: input.by })
      .where(eq(importBatches.id, batch.id));
    await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'import_batch', subjectId: batch.id }, now);
    const facts = factsOf(batch, fates, counts);
    const { removed, exited, keptMailed, keptElsewhere, restoredLeads, restoredValues, keptValues } = facts;
    events.push({
      at: now,
      actor: input.by,
      action: 'import.undone',
      subjectType: 'import_batch',
      subjectId: batch.id,
      data: { removed, exited, keptMailed, keptElsewhere, restoredLeads, restoredValues, keptValues },
    });
    await appendAudit(tx, ctx.workspaceId, events);
    return { ok: true, facts };
  });
}

function refuses(batch: ImportBatchRow | null): string | null {
  if (batch === null) return 'There is no such import; leads imports lists the last ones with their ids.';
  switch (batch.status) {
    case 'committed':
      return null;
    case 'undone':
      return `This import was undone on ${batch.undoneAt?.toISOString() ?? 'an unknown day'} by ${batch.undoneBy ?? 'somebody'}.`;
    case 'staged':
      return 'This import is under way; it can be undone once it is done.';
    case 'abandoned':
      return 'This import never finished: nothing of it was taken over.';
  }
}

function factsOf(
  batch: ImportBatchRow,
  fates: ReadonlyArray<{ fate: Fate }>,
  counts: { leads: number; restored: number; kept: number },
): UndoFacts {
  const count = (fate: Fate) => fates.filter((each) => each.fate === fate).length;
  return {
    batchId: batch.id,
    fileName: batch.fileName,
    importedAt: batch.committedAt ?? batch.createdAt,
    removed: count('removed'),
    exited: count('exited'),
    keptMailed: count('kept_mailed'),
    keptElsewhere: count('kept_elsewhere'),
    restoredLeads: counts.leads,
    restoredValues: counts.restored,
    keptValues: counts.kept,
  };
}

type Restoration = { lead: typeof leads.$inferSelect; replaced: Replaced; restored: ReturnType<typeof restoreValues> };

/** Leads that the batch changed, with what they become without it. */
async function* restorations(db: DbOrTx, batchId: string): AsyncGenerator<Restoration, undefined> {
  for (let after = 0; ; ) {
    const page = await mergedRows(db, batchId, after, PAGE);
    const found = await db
      .select()
      .from(leads)
      .where(
        inArray(
          leads.id,
          page.map(({ leadId }) => leadId),
        ),
      );
    const byId = new Map(found.map((lead) => [lead.id, lead]));
    for (const { leadId, before, values: brought } of page) {
      const lead = byId.get(leadId);
      if (lead === undefined || lead.erasedAt !== null || before === null) continue;
      const { valuesAt: _, sources, ...values } = existingLead(lead);
      const replaced = before as Replaced;
      yield {
        lead,
        replaced,
        restored: restoreValues({ values, sources }, replaced, brought ?? {}, `import:${batchId}`),
      };
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return undefined;
    after = last.line;
  }
}

function tally(counts: { leads: number; restored: number; kept: number }, { restored }: Restoration): void {
  if (restored.restored.length > 0) counts.leads += 1;
  counts.restored += restored.restored.length;
  counts.kept += restored.kept.length;
}

async function putBack(tx: Tx, batchId: string, { lead, replaced, restored }: Restoration, now: Date): Promise<void> {
  if (restored.restored.length > 0)
    await tx
      .update(leads)
      .set({ ...restored.values, valueSources: restored.sources, updatedAt: now })
      .where(eq(leads.id, lead.id));
  for (const other of await otherReplacements(tx, batchId, lead.id)) {
    const corrected = other.before === null ? null : withoutUndone(other.before, replaced, `import:${batchId}`);
    if (corrected !== null)
      await tx
        .update(importRows)
        .set({ before: corrected })
        .where(and(eq(importRows.batchId, other.batchId), eq(importRows.line, other.line)));
  }
}

async function takeOut(ctx: Context, tx: Tx, leadId: string): Promise<AuditEvent[]> {
  const { events } = await stopWorkflows(ctx, tx, leadId, 'the import was undone');
  await tx
    .update(leads)
    .set({
      tags: sql`case when ${leads.tags} @> '["import-undone"]'::jsonb then ${leads.tags} else ${leads.tags} || '["import-undone"]'::jsonb end`,
    })
    .where(eq(leads.id, leadId));
  return events;
}

export type ListedImport = {
  id: string;
  at: Date;
  fileName: string | null;
  source: string;
  created: number;
  merged: number;
  status: 'done' | 'waiting' | 'undone';
};

/** The last imports, newest first. */
export async function listImports(ctx: Context, limit = 20): Promise<ListedImport[]> {
  return (await recentImports(ctx.db, ctx.workspaceId, limit)).map((batch) => ({
    id: batch.id,
    at: batch.committedAt ?? batch.createdAt,
    fileName: batch.fileName,
    source: batch.source,
    created: batch.created,
    merged: batch.merged,
    status:
      batch.status === 'undone'
        ? 'undone'
        : batch.heldBecause !== null && batch.releasedAt === null
          ? 'waiting'
          : 'done',
  }));
}
