import { sql } from 'drizzle-orm';
import { rows } from '../db/client.ts';
import type { Replay } from './card-facts.ts';
import type { Context } from './context.ts';

const DAYS = 30;
const MOST_SHOWN = 10;
const DAY_MS = 86_400_000;

/**
 * The 30 days before `at` under another threshold: decisions of the cell by the system and the scorer of then (another one's risks
 * can't be compared), that went to people for no other reason than the threshold. What was settled later than `at` counts as not yet
 * known, so that the answer stays what it was.
 */
export async function wouldHaveSent(
  ctx: Context,
  {
    cellId,
    seq,
    tau,
    at,
  }: { cellId: string /** Up to which event of the cell's log. */; seq: number; tau: number; at: Date },
): Promise<Replay> {
  const from = sql`${new Date(at.getTime() - DAYS * DAY_MS).toISOString()}::timestamptz`;
  const to = sql`${at.toISOString()}::timestamptz`;
  const found = sql`
    with version as (
      select payload->>'system' as system, payload->>'scorer' as scorer from policy_events
      where cell_id = ${cellId}::uuid and type = 'version_seen' and seq <= ${seq} order by seq desc limit 1
    ), passed as (
      select d.id, d.status, coalesce(d.settled_at <= ${to}, false) as known, coalesce(d.settled_at, d.created_at) as ended,
        v.loss, coalesce(v.reasons, '[]'::jsonb) as reasons,
        exists (select 1 from policy_events e where e.cell_id = d.cell_id and e.decision_id = d.id and e.type = 'relabelled' and e.seq <= ${seq}) as harmed,
        case when p.ts is null or p.posted_channel is null then null else p.posted_channel || ' ' || p.ts end as place
      from decisions d
      join version on version.system = d.template_version and version.scorer = d.risk_scorer
      left join verdicts v on v.decision_id = d.id and v.purpose = 'settle' and v.actor_type = 'person'
      left join slack_posts p on p.workspace_id = d.workspace_id and p.purpose = 'card' and p.subject_type = 'decision' and p.subject_id = d.id::text
      where d.cell_id = ${cellId}::uuid and d.purpose = 'live' and d.route = 'review' and d.created_at > ${from} and d.created_at <= ${to}
        and d.risk is not null and d.risk <= ${tau} and d.model_problem is null
        and jsonb_array_length(d.findings) = 0 and jsonb_array_length(d.tainted) = 0
        and not exists (select 1 from jsonb_array_elements(d.gate->'because') why where why->>'code' not in ('rung_0', 'above_threshold'))
    ), judged as (
      select *, case when not known then null when status = 'rejected' then 'rejected' when status = 'edited' and loss > 0 then 'changed'
        when harmed and status in ('approved', 'edited') then 'harmed' end as what from passed
    )`;
  const [counts] = await rows<{ would: number; rejected: number; changed: number; harmed: number }>(
    ctx.db,
    sql`${found} select count(*)::int as would, count(*) filter (where what = 'rejected')::int as rejected,
      count(*) filter (where what = 'changed')::int as changed, count(*) filter (where what = 'harmed')::int as harmed from judged`,
  );
  const bad = await rows<{
    what: Replay['bad'][number]['what'];
    ended: string;
    reasons: Replay['bad'][number]['reasons'];
    place: string | null;
  }>(
    ctx.db,
    sql`${found} select what, to_char(ended at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ended, reasons, place from judged
      where what is not null order by ended desc, id desc limit ${MOST_SHOWN}`,
  );
  return {
    days: DAYS,
    ...(counts ?? { would: 0, rejected: 0, changed: 0, harmed: 0 }),
    bad: bad.map(({ what, ended, reasons, place }) => ({ what, at: new Date(ended), reasons, link: linkTo(place) })),
  };
}

function linkTo(place: string | null): string | null {
  const [channel, ts] = (place ?? '').split(' ');
  return channel && ts ? messageLink(channel, ts) : null;
}

/** Where a message stands, for whoever is signed in to its workspace. `ts` as Slack gave it, '1741608000.000100'. */
export function messageLink(channel: string, ts: string): string {
  return `https://slack.com/archives/${encodeURIComponent(channel)}/p${ts.replace('.', '')}`;
}
