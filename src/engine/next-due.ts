import { sql } from 'drizzle-orm';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';
import { nextDigestAt } from './report.ts';

/** The first moment after now at which the program has something to do; null when nothing is planned. For a clock that jumps. */
export async function nextDue(ctx: Context): Promise<Date | null> {
  const now = sql`${ctx.clock.now().toISOString()}::timestamptz`;
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const [row] = await rows<{ due: string | null }>(
    ctx.db,
    sql`select to_char(min(due) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as due from (
      select min(due_at) as due from enrollments where ${workspace} and status in ('active', 'waiting') and due_at > ${now}
      union all select min(send_after) from messages where ${workspace} and status = 'approved' and send_after > ${now}
      union all select min(due_at) from slack_posts where ${workspace} and shown_revision < revision and status <> 'failed' and status <> 'dropped' and due_at > ${now}) as planned`,
  );
  const digest = await nextDigestAt(ctx);
  const planned = row?.due ? new Date(row.due) : null;
  if (planned === null || digest === null) return planned ?? digest;
  return planned < digest ? planned : digest;
}

/** Whether something was claimed and has not ended: a job in a worker's hands, a message on the wire, a card being posted. */
export async function inFlight(ctx: Context): Promise<boolean> {
  const machine = sql`${ctx.machine.now().toISOString()}::timestamptz`;
  const [row] = await rows<{ busy: boolean }>(
    ctx.db,
    sql`select (exists (select 1 from enrollments where lease_until >= ${machine}) or exists (select 1 from messages where lease_until >= ${machine} and status in ('approved', 'sending'))
      or exists (select 1 from slack_posts where lease_until >= ${machine})) as busy`,
  );
  return row?.busy ?? false;
}
