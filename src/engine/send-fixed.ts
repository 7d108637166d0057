import { fillMail } from '../core/workflow/fixed-mail.ts';
import type { LeadFacts } from '../core/workflow/condition.ts';
import type { FixedMail } from '../core/workflow/step.ts';
import type { HistoryEntry } from '../core/enrollment-history.ts';
import type { GateAnswer } from '../core/gate.ts';
import type { Workflow } from '../core/workflow.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { decisions, messages, proposalVersions, unsubscribeLinks } from '../db/schema.ts';
import { wantPost } from '../db/slack-posts.ts';
import { currentVersion, type WorkflowVersionRow } from '../db/workflows.ts';
import { approvalHash, mailOf, subjectOf } from './approval-hash.ts';
import type { Context } from './context.ts';
import { type Lead, leadFacts as promptFacts } from './gather-inputs.ts';
import type { Enrollment } from './place-enrollment.ts';

export type FixedSending = {
  enrollment: Enrollment;
  lead: Lead;
  version: Pick<WorkflowVersionRow, 'id' | 'version' | 'publishedBy'>;
  workflow: Workflow;
  step: string;
  mail: FixedMail;
  facts: LeadFacts;
};

export type FixedSent = {
  /** False: it was not queued, and people are told why. */
  queued: boolean;
  history: HistoryEntry;
  events: AuditEvent[];
};

/**
 * Queues a mail whose words a person published: approved with its version, by whoever published that, and from here on a mail
 * like any other (deliver.ts checks it as it checks them all). One an occurrence of the step: the database refuses a second. The
 * caller holds the locks of lead and enrollment, has looked whether the lead may be mailed, and moves the enrollment on.
 */
export async function sendFixed(ctx: Context, tx: Tx, sending: FixedSending): Promise<FixedSent> {
  const { lead, workflow, mail, facts, step } = sending;
  const { allowed_links: allowedLinks, sender } = workflow;
  const filled = fillMail(mail, facts, { allowedLinks, sender, lead: promptFacts(lead, [], []) });
  if (!filled.ok) return heldBack(ctx, tx, sending, filled.problems);
  const content = { subject: filled.subject, body: filled.body, subjectVariants: [] };
  const [decisionId, messageId, token] = [ctx.ids.id(), ctx.ids.id(), ctx.ids.token()];
  const subject = subjectOf(ctx, { decisionId, kind: 'email_draft', workflow, lead, unsubscribeToken: token });
  const hash = approvalHash(subject, content);
  await insertApproval(ctx, tx, sending, { decisionId, hash, content, token });
  const rendered = mailOf(subject, content);
  const now = ctx.clock.now();
  await tx.insert(messages).values({
    id: messageId,
    workspaceId: ctx.workspaceId,
    leadId: lead.id,
    enrollmentId: sending.enrollment.id,
    decisionId,
    workflowId: sending.enrollment.workflowId,
    step,
    status: 'approved',
    mail: rendered,
    contentHash: hash,
    messageIdHeader: `<${messageId}@${rendered.from.slice(rendered.from.lastIndexOf('@') + 1)}>`,
    sendAfter: now,
    expiresAt: new Date(now.getTime() + ctx.settings.approvalHoldsMs),
    approvedAt: now,
  });
  return {
    queued: true,
    history: { step, did: 'sent_fixed', to: null, why: null },
    events: [
      {
        at: now,
        actor: 'system:advance',
        action: 'message.fixed',
        subjectType: 'message',
        subjectId: messageId,
        data: {
          decision: decisionId,
          enrollment: sending.enrollment.id,
          step,
          hash,
          version: sending.version.id,
          publishedBy: sending.version.publishedBy,
        },
      },
    ],
  };
}

type Approval = { decisionId: string; hash: string; content: Record<string, unknown>; token: string };

/** The approval on which the mail rests: born approved, outside every cell, so that nothing is learned from it. */
async function insertApproval(
  ctx: Context,
  tx: Tx,
  { enrollment, lead, version, step }: FixedSending,
  { decisionId, hash, content, token }: Approval,
): Promise<void> {
  const now = ctx.clock.now();
  const { publishedBy } = version;
  const person = publishedBy.startsWith('person:');
  const reason = `published with version ${version.version}`;
  await tx.insert(decisions).values({
    id: decisionId,
    workspaceId: ctx.workspaceId,
    kind: 'email_draft',
    status: 'approved',
    subjectType: 'enrollment',
    subjectId: enrollment.id,
    step,
    occurrence: enrollment.occurrence,
    enrollmentId: enrollment.id,
    leadId: lead.id,
    workflowId: enrollment.workflowId,
    workflowVersionId: version.id,
    cellId: null,
    templateVersion: 'fixed',
    proposalVersion: 1,
    proposalHash: hash,
    modelProblem: null,
    risk: null,
    riskScorer: 'none',
    riskReasons: [],
    findings: [],
    tainted: [],
    route: 'review',
    gate: notGated(reason),
    purpose: 'fixed',
    deadlineAt: now,
    settledAt: now,
    settledByType: person ? 'person' : 'system',
    settledBy: person ? publishedBy.slice('person:'.length) : publishedBy,
    settledReason: reason,
    createdAt: now,
  });
  await tx.insert(proposalVersions).values({
    decisionId,
    version: 1,
    workspaceId: ctx.workspaceId,
    authorType: 'person',
    author: publishedBy,
    content,
    hash,
    inputs: null,
    createdAt: now,
  });
  await tx.insert(unsubscribeLinks).values({
    token,
    workspaceId: ctx.workspaceId,
    leadId: lead.id,
    decisionId,
    createdAt: now,
  });
}

/** No gate was asked: nothing was proposed. */
function notGated(text: string): GateAnswer {
  return {
    route: 'review',
    because: [{ code: 'fixed', text: `Its words were ${text}.` }],
    policy: 'fixed-1',
    policyVersion: 0,
    epoch: 0,
    rung: 0,
    threshold: 0,
    band: null,
    q: 1,
    coin: null,
  };
}

/** Not sent: half a mail is worse than none. People are told once, and the lead goes on. */
async function heldBack(
  ctx: Context,
  tx: Tx,
  { enrollment, step }: FixedSending,
  problems: readonly string[],
): Promise<FixedSent> {
  const now = ctx.clock.now();
  const { channels } = (await currentVersion(tx, enrollment.workflowId)).definition;
  await wantPost(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    purpose: 'notice',
    subjectType: 'enrollment',
    subjectId: `${enrollment.id}:${step}:${enrollment.occurrence}`,
    channel: channels.email_draft,
    payload: { type: 'fixed_mail_held', enrollmentId: enrollment.id, step, problems: [...problems] },
    now,
  });
  return {
    queued: false,
    history: { step, did: 'skipped', to: null, why: `The mail was not sent. ${problems.join(' ')}` },
    events: [
      {
        at: now,
        actor: 'system:advance',
        action: 'message.not_made',
        subjectType: 'enrollment',
        subjectId: enrollment.id,
        data: { step, problems: problems.length },
      },
    ],
  };
}
