import { desc, eq, sql } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { decisions, leads, messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { currentVersion } from '../db/workflows.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';
import { relabel } from './relabel.ts';

/** Stops an approved mail before it leaves. The decision stays what it was, and says that it was undone and by whom. */
export async function undoApproval(
  ctx: Context,
  { decisionId, actor }: { decisionId: string; actor: Actor },
): Promise<{ ok: true } | { ok: false; text: string }> {
  const [known] = await ctx.db.select().from(decisions).where(eq(decisions.id, decisionId));
  if (!known?.workflowId) return { ok: false, text: 'This decision does not exist any more.' };
  const { approvers } = (await currentVersion(ctx.db, known.workflowId)).definition;
  if (actor.type === 'person' && !(await mayDecide(ctx, actor.id, approvers[known.kind])))
    return { ok: false, text: 'Only somebody who may approve this can stop it.' };
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    await tx
      .select({ id: leads.id })
      .from(leads)
      .where(eq(leads.id, known.leadId ?? ''))
      .for('update');
    await tx.select({ id: decisions.id }).from(decisions).where(eq(decisions.id, decisionId)).for('update');
    const [message] = await tx
      .select()
      .from(messages)
      .where(eq(messages.decisionId, decisionId))
      // A mail that a person had sent again is the one that can still be stopped.
      .orderBy(desc(messages.approvedAt), desc(messages.id))
      .limit(1)
      .for('update');
    if (!message) return { ok: false, text: 'There is no mail to stop.' };
    if (message.status !== 'approved')
      return {
        ok: false,
        text: message.status === 'cancelled' ? 'It was stopped already.' : 'It is too late: the mail is on its way.',
      };
    await tx
      .update(messages)
      .set({
        status: 'cancelled',
        statusReason: 'undone',
        leaseUntil: null,
        version: sql`${messages.version} + 1`,
        endedAt: now,
      })
      .where(eq(messages.id, message.id));
    await tx.update(decisions).set({ undoneAt: now, undoneBy: actor.id }).where(eq(decisions.id, decisionId));
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decisionId }, now);
    const learnt = await relabel(ctx, tx, {
      decisionId,
      reason: 'the approval was undone',
      critical: false,
      actor: `${actor.type}:${actor.id}`,
    });
    await appendAudit(tx, ctx.workspaceId, [
      ...(learnt ?? []),
      {
        at: now,
        actor: `${actor.type}:${actor.id}`,
        action: 'message.undone',
        subjectType: 'message',
        subjectId: message.id,
        data: { decision: decisionId },
      },
    ]);
    return { ok: true };
  });
}
