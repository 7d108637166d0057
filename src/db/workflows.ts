import { and, eq, sql } from 'drizzle-orm';
import { type Workflow, workflowSchema } from '../core/workflow.ts';
import { type DbOrTx, rows } from './client.ts';
import { workflows, workflowVersions } from './schema.ts';

export type WorkflowRow = typeof workflows.$inferSelect;
export type WorkflowVersionRow = typeof workflowVersions.$inferSelect;
export type PublishedWorkflow = { workflow: WorkflowRow; version: WorkflowVersionRow; definition: Workflow };

export async function listWorkflows(db: DbOrTx, workspaceId: string): Promise<PublishedWorkflow[]> {
  const found = await db
    .select()
    .from(workflows)
    .innerJoin(workflowVersions, eq(workflowVersions.id, workflows.currentVersionId))
    .where(eq(workflows.workspaceId, workspaceId))
    .orderBy(workflows.name);
  return found.map((row) => ({
    workflow: row.workflows,
    version: row.workflow_versions,
    definition: definitionOf(row.workflow_versions),
  }));
}

export async function findWorkflow(db: DbOrTx, workspaceId: string, name: string): Promise<WorkflowRow | null> {
  const [row] = await db
    .select()
    .from(workflows)
    .where(and(eq(workflows.workspaceId, workspaceId), eq(workflows.name, name)));
  return row ?? null;
}

/** The version whose rules hold for people today (approvers, channels, sender), whatever version an enrollment is on. */
export async function currentVersion(db: DbOrTx, workflowId: string): Promise<WorkflowVersionRow> {
  const [found] = await db
    .select()
    .from(workflows)
    .innerJoin(workflowVersions, eq(workflowVersions.id, workflows.currentVersionId))
    .where(eq(workflows.id, workflowId));
  const row = found?.workflow_versions;
  if (!row) throw new Error(`workflow ${workflowId} was never published`);
  return { ...row, definition: definitionOf(row) };
}

export async function versionById(db: DbOrTx, id: string): Promise<WorkflowVersionRow> {
  const [row] = await db.select().from(workflowVersions).where(eq(workflowVersions.id, id));
  if (!row) throw new Error(`no workflow version ${id}`);
  return { ...row, definition: definitionOf(row) };
}

/** As it was published; settings that were invented since have their defaults. One that can't be read stands in nobody else's way. */
function definitionOf({ definition }: WorkflowVersionRow): Workflow {
  const parsed = workflowSchema.safeParse(definition);
  return parsed.success ? parsed.data : definition;
}

/** Every address that mail of ours comes from or may be answered to, in any version ever published. */
export async function senderAddresses(db: DbOrTx, workspaceId: string): Promise<string[]> {
  const found = await rows<{ address: string }>(
    db,
    sql`select distinct address from workflow_versions, unnest(array[definition->'sender'->>'email', definition->'sender'->>'reply_to']) as address
        where workspace_id = ${workspaceId}::uuid and address is not null order by address`,
  );
  return found.map(({ address }) => address);
}
