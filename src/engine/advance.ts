import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { spotCheckCoin } from '../core/gate.ts';
import type { LeadFacts } from '../core/workflow/condition.ts';
import { afterStep, exitNow, nextStep, type NextStep } from '../core/workflow/next-step.ts';
import type { DecideStep, WebhookStep } from '../core/workflow/step.ts';
import type { Workflow } from '../core/workflow.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { decisions, enrollments, leads, messages } from '../db/schema.ts';
import { suppressionOf } from '../db/suppressions.ts';
import { currentVersion, versionById, type WorkflowVersionRow } from '../db/workflows.ts';
import { callWebhook } from './call-webhook.ts';
import type { Context } from './context.ts';
import { enrollmentFacts, lookAgainAt } from './enrollment-facts.ts';
import type { Lead } from './gather-inputs.ts';
import { type Destination, type Enrollment, placeEnrollment } from './place-enrollment.ts';
import { propose, retryAfterMs } from './propose.ts';
import { sendFixed } from './send-fixed.ts';
import { settleDecision } from './settle.ts';
import { expireTasks, openTask } from './tasks.ts';
import { updateLead } from './update-lead.ts';
import { wakeLead } from './wake-lead.ts';

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

/** What is left to be done outside the transaction in which it was found out; `nothing`: all is done. */
type Left =
  | { do: 'nothing' }
  | { do: 'expire'; decisionId: string }
  | { do: 'decide'; step: DecideStep }
  | { do: 'call'; step: WebhookStep; lead: Lead; facts: LeadFacts };

async function carryOn(ctx: Context, enrollment: Enrollment): Promise<void> {
  const version = await versionById(ctx.db, enrollment.workflowVersionId);
  const workflow = version.definition;
  const left = await transact(ctx.db, (tx) => takeTurn(ctx, tx, enrollment, version));
  switch (left.do) {
    case 'nothing':
      ctx.queue.wake();
      return;
    case 'expire':
      // Silence is its own status, never an approval.
      await settleDecision(ctx, {
        decisionId: left.decisionId,
        actor: { type: 'clock', id: 'deadline' },
        via: 'clock',
        request: { verdict: 'expire' },
      });
      return;
    case 'decide':
      await propose(ctx, { enrollment, workflow, workflowVersion: version.version, step: left.step });
      return;
    case 'call':
      await callWebhook(ctx, { enrollment, workflow, step: left.step, lead: left.lead, facts: left.facts });
      return;
  }
}

type Turn = {
  enrollment: Enrollment;
  version: WorkflowVersionRow;
  workflow: Workflow;
  lead: Lead;
  facts: LeadFacts;
  now: Date;
};

/**
 * Looks, decides and moves under the locks of lead and enrollment, so that nothing can happen to the lead in between: whoever
 * records an event waits, and then finds the enrollment where it went.
 */
async function takeTurn(ctx: Context, tx: Tx, claimed: Enrollment, version: WorkflowVersionRow): Promise<Left> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, claimed.leadId)).for('update');
  const [enrollment] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.id, claimed.id), eq(enrollments.version, claimed.version)))
    .for('update');
  if (!lead || !enrollment) return { do: 'nothing' };
  const now = ctx.clock.now();
  const workflow = version.definition;
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now });
  const turn: Turn = { enrollment, version, workflow, lead, facts, now };
  const left =
    lead.email === null
      ? await go(ctx, tx, turn, { status: 'exited', reason: 'the lead was erased' })
      : await leaveNow(ctx, tx, turn);
  if (left !== null) return left;
  if (enrollment.pendingDecisionId !== null) return await awaitDecision(tx, turn, enrollment.pendingDecisionId);
  return await goOn(ctx, tx, turn);
}

async function leaveNow(ctx: Context, tx: Tx, turn: Turn): Promise<Left | null> {
  const exit = exitNow(turn.workflow, turn.facts, turn.now);
  return exit === null ? null : await go(ctx, tx, turn, { status: 'exited', reason: exit.reason });
}

/** It was looked at for its exit conditions alone, unless the decision's deadline has come. */
async function awaitDecision(tx: Tx, { enrollment, workflow, facts, now }: Turn, decisionId: string): Promise<Left> {
  const [decision] = await tx
    .select({ deadlineAt: decisions.deadlineAt })
    .from(decisions)
    .where(eq(decisions.id, decisionId));
  if (!decision) throw new Error(`enrollment ${enrollment.id} waits for decision ${decisionId}, which is not there`);
  if (decision.deadlineAt <= now) return { do: 'expire', decisionId };
  await tx
    .update(enrollments)
    .set({
      dueAt: lookAgainAt(workflow, decision.deadlineAt, facts, now),
      attempts: 0,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
    })
    .where(eq(enrollments.id, enrollment.id));
  return { do: 'nothing' };
}

async function goOn(ctx: Context, tx: Tx, turn: Turn): Promise<Left> {
  const { enrollment, workflow, facts, now } = turn;
  const { id, status, step } = enrollment;
  if (status !== 'active' && status !== 'waiting') throw new Error(`enrollment ${id} is ${status}`);
  const dueAt = enrollment.timerAt ?? enrollment.dueAt;
  if (dueAt === null) throw new Error(`enrollment ${id} was taken without being due`);
  const since = enrollment.stepEnteredAt ?? enrollment.updatedAt;
  const coin = (at: string) =>
    spotCheckCoin(ctx.secrets.coin, `split:${enrollment.workflowId}:${enrollment.leadId}:${at}`);
  const next = nextStep(workflow, { step, status, dueAt, since }, facts, now, coin);
  return await arrive(ctx, tx, turn, next, since);
}

