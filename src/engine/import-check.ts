import { type ExistingLead, type LeadValues, mergeLead } from '../core/lead.ts';
import type { MergePolicy } from '../core/merge-policy.ts';
import { lastImportOf } from '../db/import-batches.ts';
import { countSuppressed, existingLead, leadsByHash } from '../db/leads.ts';
import type { Context } from './context.ts';
import type { ImportRun, LeadDifference, ReadyLead, RunResult } from './import-run.ts';

const DIFFERENCES_KEPT = 5;

type Seen =
  | { outcome: 'created' | 'erased' }
  | { outcome: 'known'; changed: { first: ExistingLead; merged: ExistingLead } | null };

/**
 * The import that only looks: the same rows, the same rule, no writes. Keeps one small entry an address, and the values of
 * those known leads alone that would change, since a further row of theirs may change them back.
 */
export class CheckRun implements ImportRun {
  readonly #ctx: Context;
  readonly #at: Date;
  readonly #policy: MergePolicy;
  readonly #seen = new Map<string, Seen>();
  readonly #emails = new Map<string, string>();
  #suppressed = 0;

  constructor(ctx: Context, at: Date, policy: MergePolicy) {
    this.#policy = policy;
    this.#ctx = ctx;
    this.#at = at;
  }

  async take(batch: readonly ReadyLead[]): Promise<void> {
    const fresh = batch.map((ready) => ready.emailHash);
    const known = await leadsByHash(this.#ctx.db, this.#ctx.workspaceId, fresh);
    this.#suppressed += await countSuppressed(
      this.#ctx.db,
      this.#ctx.workspaceId,
      fresh.filter((hash) => !this.#seen.has(hash)),
    );
    for (const { emailHash, lead } of batch) {
      const row = known.get(emailHash);
      const seen = this.#seen.get(emailHash);
      if (row === undefined) this.#seen.set(emailHash, { outcome: 'created' });
      else if (row.erasedAt !== null) this.#seen.set(emailHash, { outcome: 'erased' });
      else {
        const first = existingLead(row);
        const changed = seen?.outcome === 'known' ? seen.changed : null;
        // What a row higher up set counts as set by this import, which may correct itself.
        const so = changed?.merged ?? first;
        const merge = mergeLead(so, { ...lead, at: this.#at, by: 'import' }, this.#policy);
        const merged = { ...so, ...merge.values, sources: { ...so.sources, ...merge.sources } };
        const before = changes(first, merged).length === 0 ? null : first;
        this.#seen.set(emailHash, { outcome: 'known', changed: before === null ? null : { first, merged } });
        if (before !== null && this.#emails.size < DIFFERENCES_KEPT) this.#emails.set(emailHash, row.email ?? '');
      }
    }
  }

  async finish({ fileHash }: { fileHash: string }): Promise<RunResult> {
    const all = [...this.#seen.values()];
    const count = (test: (seen: Seen) => boolean) => all.filter(test).length;
    return {
      batchId: null,
      created: count((seen) => seen.outcome === 'created'),
      merged: count((seen) => seen.outcome === 'known' && seen.changed !== null),
      unchanged: count((seen) => seen.outcome === 'erased' || (seen.outcome === 'known' && seen.changed === null)),
      erased: count((seen) => seen.outcome === 'erased'),
      suppressed: this.#suppressed,
      enrolled: 0,
      held: [],
      importedBefore: await lastImportOf(this.#ctx.db, this.#ctx.workspaceId, fileHash),
      differences: [...this.#emails].flatMap(([hash, email]) => {
        const seen = this.#seen.get(hash);
        return seen?.outcome === 'known' && seen.changed !== null
          ? [{ email, changes: changes(seen.changed.first, seen.changed.merged) }]
          : [];
      }),
    };
  }

  async giveUp(): Promise<void> {
    this.#seen.clear();
  }
}

function changes(before: LeadValues, after: LeadValues): LeadDifference['changes'] {
  const flat = ({ fields, firstName, lastName, company, title, country, language, timezone, source }: LeadValues) => ({
    ...fields,
    firstName,
    lastName,
    company,
    title,
    country,
    language,
    timezone,
    source,
  });
  const [old, now]: Array<Record<string, string | null>> = [flat(before), flat(after)];
  return Object.keys({ ...old, ...now })
    .map((name) => ({ name, before: old?.[name] ?? null, after: now?.[name] ?? null }))
    .filter((change) => change.before !== change.after);
}
