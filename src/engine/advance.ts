import { and, eq, sql } from 'drizzle-orm';
import { isDecide, nextStep, stepById, type Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments } from '../db/schema.ts';
import { versionById } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { propose } from './propose.ts';
import { settleDecision } from './settle.ts';

type Enrollment = typeof enrollments.$inferSelect;

/**
 * Carries one claimed enrollment to the next place where it has to stop. Does nothing when the row has moved on since it was
 * claimed: a late, doubled or resumed job is harmless.
 */
export async function advance(ctx: Context, job: { enrollmentId: string; version: number }): Promise<void> {
  const [enrollment] = await ctx.db.select().from(enrollments).where(eq(enrollments.id, job.enrollmentId));
  if (
    !enrollment ||
    enrollment.version !== job.version ||
    (enrollment.status !== 'active' && enrollment.status !== 'waiting') ||
    enrollment.dueAt === null
  )
    return;
  if (enrollment.pendingDecisionId !== null) {
    // Its due time was the decision's deadline: silence is its own status, never an approval.
    await settleDecision(ctx, {
      decisionId: enrollment.pendingDecisionId,
      actor: { type: 'clock', id: 'deadline' },
      via: 'clock',
      request: { verdict: 'expire' },
    });
    return;
  }
  const version = await versionById(ctx.db, enrollment.workflowVersionId);
  const workflow = version.definition;
  const next = nextStep(
    workflow,
    { step: enrollment.step, status: enrollment.status, dueAt: enrollment.dueAt },
    ctx.clock.now(),
  );
  switch (next.do) {
    case 'decide':
      if (enrollment.status === 'active' && enrollment.step === next.step.id)
        await propose(ctx, { enrollment, workflow, workflowVersion: version.version, step: next.step });
      else await move(ctx, enrollment, workflow, { status: 'active', step: next.step.id, dueAt: ctx.clock.now() });
      return;
    case 'wait':
      await move(ctx, enrollment, workflow, { status: 'waiting', step: next.step, dueAt: next.until });
      return;
    case 'finish':
      await move(ctx, enrollment, workflow, { status: 'done' });
      return;
  }
}

type Place = { status: 'active' | 'waiting'; step: string; dueAt: Date } | { status: 'done' };

async function move(ctx: Context, enrollment: Enrollment, workflow: Workflow, place: Place): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const now = ctx.clock.now();
    const to =
      place.status === 'done'
        ? { status: place.status, dueAt: null, endedAt: now, asksPeople: false }
        : { ...place, asksPeople: place.status === 'active' && isDecide(stepById(workflow, place.step)) };
    const moved = await tx
      .update(enrollments)
      .set({ ...to, attempts: 0, leaseUntil: null, version: sql`${enrollments.version} + 1`, updatedAt: now })
      .where(and(eq(enrollments.id, enrollment.id), eq(enrollments.version, enrollment.version)))
      .returning({ id: enrollments.id });
    if (moved.length === 0) return;
    const step = place.status === 'done' ? null : place.step;
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: 'system:advance',
        action: `enrollment.${place.status}`,
        subjectType: 'enrollment',
        subjectId: enrollment.id,
        data: { from: enrollment.step, step },
      },
    ]);
  });
  ctx.queue.wake();
}
