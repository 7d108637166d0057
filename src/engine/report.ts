import { and, eq, sql } from 'drizzle-orm';
import { Cron } from 'croner';
import type { ReasonCode } from '../core/decision.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { appendAudit } from '../db/audit.ts';
import { rows, transact } from '../db/client.ts';
import { clockRuns } from '../db/schema.ts';
import { wantPost } from '../db/slack-posts.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { autonomyDigest } from './autonomy-digest.ts';
import type { DigestFacts } from './card-facts.ts';
import type { Context } from './context.ts';

/** Mondays at nine, where the team is. */
const WEEKLY = '0 9 * * 1';

/** Counts of one span of time, `from` inclusive, `to` exclusive. Every decision settled in it stands in exactly one column. */
async function digestFacts(ctx: Context, from: Date, to: Date, timezone: string): Promise<DigestFacts> {
  const span = sql`>= ${from.toISOString()}::timestamptz`;
  const end = sql`< ${to.toISOString()}::timestamptz`;
  const workspace = sql`workspace_id = ${ctx.workspaceId}::uuid`;
  const kinds = await rows<DigestFacts['kinds'][number]>(
    ctx.db,
    sql`select kind, count(*)::int as decisions,
          count(*) filter (where status = 'approved' and settled_by_type = 'person')::int as approved, count(*) filter (where status = 'edited')::int as edited,
          count(*) filter (where status = 'rejected')::int as rejected, count(*) filter (where status = 'expired')::int as expired,
          count(*) filter (where status = 'withdrawn')::int as withdrawn, count(*) filter (where settled_by_type = 'autopilot')::int as automatic,
          count(*) filter (where settled_by_type = 'person')::int as "byPeople", count(*) filter (where model_problem is not null)::int as "withoutProposal"
        from decisions where ${workspace} and purpose = 'live' and settled_at ${span} and settled_at ${end} group by kind order by kind`,
  );
  const reasons = await rows<{ reason: ReasonCode; count: number }>(
    ctx.db,
    sql`select reason, count(*)::int as count from verdicts, jsonb_array_elements_text(reasons) as reason
        where ${workspace} and purpose = 'settle' and verdict = 'reject' and decided_at ${span} and decided_at ${end} group by reason order by count(*) desc, reason`,
  );
  const waiting = await rows<{ kind: Kind; count: number; oldest: string }>(
    ctx.db,
    sql`select kind, count(*)::int as count, to_char(min(created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as oldest
        from decisions where ${workspace} and status = 'pending' and purpose = 'live' group by kind order by kind`,
  );
  const [mails] = await rows<DigestFacts['mails']>(
    ctx.db,
    sql`select count(*) filter (where status = 'sent' and sent_at ${span} and sent_at ${end})::int as sent, count(*) filter (where status = 'uncertain')::int as uncertain,
          count(*) filter (where status = 'failed' and ended_at ${span} and ended_at ${end})::int as failed,
          count(*) filter (where status = 'cancelled' and ended_at ${span} and ended_at ${end})::int as cancelled,
          count(*) filter (where status = 'approved')::int as waiting from messages where ${workspace}`,
  );
  const [added] = await rows<{ count: number }>(
    ctx.db,
    sql`select count(*)::int as count from leads where ${workspace} and created_at ${span} and created_at ${end}`,
  );
  const [out] = await rows<{ count: number }>(
    ctx.db,
    sql`select count(*)::int as count from outcomes where ${workspace} and type = 'unsubscribed' and occurred_at ${span} and occurred_at ${end}`,
  );
  return {
    from,
    to,
    timezone,
    kinds,
    reasons,
    waiting: waiting.map((row) => ({ ...row, oldest: new Date(row.oldest) })),
    mails: mails ?? { sent: 0, uncertain: 0, failed: 0, cancelled: 0, waiting: 0 },
    leads: { added: added?.count ?? 0, unsubscribed: out?.count ?? 0 },
    autonomy: await autonomyDigest(ctx, from, to),
  };
}

/**
 * Orders the digest of the week that ended last, once: inserting the clock's row is the right to do it, so several processes
 * and a machine that was off make neither two nor none. Answers whether it did.
 */
export async function weeklyDigest(ctx: Context): Promise<boolean> {
  const { timezone, createdAt } = await findWorkspace(ctx.db, ctx.workspaceId);
  // The library looks strictly before: at nine sharp, where a clock that jumps to due times stands, it is due already.
  const upToNow = new Date(ctx.clock.now().getTime() + 1);
  const [fireAt] = new Cron(WEEKLY, { timezone, paused: true }).previousRuns(1, upToNow);
  if (!fireAt || fireAt <= createdAt) return false;
  const from =
    new Cron(WEEKLY, { timezone, paused: true }).previousRuns(1, fireAt)[0] ??
    new Date(fireAt.getTime() - 7 * 86_400_000);
  return orderDigest(ctx, { job: 'weekly-digest', from, to: fireAt, timezone });
}

/** When the next weekly digest is due; null when never. */
export async function nextDigestAt(ctx: Context): Promise<Date | null> {
  const { timezone } = await findWorkspace(ctx.db, ctx.workspaceId);
  return new Cron(WEEKLY, { timezone, paused: true }).nextRun(ctx.clock.now());
}

/** A digest of the last seven days, now, for whoever asks for it. */
export async function digestNow(ctx: Context): Promise<boolean> {
  const { timezone } = await findWorkspace(ctx.db, ctx.workspaceId);
  const to = ctx.clock.now();
  return orderDigest(ctx, { job: 'digest-on-demand', from: new Date(to.getTime() - 7 * 86_400_000), to, timezone });
}

async function orderDigest(
  ctx: Context,
  { job, from, to, timezone }: { job: string; from: Date; to: Date; timezone: string },
): Promise<boolean> {
  const run = and(eq(clockRuns.workspaceId, ctx.workspaceId), eq(clockRuns.job, job), eq(clockRuns.fireAt, to));
  // Asked every minute and true once a week: what was ordered is not counted again.
  if ((await ctx.db.select().from(clockRuns).where(run)).length > 0) return false;
  const facts = await digestFacts(ctx, from, to, timezone);
  const channels = new Set(
    (await listWorkflows(ctx.db, ctx.workspaceId)).map(({ definition }) => definition.channels.digest),
  );
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const mine = await tx
      .insert(clockRuns)
      .values({ workspaceId: ctx.workspaceId, job, fireAt: to, startedAt: now })
      .onConflictDoNothing()
      .returning();
    if (mine.length === 0) return false;
    for (const channel of channels)
      await wantPost(tx, {
        id: ctx.ids.id(),
        workspaceId: ctx.workspaceId,
        purpose: 'digest',
        subjectType: 'workspace',
        subjectId: `${job}:${to.toISOString()}:${channel}`,
        channel,
        payload: facts,
        now,
      });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: 'clock:digest',
        action: 'digest.ordered',
        subjectType: 'workspace',
        subjectId: ctx.workspaceId,
        data: { from: from.toISOString(), to: to.toISOString() },
      },
    ]);
    return true;
  });
}
