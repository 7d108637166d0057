import { sql } from 'drizzle-orm';
import { type ActiveReviewer, secondRate, wantsSecond } from '../core/seeding.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';
import { canBeShownAgain, type Place } from './check-sources.ts';
import { makeCheck } from './make-check.ts';

const DAY_MS = 86_400_000;

/**
 * Shows one labelled decision of this place, if the coin chose one, to a second person: the draft as the model made it, on a card
 * like any other, days after the first verdict. The first answered before there was a second, and the second is not told of the
 * first: each decides alone. What was decided stays decided.
 */
export async function seekSecond(
  ctx: Context,
  place: Place,
  rate: number,
  look: Date,
  reviewers: readonly ActiveReviewer[],
): Promise<boolean> {
  if (rate <= 0) return false;
  const ago = (days: number) => sql`${new Date(look.getTime() - days * DAY_MS).toISOString()}::timestamptz`;
  const found = await rows<{ decisionId: string; version: number; by: string; labelled: number }>(
    ctx.db,
    sql`with months as (select d.cell_id, count(*)::int as labelled from decisions d join verdicts v on v.decision_id = d.id
          where d.workspace_id = ${ctx.workspaceId}::uuid and d.workflow_id = ${place.workflowId}::uuid and d.kind = ${place.kind} and v.purpose = 'settle'
            and v.loss is not null and d.settled_at >= ${ago(30)} group by d.cell_id)
        select d.id as "decisionId", v.proposal_version as version, v.actor as by, months.labelled
        from decisions d join verdicts v on v.decision_id = d.id and v.purpose = 'settle' and v.actor_type = 'person'
        join months on months.cell_id = d.cell_id
        where v.loss is not null and d.settled_at between ${ago(14)} and ${ago(2)} and ${canBeShownAgain(ctx, place)}
        order by d.settled_at, d.id limit 500`,
  );
  const chosen = found.find(
    ({ decisionId, by, labelled }) =>
      reviewers.some(({ id }) => id !== by) && wantsSecond(decisionId, secondRate(rate, labelled), ctx.secrets.coin),
  );
  return chosen === undefined
    ? false
    : makeCheck(ctx, 'second', { decisionId: chosen.decisionId, version: chosen.version });
}
