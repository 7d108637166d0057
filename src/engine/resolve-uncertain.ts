import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import type { MessageStatus } from '../core/message.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { leads, messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { currentVersion } from '../db/workflows.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';

export type UncertainAnswer = 'was_sent' | 'send_again' | 'drop';

/**
 * A person says what became of a mail that nobody can know about. "Send again" is a new message, with its own Message-ID and
 * that person's word, linked to the old one; it passes the same gate as any other.
 */
export async function resolveUncertain(
  ctx: Context,
  { messageId, actor, answer }: { messageId: string; actor: Actor; answer: UncertainAnswer },
): Promise<{ ok: true; status: MessageStatus } | { ok: false; text: string }> {
  const [known] = await ctx.db.select().from(messages).where(eq(messages.id, messageId));
  if (!known) return { ok: false, text: 'This mail does not exist any more.' };
  const { approvers } = (await currentVersion(ctx.db, known.workflowId)).definition;
  if (actor.type === 'person' && !(await mayDecide(ctx, actor.id, approvers.email_draft)))
    return { ok: false, text: 'Only somebody who may approve mails can answer this.' };
  const newId = ctx.ids.id();
  const result = await transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, known.leadId)).for('update');
    const [message] = await tx.select().from(messages).where(eq(messages.id, messageId)).for('update');
    if (message?.status !== 'uncertain')
      return { ok: false as const, text: `It is settled already: ${message?.status ?? 'gone'}.` };
    const status: MessageStatus = answer === 'was_sent' ? 'sent' : answer === 'drop' ? 'cancelled' : 'failed';
    const reason = {
      was_sent: 'a person says it was sent',
      drop: 'a person dropped it',
      send_again: 'a person had it sent again as a new mail',
    }[answer];
    await tx
      .update(messages)
      .set({
        status,
        statusReason: reason,
        endedAt: now,
        ...(answer === 'was_sent' ? { sentAt: message.sendingAt } : {}),
        version: sql`${messages.version} + 1`,
      })
      .where(eq(messages.id, messageId));
    if (answer === 'send_again') {
      const domain = message.messageIdHeader.slice(message.messageIdHeader.lastIndexOf('@') + 1, -1);
      const { workspaceId, leadId, enrollmentId, decisionId, workflowId, step, mail, contentHash } = message;
      const expiresAt = new Date(now.getTime() + ctx.settings.approvalHoldsMs);
      await tx.insert(messages).values({
        workspaceId,
        leadId,
        enrollmentId,
        decisionId,
        workflowId,
        step,
        mail,
        contentHash,
        id: newId,
        replacesId: messageId,
        status: 'approved',
        messageIdHeader: `<${newId}@${domain}>`,
        sendAfter: now,
        approvedAt: now,
        expiresAt,
      });
    }
    await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'message', subjectId: messageId }, now);
    await touchPost(
      tx,
      ctx.workspaceId,
      { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
      now,
    );
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: `${actor.type}:${actor.id}`,
        action: 'message.uncertain_settled',
        subjectType: 'message',
        subjectId: messageId,
        data: { answer, again: answer === 'send_again' ? newId : null },
      },
    ]);
    return { ok: true as const, status };
  });
  ctx.queue.wake();
  return result;
}
