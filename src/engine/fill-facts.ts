import { eq } from 'drizzle-orm';
import { missingFacts } from '../core/data-quality/required-facts.ts';
import { isMissing } from '../core/data-quality/placeholders.ts';
import { type GivenLead, readLead } from '../core/lead-import.ts';
import { leadFields } from '../core/lead.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import { decideStep, type Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { type DbOrTx, transact } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import { enrollments, leads, workflows } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { currentVersion, versionById } from '../db/workflows.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';
import { mergeIntoLead } from './merge-lead.ts';
import { factsSubject } from './required-facts.ts';
import { wakeLead } from './wake-lead.ts';

/** Where facts are asked for: an enrollment's step. */
export type FactsPlace = { enrollmentId: string; step: string };

export type MissingFacts = {
  leadName: string;
  leadEmail: string;
  workflow: string;
  missing: string[];
  /** It still waits for them. */
  open: boolean;
};

/** What is missing at a place now; null when the lead is gone. */
export async function factsAsked(db: DbOrTx, { enrollmentId, step }: FactsPlace): Promise<MissingFacts | null> {
  const found = await placeOf(db, enrollmentId);
  if (found === null) return null;
  const { enrollment, lead, workflowName, workflow } = found;
  const { email } = lead;
  if (email === null) return null;
  const missing = missingFacts(fieldsOf(lead), workflow.required_fields ?? []);
  const running = enrollment.status === 'active' || enrollment.status === 'waiting' || enrollment.status === 'paused';
  return {
    leadName: [lead.firstName, lead.lastName].filter(Boolean).join(' ') || email,
    leadEmail: email,
    workflow: workflowName,
    missing,
    open: running && enrollment.step === step && enrollment.pendingDecisionId === null && missing.length > 0,
  };
}

export type FillResult = { ok: true } | { ok: false; text: string; fields: Record<string, string> };

/**
 * A person fills in what a workflow asks for; the lead goes on at once when nothing is missing any more. `fields` of a refusal:
 * what is wrong with which value. Approvers of the step's kind may.
 */
export async function fillFacts(
  ctx: Context,
  input: FactsPlace & { values: Record<string, string>; userId: string },
): Promise<FillResult> {
  const place = await placeOf(ctx.db, input.enrollmentId);
  if (place === null || place.lead.email === null) return refused('This lead is not here any more.');
  const kind = decideStep(place.workflow, input.step).decide;
  const { definition } = await currentVersion(ctx.db, place.enrollment.workflowId);
  if (!(await mayDecide(ctx, input.userId, definition.approvers[kind])))
    return refused('Only approvers of this step can fill this in.');
  const read = readValues(place.lead.email, input.values);
  if (!read.ok) return read;
  const now = ctx.clock.now();
  const by = `person:${input.userId}`;
  await transact(ctx.db, async (tx) => {
    const [lead] = await tx.select().from(leads).where(eq(leads.id, place.lead.id)).for('update');
    if (!lead || lead.email === null) return;
    const { email: _email, domain: _domain, event: _event, ...values } = read.lead;
    const changed = await mergeIntoLead(tx, lead, { ...values, at: now, by });
    const woken = await wakeLead(ctx, tx, lead.id);
    await touchPost(tx, ctx.workspaceId, factsSubject(input.enrollmentId, input.step), now);
    await appendAudit(tx, ctx.workspaceId, [
      { at: now, actor: by, action: 'lead.facts_filled', subjectType: 'lead', subjectId: lead.id, data: { changed } },
      ...woken.events,
    ]);
  });
  ctx.queue.wake();
  return { ok: true };
}

function refused(text: string): FillResult {
  return { ok: false, text, fields: {} };
}

function readValues(email: string, given: Readonly<Record<string, string>>) {
  const fields: Record<string, string> = {};
  const values: GivenLead['values'] = { email: { place: 'email', raw: email } };
  const further: Array<{ place: string; name: string; raw: string }> = [];
  for (const [name, raw] of Object.entries(given)) {
    if (isMissing(raw, name)) {
      if (raw.trim() !== '') fields[name] = 'This says nothing: write what you know, or leave it empty.';
      continue;
    }
    const known = leadFields.find((field) => field === name && field !== 'email' && field !== 'created_at');
    if (known !== undefined) values[known] = { place: name, raw };
    else further.push({ place: name, name, raw });
  }
  const read = readLead({ values, further, source: null });
  const notes = read.ok ? read.notes : [];
  for (const { place, problem } of notes) fields[place] = problem;
  if (!read.ok || Object.keys(fields).length > 0)
    return { ok: false as const, text: 'Some of it can’t be used as it is.', fields };
  return { ok: true as const, lead: read.lead };
}

type Place = { enrollment: typeof enrollments.$inferSelect; lead: LeadRow; workflowName: string; workflow: Workflow };

async function placeOf(db: DbOrTx, enrollmentId: string): Promise<Place | null> {
  const [found] = await db
    .select()
    .from(enrollments)
    .innerJoin(leads, eq(leads.id, enrollments.leadId))
    .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
    .where(eq(enrollments.id, enrollmentId));
  if (!found) return null;
  const version = await versionById(db, found.enrollments.workflowVersionId);
  return {
    enrollment: found.enrollments,
    lead: found.leads,
    workflowName: found.workflows.name,
    workflow: version.definition,
  };
}
