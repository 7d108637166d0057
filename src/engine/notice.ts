import { eq } from 'drizzle-orm';
import { decisions, leads, messages, slackPosts, workflows } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import { autonomyNotice } from './autonomy-notice.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';
import { leadNotice } from './lead-notice.ts';
import { learnedNotice } from './learned-notice.ts';
import { mailNotice } from './mail-notice.ts';
import { stuckNotice } from './stuck-notice.ts';
import { heldMailNotice, taskNotice } from './task-notice.ts';

/** What a notice says, from today's rows; null when what it was about is gone. */
export async function noticeFacts(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const type = post.payload?.['type'];
  if (type === 'sender_trouble')
    return {
      type,
      detail: textOf(post, 'detail'),
      since: new Date(textOf(post, 'since') || post.createdAt),
    };
  if (type === 'post_maybe_missing') return maybeMissing(ctx, textOf(post, 'postId'));
  if (type === 'lead_replied' || type === 'lead_complained') return mailNotice(ctx, post);
  if (type === 'autonomy') return autonomyNotice(ctx, post);
  if (type === 'facts_missing' || type === 'import_odd') return leadNotice(ctx, post);
  if (type === 'learned') return learnedNotice(post);
  if (type === 'task') return taskNotice(ctx, post);
  if (type === 'stuck') return stuckNotice(ctx, post);
  if (type === 'fixed_mail_held') return heldMailNotice(ctx, post);
  if (type !== 'mail_uncertain' && type !== 'mail_failed') return null;
  const [found] = await ctx.db
    .select()
    .from(messages)
    .innerJoin(leads, eq(leads.id, messages.leadId))
    .innerJoin(workflows, eq(workflows.id, messages.workflowId))
    .where(eq(messages.id, post.subjectId));
  if (!found) return null;
  const { messages: message, leads: lead, workflows: workflow } = found;
  const leadName = [lead.firstName, lead.lastName].filter(Boolean).join(' ') || (lead.email ?? 'an erased lead');
  if (type === 'mail_failed')
    return { type, messageId: message.id, workflow: workflow.name, leadName, reason: message.statusReason ?? '' };
  return {
    type,
    messageId: message.id,
    decisionId: message.decisionId,
    workflow: workflow.name,
    leadName,
    since: message.sendingAt ?? message.approvedAt,
    status: message.status,
    settledBy: message.status === 'uncertain' ? null : (message.statusReason ?? null),
  };
}

async function maybeMissing(ctx: Context, postId: string): Promise<NoticeFacts | null> {
  const [post] = await ctx.db.select().from(slackPosts).where(eq(slackPosts.id, postId));
  if (!post) return null;
  const [found] =
    post.subjectType === 'decision'
      ? await ctx.db
          .select({ lead: leads })
          .from(decisions)
          .innerJoin(leads, eq(leads.id, decisions.leadId))
          .where(eq(decisions.id, post.subjectId))
      : [];
  const lead = found?.lead;
  const about = lead
    ? [lead.firstName, lead.lastName].filter(Boolean).join(' ') || (lead.email ?? 'an erased lead')
    : 'the digest';
  return { type: 'post_maybe_missing', postId, about, open: post.status === 'failed' };
}

function textOf(post: SlackPost, key: string): string {
  const value = post.payload?.[key];
  return typeof value === 'string' ? value : '';
}
