import { and, eq, sql } from 'drizzle-orm';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { decisions, enrollments, messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import type { Context } from './context.ts';
import { withdrawTasks } from './tasks.ts';

/** `events` are for the caller to append: the tip of the audit chain is locked last in a transaction. */
export type ExitResult = { exited: boolean; cancelledMessages: number; events: AuditEvent[] };

/**
 * Ends an enrollment at once, whatever it waits for: its pending decision is withdrawn, its approved mails are cancelled,
 * their cards follow. The caller holds the lead's lock, or the lead cannot be mailed at all.
 */
export async function exitEnrollment(ctx: Context, tx: Tx, enrollmentId: string, reason: string): Promise<ExitResult> {
  const now = ctx.clock.now();
  const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.id, enrollmentId)).for('update');
  if (!enrollment) throw new Error(`no enrollment ${enrollmentId}`);
  if (enrollment.status === 'done' || enrollment.status === 'exited') {
    const events = await cancelMessages(ctx, tx, enrollmentId, reason);
    return { exited: false, cancelledMessages: events.length, events };
  }
  const events: AuditEvent[] = [];
  const withdrawn = await tx
    .update(decisions)
    .set({ status: 'withdrawn', settledAt: now, settledByType: 'system', settledBy: 'exit', settledReason: reason })
    .where(and(eq(decisions.enrollmentId, enrollmentId), eq(decisions.status, 'pending')))
    .returning({ id: decisions.id });
  for (const { id } of withdrawn) {
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: id }, now);
    events.push({
      at: now,
      actor: 'system:exit',
      action: 'decision.withdrawn',
      subjectType: 'decision',
      subjectId: id,
      data: { reason },
    });
  }
  events.push(...(await withdrawTasks(ctx, tx, enrollmentId, reason)));
  const cancelled = await cancelMessages(ctx, tx, enrollmentId, reason);
  events.push(...cancelled);
  await tx
    .update(enrollments)
    .set({
      status: 'exited',
      exitReason: reason,
      pendingDecisionId: null,
      dueAt: null,
      timerAt: null,
      asksPeople: false,
      pausedReason: null,
      pausedAt: null,
      pausedFrom: null,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
      endedAt: now,
    })
    .where(eq(enrollments.id, enrollmentId));
  events.push({
    at: now,
    actor: 'system:exit',
    action: 'enrollment.exited',
    subjectType: 'enrollment',
    subjectId: enrollmentId,
    data: { from: enrollment.step, step: null, reason, cancelledMessages: cancelled.length },
  });
  return { exited: true, cancelledMessages: cancelled.length, events };
}

/** Cancels what is approved and not yet on the wire. A mail that is `sending` can't be called back. */
export async function cancelMessages(
  ctx: Context,
  tx: Tx,
  enrollmentId: string,
  reason: string,
): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const cancelled = await tx
    .update(messages)
    .set({
      status: 'cancelled',
      statusReason: reason,
      leaseUntil: null,
      version: sql`${messages.version} + 1`,
      endedAt: now,
    })
    .where(and(eq(messages.enrollmentId, enrollmentId), eq(messages.status, 'approved')))
    .returning({ id: messages.id, decisionId: messages.decisionId });
  for (const { decisionId } of cancelled)
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decisionId }, now);
  return cancelled.map(({ id }) => ({
    at: now,
    actor: 'system:exit',
    action: 'message.cancelled',
    subjectType: 'message',
    subjectId: id,
    data: { reason },
  }));
}
