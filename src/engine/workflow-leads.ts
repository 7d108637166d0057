import { sql } from 'drizzle-orm';
import type { Workflow } from '../core/workflow.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';
import { namedWorkflow, noSuch, type NoSuch } from './named-workflow.ts';

export const LEADS_A_PAGE = 20;

export type LeadAtStep = {
  /** Null for a lead that was erased a moment ago. */
  email: string | null;
  name: string | null;
  company: string | null;
  step: string;
  arm: 'ai' | 'baseline' | 'holdout';
  /** At the step since. */
  since: Date;
  stands:
    | { for: 'people'; since: Date; until: Date }
    | { for: 'time'; until: Date }
    | { for: 'room' /** Until people have caught up with the cards that wait. */ }
    | { for: 'paused'; why: string | null; until: Date | null }
    | { for: 'nothing' /** Held out, or about to be taken up. */ };
};
export type WorkflowLeads = {
  workflow: string;
  step: string | null;
  total: number;
  /** From 1; `pages` is at least 1. */
  page: number;
  pages: number;
  leads: LeadAtStep[];
};

type Row = {
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  step: string;
  arm: LeadAtStep['arm'];
  status: string;
  since: string;
  due: string | null;
  pausedReason: string | null;
  asksPeople: boolean;
  cardSince: string | null;
  cardUntil: string | null;
};

const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`);
const stamp = (column: string) => sql`to_char(${sql.raw(column)} at time zone 'UTC', ${utc})`;

/**
 * Who is where in a workflow: leads under way, in the order of its steps, those who wait longest first. @param page from 1; one
 * beyond the last is the last.
 */
export async function workflowLeads(
  ctx: Context,
  { name, step: typed, page: wanted }: { name: string; step: string | null; page: number },
): Promise<{ ok: true; facts: WorkflowLeads } | NoSuch> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { workflow, definition } = found.published;
  const steps = await stepsOf(ctx, workflow.id, definition);
  const step = typed === null ? null : typed.toLowerCase();
  if (step !== null && !steps.includes(step))
    return { ok: false, text: noSuch(`step of ${workflow.name}`, typed ?? '', steps) };
  const underWay = sql`e.workflow_id = ${workflow.id}::uuid and e.status in ('active', 'waiting', 'paused')
    and (${step}::text is null or e.step = ${step}::text)`;
  const [counted] = await rows<{ total: number }>(
    ctx.db,
    sql`select count(*)::int as total from enrollments e where ${underWay}`,
  );
  const total = counted?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / LEADS_A_PAGE));
  const page = Math.min(Math.max(1, Math.floor(wanted)), pages);
  const found20 = await rows<Row>(
    ctx.db,
    sql`select l.email, l.first_name as "firstName", l.last_name as "lastName", l.company, e.step, e.arm, e.status,
          ${stamp('e.updated_at')} as since, ${stamp('e.due_at')} as due, e.paused_reason as "pausedReason", e.asks_people as "asksPeople",
          ${stamp('d.created_at')} as "cardSince", ${stamp('d.deadline_at')} as "cardUntil"
        from enrollments e join leads l on l.id = e.lead_id
          left join decisions d on d.id = e.pending_decision_id and d.status = 'pending'
        where ${underWay}
        order by array_position(string_to_array(${steps.join(',')}, ','), e.step), e.updated_at, e.id
        limit ${LEADS_A_PAGE} offset ${(page - 1) * LEADS_A_PAGE}`,
  );
  const now = ctx.clock.now();
  const leads = found20.map((row) => leadAt(row, now));
  return { ok: true, facts: { workflow: workflow.name, step, total, page, pages, leads } };
}

/** Steps of today's version in their order, then those that only leads of older versions stand at. */
async function stepsOf(ctx: Context, workflowId: string, definition: Workflow): Promise<string[]> {
  const today = [...definition.steps, ...(definition.baseline?.steps ?? [])].map(({ id }) => id);
  const standing = await rows<{ step: string }>(
    ctx.db,
    sql`select distinct step from enrollments where workflow_id = ${workflowId}::uuid and status in ('active', 'waiting', 'paused') order by step`,
  );
  const older = standing.map(({ step }) => step).filter((step) => !today.includes(step));
  return [...today, ...older];
}

function leadAt(row: Row, now: Date): LeadAtStep {
  const name = [row.firstName, row.lastName].filter((part) => part !== null).join(' ');
  return {
    email: row.email,
    name: name === '' ? null : name,
    company: row.company,
    step: row.step,
    arm: row.arm,
    since: new Date(row.since),
    stands: standsFor(row, now),
  };
}

function standsFor(
  { status, due, pausedReason, asksPeople, cardSince, cardUntil }: Row,
  now: Date,
): LeadAtStep['stands'] {
  if (status === 'paused') return { for: 'paused', why: pausedReason, until: due === null ? null : new Date(due) };
  if (cardSince !== null && cardUntil !== null)
    return { for: 'people', since: new Date(cardSince), until: new Date(cardUntil) };
  if (due === null) return { for: 'nothing' };
  if (new Date(due) > now) return { for: 'time', until: new Date(due) };
  return asksPeople ? { for: 'room' } : { for: 'nothing' };
}
