import { and, eq, sql } from 'drizzle-orm';
import type { DecideStep } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { enrollments, leads } from '../db/schema.ts';
import type { Context, ModelAnswer, ModelFailure } from './context.ts';
import { exitEnrollment } from './exit-enrollment.ts';
import { fallBack } from './fall-back.ts';
import { type Gathered, gatherInputs, leadFacts } from './gather-inputs.ts';
import type { ProposePlace } from './judge-proposal.ts';
import { budgetLeft } from './model-budget.ts';
import { recordProposal } from './record-proposal.ts';
import { holdForFacts } from './required-facts.ts';
import { settleDecision } from './settle.ts';

type Enrollment = ProposePlace['enrollment'];

/** How often a step is tried before a person is asked instead of the model. */
const MAX_ATTEMPTS = 3;
/** Business milliseconds until a step is tried again that could not be done; grows, and at last is an hour. */
export function retryAfterMs(attempts: number): number {
  return [60_000, 300_000, 900_000][attempts - 1] ?? 3_600_000;
}

/**
 * Asks the model (outside any transaction), then writes the decision, moves the enrollment and orders the card in one
 * transaction, fenced by the enrollment's version. A model that fails, or may not be asked, leads to what the step falls back
 * on: usually a decision without a proposal, which is a person's.
 */
export async function propose(ctx: Context, place: ProposePlace): Promise<void> {
  const { enrollment, step } = place;
  if (await holdForFacts(ctx, place)) {
    ctx.queue.wake();
    return;
  }
  if (enrollment.attempts <= MAX_ATTEMPTS) return proposeOnce(ctx, place);
  try {
    await proposeOnce(ctx, place);
  } catch (error) {
    ctx.log.error(
      { enrollment: enrollment.id, step: step.id, error: String(error) },
      'a person is asked bare of facts',
    );
    const gathered = await bareInputs(ctx, place);
    const gone = gaveUp(ctx, place);
    if (gathered !== null && !(await fallBack(ctx, place, gone))) await recordProposal(ctx, place, gathered, gone);
    ctx.queue.wake();
  }
}

async function proposeOnce(ctx: Context, place: ProposePlace): Promise<void> {
  const { enrollment, workflow, step } = place;
  const kind = step.decide;
  const gathered = await gatherInputs(ctx.db, {
    enrollmentId: enrollment.id,
    leadId: enrollment.leadId,
    workflowId: enrollment.workflowId,
    workflow,
    workflowVersion: place.workflowVersion,
    step,
    now: ctx.clock.now(),
  });
  if (gathered === null) {
    await transact(ctx.db, async (tx) =>
      appendAudit(tx, ctx.workspaceId, (await exitEnrollment(ctx, tx, enrollment.id, 'the lead was erased')).events),
    );
    return;
  }
  const answer = await askModel(ctx, place, gathered);
  if (!answer.ok && answer.problem === 'unavailable' && enrollment.attempts < MAX_ATTEMPTS) {
    await tryLater(ctx, enrollment, answer.detail);
    return;
  }
  if (!answer.ok && (await fallBack(ctx, place, answer))) return;
  const automatic = await recordProposal(ctx, place, gathered, answer);
  if (automatic !== null)
    await settleDecision(ctx, {
      decisionId: automatic.id,
      actor: { type: 'autopilot', id: 'autopilot' },
      via: 'gate',
      request: { verdict: 'approve', version: 1, hash: automatic.hash },
    });
  ctx.log.debug({ enrollment: enrollment.id, step: step.id, kind, proposal: answer.ok }, 'proposed');
  ctx.queue.wake();
}

async function askModel(
  ctx: Context,
  place: ProposePlace,
  { inputs }: Gathered,
): Promise<ModelAnswer<DecideStep['decide']>> {
  // An attempt counts before the call, so a process that dies in it can't call for ever.
  if (place.enrollment.attempts > MAX_ATTEMPTS) return gaveUp(ctx, place);
  if (!(await budgetLeft(ctx)))
    return {
      ok: false,
      problem: 'budget',
      detail: "the day's budget for the model is spent",
      ...ctx.model.version(place.step.decide),
      usage: { inputTokens: 0, outputTokens: 0, calls: 0 },
    };
  return ctx.model.propose(place.step.decide, inputs);
}

function gaveUp(ctx: Context, { enrollment, step }: ProposePlace): ModelFailure {
  return {
    ok: false,
    problem: 'unavailable',
    detail: `the program stopped or failed ${enrollment.attempts - 1} times while it made this draft`,
    ...ctx.model.version(step.decide),
    usage: { inputTokens: 0, outputTokens: 0, calls: 0 },
  };
}

/** Who the lead is and nothing else: for a lead whose facts can't be read or kept. A person can still write, skip or look. */
async function bareInputs(ctx: Context, place: ProposePlace): Promise<Gathered | null> {
  const { workflow, step } = place;
  const [lead] = await ctx.db.select().from(leads).where(eq(leads.id, place.enrollment.leadId));
  if (!lead || lead.email === null) return null;
  return {
    lead,
    inputs: {
      workflow: workflow.name,
      workflowVersion: place.workflowVersion,
      step: step.id,
      brief: step.brief,
      lead: leadFacts({ ...lead, fields: {} }, [], []),
      priorMails: [],
      facts: workflow.facts,
      allowedLinks: workflow.allowed_links,
      tone: workflow.tone,
      sender: { name: workflow.sender.name, company: workflow.sender.company },
      lessons: [],
    },
  };
}

async function tryLater(ctx: Context, enrollment: Enrollment, detail: string): Promise<void> {
  const wait = retryAfterMs(enrollment.attempts);
  await ctx.db
    .update(enrollments)
    .set({
      dueAt: new Date(ctx.clock.now().getTime() + wait),
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
    })
    .where(and(eq(enrollments.id, enrollment.id), eq(enrollments.version, enrollment.version)));
  ctx.log.warn(
    { enrollment: enrollment.id, attempt: enrollment.attempts, detail },
    'the model is unavailable; trying later',
  );
}
