import { and, desc, eq, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { ImportOddity, ImportProfile } from '../core/data-quality/import-profile.ts';
import { appendAudit } from '../db/audit.ts';
import { type DbOrTx, transact, type Tx } from '../db/client.ts';
import { createdLeads } from '../db/import-batches.ts';
import { mergedLeads, toldOfCreated } from '../db/held-imports.ts';
import { importBatches } from '../db/schema.ts';
import { touchPost, wantPost } from '../db/slack-posts.ts';
import { listWorkflows } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { findImport, lockImported } from '../db/undone-imports.ts';
import { enrollLeads } from './enroll.ts';
import { wakeLead, wakeLeads, type Woken } from './wake-lead.ts';

const COMPARED = 10;

/** Profiles of the newest imports of a source that stand: not undone, not held back without anybody's word. */
export async function earlierProfiles(
  db: DbOrTx,
  workspaceId: string,
  { source, besides }: { source: string; besides: string },
): Promise<ImportProfile[]> {
  const found = await db
    .select({ profile: importBatches.profile })
    .from(importBatches)
    .where(
      and(
        eq(importBatches.workspaceId, workspaceId),
        eq(importBatches.source, source),
        ne(importBatches.id, besides),
        eq(importBatches.status, 'committed'),
        isNotNull(importBatches.profile),
        or(isNull(importBatches.heldBecause), isNotNull(importBatches.releasedAt)),
      ),
    )
    .orderBy(desc(importBatches.committedAt), desc(importBatches.id))
    .limit(COMPARED);
  return found.flatMap(({ profile }) => (profile === null ? [] : [profile]));
}

/** Leads wait, and people are asked, before any workflow takes them in. In the transaction that commits the import. */
export async function holdImport(ctx: Context, tx: Tx, batchId: string, because: ImportOddity[]): Promise<void> {
  await tx.update(importBatches).set({ heldBecause: because }).where(eq(importBatches.id, batchId));
  const channels = new Set(
    (await listWorkflows(tx, ctx.workspaceId)).map(({ definition }) => definition.channels.digest),
  );
  const [channel] = channels;
  if (channel === undefined) return;
  await wantPost(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    purpose: 'notice',
    subjectType: 'import_batch',
    subjectId: batchId,
    channel,
    payload: { type: 'import_odd', batchId },
    now: ctx.clock.now(),
  });
}

/** Puts the leads that an import made into the workflows that want them. Answers with how many enrollments began. */
export async function enrollImported(ctx: Context, tx: Tx, batchId: string): Promise<number> {
  const created: Array<{ id: string; source: string | null }> = [];
  for (let after = 0; ; ) {
    const page = await createdLeads(tx, batchId, after, 10_000);
    for (const { id, source } of page) created.push({ id, source });
    if (page.length < 10_000) return enrollLeads(ctx, tx, created, 'import');
    after = page.at(-1)?.line ?? after;
  }
}

const WOKEN_AT_ONCE = 2000;

/**
 * Wakes the known leads into which an import merged values, a page at a time, in the transaction that lets these be seen: goals and
 * exits end what they end, and who waits for a value looks again. Of many, only those are looked at who are under way; what
 * segments they came into is left to watch-segments, so that nobody's click waits for a hundred thousand of them. The caller holds
 * the leads' locks and appends the events.
 */
export async function wakeMerged(ctx: Context, tx: Tx, batchId: string): Promise<Pick<Woken, 'enrolled' | 'events'>> {
  const all: Pick<Woken, 'enrolled' | 'events'> = { enrolled: 0, events: [] };
  let segments: boolean | null = null;
  for (let after: string | null = null; ; ) {
    const page: string[] = await mergedLeads(tx, batchId, { after, limit: WOKEN_AT_ONCE });
    segments ??= page.length < WOKEN_AT_ONCE;
    const { enrolled, events } = await wakeLeads(ctx, tx, page, { segments });
    all.enrolled += enrolled;
    all.events.push(...events);
    after = page.at(-1) ?? null;
    if (page.length < WOKEN_AT_ONCE) return all;
  }
}

/** Events that were told of the leads of a held import begin now what they would have begun. */
async function makeUpFor(ctx: Context, tx: Tx, batchId: string): Promise<Pick<Woken, 'enrolled' | 'events'>> {
  const all: Pick<Woken, 'enrolled' | 'events'> = { enrolled: 0, events: [] };
  for (const [leadId, told] of await toldOfCreated(tx, batchId)) {
    const { enrolled, events } = await wakeLead(ctx, tx, leadId, { events: told });
    all.enrolled += enrolled;
    all.events.push(...events);
  }
  return all;
}

export type ReleaseResult = { ok: true; enrolled: number } | { ok: false; text: string };

/** A person looked at an odd import and says that it is right: its leads go into the workflows now. `by`: `person:U0ANA`. */
export async function releaseImport(ctx: Context, input: { batchId: string; by: string }): Promise<ReleaseResult> {
  const now = ctx.clock.now();
  const found = await findImport(ctx.db, ctx.workspaceId, input.batchId);
  const result = await transact(ctx.db, async (tx): Promise<ReleaseResult> => {
    if (found !== null) await lockImported(tx, found.id);
    const [batch] = await tx
      .select()
      .from(importBatches)
      .where(and(eq(importBatches.workspaceId, ctx.workspaceId), sql`${importBatches.id}::text = ${input.batchId}`))
      .for('update');
    if (batch === undefined) return { ok: false, text: 'There is no such import.' };
    if (batch.status === 'undone') return { ok: false, text: 'This import was undone.' };
    if (batch.status !== 'committed' || batch.heldBecause === null)
      return { ok: false, text: 'This import does not wait for anybody.' };
    if (batch.releasedAt !== null) return { ok: false, text: 'Somebody let this import go on already.' };
    await tx.update(importBatches).set({ releasedAt: now, releasedBy: input.by }).where(eq(importBatches.id, batch.id));
    await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'import_batch', subjectId: batch.id }, now);
    // Nothing began for them while they waited, and nobody looked which segments they came into.
    const woken = [await wakeMerged(ctx, tx, batch.id), await makeUpFor(ctx, tx, batch.id)];
    const enrolled = woken.reduce((sum, each) => sum + each.enrolled, await enrollImported(ctx, tx, batch.id));
    await appendAudit(tx, ctx.workspaceId, [
      ...woken.flatMap(({ events }) => events),
      {
        at: now,
        actor: input.by,
        action: 'import.released',
        subjectType: 'import_batch',
        subjectId: batch.id,
        data: { enrolled },
      },
    ]);
    return { ok: true, enrolled };
  });
  if (result.ok) ctx.queue.wake();
  return result;
}
