import { and, asc, desc, eq, gte } from 'drizzle-orm';
import { stops } from '../core/reviewers/check.ts';
import { medianGap, type OwnNumbers, type TeamNumbers, teamNumbers } from '../core/reviewers/numbers.ts';
import { isTimeForAPause, PACE_WINDOW } from '../core/reviewers/pace.ts';
import { listDoubles } from '../db/doubles.ts';
import { checkCounts } from '../db/review-checks.ts';
import { verdicts } from '../db/schema.ts';
import { findPost } from '../db/slack-posts.ts';
import { isTrustedReviewer, measuredSince } from './catch-rates.ts';
import type { Context } from './context.ts';

const DAYS = 60;
const DAY_MS = 86_400_000;

/** What somebody who asks is told about themselves; an admin also about the team, where that says nothing of single people. */
export type NumbersFacts = { days: number; own: OwnNumbers; team: TeamNumbers | null; isAdmin: boolean };

export async function reviewerNumbers(ctx: Context, userId: string): Promise<NumbersFacts> {
  const now = ctx.clock.now();
  const since = new Date(now.getTime() - DAYS * DAY_MS);
  const given = await ctx.db
    .select({ shownAt: verdicts.shownAt, decidedAt: verdicts.decidedAt })
    .from(verdicts)
    .where(and(byPerson(ctx, userId), gte(verdicts.decidedAt, since)))
    .orderBy(asc(verdicts.decidedAt), asc(verdicts.id));
  const doubles = await listDoubles(ctx.db, ctx.workspaceId, { actor: userId, since, most: 1_000 });
  const judged = doubles.flatMap(([first, second]) => (first === null || second === null ? [] : [[first, second]]));
  const isAdmin = await asksAsAdmin(ctx, userId);
  return {
    days: DAYS,
    own: {
      verdicts: given.length,
      medianGapMs: medianGap(given),
      checks: await checkCounts(ctx.db, ctx.workspaceId, since, userId),
      doubles: {
        judged: judged.length,
        agreed: judged.filter(([first, second]) => first && second && stops(first) === stops(second)).length,
      },
      trusted: await isTrustedReviewer(ctx.db, ctx.workspaceId, userId, now),
    },
    team: isAdmin ? teamNumbers(await checkCounts(ctx.db, ctx.workspaceId, measuredSince(now), null)) : null,
    isAdmin,
  };
}

/** Where to suggest a pause to somebody who has just decided the 25th card of one sitting; null otherwise. Channel as Slack names it. */
export async function pauseSuggestion(
  ctx: Context,
  { decisionId, userId }: { decisionId: string; userId: string },
): Promise<{ channel: string } | null> {
  const newest = await ctx.db
    .select({ decidedAt: verdicts.decidedAt })
    .from(verdicts)
    .where(byPerson(ctx, userId))
    .orderBy(desc(verdicts.decidedAt), desc(verdicts.id))
    .limit(PACE_WINDOW);
  if (!isTimeForAPause(newest.map(({ decidedAt }) => decidedAt))) return null;
  const card = await findPost(ctx.db, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: decisionId,
  });
  return card?.postedChannel ? { channel: card.postedChannel } : null;
}

function byPerson(ctx: Context, userId: string) {
  return and(eq(verdicts.workspaceId, ctx.workspaceId), eq(verdicts.actor, userId), eq(verdicts.actorType, 'person'));
}

async function asksAsAdmin(ctx: Context, userId: string): Promise<boolean> {
  try {
    return (await ctx.directory.person(userId))?.isAdmin === true;
  } catch (error) {
    ctx.log.warn(
      { user: userId, error: String(error) },
      'could not find out who this is: shown their own numbers only',
    );
    return false;
  }
}
