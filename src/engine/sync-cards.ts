import { and, eq, sql } from 'drizzle-orm';
import { appendAudit } from '../db/audit.ts';
import { rows, transact } from '../db/client.ts';
import { slackPosts } from '../db/schema.ts';
import { findPost, type SlackPost, touchPost, wantPost } from '../db/slack-posts.ts';
import { cardFacts } from './card.ts';
import type { DigestFacts } from './card-facts.ts';
import type { Context, PostResult, SlackMessage } from './context.ts';
import { noticeFacts } from './notice.ts';

const RETRY_MS = [5_000, 30_000, 120_000, 600_000];

/**
 * Makes one decision's Slack message match its row, now: after a click, when a person is looking. What doesn't work is left
 * to the sweep.
 */
export async function syncCard(ctx: Context, decisionId: string): Promise<void> {
  const post = await findPost(ctx.db, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: decisionId,
  });
  if (!post || post.shownRevision >= post.revision || post.status === 'failed' || post.status === 'dropped') return;
  const claimed = await claim(ctx, post.id);
  if (claimed) await show(ctx, claimed);
}

/**
 * One round over everything that Slack does not show yet: of each channel the oldest post that is due, one at a time, so
 * that a channel is never flooded and its order holds. Answers with how many were tried.
 */
export async function syncCards(ctx: Context): Promise<number> {
  const heads = await rows<{ id: string }>(
    ctx.db,
    sql`select distinct on (channel) id from slack_posts
        where workspace_id = ${ctx.workspaceId}::uuid and shown_revision < revision and status <> 'failed' and status <> 'dropped'
          and due_at <= ${ctx.clock.now().toISOString()}::timestamptz
          and not exists (select 1 from slack_posts busy where busy.workspace_id = slack_posts.workspace_id and busy.channel = slack_posts.channel
            and busy.lease_until >= ${ctx.machine.now().toISOString()}::timestamptz)
        order by channel, due_at, id`,
  );
  let tried = 0;
  for (const { id } of heads) {
    const claimed = await claim(ctx, id);
    if (!claimed) continue;
    tried += 1;
    await show(ctx, claimed);
  }
  return tried;
}

/** `posting` is committed before the call: a process that dies in it leaves a row that is looked up, not posted again. */
async function claim(ctx: Context, id: string): Promise<SlackPost | null> {
  return transact(ctx.db, async (tx) => {
    const [post] = await tx.select().from(slackPosts).where(eq(slackPosts.id, id)).for('update', { skipLocked: true });
    const machine = ctx.machine.now();
    if (!post || post.shownRevision >= post.revision || (post.leaseUntil !== null && post.leaseUntil >= machine))
      return null;
    // A row that is still `posting` after its lease was being posted when the process died.
    const status =
      post.ts !== null
        ? post.status
        : post.status === 'posting'
          ? 'uncertain'
          : post.status === 'uncertain'
            ? 'uncertain'
            : 'posting';
    const leaseUntil = new Date(machine.getTime() + 30_000);
    const claimed = { status, leaseUntil, firstTriedAt: post.firstTriedAt ?? machine, attempts: post.attempts + 1 };
    await tx.update(slackPosts).set(claimed).where(eq(slackPosts.id, id));
    return { ...post, ...claimed };
  });
}

async function show(ctx: Context, post: SlackPost): Promise<void> {
  const message = await render(ctx, post);
  if (message === null) {
    await save(ctx, post, { status: 'dropped', lastError: 'there is nothing to show any more' });
    return;
  }
  if (post.ts !== null && post.postedChannel !== null) {
    if (post.shownHash === message.hash) return shown(ctx, post, message, { channel: post.postedChannel, ts: post.ts });
    return settlePost(ctx, post, message, await ctx.slack.update(post.postedChannel, post.ts, message));
  }
  if (post.status === 'uncertain') {
    const found = await ctx.slack.find(post.channel, post.id, post.firstTriedAt ?? ctx.machine.now());
    if (found === 'unknown') return park(ctx, post);
    if (found !== null) return settlePost(ctx, post, message, await ctx.slack.update(found.channel, found.ts, message));
  }
  return settlePost(ctx, post, message, await ctx.slack.post(post.channel, message, post.id));
}

async function render(ctx: Context, post: SlackPost): Promise<SlackMessage | null> {
  switch (post.purpose) {
    case 'card': {
      const facts = await cardFacts(ctx, post.subjectId);
      return facts === null ? null : ctx.slack.render.card(facts);
    }
    case 'digest':
      return post.payload === null ? null : ctx.slack.render.digest(reviveDigest(post.payload));
    case 'notice': {
      const facts = await noticeFacts(ctx, post);
      return facts === null ? null : ctx.slack.render.notice(facts);
    }
  }
}

/** Dates came back from JSON as text. */
function reviveDigest(payload: Record<string, unknown>): DigestFacts {
  const facts = payload as unknown as DigestFacts;
  const waiting = facts.waiting.map((row) => ({ ...row, oldest: row.oldest === null ? null : new Date(row.oldest) }));
  return { ...facts, from: new Date(facts.from), to: new Date(facts.to), waiting };
}

