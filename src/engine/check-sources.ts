import { type SQL, sql } from 'drizzle-orm';
import type { ReasonCode } from '../core/decision.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { isFair } from '../core/reviewers/check.ts';
import { type ActiveReviewer, pickOf } from '../core/seeding.ts';
import type { Workflow } from '../core/workflow.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';
import type { CheckSource } from './make-check.ts';

const DAY_MS = 86_400_000;

/** Where cards of one kind come: the same people see them. */
export type Place = { workflowId: string; kind: Kind; definition: Workflow };

export function keyOf({ workflowId, kind }: Pick<Place, 'workflowId' | 'kind'>): string {
  return `${workflowId}/${kind}`;
}

type Candidate = { decisionId: string; version: number; by: string; reasons: ReasonCode[] };

/**
 * A draft that was rejected for what stands on the card, or approved as it was without harm since, at least a week and at most half
 * a year ago; by somebody who is not the only one to see it now, for a lead whom nothing else waits for, and not shown before.
 */
export async function seededSource(
  ctx: Context,
  place: Place,
  sort: 'known_bad' | 'known_good',
  look: Date,
  reviewers: readonly ActiveReviewer[],
): Promise<CheckSource | null> {
  const ago = (days: number) => sql`${new Date(look.getTime() - days * DAY_MS).toISOString()}::timestamptz`;
  const fits =
    sort === 'known_bad'
      ? sql`d.status = 'rejected' and v.loss = 1`
      : sql`d.status = 'approved' and v.loss = 0 and d.undone_at is null
          and not exists (select 1 from policy_events e where e.decision_id = d.id and e.type = 'relabelled')`;
  const found = await rows<Candidate>(
    ctx.db,
    sql`select d.id as "decisionId", v.proposal_version as version, v.actor as by, v.reasons
        from decisions d join verdicts v on v.decision_id = d.id and v.purpose = 'settle' and v.actor_type = 'person'
        where ${fits} and d.settled_at between ${ago(180)} and ${ago(7)} and ${canBeShownAgain(ctx, place)}
        order by d.id desc limit 200`,
  );
  const others = (by: string) => reviewers.some(({ id }) => id !== by);
  const fair = found.filter(({ by, reasons }) => others(by) && (sort === 'known_good' || isFair(reasons)));
  const picked = fair[pickOf(fair.length, keyOf(place), look, ctx.secrets.coin)];
  return picked === undefined ? null : { decisionId: picked.decisionId, version: picked.version };
}

/** Of a live decision `d` with its verdict `v`: a whole draft of the model's that can be decided on as it was. */
export function canBeShownAgain(ctx: Context, { workflowId, kind }: Place): SQL {
  return sql`d.workspace_id = ${ctx.workspaceId}::uuid and d.workflow_id = ${workflowId}::uuid and d.kind = ${kind} and d.purpose = 'live'
    and not d.findings @> '[{"severity": "block"}]'::jsonb
    and exists (select 1 from proposal_versions p where p.decision_id = d.id and p.version = v.proposal_version and p.author_type = 'model'
      and p.content is not null and p.inputs is not null)
    and exists (select 1 from leads l where l.id = d.lead_id and l.email is not null)
    and not exists (select 1 from decisions other where other.lead_id = d.lead_id and other.status = 'pending')
    and not exists (select 1 from review_checks c join decisions shown on shown.id = c.decision_id where c.source_id = d.id and shown.status <> 'expired')`;
}
