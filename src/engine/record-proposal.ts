import { and, eq, isNull, sql } from 'drizzle-orm';
import type { GateAnswer } from '../core/gate.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { isNeverAutomatic } from '../core/never-automatic.ts';
import { domainOf, isTestLead } from '../core/test-lead.ts';
import { deadlineMs } from '../core/workflow/settings.ts';
import type { DecideStep } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { type Cell, ensureCell } from '../db/cells.ts';
import { transact, type Tx, uniqueViolation } from '../db/client.ts';
import { decisions, enrollments, leads, proposalVersions, unsubscribeLinks, verdicts } from '../db/schema.ts';
import { wantPost } from '../db/slack-posts.ts';
import { suppressionOf } from '../db/suppressions.ts';
import { currentVersion } from '../db/workflows.ts';
import type { Context, ModelAnswer } from './context.ts';
import { enrollmentFacts, lookAgainAt } from './enrollment-facts.ts';
import type { Gathered } from './gather-inputs.ts';
import { exitEnrollment } from './exit-enrollment.ts';
import { type Judged, judgeProposal, type ProposePlace, scoreRisk } from './judge-proposal.ts';
import { passGate } from './pass-gate.ts';
import { isOutdated, templateVersionOf } from './template-version.ts';

type Enrollment = ProposePlace['enrollment'];

/** The decision's transaction. Answers with the decision when the gate lets it be approved automatically. */
export async function recordProposal(
  ctx: Context,
  place: ProposePlace,
  gathered: Gathered,
  answer: ModelAnswer<DecideStep['decide']>,
): Promise<{ id: string; hash: string } | null> {
  const { enrollment, workflow, step } = place;
  const id = ctx.ids.id();
  const judged = await judgeProposal(ctx, place, gathered, answer, id);
  const cellId = ctx.ids.id();
  const postId = ctx.ids.id();
  try {
    return await transact(ctx.db, async (tx) => {
      const locked = await lockForDecision(tx, enrollment);
      if (locked === null) return null;
      const { lead } = locked;
      const suppressed = rulesOf(step.decide).sendsMail ? await suppressionOf(tx, lead, ctx.secrets.addressKey) : null;
      if (suppressed !== null) {
        const { events } = await exitEnrollment(ctx, tx, enrollment.id, `the lead may not be mailed (${suppressed})`);
        await appendAudit(tx, ctx.workspaceId, events);
        return null;
      }
      const now = ctx.clock.now();
      const cell = await ensureCell(tx, {
        id: cellId,
        workspaceId: ctx.workspaceId,
        kind: step.decide,
        workflow: workflow.name,
        step: step.id,
        now,
      });
      const scored = judged.riskFacts === null ? null : await scoreRisk(tx, ctx.workspaceId, judged.riskFacts);
      const { definition: today } = await currentVersion(tx, enrollment.workflowId);
      const templateVersion = templateVersionOf(ctx, workflow, step, answer);
      const { gated, audit } = await passGate(ctx, tx, cell, {
        decisionId: id,
        hasProposal: judged.content !== null,
        risk: scored?.risk.value ?? null,
        findings: judged.findings,
        tainted: judged.tainted,
        firstFromTemplate: await isFirstFromTemplate(tx, ctx.workspaceId, templateVersion),
        neverAutomatic: isNeverAutomatic(
          [...workflow.never_automatic, ...today.never_automatic],
          step.decide,
          judged.content,
        ),
        outdated: isOutdated(ctx, { workflow, step, answer }, today),
        leadIsTest: isTestLead(lead, domainOf(workflow.sender.email)),
        inputs: gathered.inputs,
        templateVersion,
        riskScorer: scored?.risk.scorer ?? 'none',
      });
      await insertDecision(ctx, tx, { id, place, lead, answer, judged, scored, gated, cell, templateVersion, now });
      await tx.insert(proposalVersions).values({
        decisionId: id,
        version: 1,
        workspaceId: ctx.workspaceId,
        authorType: 'model',
        author: answer.model,
        content: judged.content,
        hash: judged.hash,
        rationale: answer.ok ? answer.rationale : null,
        doubt: answer.ok ? answer.doubt : null,
        model: answer.model,
        promptVersion: answer.promptVersion,
        inputs: gathered.inputs,
        usage: answer.usage,
        createdAt: now,
      });
      if (judged.token !== null)
        await tx.insert(unsubscribeLinks).values({
          token: judged.token,
          workspaceId: ctx.workspaceId,
          leadId: lead.id,
          decisionId: id,
          createdAt: now,
        });
      await wantPost(tx, {
        id: postId,
        workspaceId: ctx.workspaceId,
        purpose: 'card',
        subjectType: 'decision',
        subjectId: id,
        channel: today.channels[step.decide],
        now,
      });
      await appendAudit(tx, ctx.workspaceId, [
        ...audit,
        {
          at: now,
          actor: 'system:propose',
          action: 'decision.proposed',
          subjectType: 'decision',
          subjectId: id,
          data: {
            kind: step.decide,
            enrollment: enrollment.id,
            step: step.id,
            hash: judged.hash,
            proposal: answer.ok,
            route: gated.route,
            because: gated.because.map(({ code }) => code),
            model: answer.model,
            prompt: answer.promptVersion,
          },
        },
      ]);
      return gated.route === 'auto' ? { id, hash: judged.hash } : null;
    });
  } catch (error) {
    // Somebody else wrote this occurrence: the enrollment has moved on with it.
    if (uniqueViolation(error) === 'decisions_occurrence') return null;
    throw error;
  }
}

