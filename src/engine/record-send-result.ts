import { eq, sql } from 'drizzle-orm';
import { waitAfterMail } from '../core/workflow/next-step.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { enrollments, leads, messages } from '../db/schema.ts';
import { touchPost, wantPost } from '../db/slack-posts.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import type { Context, SendResult } from './context.ts';
import { canEndEarly } from './enrollment-facts.ts';
import { recordOutcome } from './record-outcome.ts';
import { stopReplacement } from './settle-by-evidence.ts';
import { suppressLead } from './suppress.ts';

type Message = typeof messages.$inferSelect;

const BACKOFF_MS = [60_000, 300_000, 900_000, 3_600_000];

/**
 * Writes what the server's answer means. A sure answer also settles a row that was declared
 * `uncertain` meanwhile, because this worker slept through its lease.
 */
export async function recordSendResult(
  ctx: Context,
  { messageId, version, result }: { messageId: string; version: number; result: SendResult },
): Promise<void> {
  const ids = { outcome: ctx.ids.id(), suppression: ctx.ids.id(), notice: ctx.ids.id() };
  await transact(ctx.db, async (tx) => {
    const [known] = await tx
      .select({ leadId: messages.leadId, enrollmentId: messages.enrollmentId })
      .from(messages)
      .where(eq(messages.id, messageId));
    const [lead] = await tx
      .select()
      .from(leads)
      .where(eq(leads.id, known?.leadId ?? ''))
      .for('update');
    if (known?.enrollmentId)
      await tx
        .select({ id: enrollments.id })
        .from(enrollments)
        .where(eq(enrollments.id, known.enrollmentId))
        .for('update');
    const [message] = await tx.select().from(messages).where(eq(messages.id, messageId)).for('update');
    if (!lead || !message) throw new Error(`message ${messageId} has lost its lead`);
    const mine =
      (message.status === 'sending' && message.version === version) ||
      (message.status === 'uncertain' && message.version === version + 1);
    if (!mine) {
      ctx.log.error(
        { message: messageId, status: message.status, result: result.type },
        'an answer came for a message that somebody else settled',
      );
      if (result.type === 'sent') await appendAudit(tx, ctx.workspaceId, await stopReplacement(ctx, tx, message));
      return;
    }
    await write(ctx, tx, { message, lead, result, ids });
  });
}

type Write = {
  message: Message;
  lead: typeof leads.$inferSelect;
  result: SendResult;
  ids: { outcome: string; suppression: string; notice: string };
};

async function write(ctx: Context, tx: Tx, { message, lead, result, ids }: Write): Promise<void> {
  const now = ctx.clock.now();
  const events: AuditEvent[] = [];
  switch (result.type) {
    case 'sent':
      await restartWait(tx, message, now);
      await changeMessage(tx, message, {
        status: 'sent',
        sentAt: now,
        endedAt: now,
        statusReason: null,
        smtpAnswer: result.answer,
      });
      break;
    case 'later': {
      const wait = BACKOFF_MS[Math.min(message.attempts - 1, BACKOFF_MS.length - 1)] ?? 60_000;
      await changeMessage(tx, message, {
        status: 'approved',
        sendAfter: new Date(now.getTime() + wait),
        statusReason: `the mail server asked to wait: ${result.answer}`,
        smtpAnswer: result.answer,
      });
      break;
    }
    case 'failed':
      if (result.phase === 'rcpt') events.push(...(await hardBounce(ctx, tx, message, lead, ids)));
      await changeMessage(tx, message, {
        status: 'failed',
        endedAt: now,
        statusReason: `the mail server refused it: ${result.answer}`,
        smtpAnswer: result.answer,
      });
      await askAbout(ctx, tx, message, ids.notice, 'mail_failed');
      break;
    case 'unknown':
      await changeMessage(tx, message, {
        status: 'uncertain',
        statusReason: `no answer after the text was sent: ${result.answer}`,
        smtpAnswer: result.answer,
      });
      await askAbout(ctx, tx, message, ids.notice);
      break;
  }
  await touchPost(
    tx,
    ctx.workspaceId,
    { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
    now,
  );
  if (message.status === 'uncertain')
    await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'message', subjectId: message.id }, now);
  await appendAudit(tx, ctx.workspaceId, [
    ...events,
    {
      at: now,
      actor: 'system:deliver',
      action: `message.${result.type === 'unknown' ? 'uncertain' : result.type}`,
      subjectType: 'message',
      subjectId: message.id,
      data: { hash: message.contentHash },
    },
  ]);
}

export async function changeMessage(
  tx: Tx,
  message: Message,
  values: Partial<typeof messages.$inferInsert>,
): Promise<void> {
  await tx
    .update(messages)
    .set({ ...values, leaseUntil: null, version: sql`${messages.version} + 1` })
    .where(eq(messages.id, message.id));
}

/** The wait after a mail counts from when it really left, not from its approval. */
async function restartWait(tx: Tx, message: Message, now: Date): Promise<void> {
  if (message.enrollmentId === null) return;
  const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.id, message.enrollmentId));
  if (enrollment?.status !== 'waiting' || enrollment.pendingDecisionId !== null) return;
  const { definition } = await versionById(tx, enrollment.workflowVersionId);
  const timerAt = waitAfterMail(definition, message.step, enrollment.step, now);
  if (timerAt === null) return;
  // Where passing time alone could end it, it is looked at as planned, and then waits on.
  const planned = canEndEarly(definition) && enrollment.dueAt !== null && enrollment.dueAt < timerAt;
  await tx
    .update(enrollments)
    .set({
      dueAt: planned ? enrollment.dueAt : timerAt,
      timerAt,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
    })
    .where(eq(enrollments.id, enrollment.id));
}

/** A recipient refused for good: never mailed again, and the lead leaves every workflow. */
async function hardBounce(
  ctx: Context,
  tx: Tx,
  message: Message,
  lead: typeof leads.$inferSelect,
  ids: Write['ids'],
): Promise<AuditEvent[]> {
  const suppressed = await suppressLead(ctx, tx, {
    leadId: lead.id,
    reason: 'bounced',
    source: 'smtp',
    suppressionId: ids.suppression,
    exitReason: 'the address bounced',
  });
  const outcome = await recordOutcome(ctx, tx, {
    id: ids.outcome,
    leadId: lead.id,
    messageId: message.id,
    decisionId: message.decisionId,
    type: 'bounced',
    classification: 'human',
    reasons: ['refused_at_rcpt_to'],
    source: 'smtp',
    dedupeKey: `rcpt:${message.id}`,
    raw: null,
    occurredAt: ctx.clock.now(),
  });
  return [...suppressed.events, ...outcome.events];
}

/** Orders the notice that asks a person whether the mail went out; one that stands there from an earlier time asks again. */
export async function askAbout(
  ctx: Context,
  tx: Tx,
  message: Message,
  noticeId: string,
  type: 'mail_uncertain' | 'mail_failed' = 'mail_uncertain',
): Promise<void> {
  const { channels } = (await currentVersion(tx, message.workflowId)).definition;
  const subject = { purpose: 'notice', subjectType: 'message', subjectId: message.id } as const;
  const now = ctx.clock.now();
  await wantPost(tx, {
    ...subject,
    id: noticeId,
    workspaceId: ctx.workspaceId,
    channel: channels.email_draft,
    payload: { type },
    now,
  });
  await touchPost(tx, ctx.workspaceId, subject, now);
}
