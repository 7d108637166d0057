import { and, eq, inArray } from 'drizzle-orm';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { enrollments, leads, messages, outcomes, unsubscribeLinks } from '../db/schema.ts';
import { addSuppression, type SuppressionReason } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { cancelMessages, exitEnrollment } from './exit-enrollment.ts';

export type UnsubscribeResult =
  | { ok: true; alreadyOut: boolean /** A mail whose sending had begun before this committed. */; onItsWay: boolean }
  | { ok: false };

export async function unsubscribeLinkKnown(ctx: Context, token: string): Promise<boolean> {
  const [link] = await ctx.db
    .select({ token: unsubscribeLinks.token })
    .from(unsubscribeLinks)
    .where(eq(unsubscribeLinks.token, token));
  return link !== undefined;
}

/**
 * An opt-out by the link in a mail. Takes the lead's lock, so that no sending can begin after it committed; leaves every
 * workflow and cancels what was approved. Idempotent. The link works as long as the row is there.
 */
export async function unsubscribeByToken(
  ctx: Context,
  { token, via }: { token: string; via: 'one_click' | 'page' },
): Promise<UnsubscribeResult> {
  const [link] = await ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.token, token));
  if (!link) return { ok: false };
  const ids = { suppression: ctx.ids.id(), outcome: ctx.ids.id() };
  const result = await transact(ctx.db, async (tx) => {
    const { fresh, events, onItsWay } = await suppressLead(ctx, tx, {
      leadId: link.leadId,
      reason: 'unsubscribed',
      source: via,
      suppressionId: ids.suppression,
      exitReason: 'the lead unsubscribed',
    });
    if (fresh) {
      const now = ctx.clock.now();
      await tx
        .insert(outcomes)
        .values({
          id: ids.outcome,
          workspaceId: ctx.workspaceId,
          leadId: link.leadId,
          decisionId: link.decisionId,
          type: 'unsubscribed',
          classification: 'human',
          reasons: [via],
          source: 'web',
          dedupeKey: `unsubscribe:${token}`,
          occurredAt: now,
          receivedAt: now,
        })
        .onConflictDoNothing();
    }
    await appendAudit(tx, ctx.workspaceId, events);
    return { ok: true as const, alreadyOut: !fresh, onItsWay };
  });
  ctx.queue.wake();
  return result;
}

type Suppress = {
  leadId: string;
  reason: SuppressionReason;
  source: string;
  suppressionId: string;
  exitReason: string;
};

/** Suppresses a lead's address under its lock. `fresh` is false when it was suppressed already. */
async function suppressLead(
  ctx: Context,
  tx: Tx,
  { leadId, reason, source, suppressionId, exitReason }: Suppress,
): Promise<{ fresh: boolean; events: AuditEvent[]; onItsWay: boolean }> {
  const now = ctx.clock.now();
  const [lead] = await tx.select().from(leads).where(eq(leads.id, leadId)).for('update');
  if (!lead) throw new Error(`no lead ${leadId}`);
  const fresh = await addSuppression(tx, {
    id: suppressionId,
    workspaceId: ctx.workspaceId,
    scope: 'address',
    keyHash: lead.emailHash,
    reason,
    source,
    createdAt: now,
  });
  const events: AuditEvent[] = [];
  const all = await tx
    .select({ id: enrollments.id, status: enrollments.status })
    .from(enrollments)
    .where(eq(enrollments.leadId, leadId))
    .orderBy(enrollments.id);
  for (const { id, status } of all) {
    const running = status === 'active' || status === 'waiting' || status === 'paused';
    events.push(
      ...(running
        ? (await exitEnrollment(ctx, tx, id, exitReason)).events
        : await cancelMessages(ctx, tx, id, exitReason)),
    );
  }
  const sending = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.leadId, leadId), inArray(messages.status, ['sending'])));
  if (fresh)
    events.push({
      at: now,
      actor: `system:${source}`,
      action: 'lead.suppressed',
      subjectType: 'lead',
      subjectId: leadId,
      data: { reason },
    });
  return { fresh, events, onItsWay: sending.length > 0 };
}
