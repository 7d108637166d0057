import { eq } from 'drizzle-orm';
import type { IncomingLead } from '../core/lead.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import {
  abandonBatch,
  abandonStaged,
  analyzeStaged,
  type BatchCounts,
  countBatch,
  createdLeads,
  forgetUnchanged,
  holdStaged,
  lastImportOf,
  type StagedRow,
  type StagedValues,
  stageRows,
} from '../db/import-batches.ts';
import { insertStagedEvents, mergeStagedLeads } from '../db/leads.ts';
import { importBatches } from '../db/schema.ts';
import type { Context } from './context.ts';
import { enrollLeads } from './enroll.ts';
import type { ImportRun, ReadyLead, RunResult } from './import-run.ts';

/** Imports this process is in the middle of: a staged batch that is not among them was left by a crash. */
const running = new Set<string>();

/** `at`: when the import began; what was known later is newer than what it brings. */
type Begin = { at: Date; fileName: string; source: string | null; by: string | null; mapping: Record<string, string> };

/** How long an import may be silent before another one takes it for dead, machine time. */
const LEASE_MS = 60_000;

function leaseFrom(ctx: Context): Date {
  return new Date(ctx.machine.now().getTime() + LEASE_MS);
}

/** The import that writes: rows wait in `import_rows`, out of everybody's sight, until one transaction takes them all. */
export class StagedRun implements ImportRun {
  readonly #ctx: Context;
  readonly #batch: { id: string; workspaceId: string; at: Date };
  readonly #by: string | null;

  private constructor(ctx: Context, batch: { id: string; workspaceId: string; at: Date }, by: string | null) {
    this.#ctx = ctx;
    this.#batch = batch;
    this.#by = by;
  }

  static async begin(ctx: Context, { at, fileName, source, by, mapping }: Begin): Promise<StagedRun> {
    const batch = { id: ctx.ids.id(), workspaceId: ctx.workspaceId, at };
    running.add(batch.id);
    try {
      const left = await transact(ctx.db, async (tx) => {
        const given = await abandonStaged(tx, ctx.workspaceId, [...running], ctx.machine.now());
        await tx.insert(importBatches).values({
          id: batch.id,
          workspaceId: ctx.workspaceId,
          source: source ?? 'file',
          fileName,
          mapping,
          status: 'staged',
          startedBy: by ?? 'system',
          leaseUntil: leaseFrom(ctx),
          createdAt: batch.at,
        });
        return given;
      });
      if (left > 0) ctx.log.warn({ batches: left }, 'gave up imports that never finished');
    } catch (error) {
      running.delete(batch.id);
      throw error;
    }
    return new StagedRun(ctx, batch, by);
  }

  async take(ready: readonly ReadyLead[]): Promise<void> {
    const staged = ready.map(
      ({ line, emailHash, lead }): StagedRow => ({
        line,
        emailHash,
        leadId: this.#ctx.ids.id(),
        values: stagedValues(this.#ctx, lead),
      }),
    );
    await transact(this.#ctx.db, (tx) => stageRows(tx, { ...this.#batch, leaseUntil: leaseFrom(this.#ctx) }, staged));
  }

  async finish(facts: { fileHash: string; total: number; rejected: number }): Promise<RunResult> {
    const importedBefore = await lastImportOf(this.#ctx.db, this.#ctx.workspaceId, facts.fileHash);
    await analyzeStaged(this.#ctx.db);
    const { counts, enrolled } = await transact(this.#ctx.db, (tx) => this.#commit(tx, facts));
    running.delete(this.#batch.id);
    this.#ctx.queue.wake();
    const { created, merged, unchanged, suppressed, erased } = counts;
    return {
      batchId: this.#batch.id,
      created,
      merged,
      unchanged,
      suppressed,
      erased,
      enrolled,
      importedBefore,
      differences: [],
    };
  }

  async giveUp(): Promise<void> {
    running.delete(this.#batch.id);
    try {
      await transact(this.#ctx.db, (tx) => abandonBatch(tx, this.#batch.id));
    } catch (error) {
      // What made the import fail is the news; the next import finds the batch and gives it up.
      this.#ctx.log.warn(
        { batchId: this.#batch.id, error: String(error) },
        'a failed import could not be cleaned up yet',
      );
    }
  }

  async #commit(
    tx: Tx,
    { fileHash, total, rejected }: { fileHash: string; total: number; rejected: number },
  ): Promise<{ counts: BatchCounts; enrolled: number }> {
    const ctx = this.#ctx;
    const batch = this.#batch;
    await holdStaged(tx, batch.id);
    await mergeStagedLeads(tx, batch);
    await insertStagedEvents(tx, batch);
    await forgetUnchanged(tx, batch.id);
    const counts = await countBatch(tx, batch.id);
    const { created, merged, unchanged } = counts;
    const now = ctx.clock.now();
    await tx
      .update(importBatches)
      .set({ status: 'committed', fileHash, total, created, merged, unchanged, rejected, committedAt: now })
      .where(eq(importBatches.id, batch.id));
    // Enrolling writes audit rows, and so takes the one lock that every click needs: last, and at once.
    const enrolled = await this.#enroll(tx);
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: this.#by === null ? 'system:import' : `person:${this.#by}`,
        action: 'leads.imported',
        subjectType: 'import_batch',
        subjectId: batch.id,
        data: { fileHash, total, created, merged, unchanged, rejected, enrolled },
      },
    ]);
    return { counts, enrolled };
  }

  /** Only leads that are new: a trigger asks for leads that were added, and an import never moves one that is known. */
  async #enroll(tx: Tx): Promise<number> {
    const created: Array<{ id: string; source: string | null }> = [];
    for (let after = 0; ; ) {
      const page = await createdLeads(tx, this.#batch.id, after, 10_000);
      for (const { id, source } of page) created.push({ id, source });
      if (page.length < 10_000) return enrollLeads(this.#ctx, tx, created);
      after = page.at(-1)?.line ?? after;
    }
  }
}

function stagedValues(ctx: Context, lead: IncomingLead): StagedValues {
  const { fields, event, domain, email, ...values } = lead;
  return {
    ...(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<StagedValues>),
    email,
    fields,
    ...(domain === null ? {} : { domain, accountId: ctx.ids.id() }),
    ...(event === null ? {} : { event: { id: ctx.ids.id(), ...event } }),
  };
}
