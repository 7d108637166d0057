import { sql } from 'drizzle-orm';
import { leakLedger } from '../core/autonomy/leak-ledger.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';

/** What is known of bad ones that went out unseen, over the whole life of a cell. */
export type LeakFacts = {
  /** Decisions that could have gone without asking: those that did, and those drawn for a check. */
  eligible: number;
  /** Spot checks that a person decided and that count. */
  checks: number;
  /** Estimated bad ones that nobody looked at; never fewer than are known. */
  leaked: number;
  /** Automatic ones that are known to have done harm. */
  harmed: number;
  /** Upper bound of the bad ones, those that were caught included, at `confidence`, whatever changed meanwhile. */
  upper: number;
  confidence: number;
};

/** The whole-life error probability of the bound. */
const DELTA = 0.05;

/** By cell; a cell in which nothing could have been automatic yet is left out. */
export async function leakFacts(ctx: Context): Promise<Map<string, LeakFacts>> {
  const workspace = sql`d.workspace_id = ${ctx.workspaceId}::uuid and d.purpose = 'live' and d.route in ('auto', 'spot_check')`;
  const harm = sql`exists (select 1 from policy_events e where e.cell_id = d.cell_id and e.decision_id = d.id and e.type = 'relabelled')`;
  const totals = await rows<{ cell: string; eligible: number; least: number; harmed: number }>(
    ctx.db,
    sql`select d.cell_id as cell, count(*)::int as eligible, min((d.gate->>'q')::float8) as least,
          count(*) filter (where d.settled_by_type = 'autopilot' and ${harm})::int as harmed
        from decisions d where ${workspace} group by d.cell_id`,
  );
  // Harm that came after a check was passed makes a failure of it; the verdict keeps what it was.
  const checks = await rows<{ cell: string; loss: number; q: number }>(
    ctx.db,
    sql`select d.cell_id as cell, case when ${harm} then 1 else v.loss end as loss, (d.gate->>'q')::float8 as q
        from decisions d join verdicts v on v.decision_id = d.id and v.purpose = 'settle' and v.actor_type = 'person'
        where ${workspace} and d.route = 'spot_check' and (v.loss is not null or ${harm}) order by d.id`,
  );
  return new Map(
    totals.map(({ cell, eligible, least, harmed }) => {
      const own = checks.filter((check) => check.cell === cell);
      const { leaked, upper } = leakLedger(own, least, DELTA);
      const known = { eligible, checks: own.length, harmed, confidence: 1 - DELTA };
      return [cell, { ...known, leaked: Math.max(leaked, harmed), upper: Math.min(eligible, Math.max(upper, harmed)) }];
    }),
  );
}
