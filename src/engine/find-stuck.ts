import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { contentHash } from '../core/canonical-json.ts';
import { isStuckKind, type StuckKind } from '../core/stuck.ts';
import { rows, transact, type Tx } from '../db/client.ts';
import { clockRuns, slackPosts } from '../db/schema.ts';
import { findPost, type PostSubject, touchPost, wantPost } from '../db/slack-posts.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';

const JOB = 'find-stuck';
const EVERY_MS = 3_600_000;
/** What is late by less is late, not forgotten. */
const OVERDUE_MS = 3_600_000;
/** A program that runs does what is due long before that. */
const RUNNING_MS = 600_000;
/** A card has its place in Slack's line by then. */
const CARD_MS = 3 * 3_600_000;
/** Tries of one step: a call has six. */
const MANY_TRIES = 7;
const MOST = 200;

/** One that nothing will move again by itself. `since`: when it should have gone on. */
export type Stuck = { enrollmentId: string; workflowId: string; kind: StuckKind; since: string };

/**
 * Looks, once an hour, for leads that nobody takes care of: every enrollment has a due time that is kept, a decision or a task that
 * people can see, or an end. What it finds stands on one card a day; one who comes right goes off the card. In a program that does its work
 * it never finds anything. Answers with how many it found.
 */
export async function findStuck(ctx: Context): Promise<number> {
  const look = await takeTurn(ctx);
  if (look === null) return 0;
  if ((await findWorkspace(ctx.db, ctx.workspaceId)).pausedAt !== null) return 0;
  const stuck = await allStuck(ctx, look.before);
  for (const one of stuck) ctx.log.error({ ...one }, 'an enrollment is stuck');
  await tell(ctx, stuck);
  return stuck.length;
}

/** When it is worth while to ask again. */
export function nextStuckAt(ctx: Context): Date {
  return new Date((Math.floor(ctx.clock.now().getTime() / EVERY_MS) + 1) * EVERY_MS);
}

/** Inserting the clock's row is the right to look. `before`: the last look, when the program ran; null when there was none. */
async function takeTurn(ctx: Context): Promise<{ before: Date | null } | null> {
  const now = ctx.clock.now();
  const fireAt = new Date(Math.floor(now.getTime() / EVERY_MS) * EVERY_MS);
  const taken = await ctx.db
    .insert(clockRuns)
    .values({ workspaceId: ctx.workspaceId, job: JOB, fireAt, startedAt: now })
    .onConflictDoNothing()
    .returning();
  if (taken.length === 0) return null;
  const [before] = await ctx.db
    .select({ startedAt: clockRuns.startedAt })
    .from(clockRuns)
    .where(and(eq(clockRuns.workspaceId, ctx.workspaceId), eq(clockRuns.job, JOB), lt(clockRuns.fireAt, fireAt)))
    .orderBy(desc(clockRuns.fireAt))
    .limit(1);
  return { before: before?.startedAt ?? null };
}

/**
 * Overdue is what was due a while before the last look, and is an hour late: a program that was not running in between, or
 * a pause that has just ended, is no reason for alarm. A lead in line for people's attention is late only where the line does not move.
 */
