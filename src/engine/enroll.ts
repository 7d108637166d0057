import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { isDecide } from '../core/workflow.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { enrollments, leads } from '../db/schema.ts';
import { withoutSuppressed } from '../db/suppressions.ts';
import { listWorkflows, type PublishedWorkflow } from '../db/workflows.ts';
import type { Context } from './context.ts';

/**
 * Puts leads that were added into every active workflow whose trigger fits them. A suppressed lead is left out; one that is
 * under way in a workflow already stays where it is. Runs in the transaction that made the leads; writes one audit row a
 * workflow. Answers with the number of new enrollments.
 */
export async function enrollLeads(
  ctx: Context,
  tx: Tx,
  added: ReadonlyArray<{ id: string; source: string | null }>,
): Promise<number> {
  let enrolled = 0;
  const events: AuditEvent[] = [];
  for (const published of await listWorkflows(tx, ctx.workspaceId)) {
    if (published.workflow.status === 'archived') continue;
    const wanted = published.definition.trigger.source;
    const fitting = added.filter(
      (lead) => wanted === undefined || (lead.source !== null && wanted.includes(lead.source)),
    );
    const count = await enrollInto(
      ctx,
      tx,
      published,
      fitting.map((lead) => lead.id),
    );
    enrolled += count;
    if (count > 0)
      events.push({
        at: ctx.clock.now(),
        actor: 'system:enroll',
        action: 'leads.enrolled',
        subjectType: 'workflow_version',
        subjectId: published.version.id,
        data: { count },
      });
  }
  await appendAudit(tx, ctx.workspaceId, events);
  return enrolled;
}

async function enrollInto(
  ctx: Context,
  tx: Tx,
  { workflow, version, definition }: PublishedWorkflow,
  leadIds: readonly string[],
): Promise<number> {
  const now = ctx.clock.now();
  const first = definition.steps[0];
  if (!first) throw new Error(`workflow version ${version.id} has no step`);
  let enrolled = 0;
  for (let i = 0; i < leadIds.length; i += 1000) {
    const allowed = await mailable(ctx, tx, leadIds.slice(i, i + 1000));
    if (allowed.length === 0) continue;
    const inserted = await tx
      .insert(enrollments)
      .values(
        allowed.map((leadId) => ({
          id: ctx.ids.id(),
          workspaceId: ctx.workspaceId,
          leadId,
          workflowId: workflow.id,
          workflowVersionId: version.id,
          arm: 'ai' as const,
          status: 'active' as const,
          step: first.id,
          dueAt: now,
          asksPeople: isDecide(first),
          enteredAt: now,
          updatedAt: now,
        })),
      )
      .onConflictDoNothing()
      .returning({ id: enrollments.id });
    enrolled += inserted.length;
  }
  return enrolled;
}

async function mailable(ctx: Context, tx: Tx, leadIds: readonly string[]): Promise<string[]> {
  if (leadIds.length === 0) return [];
  const { id, workspaceId, email, emailHash, accountId } = leads;
  const found = await tx
    .select({ id, workspaceId, email, emailHash, accountId })
    .from(leads)
    .where(and(eq(workspaceId, ctx.workspaceId), inArray(id, [...leadIds]), isNotNull(email)))
    .orderBy(id);
  const allowed = await withoutSuppressed(tx, ctx.workspaceId, found, ctx.secrets.addressKey);
  return allowed.map((lead) => lead.id);
}
