import type { Finding } from '../core/finding.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { type Risk, riskOf } from '../core/risk.ts';
import { type RiskFacts, textOf } from '../core/risk-facts.ts';
import { FEATURES_VERSION, type RiskFeatures, featureValues } from '../core/risk-features.ts';
import { learnedRisk } from '../core/risk-model.ts';
import { segmentsOf } from '../core/segments.ts';
import { taintOf } from '../core/taint.ts';
import { distanceToNearest } from '../core/text-distance.ts';
import type { DecideStep, Workflow } from '../core/workflow.ts';
import { findCell } from '../db/cells.ts';
import type { Tx } from '../db/client.ts';
import type { enrollments } from '../db/schema.ts';
import { approvedTexts, riskModelInUse } from '../db/risk-models.ts';
import { approvalHash, NO_PROPOSAL_HASH, subjectOf } from './approval-hash.ts';
import type { Context, ModelAnswer } from './context.ts';
import type { Gathered } from './gather-inputs.ts';

/** Where a proposal is made: the claimed enrollment, and the step of the version that it is on. */
export type ProposePlace = {
  enrollment: typeof enrollments.$inferSelect;
  workflow: Workflow;
  workflowVersion: number;
  step: DecideStep;
};

/** Everything that code, not the model, says of an answer; the risk follows under the lock of the cell. */
export type Judged = {
  hash: string;
  content: Record<string, unknown> | null;
  findings: Finding[];
  tainted: string[];
  token: string | null;
  /** Null without a proposal. */
  riskFacts: RiskFacts | null;
};

/** How many of the texts that were approved last a new one is compared with. */
const COMPARED_WITH = 50;

export async function judgeProposal(
  ctx: Context,
  place: ProposePlace,
  { lead, inputs }: Gathered,
  answer: ModelAnswer<DecideStep['decide']>,
  decisionId: string,
): Promise<Judged> {
  const kind = place.step.decide;
  const rules = rulesOf(kind);
  const tainted = taintOf(inputs.lead);
  const token = rules.sendsMail ? ctx.ids.token() : null;
  if (!answer.ok) return { hash: NO_PROPOSAL_HASH, content: null, findings: [], tainted, token, riskFacts: null };
  const content = rules.schema.parse(answer.content) as Record<string, unknown>;
  const findings = rules.guardrails(content, inputs);
  const subject = subjectOf(ctx, { decisionId, kind, workflow: place.workflow, lead, unsubscribeToken: token });
  const text = textOf(content);
  const riskFacts: RiskFacts = {
    kind,
    doubt: answer.doubt,
    findings,
    tainted,
    inputs,
    text,
    ...(await comparedWithOthers(ctx, place, inputs, text)),
  };
  return { hash: approvalHash(subject, content), content, findings, tainted, token, riskFacts };
}

async function comparedWithOthers(
  ctx: Context,
  { workflow, step }: ProposePlace,
  { lead }: Gathered['inputs'],
  text: RiskFacts['text'],
): Promise<Pick<RiskFacts, 'unlikeApproved' | 'segmentSeen'>> {
  const { workspaceId } = ctx;
  const cell = await findCell(ctx.db, { workspaceId, kind: step.decide, workflow: workflow.name, step: step.id });
  if (cell === null) return { unlikeApproved: null, segmentSeen: false };
  const approved = await approvedTexts(ctx.db, { workspaceId, cellId: cell.id, limit: COMPARED_WITH });
  const inOne = ({ subject, body }: RiskFacts['text']) => `${subject}\n${body}`;
  const seen = (name: string) => cell.standing.segments.some((segment) => segment.name === name && segment.labels > 0);
  return {
    unlikeApproved: distanceToNearest(
      inOne(text),
      approved.map((content) => inOne(textOf(content))),
    ),
    segmentSeen: segmentsOf(lead).every(seen),
  };
}

/**
 * Under the lock of the cell: whoever comes after a decision that a new model scored is scored by it too, so that the scorers of
 * a cell change once and not to and fro.
 */
export async function scoreRisk(
  tx: Tx,
  workspaceId: string,
  facts: RiskFacts,
): Promise<{ risk: Risk; features: RiskFeatures }> {
  const prior = riskOf(facts);
  const values = featureValues(facts);
  const features = { version: FEATURES_VERSION, values, prior: prior.value };
  const inUse = await riskModelInUse(tx, workspaceId, facts.kind);
  if (inUse === null || inUse.model.features !== FEATURES_VERSION) return { risk: prior, features };
  return { risk: learnedRisk(inUse.model, inUse.name, values), features };
}
