import { sql } from 'drizzle-orm';
import { MAP_DAYS, type MapCounts, NOTHING, type StepCounts } from '../core/map-counts.ts';
import type { Step, Workflow } from '../core/workflow.ts';
import { type DbOrTx, rows } from '../db/client.ts';
import type { Context } from './context.ts';

const DAY = 86_400_000;
const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS"Z"'`);

/** What stands at each step of a workflow now, and what went through in the last days. Four indexed reads. */
export async function workflowCounts(ctx: Context, workflowId: string, definition: Workflow): Promise<MapCounts> {
  const at = ctx.clock.now();
  const since = new Date(at.getTime() - MAP_DAYS * DAY).toISOString();
  const standing = await standingNow(ctx.db, workflowId);
  const waiting = await waitingNow(ctx.db, workflowId);
  const verdicts = await medianVerdicts(ctx.db, workflowId, since);
  const passed = await passedSince(ctx.db, workflowId, since);
  const known = [...definition.steps, ...(definition.baseline?.steps ?? [])];
  const steps: Record<string, StepCounts> = {};
  for (const step of known) {
    const counts = {
      ...NOTHING,
      here: sumOf(standing.filter((row) => row.step === step.id && row.arm !== 'holdout' && row.underWay)),
      passed: sumOf(passed.filter((row) => row.step === step.id)),
      medianVerdictMs: verdicts.find((row) => row.step === step.id)?.ms ?? null,
      ...forPeople(step, standing, waiting),
    };
    if (counts.here > 0 || counts.passed > 0 || counts.waiting > 0 || counts.medianVerdictMs !== null)
      steps[step.id] = counts;
  }
  const treated = standing.filter(({ arm }) => arm !== 'holdout');
  const underWay = treated.filter((row) => row.underWay);
  return {
    at,
    underWay: sumOf(underWay),
    holdout: sumOf(standing.filter(({ arm }) => arm === 'holdout')),
    elsewhere: sumOf(underWay.filter(({ step }) => !known.some(({ id }) => id === step))),
    done: sumOf(treated.filter(({ status }) => status === 'done')),
    exited: sumOf(treated.filter(({ status }) => status === 'exited')),
    steps,
  };
}

type Standing = { step: string; arm: string; status: string; underWay: boolean; count: number; since: string | null };
type Counted = { step: string; count: number };

/** A task has no decision: whoever stands at it waits for people. */
function forPeople(
  step: Step,
  standing: readonly Standing[],
  waiting: ReadonlyArray<Counted & { oldest: string }>,
): Pick<StepCounts, 'waiting' | 'oldest'> {
  if (!('task' in step)) {
    const cards = waiting.find((row) => row.step === step.id);
    return { waiting: cards?.count ?? 0, oldest: cards ? new Date(cards.oldest) : null };
  }
  const here = standing.filter((row) => row.step === step.id && row.underWay && row.status !== 'active');
  const since = here.flatMap((row) => (row.since === null ? [] : [Date.parse(row.since)]));
  return { waiting: sumOf(here), oldest: since.length === 0 ? null : new Date(Math.min(...since)) };
}

function sumOf(counted: readonly Counted[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

function standingNow(db: DbOrTx, workflowId: string): Promise<Standing[]> {
  return rows<Standing>(
    db,
    sql`select step, arm, status, status in ('active', 'waiting', 'paused') as "underWay", count(*)::int as count,
          to_char(min(updated_at) at time zone 'UTC', ${utc}) as since
        from enrollments where workflow_id = ${workflowId}::uuid group by 1, 2, 3, 4`,
  );
}

function waitingNow(db: DbOrTx, workflowId: string): Promise<Array<Counted & { oldest: string }>> {
  return rows<Counted & { oldest: string }>(
    db,
    sql`select step, count(*)::int as count, to_char(min(created_at) at time zone 'UTC', ${utc}) as oldest
        from decisions where workflow_id = ${workflowId}::uuid and status = 'pending' and purpose = 'live' group by step`,
  );
}

/** From the card to the verdict, people only: what went without asking would make everybody look quick. */
function medianVerdicts(db: DbOrTx, workflowId: string, since: string): Promise<Array<{ step: string; ms: number }>> {
  return rows<{ step: string; ms: number }>(
    db,
    sql`select d.step, (percentile_cont(0.5) within group (order by
            extract(epoch from greatest(interval '0', v.decided_at - coalesce(v.shown_at, d.created_at)))) * 1000)::float8 as ms
        from verdicts v join decisions d on d.id = v.decision_id
        where d.workflow_id = ${workflowId}::uuid and v.purpose = 'settle' and v.actor_type = 'person'
          and v.decided_at >= ${since}::timestamptz group by d.step`,
  );
}

/** A step is passed when its decision ended with the lead going on or out, or when the lead was moved from it. Each lead once a step. */
function passedSince(db: DbOrTx, workflowId: string, since: string): Promise<Counted[]> {
  return rows<Counted>(
    db,
    sql`select step, count(distinct enrollment)::int as count from (
          select d.step, d.enrollment_id::text as enrollment from decisions d
          where d.workflow_id = ${workflowId}::uuid and d.purpose = 'live' and d.settled_at >= ${since}::timestamptz
            and d.status in ('approved', 'edited', 'rejected', 'expired') and d.enrollment_id is not null
          union
          select s.step, s.enrollment_id::text as enrollment from enrollment_steps s
          where s.workflow_id = ${workflowId}::uuid and s.at >= ${since}::timestamptz and s.did not in ('enrolled', 'deferred', 'migrated', 'paused', 'resumed', 'removed')
          union
          select a.data->>'from' as step, a.subject_id as enrollment
          from enrollments e join audit a on a.subject_type = 'enrollment' and a.subject_id = e.id::text
          where e.workflow_id = ${workflowId}::uuid and e.updated_at >= ${since}::timestamptz and a.at >= ${since}::timestamptz
            and a.data->>'from' is not null and a.data->>'from' is distinct from a.data->>'step'
        ) passed group by step`,
  );
}
