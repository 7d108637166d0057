import { and, eq, sql } from 'drizzle-orm';
import {
  type Actor,
  type DecisionStatus,
  settle,
  type SettleAnswer,
  type SettleRefusal,
  type SettleRequest,
  type Settler,
} from '../core/decision.ts';
import { durationMs } from '../core/duration.ts';
import type { ProposalInputs } from '../core/facts.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { afterDecision, isDecide, stepById, type Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import {
  cells,
  decisions,
  enrollments,
  leads,
  messages,
  proposalVersions,
  unsubscribeLinks,
  verdicts,
} from '../db/schema.ts';
import { findPost, touchPost } from '../db/slack-posts.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import { approvalHash, mailOf, unsubscribeUrl } from './approval-hash.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';
import type { Lead } from './gather-inputs.ts';

export type SettleInput = {
  decisionId: string;
  actor: Actor;
  via: 'button' | 'modal' | 'cli' | 'gate' | 'clock' | 'system';
  request: SettleRequest;
};

export type SettledBy = { type: Settler; id: string; at: Date; status: DecisionStatus };

export type SettleResult =
  | { ok: true; decisionId: string; status: Exclude<DecisionStatus, 'pending'>; messageId: string | null }
  | { ok: false; refusal: SettleRefusal; settledBy: SettledBy | null; approvers: string[] }
  | { ok: false; refusal: { code: 'unknown_decision'; text: string }; settledBy: null; approvers: [] };

type Decision = typeof decisions.$inferSelect;
type Proposal = typeof proposalVersions.$inferSelect;

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

type SettleInside = SettleInput & {
  allowed: boolean;
  approvers: string[];
  ids: { message: string; verdict: string };
  known: Decision;
};

async function settleIn(ctx: Context, tx: Tx, input: SettleInside): Promise<SettleResult> {
  const now = ctx.clock.now();
  const locked = await lockSubject(tx, input.known);
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
      mayDecide: input.actor.type === 'autopilot' ? await autopilotMay(tx, decision) : input.allowed,
      findings,
      hashNow:
        !letsOut || proposal.content === null || subject === null
          ? decision.proposalHash
          : approvalHash(subject, proposal.content),
      deadlineAt: decision.deadlineAt,
    },
    input.request,
    input.actor,
    now,
  );
  if (!answer.ok) return refused(input, decision, answer.refusal);
  if ((answer.status === 'approved' || answer.status === 'edited') && lead.email === null)
    return refused(input, decision, { code: 'changed_since', text: 'The lead was erased.' });
  return carryOut(ctx, tx, {
    input,
    locked,
    workflow: version.definition,
    subject,
    content: parsed.content,
    answer,
    now,
  });
}

type Locked = { decision: Decision; lead: Lead; proposal: Proposal };

/** Locks in the house's order: lead, enrollment, decision. The newest proposal version comes with it. */
async function lockSubject(tx: Tx, known: Decision): Promise<Locked> {
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
  const [proposal] = await tx
    .select()
    .from(proposalVersions)
    .where(and(eq(proposalVersions.decisionId, known.id), eq(proposalVersions.version, decision.proposalVersion)));
  if (!proposal) throw new Error(`decision ${known.id} has no proposal version ${decision.proposalVersion}`);
  return { decision, lead, proposal };
}

type Subject = Parameters<typeof approvalHash>[0];

async function approvalSubject(
  ctx: Context,
  tx: Tx,
  decision: Decision,
  lead: Lead,
  workflow: Workflow,
): Promise<Subject | null> {
  if (lead.email === null) return null;
  const [link] = await tx.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, decision.id));
  return {
    kind: decision.kind,
    workflow,
    lead,
    unsubscribeUrl: unsubscribeUrl(ctx.settings.publicUrl, link?.token ?? ''),
  };
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

/** The gate's word counts only while the cell is as it was when the gate spoke. */
async function autopilotMay(tx: Tx, decision: Decision): Promise<boolean> {
  const [cell] = await tx.select({ version: cells.version }).from(cells).where(eq(cells.id, decision.cellId));
  return decision.route === 'auto' && decision.purpose === 'live' && cell?.version === decision.gate.policyVersion;
}

function refused(input: SettleInside, decision: Decision, refusal: SettleRefusal): SettleResult {
  const settledBy =
    decision.settledAt !== null && decision.settledByType !== null
      ? { type: decision.settledByType, id: decision.settledBy ?? '', at: decision.settledAt, status: decision.status }
      : null;
  return { ok: false, refusal, settledBy, approvers: input.approvers };
}

type Outcome = {
  input: SettleInside;
  locked: Locked;
  workflow: Workflow;
  subject: Subject | null;
  content: unknown;
  answer: Extract<SettleAnswer, { ok: true }>;
  now: Date;
};

