import { and, desc, eq } from 'drizzle-orm';
import { addressKey } from '../core/email-address.ts';
import { htmlText } from '../core/html-text.ts';
import type { RenderedMail } from '../core/message.ts';
import { answerText } from '../core/quoted-text.ts';
import { withoutPlus } from '../core/reply-address.ts';
import { stopRequest } from '../core/stop-words.ts';
import { ASKED_TO_STOP } from '../core/outcome.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { insertLeadEvent } from '../db/leads.ts';
import { enrollments, leads } from '../db/schema.ts';
import { wantPost } from '../db/slack-posts.ts';
import { currentVersion } from '../db/workflows.ts';
import { pauseColleagues } from './account-pause.ts';
import type { Context } from './context.ts';
import { replyNoticeId } from './mail-notice.ts';
import type { Match, OurMessage } from './match-mail.ts';
import { recordOutcome } from './record-outcome.ts';
import { stopWorkflows } from './stop-workflows.ts';
import { suppressLead } from './suppress.ts';
import { wakeLead } from './wake-lead.ts';
import type { TakenMail } from './taken-mail.ts';

/** Of what a lead wrote, as much is kept. */
const KEPT = 2_000;
/** Of mail; a lead who answers from `karen+work@` is still the lead. */
const sameMailbox = (a: string, b: string): boolean => addressKey(withoutPlus(a)) === addressKey(withoutPlus(b));

/**
 * A person answered. Every workflow that the lead is in ends at once, with what was drafted and approved in it; people get to
 * see the words and are asked to answer. Only a wish to hear no more is obeyed: it suppresses the address.
 */
export async function takeReply(ctx: Context, tx: Tx, taken: TakenMail, match: Match): Promise<AuditEvent[]> {
  const { lead, now, key } = taken;
  const { message } = match;
  const said = readAnswer(taken, message);
  const ended = await endWorkflows(ctx, tx, taken, said.asksToStop);
  await tx.update(leads).set({ lastReplyAt: now }).where(eq(leads.id, lead.id));
  const reasons = [
    match.by,
    ...(said.fromAnother ? ['from_another_address'] : []),
    ...(said.asksToStop ? [ASKED_TO_STOP] : []),
  ];
  const outcomeId = ctx.ids.id();
  const outcome = await recordOutcome(ctx, tx, {
    id: outcomeId,
    leadId: lead.id,
    messageId: message.id,
    decisionId: message.decisionId,
    type: 'replied',
    classification: 'human',
    reasons,
    source: 'mail',
    dedupeKey: key,
    raw: lead.email === null ? null : { from: taken.mail.from },
    occurredAt: now,
  });
  const optOut = said.asksToStop ? await recordOptOut(ctx, tx, taken, message) : [];
  const eventId = await keepWords(ctx, tx, taken, said);
  const woken = await wakeLead(ctx, tx, lead.id, { events: ['replied'] });
  const paused = await pauseColleagues(ctx, tx, lead);
  await tellPeople(ctx, tx, {
    taken,
    workflowId: message.workflowId,
    outcomeId,
    eventId,
    said,
    stopped: ended.stopped,
  });
  return [...ended.events, ...outcome.events, ...optOut, ...woken.events, ...paused];
}

/** Written by a program: kept with the reasons, and nothing follows from it. */
export async function takeAutomaticReply(
  ctx: Context,
  tx: Tx,
  { lead, key, now }: TakenMail,
  { message }: Match,
  reasons: string[],
): Promise<AuditEvent[]> {
  const { events } = await recordOutcome(ctx, tx, {
    id: ctx.ids.id(),
    leadId: lead.id,
    messageId: message.id,
    decisionId: message.decisionId,
    type: 'replied',
    classification: 'bot',
    reasons,
    source: 'mail',
    dedupeKey: key,
    raw: null,
    occurredAt: now,
  });
  return events;
}

/** A mail that answers none of ours, from an address of a lead. Only an unmistakable wish to hear no more is honoured. */
export async function takeStrayOptOut(ctx: Context, tx: Tx, taken: TakenMail): Promise<AuditEvent[]> {
  const said = readAnswer(taken, null);
  if (!said.asksToStop) return [];
  const ended = await endWorkflows(ctx, tx, taken, true);
  const optOut = await recordOptOut(ctx, tx, taken, null);
  const eventId = await keepWords(ctx, tx, taken, said);
  const workflowId = await lastWorkflow(tx, taken.lead.id);
  if (workflowId !== null)
    await tellPeople(ctx, tx, { taken, workflowId, outcomeId: null, eventId, said, stopped: ended.stopped });
  return [...ended.events, ...optOut];
}

