import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { isDecide, nextStep, stepById, type Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments } from '../db/schema.ts';
import { versionById } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { propose, retryAfterMs } from './propose.ts';
import { settleDecision } from './settle.ts';

type Enrollment = typeof enrollments.$inferSelect;

/**
 * Carries one claimed enrollment to the next place where it has to stop. Does nothing when the row has moved on since it was
 * claimed: a late, doubled or resumed job is harmless. What throws is put off, so that it stands in nobody's way.
 */
export async function advance(ctx: Context, job: { enrollmentId: string; version: number }): Promise<void> {
  const enrollment = await begin(ctx, job);
  if (enrollment === null) return;
  try {
    await carryOn(ctx, enrollment);
  } catch (error) {
    await putOff(ctx, enrollment);
    throw error;
  }
}

/**
 * Takes the job, once. The attempt counts from here and not from the claim, which may have waited in line for longer than its
 * lease; it counts before anything is done, so that what kills the process can't do so for ever.
 */
async function begin(ctx: Context, job: { enrollmentId: string; version: number }): Promise<Enrollment | null> {
  const [enrollment] = await ctx.db
    .update(enrollments)
    .set({
      attempts: sql`${enrollments.attempts} + 1`,
      version: sql`${enrollments.version} + 1`,
      leaseUntil: new Date(ctx.machine.now().getTime() + ctx.settings.leaseMs),
    })
    .where(
      and(
        eq(enrollments.id, job.enrollmentId),
        eq(enrollments.version, job.version),
        inArray(enrollments.status, ['active', 'waiting']),
        lte(enrollments.dueAt, ctx.clock.now()),
      ),
    )
    .returning();
  return enrollment ?? null;
}

async function putOff(ctx: Context, { id, version, attempts }: Enrollment): Promise<void> {
  await ctx.db
    .update(enrollments)
    .set({
      dueAt: new Date(ctx.clock.now().getTime() + retryAfterMs(attempts)),
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
    })
    .where(and(eq(enrollments.id, id), eq(enrollments.version, version)));
}

async function carryOn(ctx: Context, enrollment: Enrollment): Promise<void> {
  if (enrollment.status !== 'active' && enrollment.status !== 'waiting')
    throw new Error(`enrollment ${enrollment.id} is ${enrollment.status}`);
  if (enrollment.dueAt === null) throw new Error(`enrollment ${enrollment.id} was taken without being due`);
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
