import { and, count, eq, inArray } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { oneLine } from '../core/plain-text.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { lockLeadByHash } from '../db/leads.ts';
import { enrollments, messages } from '../db/schema.ts';
import type { Context } from './context.ts';
import { exitEnrollment } from './exit-enrollment.ts';
import { namedWorkflow } from './named-workflow.ts';
import { leadOfAddress } from './why-lead.ts';

export type RemoveByHand = { name: string; email: string; reason: string; actor: Actor };
export type RemovedByHand =
  | {
      ok: true;
      workflow: string;
      email: string;
      step: string;
      /** A card waited for people; it says that it was withdrawn. */
      withdrawn: boolean;
      /** Approved mails that will not be sent. */
      cancelled: number;
      /** Mails that were on the wire already and can't be called back. */
      onTheirWay: number;
    }
  | { ok: false; text: string };

/** What is kept of a reason. */
const LONGEST_REASON = 200;

/** A person takes a lead out of a workflow: it ends at once, with what waits for people or for being sent. */
export async function removeByHand(ctx: Context, input: RemoveByHand): Promise<RemovedByHand> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, input.name);
  if (!found.ok) return found;
  const lead = await leadOfAddress(ctx, input.email);
  if (!lead.ok) return lead;
  const { workflow } = found.published;
  const result = await transact(ctx.db, (tx) =>
    removeInside(ctx, tx, { ...input, workflow, email: lead.email, emailHash: lead.row.emailHash }),
  );
  if (result.ok) ctx.queue.wake();
  return result;
}

async function removeInside(
  ctx: Context,
  tx: Tx,
  input: RemoveByHand & { workflow: { id: string; name: string }; emailHash: string },
): Promise<RemovedByHand> {
  const { workflow, emailHash, email, actor } = input;
  const lead = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
  if (lead === null) throw new Error('a lead that was there a moment ago has no row');
  const [enrollment] = await tx
    .select()
    .from(enrollments)
    .where(
      and(
        eq(enrollments.leadId, lead.id),
        eq(enrollments.workflowId, workflow.id),
        inArray(enrollments.status, ['active', 'waiting', 'paused']),
      ),
    );
  if (enrollment === undefined) return { ok: false, text: `${email} is not in ${workflow.name}.` };
  const said = oneLine(input.reason).slice(0, LONGEST_REASON);
  const { cancelledMessages, events } = await exitEnrollment(
    ctx,
    tx,
    enrollment.id,
    said === '' ? 'removed by hand' : `removed by hand: ${said}`,
  );
  const [sending] = await tx
    .select({ count: count() })
    .from(messages)
    .where(and(eq(messages.enrollmentId, enrollment.id), eq(messages.status, 'sending')));
  const by = `${actor.type}:${actor.id}`;
  const entry = { step: enrollment.step, did: 'removed', to: null, why: said === '' ? null : said, actor: by } as const;
  await writeHistory(tx, enrollment, [entry], { ids: ctx.ids, at: ctx.clock.now() });
  await appendAudit(tx, ctx.workspaceId, [
    ...events,
    {
      at: ctx.clock.now(),
      actor: by,
      action: 'enrollment.removed',
      subjectType: 'enrollment',
      subjectId: enrollment.id,
      data: { cancelledMessages },
    },
  ]);
  return {
    ok: true,
    workflow: workflow.name,
    email,
    step: enrollment.step,
    withdrawn: enrollment.pendingDecisionId !== null,
    cancelled: cancelledMessages,
    onTheirWay: sending?.count ?? 0,
  };
}
