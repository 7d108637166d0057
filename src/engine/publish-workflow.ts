import { and, desc, eq } from 'drizzle-orm';
import { contentHash } from '../core/canonical-json.ts';
import type { Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { workflows, workflowVersions } from '../db/schema.ts';
import { findWorkflow } from '../db/workflows.ts';
import type { Context } from './context.ts';

/** Publishes a definition as the next immutable version, unless its content already is one: then that one is current again. */
export async function publishWorkflow(
  ctx: Context,
  definition: Workflow,
  by: string,
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
      if (workflow.currentVersionId !== same.id) {
        await tx.update(workflows).set({ currentVersionId: same.id }).where(eq(workflows.id, workflow.id));
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
    await tx.update(workflows).set({ currentVersionId: id }).where(eq(workflows.id, workflow.id));
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
