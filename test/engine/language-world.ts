import { and, eq } from 'drizzle-orm';
import { type Workflow, workflowSchema } from '../../src/core/workflow.ts';
import { transact } from '../../src/db/client.ts';
import { historyOfLead } from '../../src/db/enrollment-steps.ts';
import { appendAudit } from '../../src/db/audit.ts';
import { audit, decisions, enrollments, leads, messages, tasks } from '../../src/db/schema.ts';
import { recordEvent } from '../../src/engine/record-event.ts';
import { wakeLead } from '../../src/engine/wake-lead.ts';
import { enrolled, type LeadSeed, testWorkflow } from '../support/fixtures.ts';
import type { EngineWorld } from './engine-world.ts';

/** A workflow of these steps, as a file would state them. What is sent may leave at once. */
export function workflowOf(steps: unknown[], settings: Record<string, unknown> = {}): Workflow {
  const { steps: _steps, trigger, ...rest } = testWorkflow({ undo_window: '0s' });
  const stated = { ...rest, steps, ...('triggers' in settings ? {} : { trigger }), ...settings };
  return workflowSchema.parse(JSON.parse(JSON.stringify(stated)));
}

let seeds = 0;

/** Publishes the workflow, lets one lead in and does what is due. Answers with the lead's id. */
export async function letIn(at: EngineWorld, workflow: Workflow, lead: Partial<LeadSeed> = {}): Promise<string> {
  const email = `kim${++seeds}@acme.example`;
  const [leadId = ''] = await enrolled(at.world, workflow, [{ email, firstName: 'Kim', company: 'Acme', ...lead }]);
  await at.world.drain();
  return leadId;
}

/** Something the lead did, told by a webhook; then all that is due. */
export async function did(at: EngineWorld, leadId: string, event: string, drain = true): Promise<void> {
  const { email } = await at.lead(leadId);
  await recordEvent(at.ctx, {
    email: email ?? '',
    event,
    occurredAt: at.world.now,
    id: null,
    properties: {},
    inbound: { source: 'test', externalId: `${event}:${at.ctx.ids.id()}` },
  });
  if (drain) await at.world.drain();
}

/** A change of the lead as an import or a person makes it, in its own transaction. */
export async function change(
  at: EngineWorld,
  leadId: string,
  values: Partial<typeof leads.$inferInsert>,
): Promise<void> {
  await transact(at.ctx.db, async (tx) => {
    await tx.select().from(leads).where(eq(leads.id, leadId)).for('update');
    await tx.update(leads).set(values).where(eq(leads.id, leadId));
    const { events } = await wakeLead(at.ctx, tx, leadId);
    await appendAudit(tx, at.ctx.workspaceId, events);
  });
}

export async function later(at: EngineWorld, ms: number): Promise<void> {
  at.world.passTime(ms);
  await at.world.drain();
}

/** Subjects of the mails that left, in order. */
export const sent = (at: EngineWorld): string[] => at.world.mails.map(({ mail }) => mail.subject);

/** What the lead's history says: `step did → to`. */
export async function story(at: EngineWorld, leadId: string): Promise<string[]> {
  const entries = await historyOfLead(at.ctx.db, leadId);
  return entries.map(({ step, did: what, toStep }) => `${step} ${what}${toStep === null ? '' : ` → ${toStep}`}`);
}

export async function tasksOf(at: EngineWorld, leadId: string): Promise<Array<typeof tasks.$inferSelect>> {
  return at.ctx.db.select().from(tasks).where(eq(tasks.leadId, leadId)).orderBy(tasks.id);
}

export async function messagesOf(at: EngineWorld, leadId: string): Promise<Array<typeof messages.$inferSelect>> {
  return at.ctx.db.select().from(messages).where(eq(messages.leadId, leadId)).orderBy(messages.id);
}

export async function pendingOf(at: EngineWorld, leadId: string): Promise<Array<typeof decisions.$inferSelect>> {
  return at.ctx.db
    .select()
    .from(decisions)
    .where(and(eq(decisions.leadId, leadId), eq(decisions.status, 'pending')));
}

export async function enrollmentsOf(at: EngineWorld, leadId: string): Promise<Array<typeof enrollments.$inferSelect>> {
  return at.ctx.db.select().from(enrollments).where(eq(enrollments.leadId, leadId)).orderBy(enrollments.id);
}

/** The audit rows of one subject: `action` with the words of its data that say where and why. */
export async function auditOf(at: EngineWorld, subjectId: string): Promise<Array<{ action: string; data: unknown }>> {
  return at.ctx.db
    .select({ action: audit.action, data: audit.data })
    .from(audit)
    .where(eq(audit.subjectId, subjectId))
    .orderBy(audit.seq);
}

export const mail = (subject: string, text = 'Hello {{first_name|there}}, here is what we promised you.') => ({
  subject,
  text,
});
