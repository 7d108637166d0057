import { sql } from 'drizzle-orm';
import { rows, transact } from '../db/client.ts';
import type { Context } from './context.ts';

/**
 * For a Slack workspace that is new and empty beside a database that is not (a sandbox started again): what still asks people
 * for something is shown again, the rest of the old messages is let go. Nothing that was decided changes.
 */
export async function showAnew(ctx: Context): Promise<void> {
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const asks = sql`(slack_posts.purpose = 'card' and exists (select 1 from decisions d where d.id::text = slack_posts.subject_id and (d.status = 'pending'
      or exists (select 1 from messages m where m.decision_id = d.id and m.status in ('approved', 'sending', 'uncertain')))))
    or (slack_posts.purpose = 'notice' and exists (select 1 from messages m where m.id::text = slack_posts.subject_id and m.status = 'uncertain'))
    or (slack_posts.purpose = 'notice' and slack_posts.subject_type = 'task'
      and exists (select 1 from tasks t where t.id::text = slack_posts.subject_id and t.status = 'open'))`;
  await transact(ctx.db, async (tx) => {
    await rows(
      tx,
      sql`update slack_posts set status = 'due', ts = null, posted_channel = null, shown_hash = null, shown_revision = 0, first_tried_at = null,
            lease_until = null, attempts = 0, due_at = ${ctx.clock.now().toISOString()}::timestamptz where ${workspace} and (${asks})`,
    );
    await rows(
      tx,
      sql`update slack_posts set status = 'dropped', lease_until = null where ${workspace} and ts is not null and not (${asks})`,
    );
  });
}

/** The business time at which something was last written; null in a new database. A clock that moves starts from here. */
export async function lastMoment(ctx: Context): Promise<Date | null> {
  const [row] = await rows<{ at: string | null }>(
    ctx.db,
    sql`select to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from audit where workspace_id = ${ctx.workspaceId}::uuid`,
  );
  return row?.at ? new Date(row.at) : null;
}
