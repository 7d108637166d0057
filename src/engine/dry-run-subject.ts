import type { SegmentsOf } from '../core/workflow/dry-facts.ts';
import type { Workflow } from '../core/workflow.ts';
import { listSegments } from '../db/segments.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';
import { withSegments } from './lead-facts.ts';
import { publishedDefinition } from './publish-workflow.ts';

export type DryRunSubject =
  | { ok: true; workflow: Workflow; version: number; zone: string; segmentsOf: SegmentsOf }
  | { ok: false; known: string[] };

/** A published workflow with the saved segments and the workspace's zone, for a rehearsal. Reads only. */
export async function dryRunSubject(ctx: Context, name: string): Promise<DryRunSubject> {
  const found = await publishedDefinition(ctx, name, null);
  if (found === null)
    return { ok: false, known: (await listWorkflows(ctx.db, ctx.workspaceId)).map(({ workflow }) => workflow.name) };
  const saved = await listSegments(ctx.db, ctx.workspaceId);
  const { timezone } = await findWorkspace(ctx.db, ctx.workspaceId);
  return {
    ok: true,
    workflow: found.definition,
    version: found.version,
    zone: timezone,
    segmentsOf: (facts, now) => withSegments(facts, saved, now).segments,
  };
}