async function settlePost(ctx: Context, post: SlackPost, message: SlackMessage, result: PostResult): Promise<void> {
  switch (result.type) {
    case 'posted':
      return shown(ctx, post, message, result);
    case 'later': {
      const wait = Math.max(result.afterMs, RETRY_MS[Math.min(post.attempts - 1, RETRY_MS.length - 1)] ?? 0);
      // The whole channel waits with it: what is behind must not overtake, and nothing goes out inside a Retry-After.
      const dueAt = new Date(ctx.clock.now().getTime() + (result.afterMs > 0 ? result.afterMs : wait));
      await ctx.db
        .update(slackPosts)
        .set({ dueAt })
        .where(
          and(
            eq(slackPosts.channel, post.channel),
            sql`${slackPosts.shownRevision} < ${slackPosts.revision}`,
            sql`${slackPosts.dueAt} < ${dueAt.toISOString()}::timestamptz`,
          ),
        );
      return save(ctx, post, { status: post.ts === null ? 'due' : 'posted', lastError: result.detail });
    }
    case 'refused':
      ctx.log.error({ post: post.id, channel: post.channel, detail: result.detail }, 'Slack refuses this message');
      return save(ctx, post, {
        status: post.ts === null ? 'due' : 'posted',
        lastError: result.detail,
        dueAt: new Date(ctx.clock.now().getTime() + 60_000),
      });
    case 'gone':
      // Somebody deleted the message. A decision that still waits must stand somewhere; what is settled need not come back.
      return save(
        ctx,
        post,
        (await stillAsks(ctx, post))
          ? { status: 'due', ts: null, postedChannel: null, firstTriedAt: null, lastError: result.detail }
          : { status: 'dropped', lastError: result.detail },
      );
    case 'unknown':
      return save(ctx, post, {
        status: post.ts === null ? 'uncertain' : 'posted',
        lastError: result.detail,
        dueAt: new Date(ctx.clock.now().getTime() + 5_000),
      });
  }
}

async function stillAsks(ctx: Context, post: SlackPost): Promise<boolean> {
  return post.purpose === 'card' && (await cardFacts(ctx, post.subjectId))?.status === 'pending';
}

async function save(ctx: Context, post: SlackPost, change: Partial<typeof slackPosts.$inferInsert>): Promise<void> {
  await ctx.db
    .update(slackPosts)
    .set({ ...change, leaseUntil: null })
    .where(eq(slackPosts.id, post.id));
}

async function shown(
  ctx: Context,
  post: SlackPost,
  message: SlackMessage,
  at: { channel: string; ts: string },
): Promise<void> {
  const first = post.ts === null;
  await transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    await tx
      .update(slackPosts)
      .set({
        status: 'posted',
        postedChannel: at.channel,
        ts: at.ts,
        shownHash: message.hash,
        shownRevision: post.revision,
        firstShownAt: post.firstShownAt ?? now,
        attempts: 0,
        lastError: null,
        leaseUntil: null,
      })
      .where(eq(slackPosts.id, post.id));
    if (first)
      await appendAudit(tx, ctx.workspaceId, [
        {
          at: now,
          actor: 'system:sync',
          action: `${post.purpose}.posted`,
          subjectType: post.subjectType,
          subjectId: post.subjectId,
          data: { channel: at.channel, ts: at.ts, shown: message.hash },
        },
      ]);
  });
  if (first) ctx.posted?.(post);
}

/**
 * We may not look whether the message stands there. A card is not posted again blindly: a notice asks a person, who sees the
 * channel. A notice itself is: its whole purpose is that somebody is told.
 */
async function park(ctx: Context, post: SlackPost): Promise<void> {
  ctx.log.warn(
    { post: post.id, channel: post.channel },
    'the answer to a post was lost and the history may not be read',
  );
  if (post.purpose === 'notice')
    return save(ctx, post, { status: 'due', lastError: 'its answer was lost; posted again' });
  const now = ctx.clock.now();
  await transact(ctx.db, async (tx) => {
    await tx
      .update(slackPosts)
      .set({ status: 'failed', lastError: 'its answer was lost; a person was asked', leaseUntil: null })
      .where(eq(slackPosts.id, post.id));
    await wantPost(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      purpose: 'notice',
      subjectType: post.subjectType,
      subjectId: post.subjectId,
      channel: post.channel,
      payload: { type: 'post_maybe_missing', postId: post.id },
      now,
    });
  });
}

/** A person did not see the message: it is posted again, and this time nothing stands there already. */
export async function postAgain(
  ctx: Context,
  postId: string,
  userId: string,
): Promise<{ ok: true } | { ok: false; text: string }> {
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const [post] = await tx.select().from(slackPosts).where(eq(slackPosts.id, postId)).for('update');
    if (!post) return { ok: false, text: 'This message does not exist any more.' };
    if (post.status !== 'failed') return { ok: false, text: 'It was posted already.' };
    await tx.update(slackPosts).set({ status: 'due', dueAt: now, lastError: null }).where(eq(slackPosts.id, postId));
    await touchPost(
      tx,
      ctx.workspaceId,
      { purpose: 'notice', subjectType: post.subjectType, subjectId: post.subjectId },
      now,
    );
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: `person:${userId}`,
        action: 'post.again',
        subjectType: post.subjectType,
        subjectId: post.subjectId,
        data: { post: postId },
      },
    ]);
    return { ok: true };
  });
}
