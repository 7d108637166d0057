import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { DbOrTx, Tx } from './client.ts';
import { slackPosts } from './schema.ts';

export type SlackPost = typeof slackPosts.$inferSelect;
export type PostSubject = { purpose: SlackPost['purpose']; subjectType: SlackPost['subjectType']; subjectId: string };

/** Says what should stand in Slack; in the transaction that made it so. Twice for one subject: the first stays. */
export async function wantPost(
  tx: Tx,
  post: PostSubject & {
    id: string;
    workspaceId: string;
    channel: string;
    payload?: Record<string, unknown>;
    now: Date;
  },
): Promise<void> {
  const { now, ...values } = post;
  await tx
    .insert(slackPosts)
    .values({ ...values, status: 'due', dueAt: now, createdAt: now })
    .onConflictDoNothing();
}

/** The row behind a post changed: Slack has to follow, though not before a time that Slack asked to wait for. */
export async function touchPost(tx: Tx, workspaceId: string, subject: PostSubject, now: Date): Promise<void> {
  await tx
    .update(slackPosts)
    .set({
      revision: sql`${slackPosts.revision} + 1`,
      dueAt: sql`greatest(${slackPosts.dueAt}, ${now.toISOString()}::timestamptz)`,
    })
    .where(
      and(
        eq(slackPosts.workspaceId, workspaceId),
        eq(slackPosts.purpose, subject.purpose),
        eq(slackPosts.subjectType, subject.subjectType),
        eq(slackPosts.subjectId, subject.subjectId),
      ),
    );
}

export async function findPost(db: DbOrTx, workspaceId: string, subject: PostSubject): Promise<SlackPost | null> {
  const [row] = await db
    .select()
    .from(slackPosts)
    .where(
      and(
        eq(slackPosts.workspaceId, workspaceId),
        eq(slackPosts.purpose, subject.purpose),
        eq(slackPosts.subjectType, subject.subjectType),
        eq(slackPosts.subjectId, subject.subjectId),
      ),
    );
  return row ?? null;
}

/** Whoever slept through the lease of its claim writes nothing: somebody else has the post in hand since. */
export function stillMine(post: SlackPost): SQL | undefined {
  if (post.leaseUntil === null) throw new Error(`post ${post.id} was not claimed`);
  return and(eq(slackPosts.id, post.id), eq(slackPosts.leaseUntil, post.leaseUntil));
}

/** Writes what became of a claimed post, and gives the claim back. */
export async function releasePost(
  db: DbOrTx,
  post: SlackPost,
  change: Partial<typeof slackPosts.$inferInsert>,
): Promise<void> {
  await db
    .update(slackPosts)
    .set({ ...change, leaseUntil: null })
    .where(stillMine(post));
}
