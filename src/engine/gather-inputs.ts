import { and, desc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import { type ReasonCode, reasonLabels } from '../core/decision.ts';
import type { LeadFacts, PriorMail, ProposalInputs } from '../core/facts.ts';
import type { DecideStep, Workflow } from '../core/workflow.ts';
import type { DbOrTx } from '../db/client.ts';
import { decisions, leadEvents, leads, messages, verdicts } from '../db/schema.ts';
import { scoredFacts } from './score-lead.ts';

export type Lead = typeof leads.$inferSelect;

/** Only the allow-listed fields of one lead, cut to size. @throws for an erased lead: nothing is ever proposed for it. */
export function leadFacts(
  lead: Lead,
  events: Array<typeof leadEvents.$inferSelect>,
  shownFields: readonly string[],
): LeadFacts {
  if (lead.email === null) throw new Error(`lead ${lead.id} was erased`);
  const fields = Object.fromEntries(
    shownFields.flatMap((name) => {
      const value = lead.fields[name];
      return value === undefined ? [] : [[name, cut(value)]];
    }),
  );
  return {
    leadId: lead.id,
    email: lead.email,
    firstName: lead.firstName,
    lastName: lead.lastName,
    company: lead.company,
    title: lead.title,
    country: lead.country,
    language: lead.language,
    timezone: lead.timezone,
    source: lead.source,
    score: lead.score,
    fields,
    events: events.map((event) => ({
      type: event.type,
      at: event.occurredAt.toISOString(),
      detail: cut(
        Object.entries(event.payload)
          .map(([key, value]) => `${key}: ${value}`)
          .join('; '),
      ),
    })),
  };
}

/** A cut may fall into the middle of a character, and PostgreSQL takes no half characters in JSON. */
function cut(text: string): string {
  return text.slice(0, 300).toWellFormed();
}

/** What was said to the lead in this enrollment; mails that were stopped before they left don't count as said. */
export async function priorMails(db: DbOrTx, enrollmentId: string): Promise<PriorMail[]> {
  const sent = await db
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.enrollmentId, enrollmentId),
        inArray(messages.status, ['approved', 'sending', 'sent', 'uncertain']),
      ),
    )
    .orderBy(messages.approvedAt, messages.id);
  return sent.map((message) => ({
    step: message.step,
    subject: typeof message.mail?.['subject'] === 'string' ? message.mail['subject'] : '',
    sentAt: message.sentAt?.toISOString() ?? null,
    status: message.status,
  }));
}

/**
 * Why people rejected earlier drafts of this step: reasons from all leads, notes only where they were about this lead,
 * since a note about somebody else may name them. Newest first, at most five.
 */
async function lessons(db: DbOrTx, workflowId: string, step: string, leadId: string): Promise<string[]> {
  const rejected = await db
    .select({ reasons: verdicts.reasons, note: verdicts.note, leadId: decisions.leadId })
    .from(verdicts)
    .innerJoin(decisions, eq(decisions.id, verdicts.decisionId))
    .where(
      and(
        eq(decisions.workflowId, workflowId),
        eq(decisions.step, step),
        eq(verdicts.verdict, 'reject'),
        eq(verdicts.purpose, 'settle'),
      ),
    )
    .orderBy(desc(verdicts.decidedAt), desc(verdicts.id))
    .limit(5);
  const told = rejected.map(({ reasons, note, leadId: about }) => {
    const labels = reasons
      .filter((reason: ReasonCode) => reason !== 'no_reason')
      .map((reason: ReasonCode) => reasonLabels[reason]);
    return [...labels, ...(about === leadId && note ? [note] : [])].join(': ');
  });
  return [...new Set(told.filter((text) => text !== ''))];
}

export type Gathered = { lead: Lead; inputs: ProposalInputs };

/** Everything a proposal is made from, read at once; stored beside the proposal. */
export async function gatherInputs(
  db: DbOrTx,
  place: {
    enrollmentId: string;
    leadId: string;
    workflowId: string;
    workflow: Workflow;
    workflowVersion: number;
    step: DecideStep;
    /** Business time. */
    now: Date;
  },
): Promise<Gathered | null> {
  const [lead] = await db.select().from(leads).where(eq(leads.id, place.leadId));
  if (!lead) throw new Error(`no lead ${place.leadId}`);
  if (lead.email === null) return null;
  const events = await db
    .select()
    .from(leadEvents)
    .where(and(eq(leadEvents.leadId, lead.id), isNotNull(leadEvents.type), ne(leadEvents.type, '')))
    .orderBy(desc(leadEvents.occurredAt), sql`${leadEvents.id}`)
    .limit(20);
  const { workflow, step } = place;
  return {
    lead,
    inputs: {
      workflow: workflow.name,
      workflowVersion: place.workflowVersion,
      step: step.id,
      brief: step.brief,
      lead: leadFacts(lead, events.toReversed(), workflow.lead_fields),
      priorMails: await priorMails(db, place.enrollmentId),
      facts: workflow.facts,
      allowedLinks: workflow.allowed_links,
      tone: workflow.tone,
      sender: { name: workflow.sender.name, company: workflow.sender.company },
      lessons: await lessons(db, place.workflowId, step.id, lead.id),
      ...(step.decide === 'lead_score'
        ? { learnedScore: await scoredFacts(db, lead, workflow.lead_fields, place.now) }
        : {}),
    },
  };
}
