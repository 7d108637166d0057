import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { importBatches } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';
import { factsAsked } from './fill-facts.ts';

const payloadSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('facts_missing'), enrollmentId: z.string(), step: z.string() }),
  z.object({ type: z.literal('import_odd'), batchId: z.string() }),
]);

/** What a notice about a lead's data says, from today's rows; null when what it was about is gone. */
export async function leadNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const payload = payloadSchema.parse(post.payload);
  if (payload.type === 'facts_missing') {
    const { enrollmentId, step } = payload;
    const asked = await factsAsked(ctx.db, { enrollmentId, step });
    return asked === null ? null : { type: payload.type, enrollmentId, step, ...asked };
  }
  const [batch] = await ctx.db.select().from(importBatches).where(eq(importBatches.id, payload.batchId));
  if (batch === undefined || batch.heldBecause === null) return null;
  return {
    type: payload.type,
    batchId: batch.id,
    fileName: batch.fileName ?? 'a file',
    source: batch.source,
    created: batch.created,
    merged: batch.merged,
    oddities: batch.heldBecause.map(({ text }) => text),
    status: batch.status === 'undone' ? 'undone' : batch.releasedAt === null ? 'waiting' : 'released',
    by: batch.undoneBy ?? batch.releasedBy,
  };
}
