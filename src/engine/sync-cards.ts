import { eq, type SQL, sql } from 'drizzle-orm';
import { appendAudit } from '../db/audit.ts';
import { rows, transact } from '../db/client.ts';
import { slackPosts } from '../db/schema.ts';
import { findPost, releasePost, type SlackPost, stillMine } from '../db/slack-posts.ts';
import { cardFacts } from './card.ts';
import type { DigestFacts } from './card-facts.ts';
import type { Context, PostResult, SlackMessage } from './context.ts';
import { askWhetherItStands } from './missing-post.ts';
import { noticeFacts } from './notice.ts';

const RETRY_MS = [5_000, 30_000, 120_000, 600_000];
const REFUSED_RETRY_MS = 60_000;

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
  if (post.dueAt > ctx.clock.now() || (await isHeld(ctx, post.channel))) return;
  const claimed = await claim(ctx, post.id);
  if (claimed) await show(ctx, claimed);
}

/** A post that Slack put off (it alone counts attempts while its time has not come) holds its channel: none may overtake it. */
function held(now: Date, channel: SQL): SQL {
  return sql`exists (select 1 from slack_posts held where held.channel = ${channel} and held.shown_revision < held.revision
    and held.status in ('due', 'posted') and held.attempts > 0 and held.due_at > ${now.toISOString()}::timestamptz)`;
}

async function isHeld(ctx: Context, channel: string): Promise<boolean> {
  const [row] = await rows<{ held: boolean }>(
    ctx.db,
    sql`select ${held(ctx.clock.now(), sql`${channel}::text`)} as held`,
  );
  return row?.held ?? false;
}

/**
 * One round over everything that Slack does not show yet: of each channel the oldest post that is due, one at a time, so
 * that a channel is never flooded and its order holds. Answers with how many were tried.
 */
