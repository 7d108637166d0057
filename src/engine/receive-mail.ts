import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { InboundMail, MailEnvelope } from '../core/inbound-mail.ts';
import { headerValue } from '../core/mail-headers.ts';
import { kindOfMail, type MailKind } from '../core/mail-kind.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { firstSeen } from '../db/inbound-ids.ts';
import { type LeadRow, lockLeadByHash } from '../db/leads.ts';
import { leads } from '../db/schema.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { isOurOwn, type Match, matchMail, ourAddresses } from './match-mail.ts';
import { takeBounce } from './take-bounce.ts';
import { takeComplaint } from './take-complaint.ts';
import { takeAutomaticReply, takeReply, takeStrayOptOut } from './take-reply.ts';
import type { TakenMail } from './taken-mail.ts';

export type MailSource = 'smtp' | 'webhook';

export type ReceiveResult =
  /** It came in before. */
  | { result: 'duplicate' }
  | { result: 'ignored'; kind: MailKind['type'] }
  /** It answers no mail of ours; a lead's request not to be mailed was honoured all the same. */
  | { result: 'unmatched'; kind: MailKind['type']; optedOut: boolean }
  | { result: 'recorded'; kind: MailKind['type']; leadId: string; messageId: string };

/**
 * Takes in one mail from outside. What it is, is told from its form (programs first), whom it concerns only from what it cannot
 * have guessed. One transaction: a mail is recorded with all that follows from it, or whoever brought it hears of an error and
 * brings it again. Idempotent. Nothing that it says is obeyed but a wish to hear no more.
 */
export async function receiveMail(
  ctx: Context,
  mail: InboundMail,
  envelope: MailEnvelope,
  source: MailSource,
): Promise<ReceiveResult> {
  const result = await transact(ctx.db, (tx) => receiveInside(ctx, tx, mail, envelope, source));
  ctx.log.info({ source, mail: mail.hash.slice(0, 16), ...result }, 'a mail came in');
  if (result.result !== 'duplicate') ctx.queue.wake();
  return result;
}

async function receiveInside(
  ctx: Context,
  tx: Tx,
  mail: InboundMail,
  envelope: MailEnvelope,
  source: MailSource,
): Promise<ReceiveResult> {
  const now = ctx.clock.now();
  const key = replayKey(mail);
  if (!(await firstSeen(tx, { workspaceId: ctx.workspaceId, source: 'mail', externalId: key, receivedAt: now })))
    return { result: 'duplicate' };
  const kind = kindOfMail(mail, envelope, {
    senders: await ourAddresses(ctx, tx),
    sentIt: await isOurOwn(ctx, tx, mail),
  });
  const match = kind.type === 'own' ? null : await matchMail(ctx, tx, mail, envelope, kind);
  const received: AuditEvent = {
    at: now,
    actor: `system:${source}`,
    action: 'mail.received',
    subjectType: 'mail',
    subjectId: key,
    data: { kind: kind.type, matched: match?.by ?? null, message: match?.message.id ?? null },
  };
  const { result, events } = await act(ctx, tx, { mail, key, now }, kind, match);
  await appendAudit(tx, ctx.workspaceId, [received, ...events]);
  return result;
}

type Acted = { result: ReceiveResult; events: AuditEvent[] };

async function act(
  ctx: Context,
  tx: Tx,
  mail: Omit<TakenMail, 'lead'>,
  kind: MailKind,
  match: Match | null,
): Promise<Acted> {
  if (kind.type === 'own') return { result: { result: 'ignored', kind: kind.type }, events: [] };
  if (match === null) {
    const events = kind.type === 'human' ? await strayOptOut(ctx, tx, mail) : [];
    return { result: { result: 'unmatched', kind: kind.type, optedOut: events.length > 0 }, events };
  }
  const { message } = match;
  const lead = await lockLead(tx, ctx, message.leadId);
  const result: ReceiveResult = { result: 'recorded', kind: kind.type, leadId: lead.id, messageId: message.id };
  return { result, events: await takeFor(ctx, tx, { ...mail, lead }, kind, match) };
}

async function takeFor(
  ctx: Context,
  tx: Tx,
  taking: TakenMail,
  kind: Exclude<MailKind, { type: 'own' }>,
  match: Match,
): Promise<AuditEvent[]> {
  switch (kind.type) {
    case 'human':
      return takeReply(ctx, tx, taking, match);
    case 'automatic':
      return takeAutomaticReply(ctx, tx, taking, match, kind.reasons);
    case 'delivery_status':
      return takeBounce(ctx, tx, taking, match.message, kind.reports);
    case 'complaint':
      return takeComplaint(ctx, tx, taking, match.message, kind.feedback);
  }
}

/** From alone proves nothing, but whoever forged it could only keep mails from being sent. */
async function strayOptOut(ctx: Context, tx: Tx, mail: Omit<TakenMail, 'lead'>): Promise<AuditEvent[]> {
  if (mail.mail.from === null) return [];
  const lead = await lockLeadByHash(tx, ctx.workspaceId, addressHash(ctx.secrets.addressKey, mail.mail.from));
  return lead === null ? [] : takeStrayOptOut(ctx, tx, { ...mail, lead });
}

async function lockLead(tx: Tx, ctx: Context, leadId: string): Promise<LeadRow> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, leadId)).for('update');
  if (lead?.workspaceId !== ctx.workspaceId) throw new Error(`no lead ${leadId}`);
  return lead;
}

/**
 * The same mail by two ways differs in what the servers on the way wrote above it; two mails under one Message-ID, which some
 * programs write, differ in their text. Sender and words therefore belong to the key.
 */
function replayKey(mail: InboundMail): string {
  const messageId = headerValue(mail.headers, 'message-id').trim();
  if (messageId === '') return mail.hash;
  const words = [messageId, mail.from ?? '', mail.subject, mail.text, ...mail.reports.map(({ text }) => text)];
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}
