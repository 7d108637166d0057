import { and, eq } from 'drizzle-orm';
import { settle, type SettleRefusal, type SettleRequest } from '../core/decision.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { isNeverAutomatic } from '../core/never-automatic.ts';
import { decideStep, type Workflow } from '../core/workflow.ts';
import { lockCell } from '../db/cells.ts';
import { transact, type Tx } from '../db/client.ts';
import { cells, decisions, enrollments, leads, proposalVersions, unsubscribeLinks, workflows } from '../db/schema.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import { approvalHash, subjectOf } from './approval-hash.ts';
import { mayDecide } from './approvers.ts';
import { carryOutCheck } from './carry-out-check.ts';
import { carryOut } from './carry-out-verdict.ts';
import type { Context } from './context.ts';
import type { Lead } from './gather-inputs.ts';
import {
  cellOf,
  type Decision,
  type Locked,
  type Proposal,
  type SettleInput,
  type SettleInside,
  type SettleResult,
  type Subject,
} from './settlement.ts';
import { isOutdated } from './template-version.ts';

/**
 * The one door: whoever settles a decision (a click, a modal, the clock, the gate, the command line) comes through here.
 * Commits verdict, status, effects and audit together before it answers. A refusal changes nothing but is logged.
 */
export async function settleDecision(ctx: Context, input: SettleInput): Promise<SettleResult> {
  const [known] = await ctx.db.select().from(decisions).where(eq(decisions.id, input.decisionId));
  if (!known?.workflowId)
    return {
      ok: false,
      refusal: { code: 'unknown_decision', text: 'This decision does not exist any more.' },
      settledBy: null,
      approvers: [],
    };
  // Who belongs to a group is asked of Slack: before the transaction, never in it.
  const { definition: rulesToday } = await currentVersion(ctx.db, known.workflowId);
  const approvers = rulesToday.approvers[known.kind];
  const allowed = input.actor.type === 'person' ? await mayDecide(ctx, input.actor.id, approvers) : true;
  const ids = { message: ctx.ids.id(), verdict: ctx.ids.id() };
  const result = await transact(ctx.db, (tx) => settleIn(ctx, tx, { ...input, allowed, approvers, ids, known }));
  if (result.ok) ctx.queue.wake();
  else
    ctx.log.info(
      { decision: input.decisionId, actor: input.actor.id, refused: result.refusal.code },
      'verdict refused',
    );
  return result;
}

async function settleIn(ctx: Context, tx: Tx, input: SettleInside): Promise<SettleResult> {
  const locked = await lockSubject(tx, input.known, input.request);
  // Read under the locks: verdicts of a cell bear times in the order in which they are applied.
  const now = ctx.clock.now();
  const { decision, lead, proposal } = locked;
  const version = await versionById(tx, decision.workflowVersionId ?? '');
  const subject = await approvalSubject(ctx, tx, decision, lead, version.definition);
  const parsed = parseContent(decision, proposal, input.request);
  if (!parsed.ok) return refused(input, decision, parsed.refusal);
  const inputs = proposal.inputs;
  // Only what lets something out is judged and rendered again: whatever is wrong with a draft, it can be rejected and expire.
  const letsOut = input.request.verdict === 'approve' || input.request.verdict === 'edit';
  if (letsOut && inputs === null && decision.status === 'pending')
    return refused(input, decision, { code: 'changed_since', text: 'What it was made from was erased.' });
  const findings =
    !letsOut || parsed.content === null || inputs === null
      ? []
      : rulesOf(decision.kind).guardrails(parsed.content, {
          ...inputs,
          lead: { ...inputs.lead, email: lead.email ?? inputs.lead.email },
        });
  const answer = settle(
    {
      status: decision.status,
      version: decision.proposalVersion,
      hash: decision.proposalHash,
      hasProposal: proposal.content !== null,
      mayDecide: input.actor.type === 'autopilot' ? await autopilotMay(ctx, tx, locked, version) : input.allowed,
      findings,
      hashNow:
        // What tests reviews sends nothing, so nothing can have changed under it.
        !letsOut || proposal.content === null || subject === null || decision.purpose !== 'live'
          ? decision.proposalHash
          : approvalHash(subject, proposal.content),
      // While everything stands still a deadline does too; resuming moves it on by the length of the pause.
      deadlineAt: (await isPaused(ctx, tx, decision)) ? FAR : decision.deadlineAt,
    },
    input.request,
    input.actor,
    now,
  );
  if (!answer.ok) return refused(input, decision, answer.refusal);
  if ((answer.status === 'approved' || answer.status === 'edited') && lead.email === null)
    return refused(input, decision, { code: 'changed_since', text: 'The lead was erased.' });
  const carried = decision.purpose === 'live' ? carryOut : carryOutCheck;
  return carried(ctx, tx, {
    input,
    locked,
    workflow: version.definition,
    version,
    subject,
    content: parsed.content,
    answer,
    now,
  });
}

