import { eq } from 'drizzle-orm';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { decisions, leads, outcomes } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { currentVersion } from '../db/workflows.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';
import { NEGATIVE_REPLY, replyNoticeId } from './mail-notice.ts';
import { relabel } from './relabel.ts';

/**
 * Somebody read a lead's answer and says that our mail was what was wrong. Only a person can tell: a lead's words never steer
 * anything, and a cross word may be about the weather. The approval behind the mail becomes a failure, as with other late harm.
 */
export async function blameMail(
  ctx: Context,
  { outcomeId, userId }: { outcomeId: string; userId: string },
): Promise<{ ok: true } | { ok: false; text: string }> {
  const [outcome] = await ctx.db.select().from(outcomes).where(eq(outcomes.id, outcomeId));
  const decisionId = outcome?.decisionId ?? null;
  if (!outcome || decisionId === null) return { ok: false, text: 'The mail that was answered is not known any more.' };
  const [decision] = await ctx.db.select().from(decisions).where(eq(decisions.id, decisionId));
  if (!decision?.workflowId) return { ok: false, text: 'The decision behind this mail does not exist any more.' };
  const { approvers } = (await currentVersion(ctx.db, decision.workflowId)).definition;
  if (!(await mayDecide(ctx, userId, approvers[decision.kind])))
    return { ok: false, text: 'Only somebody who may approve such mails can say so.' };
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const actor = `person:${userId}`;
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, outcome.leadId)).for('update');
    const { occurredAt } = outcome;
    const learnt = await relabel(ctx, tx, { decisionId, reason: NEGATIVE_REPLY, critical: false, actor, occurredAt });
    if (learnt === null)
      return {
        ok: false,
        text: 'It counts no more: the answer came more than 14 days after the decision, it was counted as a failure already, or it was not an approval.',
      };
    const subject = {
      purpose: 'notice',
      subjectType: 'workspace',
      subjectId: replyNoticeId(outcome.dedupeKey),
    } as const;
    await touchPost(tx, ctx.workspaceId, subject, now);
    await appendAudit(tx, ctx.workspaceId, [
      ...learnt,
      {
        at: now,
        actor,
        action: 'decision.blamed',
        subjectType: 'decision',
        subjectId: decisionId,
        data: { outcome: outcomeId },
      },
    ]);
    return { ok: true };
  });
}
