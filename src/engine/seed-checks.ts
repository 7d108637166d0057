import { and, eq, lt, lte, ne, sql } from 'drizzle-orm';
import { type Kind, kinds } from '../core/kinds/kind.ts';
import { type ActiveReviewer, lookAfter, lookBefore, reviewRates, seedingOf } from '../core/seeding.ts';
import { isDecide } from '../core/workflow.ts';
import { rows, transact } from '../db/client.ts';
import { clockRuns, decisions } from '../db/schema.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';
import { keyOf, type Place, seededSource } from './check-sources.ts';
import { makeCheck } from './make-check.ts';
import { seekSecond } from './second-review.ts';
import { settleDecision } from './settle.ts';

const JOB = 'review-checks';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * One look of the programme that watches the reviews: checks that nobody answered are let go, and where it is time for one, or for
 * a second review, it is made. Once an hour of business time, at a moment nobody can guess; inserting the clock's row is the right
 * to do it. Answers with how many cards were made or let go.
 */
export async function seedChecks(ctx: Context): Promise<number> {
  const look = lookBefore(ctx.clock.now(), ctx.secrets.coin);
  const before = await takeLook(ctx, look);
  if (before === null) return 0;
  let did = await letGo(ctx);
  if ((await findWorkspace(ctx.db, ctx.workspaceId)).pausedAt !== null) return did;
  const places = await listPlaces(ctx);
  if (places.length === 0) return did;
  const people = await activeReviewers(ctx, look);
  const cards = await cardCounts(ctx, before, look);
  for (const place of places) {
    const reviewers = people.get(keyOf(place)) ?? [];
    const count = cards.get(keyOf(place));
    if (reviewers.length === 0 || count === undefined || count.waiting === 0) continue;
    const rates = reviewRates(place.definition.reviews);
    const facts = { place: keyOf(place), look, rate: rates.seeded, reviewers, ...count, open: count.seeded };
    const sort = seedingOf(facts, ctx.secrets.coin);
    const source = sort === null ? null : await seededSource(ctx, place, sort, look, reviewers);
    if (sort !== null && source !== null && (await makeCheck(ctx, sort, source))) did += 1;
    // Never two at the same moment: one could be told by the other.
    else if (count.second === 0 && (await seekSecond(ctx, place, rates.second, look, reviewers))) did += 1;
  }
  if (did > 0) ctx.queue.wake();
  return did;
}

/** When the programme looks next. */
export function nextLookAt(ctx: Context): Date {
  return lookAfter(ctx.clock.now(), ctx.secrets.coin);
}

/** The look before this one where this process may do it, else null. Only the newest rows are kept. */
async function takeLook(ctx: Context, look: Date): Promise<Date | null> {
  const mine = and(eq(clockRuns.workspaceId, ctx.workspaceId), eq(clockRuns.job, JOB));
  if (
    (
      await ctx.db
        .select()
        .from(clockRuns)
        .where(and(mine, eq(clockRuns.fireAt, look)))
    ).length > 0
  )
    return null;
  return transact(ctx.db, async (tx) => {
    const taken = await tx
      .insert(clockRuns)
      .values({ workspaceId: ctx.workspaceId, job: JOB, fireAt: look, startedAt: ctx.clock.now() })
      .onConflictDoNothing()
      .returning();
    if (taken.length === 0) return null;
    const earlier = await tx
      .select({ fireAt: clockRuns.fireAt })
      .from(clockRuns)
      .where(and(mine, lt(clockRuns.fireAt, look)));
    await tx.delete(clockRuns).where(and(mine, lt(clockRuns.fireAt, new Date(look.getTime() - 7 * DAY_MS))));
    const newest = Math.max(...earlier.map(({ fireAt }) => fireAt.getTime()));
    return new Date(Number.isFinite(newest) ? newest : look.getTime() - HOUR_MS);
  });
}

/** Silence is no answer: a check past its deadline ends like any decision, and counts for nobody. */
async function letGo(ctx: Context): Promise<number> {
  const late = await ctx.db
    .select({ id: decisions.id })
    .from(decisions)
    .where(
      and(
        eq(decisions.workspaceId, ctx.workspaceId),
        eq(decisions.status, 'pending'),
        ne(decisions.purpose, 'live'),
        lte(decisions.deadlineAt, ctx.clock.now()),
      ),
    );
  let gone = 0;
  for (const { id } of late) {
    const actor = { type: 'clock', id: 'deadline' } as const;
    const ended = await settleDecision(ctx, {
      decisionId: id,
      actor,
      via: 'clock',
      request: { verdict: 'expire' },
    });
    if (ended.ok) gone += 1;
  }
  return gone;
}