export async function syncCards(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const heads = await rows<{ id: string }>(
    ctx.db,
    sql`select distinct on (channel) id from slack_posts
        where workspace_id = ${ctx.workspaceId}::uuid and shown_revision < revision and status <> 'failed' and status <> 'dropped'
          and due_at <= ${now.toISOString()}::timestamptz
          and not exists (select 1 from slack_posts busy where busy.channel = slack_posts.channel and busy.shown_revision < busy.revision
            and busy.status <> 'failed' and busy.status <> 'dropped' and busy.lease_until >= ${ctx.machine.now().toISOString()}::timestamptz)
          and not ${held(now, sql`slack_posts.channel`)}
        order by channel, case when ts is null then created_at else due_at end, id`,
  );
  let tried = 0;
  for (const { id } of heads) {
    const claimed = await claim(ctx, id);
    if (!claimed) continue;
    tried += 1;
    try {
      await show(ctx, claimed);
    } catch (error) {
      // Its lease runs out and it is looked up; the other channels must not wait for it.
      ctx.log.error({ post: id, error: error instanceof Error ? error.stack : String(error) }, 'a post failed');
    }
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
  let message: SlackMessage | null;
  try {
    message = await render(ctx, post);
  } catch (error) {
    // Nothing was sent. What can't be rendered must not keep its channel from everything behind it.
    ctx.log.error({ post: post.id, error: error instanceof Error ? error.stack : String(error) }, 'not rendered');
    return releasePost(ctx.db, post, {
      status: post.status === 'posting' ? 'due' : post.status,
      attempts: 0,
      lastError: 'it could not be rendered',
      dueAt: new Date(ctx.clock.now().getTime() + REFUSED_RETRY_MS),
    });
  }
  if (message === null) {
    await releasePost(ctx.db, post, { status: 'dropped', lastError: 'there is nothing to show any more' });
    return;
  }
  if (post.ts !== null && post.postedChannel !== null) {
    if (post.shownHash === message.hash) return shown(ctx, post, message, { channel: post.postedChannel, ts: post.ts });
    return settlePost(ctx, post, message, await ctx.slack.update(post.postedChannel, post.ts, message));
  }
  if (post.status === 'uncertain') {
    const found = await ctx.slack.find(post.channel, post.id, post.firstTriedAt ?? ctx.machine.now());
    if (found === 'unknown') return askWhetherItStands(ctx, post);
    if (found !== null) {
      // Kept before anything else can fail: what stands there must never be posted a second time.
      const standing = { ...post, status: 'posted' as const, ts: found.ts, postedChannel: found.channel };
      if (!(await keepPlace(ctx, standing))) return;
      return settlePost(ctx, standing, message, await ctx.slack.update(found.channel, found.ts, message));
    }
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

/** Dates came back from JSON as text; a digest of before has nothing about autonomy. */
function reviveDigest(payload: Record<string, unknown>): DigestFacts {
  const facts = payload as unknown as Omit<DigestFacts, 'autonomy'> & Partial<Pick<DigestFacts, 'autonomy'>>;
  const waiting = facts.waiting.map((row) => ({ ...row, oldest: row.oldest === null ? null : new Date(row.oldest) }));
  return { ...facts, from: new Date(facts.from), to: new Date(facts.to), waiting, autonomy: facts.autonomy ?? [] };
}

async function settlePost(ctx: Context, post: SlackPost, message: SlackMessage, result: PostResult): Promise<void> {
  switch (result.type) {
    case 'posted':
      return shown(ctx, post, message, result);
    case 'later': {
      const wait =
        result.afterMs > 0 ? result.afterMs : (RETRY_MS[Math.min(post.attempts - 1, RETRY_MS.length - 1)] ?? 0);
      // The whole channel waits with it (`held`): what is behind must not overtake, and nothing goes out inside a Retry-After.
      return releasePost(ctx.db, post, {
        status: post.ts === null ? 'due' : 'posted',
        lastError: result.detail,
        dueAt: new Date(ctx.clock.now().getTime() + wait),
      });
    }
    case 'refused':
      ctx.log.error({ post: post.id, channel: post.channel, detail: result.detail }, 'Slack refuses this message');
      return releasePost(ctx.db, post, {
        status: post.ts === null ? 'due' : 'posted',
        attempts: 0,
        lastError: result.detail,
        dueAt: new Date(ctx.clock.now().getTime() + REFUSED_RETRY_MS),
      });
    case 'gone':
      // Somebody deleted the message. What still asks for an answer must stand somewhere; what is settled need not come back.
      return releasePost(
        ctx.db,
        post,
        (await stillAsks(ctx, post))
          ? {
              status: 'due',
              ts: null,
              postedChannel: null,
              shownRevision: 0,
              shownHash: null,
              firstTriedAt: null,
              lastError: result.detail,
              attempts: 0,
            }
          : { status: 'dropped', lastError: result.detail },
      );
    case 'unknown':
      return releasePost(ctx.db, post, {
        status: post.ts === null ? 'uncertain' : 'posted',
        lastError: result.detail,
        dueAt: new Date(ctx.clock.now().getTime() + 5_000),
      });
  }
}

async function stillAsks(ctx: Context, post: SlackPost): Promise<boolean> {
  if (post.purpose === 'card') return (await cardFacts(ctx, post.subjectId))?.status === 'pending';
  const notice = post.purpose === 'notice' ? await noticeFacts(ctx, post) : null;
  return (
    (notice?.type === 'mail_uncertain' && notice.status === 'uncertain') ||
    (notice?.type === 'task' && notice.status === 'open') ||
    (notice?.type === 'post_maybe_missing' && notice.open) ||
    (notice?.type === 'facts_missing' && notice.open) ||
    (notice?.type === 'import_odd' && notice.status === 'waiting')
  );
}

async function keepPlace(ctx: Context, post: SlackPost): Promise<boolean> {
  const { status, ts, postedChannel } = post;
  const kept = await ctx.db
    .update(slackPosts)
    .set({ status, ts, postedChannel })
    .where(stillMine(post))
    .returning({ id: slackPosts.id });
  return kept.length === 1;
}

async function shown(
  ctx: Context,
  post: SlackPost,
  message: SlackMessage,
  at: { channel: string; ts: string },
): Promise<void> {
  const first = post.shownRevision === 0;
  const mine = await transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const written = await tx
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
      .where(stillMine(post))
      .returning({ id: slackPosts.id });
    if (written.length === 0) return false;
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
    return true;
  });
  if (!mine)
    ctx.log.error({ post: post.id, ts: at.ts }, 'a post was written by a process that had slept through its claim');
  else if (first) ctx.posted?.(post);
}
