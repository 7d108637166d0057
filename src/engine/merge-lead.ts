import { and, eq } from 'drizzle-orm';
import { type Incoming, mergeLead } from '../core/lead.ts';
import { type MergePolicy, mergePolicySchema, usualPolicy } from '../core/merge-policy.ts';
import { appendAudit } from '../db/audit.ts';
import { type DbOrTx, transact, type Tx } from '../db/client.ts';
import { existingLead, type LeadRow, setLeadValues } from '../db/leads.ts';
import { settings } from '../db/schema.ts';
import type { Context } from './context.ts';

const KEY = 'merge_policy';

/** The rules in force; the usual ones where nobody set any. */
export async function mergePolicy(db: DbOrTx, workspaceId: string): Promise<MergePolicy> {
  const [row] = await db
    .select({ value: settings.value })
    .from(settings)
    .where(and(eq(settings.workspaceId, workspaceId), eq(settings.key, KEY)));
  const parsed = mergePolicySchema.safeParse(row?.value);
  return parsed.success ? parsed.data : usualPolicy;
}

/** From now on values are merged so; what was merged before stays as it is. `by`: `person:U0ANA`. */
export async function setMergePolicy(ctx: Context, policy: MergePolicy, by: string): Promise<void> {
  const now = ctx.clock.now();
  const value: Record<string, unknown> = { ...policy };
  await transact(ctx.db, async (tx) => {
    await tx
      .insert(settings)
      .values({ workspaceId: ctx.workspaceId, key: KEY, value, updatedAt: now })
      .onConflictDoUpdate({ target: [settings.workspaceId, settings.key], set: { value, updatedAt: now } });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: by,
        action: 'merge_policy.set',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        data: { rules: Object.keys(policy.fields).length },
      },
    ]);
  });
}

/**
 * Merges values into a lead whose lock the caller holds, by the rules in force. Answers with the names of the values that
 * changed, sorted; empty when nothing did. The caller writes the audit row.
 */
export async function mergeIntoLead(tx: Tx, lead: LeadRow, incoming: Incoming & { by: string }): Promise<string[]> {
  const policy = await mergePolicy(tx, lead.workspaceId);
  const merge = mergeLead(existingLead(lead), incoming, policy);
  if (merge.before === null) return [];
  await setLeadValues(tx, lead, merge, incoming.at);
  return Object.keys(merge.before).toSorted();
}
