import { and, desc, eq } from 'drizzle-orm';
import type { EmailDraft } from '../core/kinds/email-draft.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import type { RenderedMail } from '../core/message.ts';
import { decisions, leads, messages, proposalVersions, unsubscribeLinks, verdicts, workflows } from '../db/schema.ts';
import { versionById } from '../db/workflows.ts';
import { mailOf, subjectOf } from './approval-hash.ts';
import type { CardFacts } from './card-facts.ts';
import type { Context } from './context.ts';
import { leadFacts, priorMails } from './gather-inputs.ts';
import { whatItWas } from './what-it-was.ts';

type Decision = typeof decisions.$inferSelect;
type Proposal = typeof proposalVersions.$inferSelect;

/** All that a card shows, read from rows alone, so that a card can always be rebuilt. Null when there is nothing to show. */
export async function cardFacts(ctx: Context, decisionId: string): Promise<CardFacts | null> {
  const [found] = await ctx.db
    .select()
    .from(decisions)
    .innerJoin(
      proposalVersions,
      and(eq(proposalVersions.decisionId, decisions.id), eq(proposalVersions.version, decisions.proposalVersion)),
    )
    .innerJoin(workflows, eq(workflows.id, decisions.workflowId))
    .where(eq(decisions.id, decisionId));
  if (!found) return null;
  const { decisions: decision, proposal_versions: proposal, workflows: workflow } = found;
  const inputs = proposal.inputs;
  if (inputs === null) return null;
  const content = proposal.content;
  return {
    decisionId,
    kind: decision.kind,
    workflow: workflow.name,
    step: decision.step,
    status: decision.status,
    proposalVersion: decision.proposalVersion,
    proposalHash: decision.proposalHash,
    content,
    mailText: content === null || !rulesOf(decision.kind).sendsMail ? null : await mailText(ctx, decision, content),
    rationale: proposal.rationale,
    modelProblem: decision.modelProblem,
    findings: proposal.authorType === 'model' ? decision.findings : [],
    tainted: decision.tainted,
    lead: await leadNow(ctx, decision, proposal),
    priorMails:
      decision.enrollmentId !== null && decision.status === 'pending'
        ? await priorMails(ctx.db, decision.enrollmentId)
        : inputs.priorMails,
    deadlineAt: decision.deadlineAt,
    settled: await settledPart(ctx, decision, proposal),
    message: await messagePart(ctx, decision),
    undone: decision.undoneAt === null ? null : { by: decision.undoneBy ?? '', at: decision.undoneAt },
    ...(inputs.learnedScore === undefined ? {} : { learned: inputs.learnedScore }),
    ...(decision.purpose === 'live' ? {} : await checkPart(ctx, decision)),
  };
}

/** The lead as it is today, cut to what the inputs showed; as it was then where it is erased. */
async function leadNow(ctx: Context, decision: Decision, proposal: Proposal): Promise<CardFacts['lead']> {
  const shown = proposal.inputs;
  if (shown === null) throw new Error(`decision ${decision.id} has no inputs`);
  const [lead] = await ctx.db
    .select()
    .from(leads)
    .where(eq(leads.id, decision.leadId ?? ''));
  if (!lead || lead.email === null)
    return {
      ...shown.lead,
      email: '',
      firstName: null,
      lastName: null,
      company: null,
      title: null,
      fields: {},
      events: [],
    };
  return {
    ...leadFacts(lead, [], Object.keys(shown.lead.fields)),
    score: shown.lead.score ?? lead.score,
    events: shown.lead.events,
  };
}

async function mailText(ctx: Context, decision: Decision, content: Record<string, unknown>): Promise<string | null> {
  const [message] = await ctx.db
    .select({ mail: messages.mail })
    .from(messages)
    .where(eq(messages.decisionId, decision.id))
    .limit(1);
  if (message?.mail) return (message.mail as RenderedMail).text;
  const [lead] = await ctx.db
    .select()
    .from(leads)
    .where(eq(leads.id, decision.leadId ?? ''));
  if (!lead || lead.email === null) return null;
  const [link] = await ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, decision.id));
  const { definition } = await versionById(ctx.db, decision.workflowVersionId ?? '');
  const { id: decisionId, kind } = decision;
  const place = { decisionId, kind, workflow: definition, lead, unsubscribeToken: link?.token ?? null };
  return mailOf(subjectOf(ctx, place), content as EmailDraft).text;
}

/** Everything that must not be seen before the verdict stands here, and nowhere else. */
async function settledPart(ctx: Context, decision: Decision, proposal: Proposal): Promise<CardFacts['settled']> {
  if (decision.settledAt === null || decision.settledByType === null || decision.status === 'pending') return null;
  const [verdict] = await ctx.db
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.decisionId, decision.id), eq(verdicts.purpose, 'settle')));
  const verdictOf = {
    approved: 'approve',
    edited: 'edit',
    rejected: 'reject',
    expired: 'expire',
    withdrawn: 'withdraw',
  } as const;
  return {
    by: { type: decision.settledByType, id: decision.settledBy ?? '' },
    at: decision.settledAt,
    verdict: verdictOf[decision.status],
    reasons: verdict?.reasons ?? [],
    note: verdict?.note ?? null,
    reason: decision.settledReason,
    route: decision.route,
    because: decision.gate.because,
    risk: decision.risk,
    riskReasons: decision.riskReasons,
    edited: proposal.authorType === 'person',
  };
}

/** A check that is over says what it was and what was wrong with the draft; not who answered, nor how. */
async function checkPart(
  ctx: Context,
  { id, settledAt }: Decision,
): Promise<Partial<Pick<CardFacts, 'status' | 'settled' | 'check'>>> {
  if (settledAt === null) return {};
  const { type, reasons, note } = await whatItWas(ctx.db, id);
  const settled: CardFacts['settled'] = {
    by: { type: 'system', id: 'reviews' },
    at: settledAt,
    verdict: 'withdraw',
    reasons: [],
    note: null,
    reason: 'It was a check.',
    route: 'review',
    because: [],
    risk: null,
    riskReasons: [],
    edited: false,
  };
  return { status: 'withdrawn', settled, check: { type, reasons, note } };
}

async function messagePart(ctx: Context, decision: Decision): Promise<CardFacts['message']> {
  const [message] = await ctx.db
    .select()
    .from(messages)
    .where(eq(messages.decisionId, decision.id))
    .orderBy(desc(messages.approvedAt), desc(messages.id))
    .limit(1);
  if (!message) return null;
  return {
    id: message.id,
    status: message.status,
    reason: message.statusReason,
    sendAfter: message.sendAfter,
    sentAt: message.sentAt,
    canUndo: message.status === 'approved',
  };
}
