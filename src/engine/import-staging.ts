import { eq } from 'drizzle-orm';
import { type ImportOddity, importOddities, ProfileCounter } from '../core/data-quality/import-profile.ts';
import type { IncomingLead } from '../core/lead.ts';
import { plansOf } from '../core/merge-policy.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import {
  abandonBatch,
  abandonStaged,
  analyzeStaged,
  type BatchCounts,
  countBatch,
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
import type { ImportRun, ReadyLead, RunResult } from './import-run.ts';
import { mergePolicy } from './merge-lead.ts';
import { earlierProfiles, enrollImported, holdImport, wakeMerged } from './release-import.ts';

/** Imports this process is in the middle of: a staged batch that is not among them was left by a crash. */
const running = new Set<string>();

/** `at`: when the import began; what was known later is newer than what it brings. */
type Begin = {
  at: Date;
  fileName: string;
  source: string | null;
  by: string | null;
  mapping: Record<string, string>;
  acceptOdd?: boolean;
};

/** What stands as the source of a batch whose rows say it themselves. */
const NO_SOURCE = 'file';

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
  readonly #source: string;
  readonly #acceptOdd: boolean;
  readonly #profile = new ProfileCounter();

  private constructor(ctx: Context, batch: { id: string; workspaceId: string; at: Date }, given: Begin) {
    this.#ctx = ctx;
    this.#batch = batch;
    this.#by = given.by;
    this.#source = given.source ?? NO_SOURCE;
    this.#acceptOdd = given.acceptOdd ?? false;
  }

  static async begin(ctx: Context, given: Begin): Promise<StagedRun> {
    const { at, fileName, source, by, mapping } = given;
    const batch = { id: ctx.ids.id(), workspaceId: ctx.workspaceId, at };
    running.add(batch.id);
    try {
      const left = await transact(ctx.db, async (tx) => {
        const abandoned = await abandonStaged(tx, ctx.workspaceId, [...running], ctx.machine.now());
        await tx.insert(importBatches).values({
          id: batch.id,
          workspaceId: ctx.workspaceId,
          source: source ?? NO_SOURCE,
          fileName,
          mapping,
          status: 'staged',
          startedBy: by ?? 'system',
          leaseUntil: leaseFrom(ctx),
          createdAt: batch.at,
        });
        return abandoned;
      });
      if (left > 0) ctx.log.warn({ batches: left }, 'gave up imports that never finished');
    } catch (error) {
      running.delete(batch.id);
      throw error;
    }
    return new StagedRun(ctx, batch, given);
  }

  async take(ready: readonly ReadyLead[]): Promise<void> {
    for (const { lead } of ready) this.#profile.add(lead);
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
    const { counts, enrolled, odd } = await transact(this.#ctx.db, (tx) => this.#commit(tx, facts));
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
      held: odd,
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
  ): Promise<{ counts: BatchCounts; enrolled: number; odd: ImportOddity[] }> {
    const ctx = this.#ctx;
    const batch = this.#batch;
    await holdStaged(tx, batch.id);
    const plans = plansOf(await mergePolicy(tx, ctx.workspaceId), 'import');
    await mergeStagedLeads(tx, { ...batch, plans });
    await insertStagedEvents(tx, batch);
    await forgetUnchanged(tx, batch.id);
    const counts = await countBatch(tx, batch.id);
    const { created, merged, unchanged } = counts;
    const now = ctx.clock.now();
    await tx
      .update(importBatches)
      .set({
        ...{ status: 'committed', fileHash, total, created, merged, unchanged, rejected, committedAt: now },
        profile: this.#profile.profile(),
      })
      .where(eq(importBatches.id, batch.id));
    const odd = await this.#oddities(tx);
    if (odd.length > 0) await holdImport(ctx, tx, batch.id, odd);
    // What known leads wait for may have come true with the values that were merged into them.
    const woken = await wakeMerged(ctx, tx, batch.id);
    // Enrolling writes audit rows, and so takes the one lock that every click needs: last, and at once. Only leads that are new:
    // a trigger asks for leads that were added.
    const enrolled = odd.length > 0 ? 0 : await enrollImported(ctx, tx, batch.id);
    await appendAudit(tx, ctx.workspaceId, [
      ...woken.events,
      {
        at: now,
        actor: this.#by === null ? 'system:import' : `person:${this.#by}`,
        action: 'leads.imported',
        subjectType: 'import_batch',
        subjectId: batch.id,
        data: { fileHash, total, created, merged, unchanged, rejected, enrolled, held: odd.length > 0 },
      },
    ]);
    return { counts, enrolled: enrolled + woken.enrolled, odd };
  }

  /** How the batch is unlike the earlier ones of its source; nothing, when whoever imports said that it is right. */
  async #oddities(tx: Tx): Promise<ImportOddity[]> {
    if (this.#acceptOdd) return [];
    const earlier = await earlierProfiles(tx, this.#ctx.workspaceId, {
      source: this.#source,
      besides: this.#batch.id,
    });
    return importOddities(this.#profile.profile(), earlier);
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
