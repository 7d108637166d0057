import { and, desc, eq, inArray, isNotNull } from 'drizzle-orm';
import { spotCheckCoin } from '../core/gate.ts';
import type { LeadFacts } from '../core/workflow/condition.ts';
import { zoneOf } from '../core/workflow/local-time.ts';
import { accountZones } from '../db/accounts.ts';
import { exitNow } from '../core/workflow/next-step.ts';
import { armOf, firstStep, type Happening, mayReenter, triggeredBy, triggersOf } from '../core/workflow/settings.ts';
import { asksPeople } from '../core/workflow/step.ts';
import type { Arm } from '../core/workflow/structure.ts';
import type { Trigger, Workflow } from '../core/workflow.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { DbOrTx, Tx } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import { enrollments, enrollmentSteps, leads } from '../db/schema.ts';
import { listSegments } from '../db/segments.ts';
import { withoutSuppressed } from '../db/suppressions.ts';
import { listWorkflows, type PublishedWorkflow } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';
import { canEndEarly } from './enrollment-facts.ts';
import { bareFacts, withSegments } from './lead-facts.ts';

/** How many rows one statement takes. */
const PAGE = 1000;

/**
 * Puts leads that were added into every workflow with a trigger that fits them. A suppressed lead is left out; one that is under
 * way in a workflow already stays where it is. Runs in the transaction that made the leads; writes one audit row a workflow.
 * Answers with the number of new enrollments, those of the holdout among them.
 */
export async function enrollLeads(
  ctx: Context,
  tx: Tx,
  added: ReadonlyArray<{ id: string; source: string | null }>,
  via: 'import' | 'api' | 'other' = 'other',
): Promise<number> {
  let enrolled = 0;
  const events: AuditEvent[] = [];
  for (const published of await listWorkflows(tx, ctx.workspaceId)) {
    if (published.workflow.status === 'archived') continue;
    const { ids, trigger } = await fittingLeads(ctx, tx, published.definition, added, via);
    if (trigger === null) continue;
    const count = await enrollInto(ctx, tx, published, await mayEnter(ctx, tx, published, ids), entryOf(trigger));
    enrolled += count;
    if (count > 0) events.push(enrolledEvent(ctx, published, count));
  }
  await appendAudit(tx, ctx.workspaceId, events);
  return enrolled;
}

/**
 * Puts one lead into every workflow that what happened to it sets off. In the transaction in which it happened, under the lead's
 * lock; the caller appends the events.
 */
export async function enrollFor(
  ctx: Context,
  tx: Tx,
  lead: LeadRow,
  happening: Exclude<Happening, { on: 'lead_added' }>,
): Promise<{ enrolled: number; events: AuditEvent[] }> {
  const events: AuditEvent[] = [];
  let enrolled = 0;
  for (const published of await listWorkflows(tx, ctx.workspaceId)) {
    const { workflow, definition } = published;
    if (workflow.status === 'archived' || !triggersOf(definition).some(({ on }) => on === happening.on)) continue;
    const now = ctx.clock.now();
    const [facts = NO_FACTS] = await entryFacts(tx, [lead], now);
    const trigger = triggeredBy(definition, happening, facts, now);
    if (trigger === null) continue;
    const count = await enrollInto(ctx, tx, published, await mayEnter(ctx, tx, published, [lead.id]), entryOf(trigger));
    enrolled += count;
    if (count > 0) events.push(enrolledEvent(ctx, published, count));
  }
  return { enrolled, events };
}

/** What brought leads in. `why`: in words, for their history; null where the caller writes that itself. */
export type Entry = { by: Trigger['on']; why: string | null };

const BY_HAND: Entry = { by: 'manual', why: null };

/**
 * Begins the workflow for these leads, whatever its triggers and its rule of re-entry say, with the arm that each has by a keyed
 * hash: the same whenever it comes in. The baseline's leads begin with the baseline's first step; the holdout's are done at once,
 * their row being what they are measured by. Who may not be mailed is left out, and whose goal is reached. The database lets
 * nobody in twice at a time.
 */
