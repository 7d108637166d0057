import { sql } from 'drizzle-orm';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';

/** What the rows say about time. */
export type Agenda = {
  /** A round of the tick, the mails or the cards could find something to do now; what is held back counts too. */
  due: boolean;
  /** Something was claimed and has not ended: a job in a worker's hands, a message on the wire, a card being posted. */
  busy: boolean;
  /** The first moment after now at which a row is due; null when none is. */
  next: Date | null;
};

/** In one question: a clock that jumps asks it at every moment at which it stops. */
export async function agenda(ctx: Context): Promise<Agenda> {
  const now = sql`${ctx.clock.now().toISOString()}::timestamptz`;
  const machine = sql`${ctx.machine.now().toISOString()}::timestamptz`;
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const [row] = await rows<{ due: boolean; busy: boolean; next: string | null }>(
    ctx.db,
    sql`select coalesce(bool_or(at <= ${now}), false) as due, coalesce(bool_or(busy), false) as busy,
          to_char(min(at) filter (where at > ${now}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as next
        from (
          select due_at as at, lease_until >= ${machine} as busy from enrollments where ${workspace} and status in ('active', 'waiting')
          union all select due_at, false from enrollments where ${workspace} and status = 'paused'
          union all select send_after, lease_until >= ${machine} from messages where ${workspace} and status = 'approved'
          union all select case when lease_until < ${machine} then ${now} end, lease_until >= ${machine} from messages where ${workspace} and status = 'sending'
          union all select due_at, lease_until >= ${machine} from slack_posts
            where ${workspace} and shown_revision < revision and status <> 'failed' and status <> 'dropped'
        ) as planned`,
  );
  if (!row) throw new Error('the agenda was not read');
  return { due: row.due, busy: row.busy, next: row.next === null ? null : new Date(row.next) };
}
