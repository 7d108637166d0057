import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { RenderedMail } from '../core/message.ts';
import { looksLikeInstruction } from '../core/taint.ts';
import { decisions, leadEvents, leads, messages, outcomes, policyEvents, workflows } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';

/** Ids and yes or no: what was written stands in the rows that erasure empties. */
const payloadSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('lead_replied'),
    leadId: z.string(),
    workflowId: z.string(),
    outcomeId: z.string().nullable(),
    eventId: z.string().nullable(),
    stopped: z.array(z.string()),
    optedOut: z.boolean(),
    cut: z.boolean(),
    unread: z.boolean(),
  }),
  z.object({
    type: z.literal('lead_complained'),
    leadId: z.string(),
    workflowId: z.string(),
    messageId: z.string(),
    stopped: z.array(z.string()),
  }),
]);
export type MailNotice = z.infer<typeof payloadSchema>;

/** A person said of a lead's answer that our mail was what was wrong: as the log of the cell has it. */
export const NEGATIVE_REPLY = 'a negative reply';

/** What the notice of a mail that came in is about: the mail's own key. */
export function replyNoticeId(key: string): string {
  return `mail:${key}`;
}
type Replied = Extract<MailNotice, { type: 'lead_replied' }>;

/** What a notice about a lead's answer or complaint says, from today's rows; null when the lead is gone. */
export async function mailNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const payload = payloadSchema.parse(post.payload);
  const [lead] = await ctx.db.select().from(leads).where(eq(leads.id, payload.leadId));
  if (!lead) return null;
  const names = await workflowNames(ctx, [payload.workflowId, ...payload.stopped]);
  const about = {
    leadName: [lead.firstName, lead.lastName].filter(Boolean).join(' ') || (lead.email ?? 'an erased lead'),
    workflow: names.get(payload.workflowId) ?? '',
    stopped: [...new Set(payload.stopped)].map((id) => names.get(id) ?? '').toSorted(),
    at: post.createdAt,
  };
  if (payload.type === 'lead_complained')
    return { type: payload.type, ...about, subject: await subjectOf(ctx, payload.messageId) };
  return {
    type: payload.type,
    ...about,
    leadEmail: lead.email,
    ...(await answerOf(ctx, payload, lead.email === null)),
    blame: payload.outcomeId === null || payload.optedOut ? null : await blameOf(ctx, payload.outcomeId),
  };
}

/** Whether the answer is held against the approval of the mail, and by whom; null where there was none to hold it against. */
async function blameOf(
  ctx: Context,
  outcomeId: string,
): Promise<Extract<NoticeFacts, { type: 'lead_replied' }>['blame']> {
  const [approval] = await ctx.db
    .select({ id: decisions.id })
    .from(outcomes)
    .innerJoin(decisions, eq(decisions.id, outcomes.decisionId))
    .where(
      and(eq(outcomes.id, outcomeId), inArray(decisions.status, ['approved', 'edited']), eq(decisions.purpose, 'live')),
    );
  if (!approval) return null;
  const [said] = await ctx.db
    .select({ actor: policyEvents.actor })
    .from(policyEvents)
    .where(
      and(
        eq(policyEvents.decisionId, approval.id),
        eq(policyEvents.type, 'relabelled'),
        eq(policyEvents.reason, NEGATIVE_REPLY),
      ),
    );
  return { outcomeId, by: said?.actor.replace(/^person:/, '') ?? null };
}

type Answer = Pick<
  Extract<NoticeFacts, { type: 'lead_replied' }>,
  'subject' | 'text' | 'note' | 'fromAnother' | 'optedOut' | 'looksLikeInstruction'
>;

async function answerOf(ctx: Context, payload: Replied, erased: boolean): Promise<Answer> {
  const [event] =
    payload.eventId === null ? [] : await ctx.db.select().from(leadEvents).where(eq(leadEvents.id, payload.eventId));
  const [outcome] =
    payload.outcomeId === null ? [] : await ctx.db.select().from(outcomes).where(eq(outcomes.id, payload.outcomeId));
  const text = erased ? null : (event?.payload['text'] ?? null);
  const from = outcome?.raw?.['from'];
  const another = event?.payload['from'] !== undefined;
  return {
    subject: outcome?.messageId ? await subjectOf(ctx, outcome.messageId) : null,
    text,
    note: erased
      ? 'erased'
      : text !== null
        ? payload.cut
          ? 'cut'
          : 'complete'
        : payload.unread
          ? 'unreadable'
          : 'no_words',
    fromAnother: another ? (typeof from === 'string' ? from : 'an address that cannot be read') : null,
    optedOut: payload.optedOut,
    looksLikeInstruction: text !== null && looksLikeInstruction(text),
  };
}

async function subjectOf(ctx: Context, messageId: string): Promise<string | null> {
  const [message] = await ctx.db.select({ mail: messages.mail }).from(messages).where(eq(messages.id, messageId));
  return (message?.mail as RenderedMail | null | undefined)?.subject ?? null;
}

async function workflowNames(ctx: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const found = await ctx.db
    .select({ id: workflows.id, name: workflows.name })
    .from(workflows)
    .where(inArray(workflows.id, [...new Set(ids)]));
  return new Map(found.map(({ id, name }) => [id, name]));
}