async function listPlaces(ctx: Context): Promise<Place[]> {
  const found = await listWorkflows(ctx.db, ctx.workspaceId);
  return found.flatMap(({ workflow, definition }) => {
    const rates = reviewRates(definition.reviews);
    if (workflow.status !== 'active' || (rates.seeded === 0 && rates.second === 0)) return [];
    const decided = kinds.filter((kind) => definition.steps.some((step) => isDecide(step) && step.decide === kind));
    return decided.map((kind) => ({ workflowId: workflow.id, kind, definition }));
  });
}

type CardCounts = { newCards: number; waiting: number; seeded: number; second: number };

/** What people are asked here: live cards since the last look and now, and checks that wait among them. */
async function cardCounts(ctx: Context, from: Date, to: Date): Promise<Map<string, CardCounts>> {
  const found = await rows<CardCounts & { workflowId: string; kind: Kind }>(
    ctx.db,
    sql`select workflow_id as "workflowId", kind,
          (count(*) filter (where purpose = 'live' and route <> 'auto' and created_at > ${from.toISOString()}::timestamptz and created_at <= ${to.toISOString()}::timestamptz))::int as "newCards",
          (count(*) filter (where purpose = 'live' and status = 'pending'))::int as waiting,
          (count(*) filter (where purpose = 'seeded_check' and status = 'pending'))::int as seeded,
          (count(*) filter (where purpose = 'second_review' and status = 'pending'))::int as second
        from decisions where workspace_id = ${ctx.workspaceId}::uuid and (status = 'pending' or created_at > ${from.toISOString()}::timestamptz)
        group by workflow_id, kind`,
  );
  return new Map(found.map(({ workflowId, kind, ...counts }) => [keyOf({ workflowId, kind }), counts]));
}

type Seen = { workflowId: string; kind: Kind; actor: string; since: string; recently: number };

/** Who decided where in the last four weeks, and when they last answered a check or could have met one. */
async function activeReviewers(ctx: Context, look: Date): Promise<Map<string, ActiveReviewer[]>> {
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const ago = (days: number) => sql`${new Date(look.getTime() - days * DAY_MS).toISOString()}::timestamptz`;
  const stamp = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  const seen = await rows<Seen>(
    ctx.db,
    sql`select d.workflow_id as "workflowId", d.kind, v.actor, ${stamp('min(v.decided_at)')} as since,
          (count(*) filter (where v.decided_at >= ${ago(14)}))::int as recently
        from verdicts v join decisions d on d.id = v.decision_id
        where v.${workspace} and v.purpose = 'settle' and v.actor_type = 'person' and v.via in ('button', 'modal') and v.decided_at >= ${ago(28)}
        group by d.workflow_id, d.kind, v.actor order by v.actor`,
  );
  const made = await rows<{ workflowId: string; kind: Kind; at: string }>(
    ctx.db,
    sql`select workflow_id as "workflowId", kind, ${stamp('max(created_at)')} as at from decisions
        where ${workspace} and purpose = 'seeded_check' group by workflow_id, kind`,
  );
  const answered = await rows<{ actor: string; at: string }>(
    ctx.db,
    sql`select actor, ${stamp('max(decided_at)')} as at from verdicts where ${workspace} and purpose = 'seeded' group by actor`,
  );
  const madeAt = new Map(made.map((row) => [keyOf(row), new Date(row.at)]));
  const answeredAt = new Map(answered.map(({ actor, at }) => [actor, new Date(at)]));
  const places = new Map<string, ActiveReviewer[]>();
  for (const row of seen) {
    const met = seen.filter(({ actor }) => actor === row.actor).flatMap((own) => madeAt.get(keyOf(own)) ?? []);
    const reviewer: ActiveReviewer = {
      id: row.actor,
      since: new Date(row.since),
      recently: row.recently,
      answeredAt: answeredAt.get(row.actor) ?? null,
      metAt: met.length === 0 ? null : new Date(Math.max(...met.map((at) => at.getTime()))),
    };
    places.set(keyOf(row), [...(places.get(keyOf(row)) ?? []), reviewer]);
  }
  return places;
}
