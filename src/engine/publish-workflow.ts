import { and, count, desc, eq, inArray } from 'drizzle-orm';
import { contentHash } from '../core/canonical-json.ts';
import type { Workflow } from '../core/workflow.ts';
import { type Change, diffWorkflows } from '../core/workflow/diff.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments, workflows, workflowVersions } from '../db/schema.ts';
import { currentVersion, findWorkflow, versionById } from '../db/workflows.ts';
import type { Context } from './context.ts';

/** Publishes a definition as the next immutable version, unless its content already is one: then that one is current again. */
export async function publishWorkflow(
  ctx: Context,
  definition: Workflow,
  by: string,
  // A file that the program finds at each start does not take an archived workflow out of the archive; a person who publishes does.
  { revive = false }: { revive?: boolean } = {},
): Promise<{ version: number; fresh: boolean }> {
  const hash = contentHash(definition);
  return transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    await tx
      .insert(workflows)
      .values({
        id: ctx.ids.id(),
        workspaceId: ctx.workspaceId,
        name: definition.name,
        status: 'active',
        createdAt: now,
      })
      .onConflictDoNothing();
    const workflow = await findWorkflow(tx, ctx.workspaceId, definition.name);
    if (!workflow) throw new Error(`workflow ${definition.name} was not inserted`);
    await tx.select().from(workflows).where(eq(workflows.id, workflow.id)).for('update');
    const [latest] = await tx
      .select()
      .from(workflowVersions)
      .where(eq(workflowVersions.workflowId, workflow.id))
      .orderBy(desc(workflowVersions.version))
      .limit(1);
    const [same] = await tx
      .select()
      .from(workflowVersions)
      .where(and(eq(workflowVersions.workflowId, workflow.id), eq(workflowVersions.hash, hash)));
    if (same) {
      if (workflow.currentVersionId !== same.id || (revive && workflow.status === 'archived')) {
        await tx
          .update(workflows)
          .set({ currentVersionId: same.id, ...unarchived(workflow) })
          .where(eq(workflows.id, workflow.id));
        await appendAudit(tx, ctx.workspaceId, [
          {
            at: now,
            actor: by,
            action: 'workflow.published',
            subjectType: 'workflow_version',
            subjectId: same.id,
            data: { version: same.version, hash, again: true },
          },
        ]);
      }
      return { version: same.version, fresh: false };
    }
    const version = (latest?.version ?? 0) + 1;
    const id = ctx.ids.id();
    await tx.insert(workflowVersions).values({
      id,
      workspaceId: ctx.workspaceId,
      workflowId: workflow.id,
      version,
      hash,
      definition,
      publishedBy: by,
      publishedAt: now,
    });
    await tx
      .update(workflows)
      .set({ currentVersionId: id, ...unarchived(workflow) })
      .where(eq(workflows.id, workflow.id));
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: by,
        action: 'workflow.published',
        subjectType: 'workflow_version',
        subjectId: id,
        data: { version, hash },
      },
    ]);
    return { version, fresh: true };
  });
}

/** What is published anew takes leads in again. */
function unarchived({ status }: typeof workflows.$inferSelect): { status?: 'active'; draining?: false } {
  return status === 'archived' ? { status: 'active', draining: false } : {};
}

/**
 * What publishing would do. `current`: the version that holds today, null when there is none; `underWay`: leads on any version of
 * this workflow, who stay on theirs.
 */
export type PublishPreview = {
  current: number | null;
  changes: Change[];
  /** The earlier version that has exactly this content, and would hold again; null when it would be a new one. */
  again: number | null;
  underWay: number;
  /** It is in the archive, and publishing takes it out. */
  archived: boolean;
};

/** Compares a definition with what is published; writes nothing. */
export async function previewPublish(ctx: Context, definition: Workflow): Promise<PublishPreview> {
  const workflow = await findWorkflow(ctx.db, ctx.workspaceId, definition.name);
  if (!workflow?.currentVersionId) return { current: null, changes: [], again: null, underWay: 0, archived: false };
  const current = await currentVersion(ctx.db, workflow.id);
  const [same] = await ctx.db
    .select({ version: workflowVersions.version })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflow.id), eq(workflowVersions.hash, contentHash(definition))));
  const [under] = await ctx.db
    .select({ leads: count() })
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflow.id), inArray(enrollments.status, ['active', 'waiting', 'paused'])));
  return {
    current: current.version,
    changes: diffWorkflows(current.definition, definition),
    again: same?.version ?? null,
    underWay: under?.leads ?? 0,
    archived: workflow.status === 'archived',
  };
}

/** A published definition. @param version a number, or null for the current one. @returns null when there is no such version. */
export async function publishedDefinition(
  ctx: Context,
  name: string,
  version: number | null,
): Promise<{ version: number; definition: Workflow } | null> {
  const workflow = await findWorkflow(ctx.db, ctx.workspaceId, name);
  if (!workflow?.currentVersionId) return null;
  if (version === null) return currentVersion(ctx.db, workflow.id);
  const [row] = await ctx.db
    .select({ id: workflowVersions.id })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflow.id), eq(workflowVersions.version, version)));
  return row ? versionById(ctx.db, row.id) : null;
}
