import { and, eq, sql } from 'drizzle-orm';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import type { Context } from './context.ts';

type Evidence = { messageId: string; status: 'sent' | 'failed'; because: string; actor: string };

/**
 * Something from outside names a mail and so proves what became of it: people need not be asked about it any more. A mail
 * that was settled otherwise stays as it is. The caller holds the lead's lock and appends the events.
 */
export async function settleByEvidence(
  ctx: Context,
  tx: Tx,
  { messageId, status, because, actor }: Evidence,
): Promise<AuditEvent[]> {
  const [message] = await tx.select().from(messages).where(eq(messages.id, messageId)).for('update');
  if (!message) throw new Error(`no message ${messageId}`);
  if (message.status !== 'uncertain') return status === 'sent' ? await stopReplacement(ctx, tx, message) : [];
  const now = ctx.clock.now();
  await tx
    .update(messages)
    .set({
      status,
      statusReason: because,
      endedAt: now,
      leaseUntil: null,
      ...(status === 'sent' ? { sentAt: message.sendingAt } : {}),
      version: sql`${messages.version} + 1`,
    })
    .where(eq(messages.id, messageId));
  await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'message', subjectId: messageId }, now);
  await touchPost(
    tx,
    ctx.workspaceId,
    { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
    now,
  );
  return [
    {
      at: now,
      actor,
      action: 'message.uncertain_settled',
      subjectType: 'message',
      subjectId: messageId,
      data: { answer: status === 'sent' ? 'was_sent' : 'was_not_sent', by: 'evidence' },
    },
  ];
}

/** A person had the mail sent again, and now we know that it did arrive: the second one stays here if it still can. */
export async function stopReplacement(
  ctx: Context,
  tx: Tx,
  { id, decisionId }: { id: string; decisionId: string },
): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const stopped = await tx
    .update(messages)
    .set({
      status: 'cancelled',
      statusReason: 'the mail it was to replace arrived after all',
      leaseUntil: null,
      version: sql`${messages.version} + 1`,
      endedAt: now,
    })
    .where(and(eq(messages.replacesId, id), eq(messages.status, 'approved')))
    .returning({ id: messages.id });
  if (stopped.length > 0)
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decisionId }, now);
  return stopped.map((message) => ({
    at: now,
    actor: 'system:deliver',
    action: 'message.cancelled',
    subjectType: 'message',
    subjectId: message.id,
    data: { arrived: id },
  }));
}
