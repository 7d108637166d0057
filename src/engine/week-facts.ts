import { sql } from 'drizzle-orm';
import type { Kind } from '../core/kinds/kind.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';

/** What one span of time came to. `thresholds` as they stand at its end, by `kind workflow/step`; 0 asks people every time. */
export type WeekFacts = {
  decisions: number;
  automatic: number;
  mails: number;
  conversions: number;
  thresholds: Record<string, number>;
};

/** `from` inclusive, `to` exclusive; decisions by when they were made, mails by when they left. */
export async function weekFacts(ctx: Context, from: Date, to: Date): Promise<WeekFacts> {
  const span = sql`between ${from.toISOString()}::timestamptz and ${new Date(to.getTime() - 1).toISOString()}::timestamptz`;
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const [counts] = await rows<{ decisions: number; automatic: number; mails: number; conversions: number }>(
    ctx.db,
    sql`select
      (select count(*) from decisions where ${workspace} and purpose = 'live' and created_at ${span})::int as decisions,
      (select count(*) from decisions where ${workspace} and purpose = 'live' and created_at ${span} and settled_by_type = 'autopilot')::int as automatic,
      (select count(*) from messages where ${workspace} and status = 'sent' and sent_at ${span})::int as mails,
      (select count(*) from outcomes where ${workspace} and type = 'converted' and occurred_at ${span})::int as conversions`,
  );
  if (!counts) throw new Error('the week was not counted');
  const cells = await rows<{ cell: string; threshold: number }>(
    ctx.db,
    sql`select kind || ' ' || workflow || '/' || step as cell,
          coalesce((standing->'ladder'->>((standing->>'rung')::int - 1))::float8, 0) * least((standing->>'rung')::int, 1) as threshold
        from cells where ${workspace} order by kind, workflow, step`,
  );
  return { ...counts, thresholds: Object.fromEntries(cells.map(({ cell, threshold }) => [cell, threshold])) };
}

/** What went ahead without a person in this span: the words of each proposal, for somebody who can judge them afterwards. */
export async function automaticTexts(
  ctx: Context,
  from: Date,
  to: Date,
): Promise<Array<{ decisionId: string; kind: Kind; text: string }>> {
  const found = await rows<{ decisionId: string; kind: Kind; content: Record<string, unknown> | null }>(
    ctx.db,
    sql`select d.id as "decisionId", d.kind, p.content from decisions d
        join proposal_versions p on p.decision_id = d.id and p.version = d.proposal_version
        where d.workspace_id = ${ctx.workspaceId}::uuid and d.purpose = 'live' and d.settled_by_type = 'autopilot'
          and d.created_at >= ${from.toISOString()}::timestamptz and d.created_at < ${to.toISOString()}::timestamptz
        order by d.id`,
  );
  return found.map(({ decisionId, kind, content }) => ({ decisionId, kind, text: words(content) }));
}

function words(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(words).join('\n');
  if (typeof content !== 'object' || content === null) return '';
  return Object.values(content).map(words).filter(Boolean).join('\n');
}
