import { eq } from 'drizzle-orm';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { enrollments } from '../db/schema.ts';
import type { Context } from './context.ts';
import { cancelMessages, exitEnrollment } from './exit-enrollment.ts';

/**
 * The lead leaves every workflow that it is in, and what was approved for it stays here, also of workflows that it has left
 * already. The caller holds the lead's lock and appends the events. `stopped`: ids of the workflows that were running.
 */
export async function stopWorkflows(
  ctx: Context,
  tx: Tx,
  leadId: string,
  reason: string,
): Promise<{ stopped: string[]; events: AuditEvent[] }> {
  const all = await tx
    .select({ id: enrollments.id, status: enrollments.status, workflowId: enrollments.workflowId })
    .from(enrollments)
    .where(eq(enrollments.leadId, leadId))
    .orderBy(enrollments.id);
  const events: AuditEvent[] = [];
  const stopped: string[] = [];
  for (const { id, status, workflowId } of all) {
    const running = status === 'active' || status === 'waiting' || status === 'paused';
    if (running) stopped.push(workflowId);
    events.push(
      ...(running ? (await exitEnrollment(ctx, tx, id, reason)).events : await cancelMessages(ctx, tx, id, reason)),
    );
  }
  return { stopped, events };
}
