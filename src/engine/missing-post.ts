import { eq } from 'drizzle-orm';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { slackPosts } from '../db/schema.ts';
import { releasePost, type SlackPost, stillMine, touchPost, wantPost } from '../db/slack-posts.ts';
import type { Context } from './context.ts';

/**
 * We may not look whether the message stands there. A card is not posted again blindly: a notice asks a person, who sees the
 * channel. A notice itself is: its whole purpose is that somebody is told.
 */
export async function askWhetherItStands(ctx: Context, post: SlackPost): Promise<void> {
  ctx.log.warn(
    { post: post.id, channel: post.channel },
    'the answer to a post was lost and the history may not be read',
  );
  if (post.purpose === 'notice')
    return releasePost(ctx.db, post, { status: 'due', lastError: 'its answer was lost; posted again' });
  const now = ctx.clock.now();
  await transact(ctx.db, async (tx) => {
    await tx
      .update(slackPosts)
      .set({ status: 'failed', lastError: 'its answer was lost; a person was asked', leaseUntil: null })
      .where(stillMine(post));
    const subject = { purpose: 'notice', subjectType: post.subjectType, subjectId: post.subjectId } as const;
    await wantPost(tx, {
      ...subject,
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      channel: post.channel,
      payload: { type: 'post_maybe_missing', postId: post.id },
      now,
    });
    // The notice of an earlier loss says that it is settled: it has to ask again.
    await touchPost(tx, ctx.workspaceId, subject, now);
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
