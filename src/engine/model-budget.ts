import { sql } from 'drizzle-orm';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';

const DAY_MS = 86_400_000;

/**
 * Whether the model may still be asked: what its proposals of the last 24 hours used up lies below the limit. Calls at the same
 * moment may pass it by what they use themselves.
 */
export async function budgetLeft(ctx: Context): Promise<boolean> {
  const limit = ctx.settings.modelTokensPerDay;
  if (limit === null) return true;
  const since = new Date(ctx.clock.now().getTime() - DAY_MS).toISOString();
  const [used] = await rows<{ tokens: number }>(
    ctx.db,
    sql`select coalesce(sum((usage->>'inputTokens')::int + (usage->>'outputTokens')::int), 0)::float8 as tokens from proposal_versions
        where workspace_id = ${ctx.workspaceId}::uuid and created_at > ${since}::timestamptz and usage is not null`,
  );
  return (used?.tokens ?? 0) < limit;
}
