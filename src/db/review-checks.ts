import { eq, sql } from 'drizzle-orm';
import type { Catches } from '../core/reviewers/catch-rate.ts';
import type { CheckCounts } from '../core/reviewers/numbers.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { reviewChecks } from './schema.ts';

export type ReviewCheck = typeof reviewChecks.$inferSelect;

export async function insertReviewCheck(tx: Tx, check: typeof reviewChecks.$inferInsert): Promise<void> {
  await tx.insert(reviewChecks).values(check);
}

export async function findReviewCheck(db: DbOrTx, decisionId: string): Promise<ReviewCheck | null> {
  const [check] = await db.select().from(reviewChecks).where(eq(reviewChecks.decisionId, decisionId));
  return check ?? null;
}

/**
 * Answered checks that measure somebody: an answer can be graded, and whoever gave it had not decided the draft before. `loss` 1:
 * the draft was stopped.
 */
const measured = (workspaceId: string, since: Date) => sql`from verdicts v
  join review_checks c on c.decision_id = v.decision_id
  join decisions d on d.id = c.decision_id
  join decisions source on source.id = c.source_id
  where v.workspace_id = ${workspaceId}::uuid and v.purpose = 'seeded' and v.loss is not null
    and v.decided_at >= ${since.toISOString()}::timestamptz and source.settled_by is distinct from v.actor`;

/** What a team caught of the drafts of one kind that should be stopped, since then. */
export async function teamCatches(db: DbOrTx, workspaceId: string, kind: Kind, since: Date): Promise<Catches> {
  const [row] = await rows<Catches>(
    db,
    sql`select count(*)::int as checks, (count(*) filter (where v.loss = 1))::int as caught
        ${measured(workspaceId, since)} and c.type = 'known_bad' and d.kind = ${kind}`,
  );
  return row ?? { checks: 0, caught: 0 };
}

/** One person's checks with drafts that should be stopped, oldest first: whether they stopped each. */
export async function ownCatches(db: DbOrTx, workspaceId: string, actor: string, since: Date): Promise<boolean[]> {
  const found = await rows<{ caught: boolean }>(
    db,
    sql`select v.loss = 1 as caught ${measured(workspaceId, since)} and c.type = 'known_bad' and v.actor = ${actor} order by v.decided_at, v.id`,
  );
  return found.map(({ caught }) => caught);
}

/** Of everybody, or of one person: answered checks of both sorts, and by how many people. */
export async function checkCounts(
  db: DbOrTx,
  workspaceId: string,
  since: Date,
  actor: string | null,
): Promise<CheckCounts> {
  const [row] = await rows<CheckCounts>(
    db,
    sql`select (count(*) filter (where c.type = 'known_bad'))::int as bad, (count(*) filter (where c.type = 'known_bad' and v.loss = 1))::int as caught,
          (count(*) filter (where c.type = 'known_good'))::int as good, (count(*) filter (where c.type = 'known_good' and v.loss = 1))::int as stopped,
          count(distinct v.actor)::int as people
        ${measured(workspaceId, since)} and (${actor}::text is null or v.actor = ${actor})`,
  );
  return row ?? { bad: 0, caught: 0, good: 0, stopped: 0, people: 0 };
}
