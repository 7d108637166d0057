import { eq } from 'drizzle-orm';
import { explainEffect } from '../core/autonomy/explain.ts';
import type { PolicyEffect } from '../core/autonomy/policy-effect.ts';
import { cells } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import { findRaise } from './answer-raise.ts';
import { speechOf } from './autonomy-speech.ts';
import type { NoticeFacts } from './card-facts.ts';
import { addressOf } from './cell-places.ts';
import type { Context } from './context.ts';
import { wouldHaveSent } from './would-have-sent.ts';

/** What a notice about a cell says, from its own effect and from what became of it since; null when its cell is gone. */
export async function autonomyNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const { cellId, seq, effect } = post.payload as { cellId: string; seq: number; effect: PolicyEffect };
  const [cell] = await ctx.db.select().from(cells).where(eq(cells.id, cellId));
  if (!cell) return null;
  const speech = speechOf(cell.kind);
  const text = explainEffect(effect, speech);
  if (text === null) return null;
  const facts = { type: 'autonomy' as const, cellId, seq, address: addressOf(cell), kind: cell.kind, effect, text };
  if (effect.type !== 'raised' && effect.type !== 'proposed') return { ...facts, raise: null };
  const found = await findRaise(ctx.db, cellId, seq);
  const ended = found?.ended ?? null;
  const { proposal } = cell.standing;
  const open =
    found !== null &&
    ended === null &&
    found.epoch === cell.standing.epoch &&
    (effect.type === 'raised' ? cell.standing.rung === effect.to.rung : proposal?.rung === effect.to.rung);
  return {
    ...facts,
    raise: {
      open,
      agreedBy: effect.type === 'proposed' && open ? (proposal?.confirmedBy ?? null) : null,
      since: ended === null ? null : explainEffect(ended, speech),
      replay: await wouldHaveSent(ctx, { cellId, seq, tau: effect.to.tau, at: post.createdAt }),
    },
  };
}
