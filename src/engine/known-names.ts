import { asc, eq, sql } from 'drizzle-orm';
import type { KnownNames } from '../core/workflow/check.ts';
import { rows } from '../db/client.ts';
import { segments } from '../db/schema.ts';
import type { Context } from './context.ts';

/**
 * The names that a workflow may use in this workspace: saved segments, columns and types of events that leads have. A workspace
 * without leads knows no columns or events yet, so that nothing is called unknown there.
 */
export async function knownNames(ctx: Context): Promise<KnownNames> {
  const saved = await ctx.db
    .select({ name: segments.name })
    .from(segments)
    .where(eq(segments.workspaceId, ctx.workspaceId))
    .orderBy(asc(segments.name));
  const columns = await rows<{ name: string }>(
    ctx.db,
    sql`select distinct name from leads, jsonb_object_keys(fields) as name where workspace_id = ${ctx.workspaceId}::uuid order by name`,
  );
  const events = await rows<{ type: string }>(
    ctx.db,
    sql`select distinct type from lead_events where workspace_id = ${ctx.workspaceId}::uuid order by type`,
  );
  const [lead] = await rows<{ id: string }>(
    ctx.db,
    sql`select id from leads where workspace_id = ${ctx.workspaceId}::uuid limit 1`,
  );
  return {
    segments: saved.map(({ name }) => name),
    fields: lead ? columns.map(({ name }) => name) : null,
    events: lead ? events.map(({ type }) => type) : null,
  };
}
