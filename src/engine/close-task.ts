import { eq } from 'drizzle-orm';
import { taskSettings } from '../core/workflow/settings.ts';
import { afterStep } from '../core/workflow/next-step.ts';
import { stepById } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments, leads, tasks } from '../db/schema.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';
import { placeEnrollment } from './place-enrollment.ts';
import { endTask } from './tasks.ts';

export type CloseTask = { taskId: string; userId: string; how: 'done' | 'skipped' };

/** A person did what a task asks for, or says that it need not be done; the lead goes on at once. The first answer counts. */
export async function closeTask(
  ctx: Context,
  { taskId, userId, how }: CloseTask,
): Promise<{ ok: true } | { ok: false; text: string }> {
  const [known] = await ctx.db.select().from(tasks).where(eq(tasks.id, taskId));
  if (!known) return { ok: false, text: 'This task does not exist any more.' };
  const version = await versionById(ctx.db, known.workflowVersionId);
  const step = stepById(version.definition, known.step);
  if (!('task' in step)) throw new Error(`task ${taskId} stands at step ${known.step}, which is none`);
  // Who may close it is asked of Slack: before the transaction, never in it.
  const { definition: today } = await currentVersion(ctx.db, known.workflowId);
  if (!(await mayDecide(ctx, userId, taskSettings(today, step).approvers)))
    return { ok: false, text: 'Only somebody who is named for the tasks of this workflow can close this.' };
  const result = await transact(ctx.db, async (tx) => {
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, known.leadId)).for('update');
    const [enrollment] = await tx
      .select()
      .from(enrollments)
      .where(eq(enrollments.id, known.enrollmentId))
      .for('update');
    const [task] = await tx.select().from(tasks).where(eq(tasks.id, taskId)).for('update');
    if (!enrollment || !task) throw new Error(`task ${taskId} has lost its enrollment`);
    if (task.status !== 'open') return { ok: false as const, text: ENDED[task.status] };
    const by = `person:${userId}`;
    const events = await endTask(ctx, tx, task, { status: how, by });
    const { status, pausedFrom, step: at } = enrollment;
    // One that is paused goes on too; what is next waits until its pause ends.
    const waits = (status === 'waiting' || (status === 'paused' && pausedFrom === 'waiting')) && at === task.step;
    // Moved to another version while its card stayed, it goes on by that one.
    const { definition: own } = await versionById(tx, enrollment.workflowVersionId);
    const moved = !waits
      ? []
      : await placeEnrollment(ctx, tx, {
          enrollment,
          workflow: own,
          facts: null,
          to: afterStep(own, task.step, how),
          history: [
            { step: task.step, did: how === 'done' ? 'task_done' : 'task_skipped', to: null, why: null, actor: by },
          ],
          actor: by,
        });
    await appendAudit(tx, ctx.workspaceId, [...events, ...moved]);
    return { ok: true as const };
  });
  ctx.queue.wake();
  return result;
}

const ENDED = {
  done: 'It was done already.',
  skipped: 'It was skipped already.',
  expired: 'Its time is up; the lead went on.',
  withdrawn: 'The lead left the workflow: nothing is to be done any more.',
} as const;
