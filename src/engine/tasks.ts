import { and, eq } from 'drizzle-orm';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { tasks } from '../db/schema.ts';
import { touchPost, wantPost } from '../db/slack-posts.ts';
import { taskSettings } from '../core/workflow/settings.ts';
import type { TaskStep } from '../core/workflow/step.ts';
import type { TaskStatus } from '../core/workflow/task.ts';
import type { Workflow } from '../core/workflow.ts';
import type { Context } from './context.ts';
import type { Enrollment } from './place-enrollment.ts';

type Task = typeof tasks.$inferSelect;

/**
 * Asks people to do something for a lead: a card with a deadline, once an occurrence of the step. `today`: the version whose
 * channels hold now. Answers with the deadline; the caller has the enrollment wait for it.
 */
export async function openTask(
  ctx: Context,
  tx: Tx,
  {
    enrollment,
    workflow,
    today,
    step,
  }: { enrollment: Enrollment; workflow: Workflow; today: Workflow; step: TaskStep },
): Promise<{ deadlineAt: Date; events: AuditEvent[] }> {
  const now = ctx.clock.now();
  const deadlineAt = new Date(now.getTime() + taskSettings(workflow, step).deadlineMs);
  const id = ctx.ids.id();
  const [made] = await tx
    .insert(tasks)
    .values({
      id,
      workspaceId: ctx.workspaceId,
      enrollmentId: enrollment.id,
      leadId: enrollment.leadId,
      workflowId: enrollment.workflowId,
      workflowVersionId: enrollment.workflowVersionId,
      step: step.id,
      occurrence: enrollment.occurrence,
      status: 'open',
      deadlineAt,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: tasks.id });
  if (!made) throw new Error(`enrollment ${enrollment.id} has a task at ${step.id} already`);
  await wantPost(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    purpose: 'notice',
    subjectType: 'task',
    subjectId: id,
    channel: taskSettings(today, step).channel,
    payload: { type: 'task' },
    now,
  });
  return {
    deadlineAt,
    events: [taskEvent(now, 'system:advance', 'opened', id, { enrollment: enrollment.id, step: step.id })],
  };
}

/** Writes how a task ended and lets its card follow. The caller holds the locks of lead and enrollment. */
export async function endTask(
  ctx: Context,
  tx: Tx,
  task: Pick<Task, 'id'>,
  { status, by, reason = null }: { status: Exclude<TaskStatus, 'open'>; by: string; reason?: string | null },
): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const ended = await tx
    .update(tasks)
    .set({ status, closedAt: now, closedBy: by, closedReason: reason })
    .where(and(eq(tasks.id, task.id), eq(tasks.status, 'open')))
    .returning({ id: tasks.id });
  if (ended.length === 0) return [];
  await touchPost(tx, ctx.workspaceId, { purpose: 'notice', subjectType: 'task', subjectId: task.id }, now);
  return [taskEvent(now, by, status, task.id, reason === null ? {} : { reason })];
}

/** Nobody did it in time: the clock closes what stands open at this step. */
export async function expireTasks(ctx: Context, tx: Tx, enrollmentId: string, step: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for (const task of await openTasks(tx, enrollmentId))
    if (task.step === step) events.push(...(await endTask(ctx, tx, task, { status: 'expired', by: 'clock:deadline' })));
  return events;
}

/** The lead left: nothing is to be done for it any more. */
export async function withdrawTasks(ctx: Context, tx: Tx, enrollmentId: string, reason: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for (const task of await openTasks(tx, enrollmentId))
    events.push(...(await endTask(ctx, tx, task, { status: 'withdrawn', by: 'system:exit', reason })));
  return events;
}

function openTasks(tx: Tx, enrollmentId: string): Promise<Task[]> {
  return tx
    .select()
    .from(tasks)
    .where(and(eq(tasks.enrollmentId, enrollmentId), eq(tasks.status, 'open')))
    .orderBy(tasks.id)
    .for('update');
}

function taskEvent(at: Date, actor: string, what: string, id: string, data: Record<string, unknown>): AuditEvent {
  return { at, actor, action: `task.${what}`, subjectType: 'task', subjectId: id, data };
}