export async function enrollInto(
  ctx: Context,
  tx: Tx,
  published: PublishedWorkflow,
  leadIds: readonly string[],
  entry: Entry = BY_HAND,
): Promise<number> {
  const { workflow, version, definition } = published;
  const now = ctx.clock.now();
  let enrolled = 0;
  for (let i = 0; i < leadIds.length; i += PAGE) {
    const allowed = await notAtGoal(ctx, tx, definition, await mailable(ctx, tx, leadIds.slice(i, i + PAGE)));
    if (allowed.length === 0) continue;
    const inserted = await tx
      .insert(enrollments)
      .values(
        allowed.map(({ id: leadId }) => ({
          id: ctx.ids.id(),
          workspaceId: ctx.workspaceId,
          leadId,
          workflowId: workflow.id,
          workflowVersionId: version.id,
          ...beginning(definition, armOfLead(ctx, workflow.id, definition, leadId), now),
          enteredBy: entry.by,
          enteredAt: now,
          updatedAt: now,
        })),
      )
      .onConflictDoNothing()
      .returning();
    enrolled += inserted.length;
    if (entry.why !== null) await tellEntered(ctx, tx, inserted, entry.why);
  }
  return enrolled;
}

/** The arm of a lead in a workflow: by a keyed hash of the two, so that it stays whatever happens to either. */
function armOfLead(ctx: Context, workflowId: string, definition: Workflow, leadId: string): Arm {
  return armOf(definition, spotCheckCoin(ctx.secrets.coin, `arm:${workflowId}:${leadId}`));
}

type Beginning = Pick<
  typeof enrollments.$inferInsert,
  'arm' | 'status' | 'step' | 'dueAt' | 'asksPeople' | 'stepEnteredAt' | 'endedAt'
>;

function beginning(definition: Workflow, arm: Arm, now: Date): Beginning & { arm: Arm; step: string } {
  const first = firstStep(definition, arm);
  if (first !== null)
    return { arm, status: 'active', step: first.id, dueAt: now, asksPeople: asksPeople(first), stepEnteredAt: now };
  const [where] = definition.steps;
  if (arm !== 'holdout' || where === undefined) throw new Error(`workflow ${definition.name} has no step for ${arm}`);
  return { arm, status: 'done', step: where.id, dueAt: null, asksPeople: false, stepEnteredAt: now, endedAt: now };
}

async function tellEntered(
  ctx: Context,
  tx: Tx,
  entered: ReadonlyArray<typeof enrollments.$inferSelect>,
  why: string,
): Promise<void> {
  if (entered.length === 0) return;
  const at = ctx.clock.now();
  await tx.insert(enrollmentSteps).values(
    entered.map(({ id: enrollmentId, workspaceId, workflowId, leadId, step }) => ({
      id: ctx.ids.id(),
      workspaceId,
      enrollmentId,
      workflowId,
      leadId,
      step,
      did: 'enrolled' as const,
      toStep: null,
      why,
      at,
    })),
  );
}

/** Those of the added that a trigger of the workflow fits, and the trigger; null where none asks for added leads. */
async function fittingLeads(
  ctx: Context,
  tx: Tx,
  definition: Workflow,
  added: ReadonlyArray<{ id: string; source: string | null }>,
  via: 'import' | 'api' | 'other',
): Promise<{ ids: string[]; trigger: Trigger | null }> {
  const now = ctx.clock.now();
  const triggers = triggersOf(definition).filter(({ on }) => on === 'lead_added' || on === 'import' || on === 'api');
  if (triggers.length === 0) return { ids: [], trigger: null };
  const conditional = triggers.some((trigger) => trigger.on !== 'manual' && trigger.when !== undefined);
  const ids: string[] = [];
  let first: Trigger | null = null;
  for (let i = 0; i < added.length; i += PAGE) {
    const page = added.slice(i, i + PAGE);
    const known = conditional ? await factsOfAdded(tx, page, now) : null;
    for (const { id, source } of page) {
      const facts = known === null ? NO_FACTS : known.get(id);
      const trigger = facts && triggeredBy(definition, { on: 'lead_added', via, source }, facts, now);
      if (!trigger) continue;
      first ??= trigger;
      ids.push(id);
    }
  }
  return { ids, trigger: first };
}

