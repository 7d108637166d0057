import { and, eq } from 'drizzle-orm';
import type { SettleAnswer } from '../core/decision.ts';
import { durationMs } from '../core/duration.ts';
import type { ProposalInputs } from '../core/facts.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { domainOf } from '../core/test-lead.ts';
import type { Workflow } from '../core/workflow.ts';
import { afterDecision, fallbackOf } from '../core/workflow/next-step.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { decisions, enrollments, leads, messages, proposalVersions, verdicts } from '../db/schema.ts';
import { findPost, touchPost } from '../db/slack-posts.ts';
import { versionById, type WorkflowVersionRow } from '../db/workflows.ts';
import { approvalHash, mailOf } from './approval-hash.ts';
import type { Context } from './context.ts';
import type { Locked, SettleInside, SettleResult, Subject } from './settlement.ts';
import { sendInstead } from './fall-back.ts';
import { placeEnrollment } from './place-enrollment.ts';
import { changeOf, takeEvidence } from './take-evidence.ts';
import { wakeLead } from './wake-lead.ts';

/** What is to be carried out: already judged, under all locks. */
export type Outcome = {
  input: SettleInside;
  locked: Locked;
  workflow: Workflow;
  version: WorkflowVersionRow;
  subject: Subject | null;
  content: unknown;
  answer: Extract<SettleAnswer, { ok: true }>;
  now: Date;
};

/** Writes a settled decision: verdict, status, what its kind does, the enrollment, the card, the audit row. */
export async function carryOut(ctx: Context, tx: Tx, outcome: Outcome): Promise<SettleResult> {
  const { input, locked, answer, now } = outcome;
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
  const isVerdict = request.verdict === 'approve' || request.verdict === 'edit' || request.verdict === 'reject';
  if (isVerdict) await insertVerdict(ctx, tx, outcome);
  const messageId =
    answer.status === 'approved' || answer.status === 'edited' ? await applyEffect(ctx, tx, outcome, final.hash) : null;
  const moved = await moveEnrollment(ctx, tx, outcome);
  await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decision.id }, now);
  const learnt = isVerdict ? await learn(ctx, tx, outcome) : [];
  const scored = messageId === null && (answer.status === 'approved' || answer.status === 'edited');
  const woken = scored ? (await wakeLead(ctx, tx, locked.lead.id)).events : [];
  await appendAudit(tx, ctx.workspaceId, [
    ...learnt,
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
    ...moved,
    ...woken,
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

const verdictPurpose = { live: 'settle', fixed: 'settle', seeded_check: 'seeded', second_review: 'second' } as const;

/** The verdict as it was given; what it is worth is written onto it afterwards. */
export async function insertVerdict(ctx: Context, tx: Tx, { input, locked, content, now }: Outcome): Promise<void> {
  const { request, actor } = input;
  if (request.verdict === 'expire' || request.verdict === 'withdraw')
    throw new Error(`${request.verdict} is no verdict`);
  const { decision } = locked;
  const card = await findPost(tx, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: decision.id,
  });
  const change = changeOf({ input, locked }, content);
  await tx.insert(verdicts).values({
    id: input.ids.verdict,
    workspaceId: ctx.workspaceId,
    decisionId: decision.id,
    purpose: verdictPurpose[decision.purpose],
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
    originalOk: request.verdict === 'edit' ? (request.originalOk ?? null) : null,
    shownAt: card?.firstShownAt ?? null,
    decidedAt: now,
  });
}

/** What the verdict says of the AI goes to the cell, and onto the verdict: why it counts or does not. */
async function learn(ctx: Context, tx: Tx, { input, locked, workflow, content, now }: Outcome): Promise<AuditEvent[]> {
  const card = await findPost(tx, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: locked.decision.id,
  });
  const { label, audit } = await takeEvidence(ctx, tx, {
    input,
    locked,
    change: changeOf({ input, locked }, content),
    shownAt: card?.firstShownAt ?? null,
    ownDomain: domainOf(workflow.sender.email),
    now,
  });
  const written = label.counts ? { loss: label.loss, critical: label.critical } : { noLabel: label.because };
  await tx.update(verdicts).set(written).where(eq(verdicts.id, input.ids.verdict));
  return audit;
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

/** The enrollment goes on, or ends. One that silence ended may send a fixed mail instead. */
async function moveEnrollment(ctx: Context, tx: Tx, { locked, version: made, answer }: Outcome): Promise<AuditEvent[]> {
  const { decision, lead } = locked;
  if (decision.enrollmentId === null) return [];
  const [enrollment] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.id, decision.enrollmentId), eq(enrollments.pendingDecisionId, decision.id)));
  if (!enrollment) return [];
  // A lead that was moved to another version while its card stayed goes on by that one.
  const own = enrollment.workflowVersionId === made.id ? made : await versionById(tx, enrollment.workflowVersionId);
  const workflow = own.definition;
  const fallback = answer.status === 'expired' ? fallbackOf(workflow, decision.step, 'on_expire') : null;
  const sent =
    fallback?.do === 'send'
      ? await sendInstead(ctx, tx, { enrollment, lead, version: own, step: decision.step, fallback })
      : null;
  const to = afterDecision(workflow, decision.step, answer.status);
  const moved = await placeEnrollment(ctx, tx, {
    enrollment,
    workflow,
    facts: null,
    to,
    history: sent?.history ?? [],
    actor: 'system:settle',
  });
  return [...(sent?.events ?? []), ...moved];
}