type Said = { text: string; asksToStop: boolean; fromAnother: boolean };

function readAnswer({ mail, lead }: TakenMail, message: OurMessage | null): Said {
  const ours = message?.mail as RenderedMail | null | undefined;
  const text = answerText(mail.text, ours ? [ours.text, htmlText(ours.html)] : []);
  return {
    text,
    asksToStop: stopRequest(text) !== null || (text === '' && asksInSubject(mail.subject, ours?.subject)),
    fromAnother: lead.email !== null && (mail.from === null || !sameMailbox(mail.from, lead.email)),
  };
}

/** Mail programs offer a link that writes an empty mail with “unsubscribe” above it. Our own subject says nothing of the lead. */
function asksInSubject(subject: string, ours: string | undefined): boolean {
  const bare = subject.replace(/^(?:(?:re|aw|antw|sv|vs|odp|ynt|r|rif)\s*:\s*)+/i, '');
  return bare !== ours && stopRequest(bare) !== null;
}

async function endWorkflows(
  ctx: Context,
  tx: Tx,
  { lead }: TakenMail,
  asksToStop: boolean,
): Promise<{ stopped: string[]; events: AuditEvent[] }> {
  if (!asksToStop) return stopWorkflows(ctx, tx, lead.id, 'the lead replied');
  return suppressLead(ctx, tx, {
    leadId: lead.id,
    reason: 'replied_stop',
    source: 'mail',
    suppressionId: ctx.ids.id(),
    exitReason: 'the lead asked not to be mailed',
  });
}

async function recordOptOut(
  ctx: Context,
  tx: Tx,
  { lead, key, now }: TakenMail,
  message: OurMessage | null,
): Promise<AuditEvent[]> {
  const { events } = await recordOutcome(ctx, tx, {
    id: ctx.ids.id(),
    leadId: lead.id,
    messageId: message?.id ?? null,
    decisionId: message?.decisionId ?? null,
    type: 'unsubscribed',
    classification: 'human',
    reasons: [ASKED_TO_STOP, ...(message === null ? ['named_no_mail'] : [])],
    source: 'mail',
    dedupeKey: `${key}:stop`,
    raw: null,
    occurredAt: now,
  });
  return events;
}

/** What the lead wrote, where whoever writes to it next will see it. Nothing is kept of somebody whose data was erased. */
async function keepWords(ctx: Context, tx: Tx, { lead, key, now }: TakenMail, said: Said): Promise<string | null> {
  if (lead.email === null) return null;
  const id = ctx.ids.id();
  const text = said.text.length > KEPT ? `${said.text.slice(0, KEPT - 1)}…` : said.text;
  await insertLeadEvent(tx, {
    id,
    workspaceId: ctx.workspaceId,
    leadId: lead.id,
    type: 'replied',
    source: 'mail',
    externalId: key,
    payload: {
      ...(text === '' ? {} : { text: text.toWellFormed() }),
      ...(said.fromAnother ? { from: 'another address' } : {}),
    },
    occurredAt: now,
    receivedAt: now,
  });
  return id;
}

type Told = {
  taken: TakenMail;
  workflowId: string;
  outcomeId: string | null;
  eventId: string | null;
  said: Said;
  stopped: string[];
};

async function tellPeople(ctx: Context, tx: Tx, told: Told): Promise<void> {
  const { taken, workflowId, outcomeId, eventId, said, stopped } = told;
  const { channels } = (await currentVersion(tx, workflowId)).definition;
  await wantPost(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    purpose: 'notice',
    subjectType: 'workspace',
    subjectId: replyNoticeId(taken.key),
    channel: channels.email_draft,
    payload: {
      type: 'lead_replied',
      leadId: taken.lead.id,
      workflowId,
      outcomeId,
      eventId,
      stopped,
      optedOut: said.asksToStop,
      cut: said.text.length > KEPT,
      unread: taken.mail.unread !== null,
    },
    now: taken.now,
  });
}

/** Where people would look for news of this lead. */
async function lastWorkflow(tx: Tx, leadId: string): Promise<string | null> {
  const [enrollment] = await tx
    .select({ workflowId: enrollments.workflowId })
    .from(enrollments)
    .where(and(eq(enrollments.leadId, leadId)))
    .orderBy(desc(enrollments.enteredAt), desc(enrollments.id))
    .limit(1);
  return enrollment?.workflowId ?? null;
}
