import { and, eq, sql } from 'drizzle-orm';
import type { Kind } from '../core/kinds/kind.ts';
import type { MessageStatus } from '../core/message.ts';
import { rows } from '../db/client.ts';
import { cells, policyEvents } from '../db/schema.ts';
import { addressOf } from './cell-places.ts';
import type { Context } from './context.ts';
import { messageLink } from './would-have-sent.ts';

/** What was approved without asking in the epoch that an event of a cell's log ended. */
export type WentOut = {
  address: string;
  kind: Kind;
  total: number;
  /** Newest first, at most so many. */
  items: Array<{
    leadName: string;
    at: Date;
    risk: number | null;
    mail: MessageStatus | null;
    undone: boolean;
    link: string | null;
  }>;
};

const MOST_LISTED = 40;

/** Null for an event that does not exist. */
export async function wentOut(ctx: Context, { cellId, seq }: { cellId: string; seq: number }): Promise<WentOut | null> {
  const [found] = await ctx.db
    .select({ cell: cells, epoch: policyEvents.epoch })
    .from(policyEvents)
    .innerJoin(cells, eq(cells.id, policyEvents.cellId))
    .where(and(eq(policyEvents.cellId, cellId), eq(policyEvents.seq, seq), eq(cells.workspaceId, ctx.workspaceId)));
  if (!found) return null;
  const these = sql`d.cell_id = ${cellId}::uuid and d.purpose = 'live' and d.settled_by_type = 'autopilot' and (d.gate->>'epoch')::int = ${found.epoch}`;
  const [counted] = await rows<{ total: number }>(
    ctx.db,
    sql`select count(*)::int as total from decisions d where ${these}`,
  );
  const items = await rows<{
    name: string;
    at: string;
    risk: number | null;
    mail: MessageStatus | null;
    undone: boolean;
    place: string | null;
  }>(
    ctx.db,
    sql`select coalesce(nullif(concat_ws(' ', l.first_name, l.last_name), ''), l.email, 'an erased lead') as name,
          to_char(d.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, d.risk, d.undone_at is not null as undone,
          (select m.status from messages m where m.decision_id = d.id order by m.approved_at desc, m.id desc limit 1) as mail,
          (select p.posted_channel || ' ' || p.ts from slack_posts p where p.workspace_id = d.workspace_id and p.purpose = 'card'
            and p.subject_type = 'decision' and p.subject_id = d.id::text and p.ts is not null) as place
        from decisions d left join leads l on l.id = d.lead_id where ${these} order by d.settled_at desc, d.id desc limit ${MOST_LISTED}`,
  );
  return {
    address: addressOf(found.cell),
    kind: found.cell.kind,
    total: counted?.total ?? 0,
    items: items.map(({ name, at, risk, mail, undone, place }) => {
      const [channel, ts] = (place ?? '').split(' ');
      return {
        leadName: name,
        at: new Date(at),
        risk,
        mail,
        undone,
        link: channel && ts ? messageLink(channel, ts) : null,
      };
    }),
  };
}
