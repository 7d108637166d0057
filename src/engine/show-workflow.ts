import { sql } from 'drizzle-orm';
import type { MapCounts } from '../core/map-counts.ts';
import type { Workflow } from '../core/workflow.ts';
import { rows } from '../db/client.ts';
import type { Context } from './context.ts';
import { namedWorkflow, type NoSuch } from './named-workflow.ts';
import { workflowCounts } from './workflow-counts.ts';

export type ShownWorkflow = {
  workflow: Workflow;
  status: 'active' | 'paused' | 'archived';
  pausedBy: string | null;
  version: number;
  publishedAt: Date;
  publishedBy: string;
  counts: MapCounts;
  /** Leads under way by the version they are on, newest first; more than one while leads of older versions are still under way. */
  versions: Array<{ version: number; underWay: number }>;
};

/** One workflow as it is published, and what is going on in it. */
export async function showWorkflow(ctx: Context, name: string): Promise<{ ok: true; shown: ShownWorkflow } | NoSuch> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { workflow, version, definition } = found.published;
  const versions = await rows<{ version: number; underWay: number }>(
    ctx.db,
    sql`select v.version, count(*)::int as "underWay" from enrollments e join workflow_versions v on v.id = e.workflow_version_id
        where e.workflow_id = ${workflow.id}::uuid and e.status in ('active', 'waiting', 'paused') group by v.version order by v.version desc`,
  );
  return {
    ok: true,
    shown: {
      workflow: definition,
      status: workflow.status,
      pausedBy: workflow.pausedBy,
      version: version.version,
      publishedAt: version.publishedAt,
      publishedBy: version.publishedBy,
      counts: await workflowCounts(ctx, workflow.id, definition),
      versions,
    },
  };
}