async function allStuck(ctx: Context, before: Date | null): Promise<Stuck[]> {
  const now = ctx.clock.now();
  const lookedBefore = before === null ? new Date(0) : new Date(before.getTime() - RUNNING_MS);
  const late = new Date(Math.min(now.getTime() - OVERDUE_MS, lookedBefore.getTime())).toISOString();
  const hourAgo = new Date(now.getTime() - OVERDUE_MS).toISOString();
  const cardsFrom = new Date(now.getTime() - CARD_MS).toISOString();
  const machine = ctx.machine.now().toISOString();
  const workspace = sql`${ctx.workspaceId}::uuid`;
  const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`);
  const found = await rows<{ enrollmentId: string; workflowId: string; kind: string; since: string }>(
    ctx.db,
    sql`with running as (
          select w.id, (select max(a.at) from audit a where a.action in ('workflow.resumed', 'workspace.resumed')
              and ((a.subject_type = 'workflow' and a.subject_id = w.id::text) or (a.subject_type = 'workspace' and a.subject_id = w.workspace_id::text))) as resumed,
            coalesce((v.definition->>'max_pending')::int, 200) as room,
            (select count(*) from decisions d where d.workflow_id = w.id and d.status = 'pending' and d.purpose = 'live')
              + (select count(*) from tasks t where t.workflow_id = w.id and t.status = 'open') as pending,
            exists (select 1 from enrollments e where e.workflow_id = w.id and e.asks_people and e.status = 'active' and e.updated_at > ${hourAgo}::timestamptz and e.lease_until >= ${machine}::timestamptz) as moving
          from workflows w join workflow_versions v on v.id = w.current_version_id
          where w.workspace_id = ${workspace} and (w.status = 'active' or w.draining)),
        under_way as (
          select e.*, r.resumed, r.room, r.pending, r.moving from enrollments e join running r on r.id = e.workflow_id
          where e.status in ('active', 'waiting', 'paused') and (e.lease_until is null or e.lease_until < ${machine}::timestamptz))
        select distinct on (id) id as "enrollmentId", workflow_id as "workflowId", kind, to_char(since at time zone 'UTC', ${utc}) as since from (
          select e.id, e.workflow_id, 1 as rank, 'decision_over' as kind, coalesce(d.settled_at, e.updated_at) as since
            from under_way e left join decisions d on d.id = e.pending_decision_id
            where e.pending_decision_id is not null and (d.id is null or d.status <> 'pending')
          union all
          select e.id, e.workflow_id, 2, 'no_due_time', e.updated_at from under_way e where e.due_at is null
          union all
          select e.id, e.workflow_id, 3, 'overdue', e.due_at from under_way e
            where greatest(e.due_at, e.resumed) <= ${late}::timestamptz and not (e.asks_people and e.status = 'active' and (e.pending >= e.room or e.moving))
          union all
          select e.id, e.workflow_id, 4, 'fails', e.updated_at from under_way e where e.status in ('active', 'waiting') and e.attempts >= ${MANY_TRIES}
          union all
          select e.id, e.workflow_id, 5, 'no_card', d.created_at from under_way e join decisions d on d.id = e.pending_decision_id
            left join slack_posts p on p.workspace_id = d.workspace_id and p.purpose = 'card' and p.subject_type = 'decision' and p.subject_id = d.id::text
            where d.status = 'pending' and p.ts is null
              and ((d.created_at <= ${late}::timestamptz and (p.id is null or p.status in ('failed', 'dropped'))) or (d.created_at <= ${cardsFrom}::timestamptz and d.created_at <= ${late}::timestamptz))
          union all
          select e.id, e.workflow_id, 6, 'no_card', t.created_at from under_way e join tasks t on t.enrollment_id = e.id and t.status = 'open'
            left join slack_posts p on p.workspace_id = t.workspace_id and p.purpose = 'notice' and p.subject_type = 'task' and p.subject_id = t.id::text
            where p.ts is null
              and ((t.created_at <= ${late}::timestamptz and (p.id is null or p.status in ('failed', 'dropped'))) or (t.created_at <= ${cardsFrom}::timestamptz and t.created_at <= ${late}::timestamptz))
          union all
          select d.enrollment_id, d.workflow_id, 7, 'card_without_lead', d.created_at from decisions d join enrollments e on e.id = d.enrollment_id
            where d.workspace_id = ${workspace} and d.status = 'pending' and d.purpose = 'live' and e.pending_decision_id is distinct from d.id
          union all
          select t.enrollment_id, t.workflow_id, 8, 'card_without_lead', t.created_at from tasks t join enrollments e on e.id = t.enrollment_id
            where t.workspace_id = ${workspace} and t.status = 'open' and (e.step <> t.step or e.status in ('done', 'exited'))
        ) as found order by id, rank limit ${MOST}`,
  );
  return found
    .map(({ kind, ...one }) => {
      if (!isStuckKind(kind)) throw new Error(`enrollment ${one.enrollmentId} is stuck in an unknown way: ${kind}`);
      return { ...one, kind };
    })
    .toSorted((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

/** One card a day; the list on it is always today's. */
async function tell(ctx: Context, stuck: readonly Stuck[]): Promise<void> {
  const now = ctx.clock.now();
  const subject: PostSubject = {
    purpose: 'notice',
    subjectType: 'workspace',
    subjectId: `stuck:${now.toISOString().slice(0, 10)}`,
  };
  const id = ctx.ids.id();
  await transact(ctx.db, async (tx) => {
    const post = await findPost(tx, ctx.workspaceId, subject);
    const payload = { type: 'stuck', stuck: [...stuck] };
    if (post !== null) {
      if (contentHash(post.payload) === contentHash(payload)) return;
      await tx.update(slackPosts).set({ payload }).where(eq(slackPosts.id, post.id));
      await touchPost(tx, ctx.workspaceId, subject, now);
      return;
    }
    if (stuck.length === 0) return;
    const channel = await channelFor(ctx, tx, stuck);
    await wantPost(tx, { ...subject, id, workspaceId: ctx.workspaceId, channel, payload, now });
  });
}

/** Where the people of the first workflow that is concerned look. */
async function channelFor(ctx: Context, tx: Tx, [first]: readonly Stuck[]): Promise<string> {
  const published = await listWorkflows(tx, ctx.workspaceId);
  const own = published.find(({ workflow }) => workflow.id === first?.workflowId) ?? published[0];
  if (own === undefined) throw new Error('leads are stuck in a workflow that is not published');
  return own.definition.channels.email_draft;
}
