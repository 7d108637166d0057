import { and, eq, sql } from 'drizzle-orm';
import { missingFacts } from '../core/data-quality/required-facts.ts';
import { deadlineMs } from '../core/workflow/settings.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments, leads } from '../db/schema.ts';
import { findPost, type PostSubject, touchPost, wantPost } from '../db/slack-posts.ts';
import type { Context } from './context.ts';
import { exitEnrollment } from './exit-enrollment.ts';
import type { ProposePlace } from './judge-proposal.ts';

/** The notice that asks for facts at a step. */
export function factsSubject(enrollmentId: string, step: string): PostSubject {
  return { purpose: 'notice', subjectType: 'enrollment', subjectId: `${enrollmentId}:${step}` };
}

/**
 * The gate before the model: a lead without the facts that its workflow asks for gets no AI decision; people are asked in Slack
 * and the lead waits, as long as a decision of this kind would. Answers whether it waits or left, and so is dealt with.
 */
export async function holdForFacts(ctx: Context, { enrollment, workflow, step }: ProposePlace): Promise<boolean> {
  const required = workflow.required_fields ?? [];
  if (required.length === 0) return false;
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const [lead] = await tx.select().from(leads).where(eq(leads.id, enrollment.leadId)).for('update');
    if (!lead) throw new Error(`no lead ${enrollment.leadId}`);
    // What is to be done with an erased lead, propose says.
    if (lead.email === null) return false;
    const subject = factsSubject(enrollment.id, step.id);
    const missing = missingFacts(fieldsOf(lead), required);
    if (missing.length === 0) {
      await touchPost(tx, ctx.workspaceId, subject, now);
      return false;
    }
    const asked = await findPost(tx, ctx.workspaceId, subject);
    const until = new Date((asked?.createdAt ?? now).getTime() + deadlineMs(workflow, step.decide));
    if (now >= until) {
      const { events } = await exitEnrollment(ctx, tx, enrollment.id, `nobody filled in ${missing.join(', ')} in time`);
      await touchPost(tx, ctx.workspaceId, subject, now);
      await appendAudit(tx, ctx.workspaceId, events);
      return true;
    }
    const held = await tx
      .update(enrollments)
      .set({ dueAt: until, attempts: 0, leaseUntil: null, version: sql`${enrollments.version} + 1`, updatedAt: now })
      .where(and(eq(enrollments.id, enrollment.id), eq(enrollments.version, enrollment.version)))
      .returning({ id: enrollments.id });
    if (held.length === 0 || asked !== null) return true;
    await wantPost(tx, {
      ...subject,
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      channel: workflow.channels[step.decide],
      payload: { type: 'facts_missing', enrollmentId: enrollment.id, step: step.id },
      now,
    });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: 'system:facts',
        action: 'enrollment.facts_asked',
        subjectType: 'enrollment',
        subjectId: enrollment.id,
        data: { step: step.id, missing: missing.length, until: until.toISOString() },
      },
    ]);
    return true;
  });
}