/** Locks lead, then enrollment; null when this worker's claim no longer holds. */
export async function lockForDecision(
  tx: Tx,
  claimed: Enrollment,
): Promise<{ lead: typeof leads.$inferSelect; enrollment: Enrollment } | null> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, claimed.leadId)).for('update');
  const [enrollment] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.id, claimed.id), eq(enrollments.version, claimed.version)))
    .for('update');
  if (!lead || !enrollment || enrollment.status !== 'active' || lead.email === null) return null;
  return { lead, enrollment };
}

type NewDecision = {
  id: string;
  place: ProposePlace;
  lead: typeof leads.$inferSelect;
  answer: ModelAnswer<DecideStep['decide']>;
  judged: Judged;
  scored: Awaited<ReturnType<typeof scoreRisk>> | null;
  gated: GateAnswer;
  cell: Cell;
  templateVersion: string;
  now: Date;
};

async function insertDecision(
  ctx: Context,
  tx: Tx,
  { id, place, lead, answer, judged, scored, gated, cell, templateVersion, now }: NewDecision,
): Promise<void> {
  const { enrollment, workflow, step } = place;
  const deadlineAt = new Date(now.getTime() + deadlineMs(workflow, step.decide));
  await tx.insert(decisions).values({
    id,
    workspaceId: ctx.workspaceId,
    kind: step.decide,
    status: 'pending',
    subjectType: 'enrollment',
    subjectId: enrollment.id,
    step: step.id,
    occurrence: enrollment.occurrence,
    enrollmentId: enrollment.id,
    leadId: enrollment.leadId,
    workflowId: enrollment.workflowId,
    workflowVersionId: enrollment.workflowVersionId,
    cellId: cell.id,
    templateVersion,
    proposalVersion: 1,
    proposalHash: judged.hash,
    modelProblem: answer.ok ? null : `${answer.problem}: ${answer.detail}`.slice(0, 500),
    risk: scored?.risk.value ?? null,
    riskScorer: scored?.risk.scorer ?? 'none',
    riskReasons: scored?.risk.reasons ?? [],
    riskFeatures: scored?.features ?? null,
    findings: judged.findings,
    tainted: judged.tainted,
    route: gated.route,
    gate: gated,
    deadlineAt,
    createdAt: now,
  });
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now });
  await tx
    .update(enrollments)
    .set({
      status: 'waiting',
      pendingDecisionId: id,
      dueAt: lookAgainAt(workflow, deadlineAt, facts, now),
      timerAt: null,
      asksPeople: false,
      attempts: 0,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
    })
    .where(eq(enrollments.id, enrollment.id));
}

async function isFirstFromTemplate(tx: Tx, workspaceId: string, templateVersion: string): Promise<boolean> {
  const [seen] = await tx
    .select({ id: decisions.id })
    .from(decisions)
    // An approval that counts as evidence: not a hasty one, nor one that rewrote it, nor one of a test lead.
    .innerJoin(
      verdicts,
      and(eq(verdicts.decisionId, decisions.id), eq(verdicts.purpose, 'settle'), eq(verdicts.loss, 0)),
    )
    .where(
      and(
        eq(decisions.workspaceId, workspaceId),
        eq(decisions.templateVersion, templateVersion),
        eq(decisions.settledByType, 'person'),
        isNull(decisions.undoneAt),
        sql`${decisions.status} in ('approved', 'edited')`,
      ),
    )
    .limit(1);
  return seen === undefined;
}