/**
 * Locks in the house's order: lead, enrollment, decision, and for a verdict the cell, which it may move and on which the
 * autopilot's word rests; no mail that exists is touched in between. The newest proposal version comes with it.
 */
async function lockSubject(tx: Tx, known: Decision, request: SettleRequest): Promise<Locked> {
  const [lead] = await tx
    .select()
    .from(leads)
    .where(eq(leads.id, known.leadId ?? ''))
    .for('update');
  if (known.enrollmentId !== null)
    await tx
      .select({ id: enrollments.id })
      .from(enrollments)
      .where(eq(enrollments.id, known.enrollmentId))
      .for('update');
  const [decision] = await tx.select().from(decisions).where(eq(decisions.id, known.id)).for('update');
  if (!lead || !decision) throw new Error(`decision ${known.id} has no lead`);
  const isVerdict = request.verdict !== 'expire' && request.verdict !== 'withdraw';
  if (isVerdict && decision.purpose === 'live' && decision.status === 'pending') await lockCell(tx, cellOf(decision));
  const [proposal] = await tx
    .select()
    .from(proposalVersions)
    .where(and(eq(proposalVersions.decisionId, known.id), eq(proposalVersions.version, decision.proposalVersion)));
  if (!proposal) throw new Error(`decision ${known.id} has no proposal version ${decision.proposalVersion}`);
  return { decision, lead, proposal };
}

async function approvalSubject(
  ctx: Context,
  tx: Tx,
  decision: Decision,
  lead: Lead,
  workflow: Workflow,
): Promise<Subject | null> {
  if (lead.email === null) return null;
  const [link] = await tx.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, decision.id));
  const { id: decisionId, kind } = decision;
  return subjectOf(ctx, { decisionId, kind, workflow, lead, unsubscribeToken: link?.token ?? null });
}

/** What would be approved: the proposal, or what the person wrote, in the kind's own form. */
function parseContent(
  decision: Decision,
  proposal: Proposal,
  request: SettleRequest,
): { ok: true; content: unknown } | { ok: false; refusal: SettleRefusal } {
  if (request.verdict !== 'edit') return { ok: true, content: proposal.content };
  const parsed = rulesOf(decision.kind).schema.safeParse(request.content);
  if (parsed.success) return { ok: true, content: parsed.data };
  const findings = parsed.error.issues.map((issue) => ({
    code: 'invalid',
    severity: 'block' as const,
    field: String(issue.path[0] ?? ''),
    text: `${issue.path.join('.') || 'It'}: ${issue.message}`,
  }));
  return {
    ok: false,
    refusal: { code: 'blocked', text: `It can't be saved: ${findings.map(({ text }) => text).join(' ')}`, findings },
  };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** The latest moment that a Date can hold. */
const FAR = new Date(8.64e15);

async function isPaused(ctx: Context, tx: Tx, decision: Decision): Promise<boolean> {
  if ((await findWorkspace(tx, ctx.workspaceId)).pausedAt !== null) return true;
  const [workflow] = await tx
    .select()
    .from(workflows)
    .where(eq(workflows.id, decision.workflowId ?? ''));
  if (workflow?.status === 'paused') return true;
  const [enrollment] = await tx
    .select({ status: enrollments.status })
    .from(enrollments)
    .where(eq(enrollments.id, decision.enrollmentId ?? NOBODY));
  return enrollment?.status === 'paused';
}

/**
 * The gate's word counts only while the cell, which is locked, is as it was when the gate spoke, and while the workflow of today
 * would let the gate speak so: it may have been published anew in between.
 */
async function autopilotMay(
  ctx: Context,
  tx: Tx,
  { decision, proposal }: Locked,
  made: { id: string; definition: Workflow },
): Promise<boolean> {
  const [cell] = await tx
    .select({ version: cells.version })
    .from(cells)
    .where(eq(cells.id, cellOf(decision)));
  if (decision.route !== 'auto' || decision.purpose !== 'live' || cell?.version !== decision.gate.policyVersion)
    return false;
  const today = await currentVersion(tx, decision.workflowId ?? '');
  if (today.id === made.id) return true;
  if (proposal.model === null || isNeverAutomatic(today.definition.never_automatic, decision.kind, proposal.content))
    return false;
  const step = decideStep(made.definition, decision.step);
  const answer = { ok: true, model: proposal.model } as const;
  return !isOutdated(ctx, { workflow: made.definition, step, answer }, today.definition);
}

function refused(input: SettleInside, decision: Decision, refusal: SettleRefusal): SettleResult {
  const settledBy =
    // Who answered a card that tests reviews, and how, is told to nobody else.
    decision.purpose === 'live' && decision.settledAt !== null && decision.settledByType !== null
      ? { type: decision.settledByType, id: decision.settledBy ?? '', at: decision.settledAt, status: decision.status }
      : null;
  return { ok: false, refusal, settledBy, approvers: input.approvers };
}
