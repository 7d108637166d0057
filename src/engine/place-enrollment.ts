import { eq, sql } from 'drizzle-orm';
import type { HistoryEntry } from '../core/enrollment-history.ts';
import type { LeadFacts } from '../core/workflow/condition.ts';
import type { Move, Passed } from '../core/workflow/next-step.ts';
import { asksPeople } from '../core/workflow/step.ts';
import { stepById, type Workflow } from '../core/workflow.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { enrollments } from '../db/schema.ts';
import type { Context } from './context.ts';
import { lookAgainAt } from './enrollment-facts.ts';
import { exitEnrollment } from './exit-enrollment.ts';

export type Enrollment = typeof enrollments.$inferSelect;

/** Where an enrollment goes: to a step that is entered, to a timer at a step, or to its end. */
export type Destination = Move | { status: 'waiting'; step: string; until: Date; since: Date; tries?: number };

export type Going = {
  enrollment: Enrollment;
  workflow: Workflow;
  /** What the workflow's conditions may ask; null where `to` is no wait, which alone needs them. */
  facts: LeadFacts | null;
  to: Destination;
  /** Steps that were gone through on the way. */
  passed?: readonly Passed[];
  /** What else is to be told of it. */
  history?: readonly HistoryEntry[];
  actor?: string;
};

/**
 * The one place in which an enrollment moves: its row, its history, the audit rows that tell of it (for the caller to append
 * last). Raises the version, which ends every claim. The caller holds the locks of lead and enrollment.
 */
export async function placeEnrollment(ctx: Context, tx: Tx, going: Going): Promise<AuditEvent[]> {
  const { enrollment, to, passed = [] } = going;
  const now = ctx.clock.now();
  await writeHistory(tx, enrollment, [...passed, ...(going.history ?? [])], { ids: ctx.ids, at: now });
  const told = passed.flatMap((step) => (step.to === null ? [] : [moveEvent(going, now, step, step.to)]));
  const before = passed.at(-1);
  const last = before === undefined ? enrollment.step : (before.to ?? before.step);
  if (to.status === 'exited') {
    const { events } = await exitEnrollment(ctx, tx, enrollment.id, to.reason);
    return [...told, ...events];
  }
  await tx
    .update(enrollments)
    .set({
      ...keptPaused(enrollment, columnsOf(going, to, now)),
      pendingDecisionId: null,
      attempts: to.status === 'waiting' ? (to.tries ?? 0) : 0,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
    })
    .where(eq(enrollments.id, enrollment.id));
  const step = to.status === 'done' ? null : to.step;
  // What was told as passed is not told again.
  if (to.status === 'active' && passed.length > 0 && step === last) return told;
  return [
    ...told,
    {
      at: now,
      actor: going.actor ?? 'system:advance',
      action: `enrollment.${to.status}`,
      subjectType: 'enrollment',
      subjectId: enrollment.id,
      data: { from: last, step },
    },
  ];
}

/** `because` says what chose the way, in words of the program and the workflow, never the lead's. */
function moveEvent({ enrollment, actor }: Going, at: Date, passed: Passed, to: string): AuditEvent {
  const { step, did, choice } = passed;
  return {
    at,
    actor: actor ?? 'system:advance',
    action: 'enrollment.active',
    subjectType: 'enrollment',
    subjectId: enrollment.id,
    data: { from: step, step: to, because: choice === undefined ? did : `${did} ${choice}` },
  };
}

type Columns = Partial<typeof enrollments.$inferInsert>;

/** Of an enrollment that is not paused, or no more. */
export const NOT_PAUSED = { pausedReason: null, pausedAt: null, pausedFrom: null } as const;

/** A lead that is paused may come to its next step, by a verdict or by hand; what happens there waits until the pause ends. */
function keptPaused({ status, dueAt }: Enrollment, columns: Columns): Columns {
  if (status !== 'paused' || (columns.status !== 'active' && columns.status !== 'waiting')) return columns;
  return { ...columns, status: 'paused', pausedFrom: columns.status, dueAt };
}

function columnsOf(
  { enrollment, workflow, facts }: Going,
  to: Exclude<Destination, { status: 'exited' }>,
  now: Date,
): Columns {
  switch (to.status) {
    case 'done':
      return { status: 'done', dueAt: null, timerAt: null, asksPeople: false, ...NOT_PAUSED, endedAt: now };
    case 'active':
      return {
        status: 'active',
        step: to.step,
        dueAt: now,
        timerAt: null,
        stepEnteredAt: now,
        asksPeople: asksPeople(stepById(workflow, to.step)),
      };
    case 'waiting':
      if (facts === null)
        throw new Error(`enrollment ${enrollment.id} waits at ${to.step}, and nothing is known of its lead`);
      return {
        status: 'waiting',
        step: to.step,
        dueAt: lookAgainAt(workflow, to.until, facts, now),
        timerAt: to.until,
        stepEnteredAt: to.since,
        asksPeople: false,
      };
  }
}
