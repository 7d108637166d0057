import { sql } from 'drizzle-orm';
import { goalOf, triggersOf } from '../core/workflow/settings.ts';
import { triggerWords } from '../core/workflow/step-words.ts';
import { rows } from '../db/client.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';

export type ListedWorkflow = {
  name: string;
  status: 'active' | 'paused' | 'archived';
  version: number;
  description: string;
  goal: string;
  /** In words, one a trigger. */
  triggers: string[];
  steps: number;
  underWay: number;
  /** Cards that wait for people. */
  waiting: number;
};
export type WorkflowList = { everythingPaused: boolean; workflows: ListedWorkflow[] };

/** Every workflow there is, those that run first, then by name. */
export async function workflowList(ctx: Context): Promise<WorkflowList> {
  const [{ pausedAt }, published, counted] = await Promise.all([
    findWorkspace(ctx.db, ctx.workspaceId),
    listWorkflows(ctx.db, ctx.workspaceId),
    rows<{ id: string; underWay: number; waiting: number }>(
      ctx.db,
      sql`select w.id, (select count(*) from enrollments e where e.workflow_id = w.id and e.status in ('active', 'waiting', 'paused'))::int as "underWay",
            (select count(*) from decisions d where d.workflow_id = w.id and d.status = 'pending' and d.purpose = 'live')::int as waiting
          from workflows w where w.workspace_id = ${ctx.workspaceId}::uuid`,
    ),
  ]);
  const order = { active: 0, paused: 1, archived: 2 } as const;
  const workflows = published.map(({ workflow, version, definition }): ListedWorkflow => {
    const counts = counted.find(({ id }) => id === workflow.id);
    return {
      name: workflow.name,
      status: workflow.status,
      version: version.version,
      description: definition.description,
      goal: goalOf(definition).description,
      triggers: triggersOf(definition).map(triggerWords),
      steps: definition.steps.length,
      underWay: counts?.underWay ?? 0,
      waiting: counts?.waiting ?? 0,
    };
  });
  return {
    everythingPaused: pausedAt !== null,
    workflows: workflows.toSorted((a, b) => order[a.status] - order[b.status]),
  };
}