async function carryOut(ctx: Context, tx: Tx, outcome: Outcome): Promise<SettleResult> {
  const { input, locked, workflow, answer, now } = outcome;
  const { decision } = locked;
  const { request, actor } = input;
  const final = await finalProposal(tx, ctx, outcome);
  await tx
    .update(decisions)
    .set({
      status: answer.status,
      proposalVersion: final.version,
      proposalHash: final.hash,
      settledAt: now,
      settledByType: actor.type,
      settledBy: actor.id,
      settledReason: request.verdict === 'withdraw' ? request.reason : null,
    })
    .where(eq(decisions.id, decision.id));
  if (request.verdict === 'approve' || request.verdict === 'edit' || request.verdict === 'reject')
    await insertVerdict(ctx, tx, outcome);
  const messageId =
    answer.status === 'approved' || answer.status === 'edited' ? await applyEffect(ctx, tx, outcome, final.hash) : null;
  await moveEnrollment(ctx, tx, decision, workflow, answer.status);
  await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decision.id }, now);
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: `${actor.type}:${actor.id}`,
      action: `decision.${answer.status}`,
      subjectType: 'decision',
      subjectId: decision.id,
      data: {
        via: input.via,
        version: final.version,
        hash: final.hash,
        saw: 'hash' in request ? request.hash : null,
        reasons: request.verdict === 'reject' ? request.reasons : [],
        message: messageId,
      },
    },
  ]);
  return { ok: true, decisionId: decision.id, status: answer.status, messageId };
}

/** An edit becomes a version of its own; the model's stays as it was. */
async function finalProposal(
  tx: Tx,
  ctx: Context,
  { input, locked, subject, content, now }: Outcome,
): Promise<{ version: number; hash: string }> {
  const { decision, proposal } = locked;
  if (input.request.verdict !== 'edit') return { version: decision.proposalVersion, hash: decision.proposalHash };
  if (subject === null) throw new Error(`decision ${decision.id}: an erased lead's draft was edited`);
  const version = decision.proposalVersion + 1;
  const hash = approvalHash(subject, content);
  await tx.insert(proposalVersions).values({
    decisionId: decision.id,
    version,
    workspaceId: ctx.workspaceId,
    authorType: 'person',
    author: input.actor.id,
    content: content as Record<string, unknown>,
    hash,
    rationale: proposal.rationale,
    inputs: proposal.inputs satisfies ProposalInputs | null,
    createdAt: now,
  });
  return { version, hash };
}

async function insertVerdict(ctx: Context, tx: Tx, { input, locked, content, now }: Outcome): Promise<void> {
  const { request, actor } = input;
  if (request.verdict === 'expire' || request.verdict === 'withdraw')
    throw new Error(`${request.verdict} is no verdict`);
  const { decision, proposal } = locked;
  const card = await findPost(tx, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: decision.id,
  });
  const change =
    request.verdict === 'edit' && proposal.content !== null
      ? rulesOf(decision.kind).change(proposal.content, content)
      : null;
  await tx.insert(verdicts).values({
    id: input.ids.verdict,
    workspaceId: ctx.workspaceId,
    decisionId: decision.id,
    purpose: 'settle',
    verdict: request.verdict,
    actorType: actor.type,
    actor: actor.id,
    via: input.via,
    proposalVersion: request.version,
    proposalHash: request.hash,
    reasons: request.verdict === 'reject' ? request.reasons : [],
    note: request.verdict === 'reject' && request.note !== '' ? request.note : null,
    editEffort: change?.effort ?? null,
    majorFields: change?.majorFields ?? null,
    shownAt: card?.firstShownAt ?? null,
    decidedAt: now,
  });
}

/** What approval of this kind does, in the same transaction. Answers with the id of a queued message. */
async function applyEffect(
  ctx: Context,
  tx: Tx,
  { locked, workflow, subject, content, input, now }: Outcome,
  hash: string,
): Promise<string | null> {
  const { decision, lead } = locked;
  const effect = rulesOf(decision.kind).approvalEffect(content);
  if (effect.type === 'set_score') {
    await tx
      .update(leads)
      .set({ score: effect.score, scoreReasons: effect.reasons, scoredAt: now })
      .where(eq(leads.id, lead.id));
    return null;
  }
  if (subject === null || decision.workflowId === null) throw new Error(`decision ${decision.id} has nobody to mail`);
  const mail = mailOf(subject, effect);
  const id = input.ids.message;
  await tx.insert(messages).values({
    id,
    workspaceId: ctx.workspaceId,
    leadId: lead.id,
    enrollmentId: decision.enrollmentId,
    decisionId: decision.id,
    workflowId: decision.workflowId,
    step: decision.step,
    status: 'approved',
    mail,
    contentHash: hash,
    messageIdHeader: `<${id}@${mail.from.slice(mail.from.lastIndexOf('@') + 1)}>`,
    sendAfter: new Date(now.getTime() + durationMs(workflow.undo_window)),
    expiresAt: new Date(now.getTime() + durationMs(workflow.undo_window) + ctx.settings.approvalHoldsMs),
    approvedAt: now,
  });
  return id;
}

async function moveEnrollment(
  ctx: Context,
  tx: Tx,
  decision: Decision,
  workflow: Workflow,
  status: Exclude<DecisionStatus, 'pending'>,
): Promise<void> {
  if (decision.enrollmentId === null) return;
  const now = ctx.clock.now();
  const next = afterDecision(workflow, decision.step, status);
  const moved = {
    pendingDecisionId: null,
    attempts: 0,
    leaseUntil: null,
    version: sql`${enrollments.version} + 1`,
    updatedAt: now,
  };
  const change =
    next.status === 'active'
      ? {
          ...moved,
          status: next.status,
          step: next.step,
          dueAt: now,
          asksPeople: isDecide(stepById(workflow, next.step)),
        }
      : {
          ...moved,
          status: next.status,
          dueAt: null,
          asksPeople: false,
          endedAt: now,
          exitReason: next.status === 'exited' ? next.reason : null,
        };
  await tx
    .update(enrollments)
    .set(change)
    .where(and(eq(enrollments.id, decision.enrollmentId), eq(enrollments.pendingDecisionId, decision.id)));
}