async function arrive(ctx: Context, tx: Tx, turn: Turn, next: NextStep, since: Date): Promise<Left> {
  const { enrollment, workflow, facts, lead, now } = turn;
  const { passed } = next;
  // What happens at a step happens from that step: a lead that only comes there now is first put there.
  const isThere = passed.length === 0;
  switch (next.do) {
    case 'wait': {
      const stays = isThere && enrollment.status === 'waiting';
      // A call that waits to be made again keeps count: this look was none.
      const tries = stays && 'webhook' in next.step ? enrollment.attempts - 1 : 0;
      const to = {
        status: 'waiting',
        step: next.step.id,
        until: next.until,
        since: stays ? since : now,
        tries,
      } as const;
      return await go(ctx, tx, turn, to, { passed });
    }
    case 'finish':
      return await go(ctx, tx, turn, { status: 'done' }, { passed });
    case 'exit':
      return await leaveAt(ctx, tx, turn, next);
    case 'decide':
      if (isThere && enrollment.status === 'active') return { do: 'decide', step: next.step };
      return await go(ctx, tx, turn, { status: 'active', step: next.step.id }, { passed });
    case 'webhook':
      if (isThere) return { do: 'call', step: next.step, lead, facts };
      return await go(ctx, tx, turn, { status: 'active', step: next.step.id }, { passed });
    case 'task':
      return isThere && enrollment.status === 'active'
        ? await askPeople(ctx, tx, turn, next.step)
        : await go(ctx, tx, turn, { status: 'active', step: next.step.id }, { passed });
    case 'send':
      if (!isThere) return await go(ctx, tx, turn, { status: 'active', step: next.step.id }, { passed });
      return await sendAt(ctx, tx, turn, next.step);
    case 'update': {
      if (!isThere) return await go(ctx, tx, turn, { status: 'active', step: next.step.id }, { passed });
      const changed = await updateLead(tx, lead, next.step, { by: `workflow:${workflow.name}`, at: now });
      const history = [{ step: next.step.id, did: 'updated' as const, to: null, why: changed.join(', ') || null }];
      return await go(ctx, tx, turn, afterStep(workflow, next.step.id), { history, changed: changed.length > 0 });
    }
  }
}

type How = {
  passed?: NextStep['passed'];
  history?: Parameters<typeof placeEnrollment>[2]['history'];
  changed?: boolean;
  events?: readonly AuditEvent[];
};

/** Moves the enrollment and writes what is to be written of it, the tip of the audit chain last. */
async function go(ctx: Context, tx: Tx, turn: Turn, to: Destination, how: How = {}): Promise<Left> {
  const { enrollment, workflow, facts } = turn;
  const { passed = [], history = [], events = [] } = how;
  const expired = [];
  for (const { step, did } of passed)
    if (did === 'task_expired') expired.push(...(await expireTasks(ctx, tx, enrollment.id, step)));
  const moved = await placeEnrollment(ctx, tx, { enrollment, workflow, facts, to, passed, history });
  const woken = how.changed === true ? (await wakeLead(ctx, tx, enrollment.leadId)).events : [];
  await appendAudit(tx, ctx.workspaceId, [...events, ...expired, ...moved, ...woken]);
  return { do: 'nothing' };
}

/** A mail that was approved on the way still goes out: the lead leaves when it has. */
async function leaveAt(ctx: Context, tx: Tx, turn: Turn, next: Extract<NextStep, { do: 'exit' }>): Promise<Left> {
  const { enrollment, now } = turn;
  const onTheWay = await tx
    .select({ sendAfter: messages.sendAfter })
    .from(messages)
    .where(and(eq(messages.enrollmentId, enrollment.id), inArray(messages.status, ['approved', 'sending'])));
  if (onTheWay.length === 0) {
    const { passed } = next;
    return await go(ctx, tx, turn, { status: 'exited', reason: next.reason }, { passed });
  }
  const latest = Math.max(...onTheWay.map(({ sendAfter }) => sendAfter.getTime()), now.getTime());
  const to = { status: 'waiting', step: next.step, until: new Date(latest + LOOK_AGAIN_MS), since: now } as const;
  return await go(ctx, tx, turn, to, { passed: next.passed });
}

const LOOK_AGAIN_MS = 60_000;

async function askPeople(
  ctx: Context,
  tx: Tx,
  turn: Turn,
  step: Extract<NextStep, { do: 'task' }>['step'],
): Promise<Left> {
  const { enrollment, workflow, now } = turn;
  const { definition: today } = await currentVersion(tx, enrollment.workflowId);
  const { deadlineAt, events } = await openTask(ctx, tx, { enrollment, workflow, today, step });
  return await go(ctx, tx, turn, { status: 'waiting', step: step.id, until: deadlineAt, since: now }, { events });
}

async function sendAt(
  ctx: Context,
  tx: Tx,
  turn: Turn,
  step: Extract<NextStep, { do: 'send' }>['step'],
): Promise<Left> {
  const { enrollment, workflow, lead, version, facts } = turn;
  const suppressed = await suppressionOf(tx, lead, ctx.secrets.addressKey);
  if (suppressed !== null)
    return await go(ctx, tx, turn, { status: 'exited', reason: `the lead may not be mailed (${suppressed})` });
  const sent = await sendFixed(ctx, tx, { enrollment, lead, version, workflow, step: step.id, mail: step.send, facts });
  const to = afterStep(workflow, step.id, sent.queued ? 'done' : 'skipped');
  return await go(ctx, tx, turn, to, { history: [sent.history], events: sent.events });
}
