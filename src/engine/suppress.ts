import { and, desc, eq, inArray } from 'drizzle-orm';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { leads, messages, unsubscribeLinks } from '../db/schema.ts';
import { addSuppression, type SuppressionReason } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { recordOutcome } from './record-outcome.ts';
import { stopWorkflows } from './stop-workflows.ts';

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
    const outcome = await recordOutcome(ctx, tx, {
      id: ids.outcome,
      leadId: link.leadId,
      messageId: await mailOfLink(tx, link.decisionId),
      decisionId: link.decisionId,
      type: 'unsubscribed',
      classification: 'human',
      reasons: [via],
      source: 'web',
      dedupeKey: `unsubscribe:${token}`,
      raw: null,
      occurredAt: ctx.clock.now(),
    });
    await appendAudit(tx, ctx.workspaceId, [...events, ...outcome.events]);
    return { ok: true as const, alreadyOut: !fresh, onItsWay };
  });
  ctx.queue.wake();
  return result;
}

/** The mail in which the link stood: the newest one of its decision that was ever on the wire. */
async function mailOfLink(tx: Tx, decisionId: string | null): Promise<string | null> {
  if (decisionId === null) return null;
  const [message] = await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.decisionId, decisionId), inArray(messages.status, ['sending', 'sent', 'uncertain'])))
    .orderBy(desc(messages.sendingAt), desc(messages.id))
    .limit(1);
  return message?.id ?? null;
}

type Suppress = {
  leadId: string;
  reason: SuppressionReason;
  /** Who or what had it suppressed: `one_click`, `mail`, `smtp` … */
  source: string;
  suppressionId: string;
  exitReason: string;
};

/**
 * Suppresses a lead's address, takes the lead's lock, ends every workflow it is in. `fresh` is false when it was suppressed
 * already; `onItsWay` when the sending of a mail had begun before. The caller appends the events.
 */
export async function suppressLead(
  ctx: Context,
  tx: Tx,
  { leadId, reason, source, suppressionId, exitReason }: Suppress,
): Promise<{ fresh: boolean; events: AuditEvent[]; onItsWay: boolean; stopped: string[] }> {
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
  const { stopped, events } = await stopWorkflows(ctx, tx, leadId, exitReason);
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
  return { fresh, events, onItsWay: sending.length > 0, stopped };
}
