import { and, count, eq, gt, inArray, min, ne, sql } from 'drizzle-orm';
import { durationMs } from '../core/duration.ts';
import { mailHash, type RenderedMail } from '../core/message.ts';
import { maySend, type SendAnswer } from '../core/send-gate.ts';
import { zoneOf } from '../core/workflow/local-time.ts';
import { accountZoneOf } from '../db/accounts.ts';
import { appendAudit } from '../db/audit.ts';
import { rows, transact, type Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { decisions, enrollments, leads, messages, workflows } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { suppressionOf } from '../db/suppressions.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { versionById } from '../db/workflows.ts';
import { heldBecause } from './account-pause.ts';
import type { Context, MailSession, SendResult } from './context.ts';
import { recordSendResult } from './record-send-result.ts';
import { reportSenderTrouble } from './sender-trouble.ts';

type Message = typeof messages.$inferSelect;
export type DeliverJob = { messageId: string; version: number };

const SENDER_TROUBLE_RETRY_MS = 60_000;
/** A mail that is put off by more than this is news, even when the reason is not. */
const WORTH_TELLING_MS = 3_600_000;

/**
 * Sends one approved mail, at most once. Connection first; then one transaction that locks the lead, checks everything again
 * and commits `sending`; then the wire; then what the server's answer means. Nothing is ever sent a second time by code: a
 * process that dies between `sending` and the answer leaves a row that people are asked about.
 */
export async function deliver(ctx: Context, job: DeliverJob): Promise<void> {
  try {
    await sendMessage(ctx, job);
  } catch (error) {
    // Only what is still `approved` is put off: it must not stand in the way of the mails behind it, second after second.
    await postpone(ctx, job, 'it could not be prepared; the log says why');
    throw error;
  }
}

async function sendMessage(ctx: Context, job: DeliverJob): Promise<void> {
  const look = await transact(ctx.db, (tx) => decide(ctx, tx, job, false));
  if (look === null || look.answer.do !== 'send') return;
  const opened = await ctx.mail.open();
  if (!opened.ok) {
    await postpone(ctx, job, `the mail server can't be reached: ${opened.detail}`);
    await reportSenderTrouble(ctx, opened.detail);
    return;
  }
  try {
    const claimed = await transact(ctx.db, (tx) => decide(ctx, tx, job, true));
    if (claimed === null || claimed.answer.do !== 'send') return;
    const result = await sendOnce(ctx, opened.session, claimed);
    await recordSendResult(ctx, { messageId: job.messageId, version: job.version, result });
  } finally {
    opened.session.close();
  }
}

/** The transport throws only before MAIL FROM, for a mail it won't put on the wire: surely not sent, and no use to try again. */
async function sendOnce(
  ctx: Context,
  session: MailSession,
  { mail, message, leaseUntil }: Decided,
): Promise<SendResult> {
  // A process that was halted here may wake when people were asked long ago, and have had the mail sent again.
  if (leaseUntil !== null && ctx.machine.now() >= leaseUntil)
    return { type: 'later', answer: 'nothing was sent: the program was halted for too long' };
  try {
    return await session.send(mail, message.messageIdHeader, ctx.clock.now());
  } catch (error) {
    ctx.log.error({ message: message.id, error: String(error) }, 'a mail was refused before it was sent');
    return { type: 'failed', answer: error instanceof Error ? error.message : String(error), phase: 'mail' };
  }
}

type Decided = { answer: SendAnswer; mail: RenderedMail; message: Message; leaseUntil: Date | null };

/**
 * The gate, under the lead's lock. `commit` marks the row `sending`; without it only deferrals and cancellations are written,
 * so that no connection is opened for a mail that can't go.
 */
async function decide(ctx: Context, tx: Tx, job: DeliverJob, commit: boolean): Promise<Decided | null> {
  const [known] = await tx
    .select({ leadId: messages.leadId, decisionId: messages.decisionId })
    .from(messages)
    .where(eq(messages.id, job.messageId));
  if (!known) throw new Error(`no message ${job.messageId}`);
  const [lead] = await tx.select().from(leads).where(eq(leads.id, known.leadId)).for('update');
  const [decision] = await tx.select().from(decisions).where(eq(decisions.id, known.decisionId)).for('share');
  const [message] = await tx.select().from(messages).where(eq(messages.id, job.messageId)).for('update');
  if (!lead || !decision || !message) throw new Error(`message ${job.messageId} has lost its lead or decision`);
  if (message.status !== 'approved' || message.version !== job.version) return null;
  const now = ctx.clock.now();
  const mail = message.mail as RenderedMail | null;
  const answer =
    mail === null
      ? ({ do: 'cancel', reason: 'the lead was erased' } as const)
      : maySend(await sendFacts(ctx, tx, { lead, decision, message, mail, now }));
  if (mail === null || answer.do === 'cancel') {
    const reason = answer.do === 'cancel' ? answer.reason : '';
    await settleMessage(
      ctx,
      tx,
      message,
      { status: 'cancelled', statusReason: reason, leaseUntil: null, endedAt: now },
      'message.cancelled',
    );
    return null;
  }
  if (answer.do === 'defer') {
    await putOff(ctx, tx, message, answer.until, answer.reason);
    return null;
  }
  // The lease runs from here: when nobody reports back by then, people are asked.
  const leaseUntil = commit ? new Date(ctx.machine.now().getTime() + ctx.settings.sendLeaseMs) : null;
  if (commit) {
    await settleMessage(
      ctx,
      tx,
      message,
      { status: 'sending', statusReason: null, sendingAt: now, leaseUntil, attempts: message.attempts + 1 },
      'message.sending',
      false,
    );
  }
  return { answer, mail, message, leaseUntil };
}

/** Later again. What is put off for the same reason minute after minute writes no audit row and changes no card each time. */
async function putOff(ctx: Context, tx: Tx, message: Message, sendAfter: Date, reason: string): Promise<void> {
  const change = { sendAfter, statusReason: reason, leaseUntil: null };
  if (message.statusReason !== reason || sendAfter.getTime() - message.sendAfter.getTime() > WORTH_TELLING_MS)
    return settleMessage(ctx, tx, message, change, 'message.deferred');
  await tx
    .update(messages)
    .set({ ...change, version: sql`${messages.version} + 1` })
    .where(eq(messages.id, message.id));
}

type SendRows = {
  lead: typeof leads.$inferSelect;
  decision: typeof decisions.$inferSelect;
  message: Message;
  mail: RenderedMail;
  now: Date;
};

async function sendFacts(
  ctx: Context,
  tx: Tx,
  { lead, decision, message, mail, now }: SendRows,
): Promise<Parameters<typeof maySend>[0]> {
  const workspace = await findWorkspace(tx, ctx.workspaceId);
  const [workflow] = await tx.select().from(workflows).where(eq(workflows.id, message.workflowId));
  const [enrollment] =
    message.enrollmentId === null
      ? []
      : await tx.select().from(enrollments).where(eq(enrollments.id, message.enrollmentId));
  const version = await versionById(tx, decision.workflowVersionId ?? '');
  const { cap, quiet_hours: quietHours } = version.definition;
  const windowStart = new Date(now.getTime() - durationMs(cap.within));
  const [recent] = await tx
    .select({ sent: count(), oldest: min(messages.sendingAt) })
    .from(messages)
    .where(
      and(
        eq(messages.leadId, lead.id),
        ne(messages.id, message.id),
        inArray(messages.status, ['sending', 'sent', 'uncertain']),
        // A mail of exactly so long ago is out of the window: at that very moment the next one may go.
        gt(messages.sendingAt, windowStart),
      ),
    );
  return {
    now,
    sendAfter: message.sendAfter,
    decisionStatus: decision.status,
    decisionHash: decision.proposalHash,
    rowHash: mailHash(mail),
    messageTo: mail.to,
    leadEmail: lead.email,
    suppressed: await suppressionOf(tx, lead, ctx.secrets.addressKey),
    repliedSince: lead.lastReplyAt !== null && lead.lastReplyAt > decision.createdAt,
    enrollmentStatus: enrollment?.status ?? null,
    exitReason: enrollment?.exitReason ?? null,
    pause: pauseOf(enrollment),
    workspacePaused: workspace.pausedAt !== null,
    // One that is archived and drains goes on with whom it has.
    workflowStatus: workflow?.draining === true ? 'active' : (workflow?.status ?? 'archived'),
    sentInWindow: recent?.sent ?? 0,
    ahead: await mailsAhead(tx, message, workflow?.id ?? '', now),
    cap,
    capFreeAt: recent?.oldest ? new Date(recent.oldest.getTime() + durationMs(cap.within)) : null,
    quietHours,
    zone: zoneOf(lead.timezone, await accountZoneOf(tx, lead), workspace.timezone),
    expiresAt: message.expiresAt,
  };
}

function pauseOf(enrollment: typeof enrollments.$inferSelect | undefined): { reason: string; until: Date } | null {
  if (!enrollment || enrollment.pausedReason === null || enrollment.dueAt === null) return null;
  return { reason: heldBecause(enrollment.pausedReason, enrollment.dueAt), until: enrollment.dueAt };
}

/** Mails for the same lead that may go now too and belong to a workflow of higher priority than this one's. */
async function mailsAhead(tx: Tx, message: Message, workflowId: string, now: Date): Promise<number> {
  const priority = sql.raw("coalesce((v.definition->>'priority')::int, 50)");
  const [row] = await rows<{ ahead: number }>(
    tx,
    sql`select count(*)::int as ahead from messages m
        join workflows w on w.id = m.workflow_id and w.status = 'active' join workflow_versions v on v.id = w.current_version_id
        where m.lead_id = ${message.leadId}::uuid and m.id <> ${message.id}::uuid and m.status = 'approved'
          and m.send_after <= ${now.toISOString()}::timestamptz
          and ${priority} > (select ${priority} from workflows w join workflow_versions v on v.id = w.current_version_id where w.id = ${workflowId}::uuid)`,
  );
  return row?.ahead ?? 0;
}

type MessageChange = Partial<typeof messages.$inferInsert>;

/** One change of a message's row with its card and its audit row. `raise` moves the version on, which ends this claim. */
async function settleMessage(
  ctx: Context,
  tx: Tx,
  message: Message,
  change: MessageChange,
  action: string,
  raise = true,
): Promise<void> {
  const now = ctx.clock.now();
  await tx
    .update(messages)
    .set(raise ? { ...change, version: sql`${messages.version} + 1` } : change)
    .where(eq(messages.id, message.id));
  if (action !== 'message.sending')
    await touchPost(
      tx,
      ctx.workspaceId,
      { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
      now,
    );
  const reason = typeof change.statusReason === 'string' ? change.statusReason : null;
  if (action === 'message.deferred') await tellDeferred(ctx, tx, message, reason);
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: 'system:deliver',
      action,
      subjectType: 'message',
      subjectId: message.id,
      // A mail server's own words may name an address.
      data: { hash: message.contentHash, ...(reason === null || SERVER_SAID.test(reason) ? {} : { reason }) },
    },
  ]);
}

const SERVER_SAID = /mail server|could not be prepared/;

/** In the lead's history, where people look for why nothing came. */
async function tellDeferred(ctx: Context, tx: Tx, message: Message, why: string | null): Promise<void> {
  const { enrollmentId, workspaceId, workflowId, leadId, step } = message;
  if (enrollmentId === null) return;
  const whose = { id: enrollmentId, workspaceId, workflowId, leadId };
  await writeHistory(tx, whose, [{ step, did: 'deferred', to: null, why }], { ids: ctx.ids, at: ctx.clock.now() });
}

/** Surely nothing left: later again. */
async function postpone(ctx: Context, job: DeliverJob, reason: string): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const [message] = await tx.select().from(messages).where(eq(messages.id, job.messageId)).for('update');
    if (!message || message.status !== 'approved' || message.version !== job.version) return;
    const now = ctx.clock.now();
    if (now < message.expiresAt)
      return putOff(ctx, tx, message, new Date(now.getTime() + SENDER_TROUBLE_RETRY_MS), reason);
    const ended = { status: 'cancelled', statusReason: 'it waited longer than an approval holds' } as const;
    await settleMessage(ctx, tx, message, { ...ended, leaseUntil: null, endedAt: now }, 'message.cancelled');
  });
}