/** What a trigger without a condition asks. */
const NO_FACTS: LeadFacts = {
  fields: {},
  tags: [],
  score: null,
  segments: [],
  events: [],
  enteredAt: new Date(0),
  zone: 'UTC',
};

async function factsOfAdded(tx: Tx, added: ReadonlyArray<{ id: string }>, now: Date): Promise<Map<string, LeadFacts>> {
  const ids = added.map(({ id }) => id);
  const found = await tx.select().from(leads).where(inArray(leads.id, ids));
  const facts = await entryFacts(tx, found, now);
  return new Map(found.flatMap(({ id }, i): Array<[string, LeadFacts]> => (facts[i] ? [[id, facts[i]]] : [])));
}

/** Facts as they are for leads that would come in now, in the order of the leads. */
async function entryFacts(db: DbOrTx, found: readonly LeadRow[], now: Date): Promise<LeadFacts[]> {
  const [first] = found;
  if (first === undefined) return [];
  const { timezone } = await findWorkspace(db, first.workspaceId);
  const saved = await listSegments(db, first.workspaceId);
  const bare = await bareFacts(db, found);
  const zones = await accountZones(
    db,
    found.map(({ accountId }) => accountId),
  );
  return bare.map((facts, i) => ({
    ...withSegments({ ...facts, enteredAt: now }, saved, now),
    zone: zoneOf(found[i]?.timezone ?? null, zones.get(found[i]?.accountId ?? '') ?? null, timezone),
  }));
}

/** Who was in the workflow before comes in again only by its rule; who is in it now does not. */
async function mayEnter(
  ctx: Context,
  tx: Tx,
  { workflow, definition }: PublishedWorkflow,
  leadIds: readonly string[],
): Promise<string[]> {
  const now = ctx.clock.now();
  const refused = new Set<string>();
  const looked = new Set<string>();
  for (let i = 0; i < leadIds.length; i += PAGE) {
    const before = await tx
      .select({ leadId: enrollments.leadId, endedAt: enrollments.endedAt })
      .from(enrollments)
      .where(and(eq(enrollments.workflowId, workflow.id), inArray(enrollments.leadId, leadIds.slice(i, i + PAGE))))
      .orderBy(desc(enrollments.enteredAt), desc(enrollments.id));
    for (const { leadId, endedAt } of before) {
      if (looked.has(leadId)) continue;
      looked.add(leadId);
      if (!mayReenter(definition, endedAt, now)) refused.add(leadId);
    }
  }
  return leadIds.filter((id) => !refused.has(id));
}

async function notAtGoal(
  ctx: Context,
  tx: Tx,
  definition: Workflow,
  found: readonly LeadRow[],
): Promise<readonly LeadRow[]> {
  if (!canEndEarly(definition)) return found;
  const now = ctx.clock.now();
  const facts = await entryFacts(tx, found, now);
  return found.filter((_, i) => exitNow(definition, facts[i] ?? NO_FACTS, now) === null);
}

async function mailable(ctx: Context, tx: Tx, leadIds: readonly string[]): Promise<LeadRow[]> {
  if (leadIds.length === 0) return [];
  const found = await tx
    .select()
    .from(leads)
    .where(and(eq(leads.workspaceId, ctx.workspaceId), inArray(leads.id, [...leadIds]), isNotNull(leads.email)))
    .orderBy(leads.id);
  return withoutSuppressed(tx, ctx.workspaceId, found, ctx.secrets.addressKey);
}

function entryOf(trigger: Trigger): Entry {
  switch (trigger.on) {
    case 'lead_added':
      return { by: trigger.on, why: 'it was added' };
    case 'import':
      return { by: trigger.on, why: 'it was imported' };
    case 'api':
      return { by: trigger.on, why: 'it came by the webhook' };
    case 'event':
      return { by: trigger.on, why: `the event ${trigger.event}` };
    case 'segment':
      return { by: trigger.on, why: `it came into the segment ${trigger.segment}` };
    case 'manual':
      return BY_HAND;
  }
}

function enrolledEvent(ctx: Context, { version }: PublishedWorkflow, count: number): AuditEvent {
  return {
    at: ctx.clock.now(),
    actor: 'system:enroll',
    action: 'leads.enrolled',
    subjectType: 'workflow_version',
    subjectId: version.id,
    data: { count },
  };
}
