import { sql } from 'drizzle-orm';
import { rows, transact, type Tx } from '../db/client.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { listWorkflows } from '../db/workflows.ts';
import type { Context, Job } from './context.ts';

const BATCH = 200;
/** Drafts under way at once, in one workflow: no more than surely end within their lease, however slow the model is. */
const DRAFTS_AT_ONCE = 24;
/** Mails claimed at once, and for how long (machine time): what a process that dies takes along is free again soon. */
const MAILS_AT_ONCE = 60;
const MAIL_CLAIM_MS = 20_000;

/**
 * Claims what is due and sends its jobs, in one transaction: the rows carry a lease (machine time) and a raised version, so
 * that two ticks never claim one row and a worker that slept through its lease can't write. Answers with the number claimed.
 */
export async function tick(ctx: Context): Promise<number> {
  if ((await findWorkspace(ctx.db, ctx.workspaceId)).pausedAt !== null) return 0;
  const jobs = await transact(ctx.db, async (tx) => {
    const claimed = [...(await claimEnrollments(ctx, tx)), ...(await claimMessages(ctx, tx))];
    await ctx.queue.send(tx, claimed);
    return claimed;
  });
  return jobs.length;
}

async function claimEnrollments(ctx: Context, tx: Tx): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const { workflow, definition } of await listWorkflows(tx, ctx.workspaceId)) {
    if (workflow.status !== 'active' && !workflow.draining) continue;
    jobs.push(...(await claimOf(ctx, tx, workflow.id, false, BATCH)));
    // Nobody reads two thousand drafts, and tomorrow they would be stale: leads wait in line until people catch up.
    if (!(await countAlone(tx, workflow.id))) continue;
    const { pending, underWay } = await beforePeople(ctx, tx, workflow.id);
    const room = Math.min(definition.max_pending - pending, DRAFTS_AT_ONCE) - underWay;
    if (room > 0) jobs.push(...(await claimOf(ctx, tx, workflow.id, true, room)));
  }
  return jobs;
}

/** Two ticks that count at once would both fill the same room. Who does not get to count leaves it to the other one. */
async function countAlone(tx: Tx, workflowId: string): Promise<boolean> {
  const locked = await rows(
    tx,
    sql`select id from workflows where id = ${workflowId}::uuid for no key update skip locked`,
  );
  return locked.length === 1;
}

/** Decisions and tasks that wait for people, and drafts being made right now. */
async function beforePeople(ctx: Context, tx: Tx, workflowId: string): Promise<{ pending: number; underWay: number }> {
  const [row] = await rows<{ pending: number; underWay: number }>(
    tx,
    sql`select (select count(*) from decisions where workflow_id = ${workflowId}::uuid and workspace_id = ${ctx.workspaceId}::uuid and status = 'pending' and purpose = 'live')::int
            + (select count(*) from tasks where workflow_id = ${workflowId}::uuid and status = 'open')::int as pending,
          (select count(*) from enrollments where workflow_id = ${workflowId}::uuid and status = 'active' and asks_people and lease_until >= ${ctx.machine.now().toISOString()}::timestamptz)::int as "underWay"`,
  );
  return row ?? { pending: 0, underWay: 0 };
}

async function claimOf(ctx: Context, tx: Tx, workflowId: string, asksPeople: boolean, limit: number): Promise<Job[]> {
  const { due, machine, lease } = instants(ctx);
  const claimed = await rows<{ id: string; version: number }>(
    tx,
    sql`with due as (
        select id from enrollments
        where workflow_id = ${workflowId}::uuid and status in ('active', 'waiting') and asks_people = ${asksPeople}
          and due_at <= ${due}::timestamptz and (lease_until is null or lease_until < ${machine}::timestamptz)
        order by due_at, id limit ${limit} for update skip locked)
      update enrollments e set lease_until = ${lease}::timestamptz, version = e.version + 1
      from due where e.id = due.id returning e.id, e.version`,
  );
  return claimed.toSorted(byId).map(({ id, version }) => ({ name: 'advance', enrollmentId: id, version }));
}

async function claimMessages(ctx: Context, tx: Tx): Promise<Job[]> {
  const { due, machine } = instants(ctx);
  const lease = new Date(ctx.machine.now().getTime() + MAIL_CLAIM_MS).toISOString();
  const claimed = await rows<{ id: string; version: number }>(
    tx,
    sql`with due as (
        select id from messages
        where workspace_id = ${ctx.workspaceId}::uuid and status = 'approved'
          and send_after <= ${due}::timestamptz and (lease_until is null or lease_until < ${machine}::timestamptz)
        order by send_after, id limit ${MAILS_AT_ONCE} for update skip locked)
      update messages m set lease_until = ${lease}::timestamptz, version = m.version + 1
      from due where m.id = due.id returning m.id, m.version`,
  );
  return claimed.toSorted(byId).map(({ id, version }) => ({ name: 'deliver', messageId: id, version }));
}

function instants(ctx: Context): { due: string; machine: string; lease: string } {
  const machine = ctx.machine.now();
  return {
    due: ctx.clock.now().toISOString(),
    machine: machine.toISOString(),
    lease: new Date(machine.getTime() + ctx.settings.leaseMs).toISOString(),
  };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
