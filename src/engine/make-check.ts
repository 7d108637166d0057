import { eq } from 'drizzle-orm';
import type { GateAnswer } from '../core/gate.ts';
import { durationMs } from '../core/duration.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import type { CheckType } from '../core/reviewers/check.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { insertReviewCheck } from '../db/review-checks.ts';
import { decisions, leads, proposalVersions, unsubscribeLinks } from '../db/schema.ts';
import { wantPost } from '../db/slack-posts.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import { approvalHash, subjectOf } from './approval-hash.ts';
import type { Context } from './context.ts';
import type { Lead } from './gather-inputs.ts';
import type { Decision, Proposal } from './settlement.ts';

/** A decided draft, and its version as the model made it. */
export type CheckSource = { decisionId: string; version: number };

/**
 * Shows a decided draft once more, for the same lead and with what was known then, so that nobody's data meets anybody else's. A
 * decision of its own that no lead waits for: it looks like any other card, is settled through the same door, and can't become a
 * mail (the database refuses it). Answers whether it was made.
 */
export async function makeCheck(ctx: Context, type: CheckType, source: CheckSource): Promise<boolean> {
  return transact(ctx.db, async (tx) => {
    const found = await readSource(tx, source);
    if (found === null) return false;
    const { decision, proposal, lead } = found;
    const id = ctx.ids.id();
    const token = rulesOf(decision.kind).sendsMail ? ctx.ids.token() : null;
    const { definition: made } = await versionById(tx, decision.workflowVersionId ?? '');
    const place = { decisionId: id, kind: decision.kind, workflow: made, lead, unsubscribeToken: token };
    const hash = approvalHash(subjectOf(ctx, place), proposal.content);
    const now = ctx.clock.now();
    const { definition: today } = await currentVersion(tx, decision.workflowId ?? '');
    await insertCheckDecision(ctx, tx, {
      id,
      type,
      source: decision,
      hash,
      now,
      deadlineAt: new Date(now.getTime() + durationMs(today.deadline)),
    });
    await tx
      .insert(proposalVersions)
      .values({ ...proposal, decisionId: id, version: 1, hash, usage: null, createdAt: now });
    // The footer that is shown needs an address of its own, as in every draft. It works like any other.
    if (token !== null)
      await tx
        .insert(unsubscribeLinks)
        .values({ token, workspaceId: ctx.workspaceId, leadId: lead.id, decisionId: id, createdAt: now });
    await insertReviewCheck(tx, {
      decisionId: id,
      workspaceId: ctx.workspaceId,
      type,
      sourceId: decision.id,
      createdAt: now,
    });
    await wantPost(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      purpose: 'card',
      subjectType: 'decision',
      subjectId: id,
      channel: today.channels[decision.kind],
      now,
    });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: 'system:reviews',
        action: 'check.made',
        subjectType: 'decision',
        subjectId: id,
        data: { type, source: decision.id, kind: decision.kind, hash },
      },
    ]);
    return true;
  });
}

/** Under the lead's lock: one that was erased since is left in peace. */
async function readSource(
  tx: Tx,
  { decisionId, version }: CheckSource,
): Promise<{ decision: Decision; proposal: Proposal; lead: Lead & { email: string } } | null> {
  const [known] = await tx.select({ leadId: decisions.leadId }).from(decisions).where(eq(decisions.id, decisionId));
  if (!known?.leadId) return null;
  const [lead] = await tx.select().from(leads).where(eq(leads.id, known.leadId)).for('update');
  const [decision] = await tx.select().from(decisions).where(eq(decisions.id, decisionId));
  const versions = await tx.select().from(proposalVersions).where(eq(proposalVersions.decisionId, decisionId));
  const proposal = versions.find((one) => one.version === version);
  if (!lead || lead.email === null || !decision || !proposal?.content || proposal.inputs === null) return null;
  return { decision, proposal, lead: { ...lead, email: lead.email } };
}

type NewCheck = { id: string; type: CheckType; source: Decision; hash: string; now: Date; deadlineAt: Date };

async function insertCheckDecision(
  ctx: Context,
  tx: Tx,
  { id, type, source, hash, now, deadlineAt }: NewCheck,
): Promise<void> {
  await tx.insert(decisions).values({
    id,
    workspaceId: ctx.workspaceId,
    kind: source.kind,
    status: 'pending',
    subjectType: 'workspace',
    subjectId: id,
    step: source.step,
    occurrence: 0,
    enrollmentId: null,
    leadId: source.leadId,
    workflowId: source.workflowId,
    workflowVersionId: source.workflowVersionId,
    cellId: source.cellId,
    // Approving it says nothing of the template that made it.
    templateVersion: 'check',
    proposalVersion: 1,
    proposalHash: hash,
    modelProblem: null,
    risk: null,
    riskScorer: 'none',
    riskReasons: [],
    findings: source.findings,
    tainted: source.tainted,
    route: 'review',
    gate: notGated(source.gate),
    purpose: type === 'second' ? 'second_review' : 'seeded_check',
    deadlineAt,
    createdAt: now,
  });
}

/** No gate was asked: people decide it, always. */
function notGated({ epoch }: GateAnswer): GateAnswer {
  const because = [{ code: 'check', text: 'It was shown to look at the reviews, not at the lead.' }];
  return {
    route: 'review',
    because,
    policy: 'reviews-1',
    policyVersion: 0,
    epoch,
    rung: 0,
    threshold: 0,
    band: null,
    q: 1,
    coin: null,
  };
}
