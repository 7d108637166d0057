import { and, eq, inArray } from 'drizzle-orm';
import type { LeadFacts } from '../core/workflow/condition.ts';
import { exitNow } from '../core/workflow/next-step.ts';
import { stepById, type Step, type Workflow } from '../core/workflow.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { heldBy } from '../db/held-imports.ts';
import type { LeadRow } from '../db/leads.ts';
import { decisions, enrollments, leads } from '../db/schema.ts';
import { listSegments } from '../db/segments.ts';
import { versionById } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { enrollFor } from './enroll.ts';
import { asksForFacts, enrollmentFacts, lookAgainAt } from './enrollment-facts.ts';
import { exitEnrollment } from './exit-enrollment.ts';
import { updateMembership } from './segments.ts';

type Enrollment = typeof enrollments.$inferSelect;

export type Woken = {
  /** Enrollments that look again at once what they wait for. */
  woken: number;
  /** Workflows that the lead left, its goal reached or an exit condition met. */
  ended: string[];
  /** Workflows that took it in. */
  enrolled: number;
  /** For the caller to append: the tip of the audit chain is locked last in a transaction. */
  events: AuditEvent[];
};

/**
 * Something about the lead changed: a value, a tag, its score, an event, an outcome. Whoever writes that calls this in the same
 * transaction, after it, holding the lead's lock, appends `events` last and wakes the queue after the commit. At once, wherever
 * the lead stands: goals and exit conditions end what they end (a pending decision is withdrawn, an approved mail stays here),
 * what waits for a condition or a date looks again, and workflows that are triggered by what happened take the lead in.
 *
 * @param happened `events`: types of the events that were recorded, where some were.
 */
export async function wakeLead(
  ctx: Context,
  tx: Tx,
  leadId: string,
  happened: { events?: readonly string[] } = {},
): Promise<Woken> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, leadId));
  if (!lead) throw new Error(`no lead ${leadId}`);
  const result: Woken = { woken: 0, ended: [], enrolled: 0, events: [] };
  const running = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.leadId, leadId), inArray(enrollments.status, ['active', 'waiting', 'paused'])))
    .orderBy(enrollments.id)
    .for('update');
  for (const enrollment of running) await wakeOne(ctx, tx, lead, enrollment, result);
  const held = await heldBy(tx, lead.id);
  // What an odd import brought begins nothing before somebody said that it is right; a segment is entered when they have.
  const entered = held === null ? await updateMembership(ctx, tx, lead) : [];
  if (lead.erasedAt !== null || held === 'created') return result;
  for (const event of happened.events ?? []) await enroll(ctx, tx, lead, { on: 'event', event }, result);
  for (const segment of entered) await enroll(ctx, tx, lead, { on: 'segment', segment }, result);
  return result;
}

/**
 * The same for many leads, whose locks the caller holds: an import that merged values. While nobody saved a segment, only those
 * that are under way somewhere are looked at; `segments: false` leaves those to watch-segments in any case.
 */
export async function wakeLeads(
  ctx: Context,
  tx: Tx,
  leadIds: readonly string[],
  { segments = true }: { segments?: boolean } = {},
): Promise<Woken> {
  const all: Woken = { woken: 0, ended: [], enrolled: 0, events: [] };
  const anySegment = segments && (await listSegments(tx, ctx.workspaceId)).length > 0;
  for (let i = 0; i < leadIds.length; i += 1000) {
    const page = leadIds.slice(i, i + 1000);
    for (const leadId of anySegment ? page.toSorted() : await underWay(tx, page)) {
      const one = await wakeLead(ctx, tx, leadId);
      all.woken += one.woken;
      all.enrolled += one.enrolled;
      all.ended.push(...one.ended);
      all.events.push(...one.events);
    }
  }
  return all;
}

async function underWay(tx: Tx, leadIds: readonly string[]): Promise<string[]> {
  const found = await tx
    .selectDistinct({ leadId: enrollments.leadId })
    .from(enrollments)
    .where(and(inArray(enrollments.leadId, [...leadIds]), inArray(enrollments.status, ['active', 'waiting', 'paused'])))
    .orderBy(enrollments.leadId);
  return found.map(({ leadId }) => leadId);
}

async function enroll(
  ctx: Context,
  tx: Tx,
  lead: LeadRow,
  happening: Parameters<typeof enrollFor>[3],
  result: Woken,
): Promise<void> {
  const { enrolled, events } = await enrollFor(ctx, tx, lead, happening);
  result.enrolled += enrolled;
  result.events.push(...events);
}

async function wakeOne(ctx: Context, tx: Tx, lead: LeadRow, enrollment: Enrollment, result: Woken): Promise<void> {
  const { definition: workflow } = await versionById(tx, enrollment.workflowVersionId);
  if (!asksForFacts(workflow)) return;
  const now = ctx.clock.now();
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now });
  const exit = exitNow(workflow, facts, now);
  if (exit !== null) {
    result.ended.push(enrollment.workflowId);
    result.events.push(...(await exitEnrollment(ctx, tx, enrollment.id, exit.reason)).events);
    return;
  }
  const dueAt = await dueNow(tx, { enrollment, workflow, facts, now });
  if (dueAt === null || enrollment.dueAt === null || dueAt >= enrollment.dueAt) return;
  await tx.update(enrollments).set({ dueAt, updatedAt: now }).where(eq(enrollments.id, enrollment.id));
  if (dueAt <= now) result.woken += 1;
}

/**
 * When the enrollment has to be looked at, as things are now; null for one that is not asleep. The row's version stays: a worker
 * that has it in hand takes its turn under the lead's lock, after this, and sees what happened.
 */
async function dueNow(
  tx: Tx,
  { enrollment, workflow, facts, now }: { enrollment: Enrollment; workflow: Workflow; facts: LeadFacts; now: Date },
): Promise<Date | null> {
  // One that was held back, for facts that were missing; one that is tried again after a failure has its own time.
  if (enrollment.status === 'active')
    return enrollment.pendingDecisionId === null && enrollment.attempts === 0 ? now : null;
  if (enrollment.status !== 'waiting') return null;
  if (enrollment.pendingDecisionId === null && waitsForFacts(stepById(workflow, enrollment.step))) return now;
  const timer =
    enrollment.pendingDecisionId === null ? (enrollment.timerAt ?? enrollment.dueAt) : await deadlineOf(tx, enrollment);
  return timer === null ? null : lookAgainAt(workflow, timer, facts, now);
}

/** What of it can be over earlier or later because something about the lead changed: all but a plain duration and what people do. */
function waitsForFacts(step: Step): boolean {
  return 'wait_until' in step || 'window' in step || ('wait' in step && typeof step.wait !== 'string');
}

async function deadlineOf(tx: Tx, { pendingDecisionId }: Enrollment): Promise<Date | null> {
  const [decision] = await tx
    .select({ deadlineAt: decisions.deadlineAt })
    .from(decisions)
    .where(eq(decisions.id, pendingDecisionId ?? ''));
  return decision?.deadlineAt ?? null;
}
