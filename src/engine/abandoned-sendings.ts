import { and, eq, lt } from 'drizzle-orm';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import type { Context } from './context.ts';
import { askAbout, changeMessage } from './record-send-result.ts';

/**
 * Rows whose sender died between `sending` and the answer: nobody can know whether the mail went out, so it becomes
 * `uncertain` and a card asks. Answers with how many.
 */
export async function parkAbandonedSendings(ctx: Context): Promise<number> {
  const abandoned = await ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(
      and(
        eq(messages.workspaceId, ctx.workspaceId),
        eq(messages.status, 'sending'),
        lt(messages.leaseUntil, ctx.machine.now()),
      ),
    )
    .orderBy(messages.id)
    .limit(500);
  for (const { id } of abandoned) {
    const noticeId = ctx.ids.id();
    await transact(ctx.db, async (tx) => {
      const [message] = await tx.select().from(messages).where(eq(messages.id, id)).for('update');
      if (message?.status !== 'sending' || message.leaseUntil === null || message.leaseUntil >= ctx.machine.now())
        return;
      const now = ctx.clock.now();
      await changeMessage(tx, message, {
        status: 'uncertain',
        statusReason: 'the program stopped while it was being sent',
      });
      await askAbout(ctx, tx, message, noticeId);
      await touchPost(
        tx,
        ctx.workspaceId,
        { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
        now,
      );
      await appendAudit(tx, ctx.workspaceId, [
        {
          at: now,
          actor: 'system:deliver',
          action: 'message.uncertain',
          subjectType: 'message',
          subjectId: id,
          data: { hash: message.contentHash },
        },
      ]);
    });
  }
  return abandoned.length;
}
