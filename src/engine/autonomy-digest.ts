import { sql } from 'drizzle-orm';
import { rows } from '../db/client.ts';
import { autonomyStatus } from './autonomy-status.ts';
import type { DigestFacts } from './card-facts.ts';
import type { Context } from './context.ts';

/** What went without asking in a span of time, `from` inclusive, `to` exclusive, and how far each step is. Ids, counts and sentences. */
export async function autonomyDigest(ctx: Context, from: Date, to: Date): Promise<DigestFacts['autonomy']> {
  const status = await autonomyStatus(ctx);
  if (!status.ok) throw new Error(status.text);
  const counted = await rows<{ place: string; decisions: number; automatic: number }>(
    ctx.db,
    sql`select c.kind || ' ' || c.workflow || '/' || c.step as place, count(*)::int as decisions,
          count(*) filter (where d.settled_by_type = 'autopilot')::int as automatic
        from decisions d join cells c on c.id = d.cell_id
        where d.workspace_id = ${ctx.workspaceId}::uuid and d.purpose = 'live'
          and d.settled_at >= ${from.toISOString()}::timestamptz and d.settled_at < ${to.toISOString()}::timestamptz group by 1`,
  );
  const found = new Map(counted.map(({ place, ...counts }) => [place, counts]));
  return status.facts.cells.map(({ address, kind, workflow, step, rung, tau, share, setByPerson, leak, next }) => ({
    address,
    kind,
    rung,
    tau,
    share,
    setByPerson,
    next,
    ...(found.get(`${kind} ${workflow}/${step}`) ?? { decisions: 0, automatic: 0 }),
    leak: leak === null ? null : { leaked: leak.leaked, upper: leak.upper, confidence: leak.confidence },
  }));
}
