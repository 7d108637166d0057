import { and, eq, sql } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { appendAudit } from '../db/audit.ts';
import { rows, transact, type Tx } from '../db/client.ts';
import { workflows, workspaces } from '../db/schema.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';

export type PauseResult = { ok: true; changed: string[] } | { ok: false; text: string; known: string[] };
export type PauseInput = { name: string; actor: Actor };

/** Stops a workflow, or with 'all' everything: nothing is claimed and nothing leaves until it is resumed. */
export function pause(ctx: Context, input: PauseInput): Promise<PauseResult> {
  return switchTo(ctx, input, 'paused');
}

export async function resume(ctx: Context, input: PauseInput): Promise<PauseResult> {
  const result = await switchTo(ctx, input, 'active');
  ctx.queue.wake();
  return result;
}

async function switchTo(ctx: Context, { name, actor }: PauseInput, status: 'active' | 'paused'): Promise<PauseResult> {
  return transact(ctx.db, async (tx) => {
    const known = (await listWorkflows(tx, ctx.workspaceId)).map(({ workflow }) => workflow);
    if (name === 'all') return switchAll(ctx, tx, actor, status);
    const workflow = known.find((candidate) => candidate.name === name);
    if (!workflow) return { ok: false, text: `There is no workflow “${name}”.`, known: known.map((one) => one.name) };
    if (workflow.status === 'archived')
      return { ok: false, text: `${name} is archived.`, known: known.map((one) => one.name) };
    const now = ctx.clock.now();
    if (status === 'active' && workflow.pausedAt !== null) await moveDeadlines(tx, workflow.id, workflow.pausedAt, now);
    const changed = await tx
      .update(workflows)
      .set({ status, pausedBy: status === 'paused' ? actor.id : null, pausedAt: status === 'paused' ? now : null })
      .where(and(eq(workflows.id, workflow.id), eq(workflows.status, status === 'paused' ? 'active' : 'paused')))
      .returning({ id: workflows.id });
    await appendAudit(
      tx,
      ctx.workspaceId,
      changed.map(({ id }) => ({
        at: now,
        actor: `${actor.type}:${actor.id}`,
        action: `workflow.${status === 'paused' ? 'paused' : 'resumed'}`,
        subjectType: 'workflow',
        subjectId: id,
        data: {},
      })),
    );
    return { ok: true, changed: changed.length > 0 ? [name] : [] };
  });
}

async function switchAll(ctx: Context, tx: Tx, actor: Actor, status: 'active' | 'paused'): Promise<PauseResult> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, ctx.workspaceId)).for('update');
  const before = await findWorkspace(tx, ctx.workspaceId);
  if ((before.pausedAt !== null) === (status === 'paused')) return { ok: true, changed: [] };
  const now = ctx.clock.now();
  if (status === 'active' && before.pausedAt !== null) {
    // One that was paused by itself meanwhile counts its own pause when it is resumed: here only what came before that.
    for (const { workflow } of await listWorkflows(tx, ctx.workspaceId))
      await moveDeadlines(tx, workflow.id, before.pausedAt, workflow.pausedAt ?? now);
  }
  await tx
    .update(workspaces)
    .set(status === 'paused' ? { pausedAt: now, pausedBy: actor.id } : { pausedAt: null, pausedBy: null })
    .where(eq(workspaces.id, ctx.workspaceId));
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: `${actor.type}:${actor.id}`,
      action: `workspace.${status === 'paused' ? 'paused' : 'resumed'}`,
      subjectType: 'workspace',
      subjectId: ctx.workspaceId,
      data: {},
    },
  ]);
  return { ok: true, changed: ['all'] };
}

/**
 * A pause is no time to decide in: what waits for people gets as much longer as the pause lasted, so that nothing expires by
 * being resumed. Decisions made within the pause get what is left of it.
 */
async function moveDeadlines(tx: Tx, workflowId: string, from: Date, to: Date): Promise<void> {
  const late = sql`greatest(interval '0', ${to.toISOString()}::timestamptz - greatest(${from.toISOString()}::timestamptz, d.created_at))`;
  await rows(
    tx,
    sql`update enrollments e set due_at = e.due_at + ${late} from decisions d
        where e.pending_decision_id = d.id and d.status = 'pending' and d.workflow_id = ${workflowId}::uuid`,
  );
  await rows(
    tx,
    sql`with moved as (update decisions d set deadline_at = d.deadline_at + ${late}
          where d.status = 'pending' and d.workflow_id = ${workflowId}::uuid returning d.id)
        update slack_posts p set revision = p.revision + 1 from moved where p.purpose = 'card' and p.subject_id = moved.id::text`,
  );
}
