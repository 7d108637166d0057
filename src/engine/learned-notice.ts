import { z } from 'zod';
import type { Tx } from '../db/client.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import { wantPost } from '../db/slack-posts.ts';
import { listWorkflows } from '../db/workflows.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';

const payloadSchema = z.object({ type: z.literal('learned'), title: z.string(), lines: z.array(z.string()) });

/** Tells the digest's channels what was learned, in the transaction that put it in use. @param id of the model; told once. */
export async function announceLearning(
  ctx: Context,
  tx: Tx,
  { id, title, lines }: { id: string; title: string; lines: string[] },
): Promise<void> {
  const published = await listWorkflows(tx, ctx.workspaceId);
  for (const channel of new Set(published.map(({ definition }) => definition.channels.digest)))
    await wantPost(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      purpose: 'notice',
      subjectType: 'workspace',
      subjectId: `learned:${id}:${channel}`,
      channel,
      payload: { type: 'learned', title, lines },
      now: ctx.clock.now(),
    });
}

/** @throws for a payload that is none of ours. */
export function learnedNotice(post: SlackPost): Extract<NoticeFacts, { type: 'learned' }> {
  return payloadSchema.parse(post.payload);
}
