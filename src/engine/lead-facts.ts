import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { holds, type LeadFacts, mentions } from '../core/workflow/condition.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import { zoneOf } from '../core/workflow/local-time.ts';
import { accountZones } from '../db/accounts.ts';
import type { DbOrTx } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import { leadEvents, outcomes } from '../db/schema.ts';
import { listSegments, type Segment } from '../db/segments.ts';
import { findWorkspace } from '../db/workspaces.ts';

/** Of an enrollment, what conditions ask about; null for a lead outside a workflow. */
export type EnrollmentMoments = { enteredAt: Date; stepEnteredAt?: Date | null } | null;

/** Newest first, so many of a lead are looked at: who clicks more often than that has said all there is to say. */
const MOST_EVENTS = 500;

/**
 * What conditions may ask about one lead, read at once from its rows: values under the names that files and webhooks use and
 * further columns under their own, tags, score, events and human outcomes in one view, and the saved segments it is in now.
 *
 * @param now business time, at which the segments are asked.
 */
export async function leadFacts(
  db: DbOrTx,
  lead: LeadRow,
  enrollment: EnrollmentMoments,
  now: Date,
): Promise<LeadFacts> {
  const saved = await listSegments(db, lead.workspaceId);
  const [bare] = await bareFacts(db, [lead]);
  if (bare === undefined) throw new Error(`no facts of lead ${lead.id}`);
  const stepEnteredAt = enrollment?.stepEnteredAt;
  const facts: LeadFacts = {
    ...bare,
    ...(enrollment === null ? {} : { enteredAt: enrollment.enteredAt }),
    ...(stepEnteredAt ? { stepEnteredAt } : {}),
  };
  return withSegments(facts, saved, now);
}

/** The facts of several leads of one workspace, in their order, as of leads outside any workflow and without segments. */
export async function bareFacts(db: DbOrTx, leads: readonly LeadRow[]): Promise<LeadFacts[]> {
  const [first] = leads;
  if (first === undefined) return [];
  const { timezone } = await findWorkspace(db, first.workspaceId);
  const events = await eventsOf(
    db,
    leads.map(({ id }) => id),
  );
  const zones = await accountZones(
    db,
    leads.map(({ accountId }) => accountId),
  );
  return leads.map((lead) => ({
    fields: fieldsOf(lead),
    tags: lead.tags,
    score: lead.score,
    segments: [],
    events: events.get(lead.id) ?? [],
    enteredAt: lead.createdAt,
    zone: zoneOf(lead.timezone, zones.get(lead.accountId ?? '') ?? null, timezone),
  }));
}

/** A segment may name others; one that names itself by detours holds for nobody on that way round. */
export function withSegments(facts: LeadFacts, saved: readonly Segment[], now: Date): LeadFacts {
  const byName = new Map(saved.map((segment) => [segment.name, segment]));
  const known = new Map<string, boolean>();
  const isIn = (name: string): boolean => {
    const told = known.get(name);
    if (told !== undefined) return told;
    const segment = byName.get(name);
    if (!segment) return false;
    known.set(name, false);
    const inner = mentions(segment.condition).segments.filter(isIn);
    const answer = holds(segment.condition, { ...facts, segments: inner }, now);
    known.set(name, answer);
    return answer;
  };
  return { ...facts, segments: saved.map(({ name }) => name).filter(isIn) };
}

type Told = { leadId: string; type: string; at: Date };

/** What leads did, oldest first: what others told, and what people (not machines) did with our mails. */
async function eventsOf(db: DbOrTx, leadIds: readonly string[]): Promise<Map<string, Told[]>> {
  const newest = (
    at: typeof leadEvents.occurredAt | typeof outcomes.occurredAt,
    lead: typeof leadEvents.leadId | typeof outcomes.leadId,
  ) => sql<number>`row_number() over (partition by ${lead} order by ${at} desc)`.as('nth');
  const told = db
    .select({
      leadId: leadEvents.leadId,
      type: leadEvents.type,
      at: leadEvents.occurredAt,
      nth: newest(leadEvents.occurredAt, leadEvents.leadId),
    })
    .from(leadEvents)
    .where(inArray(leadEvents.leadId, [...leadIds]))
    .as('told');
  const done = db
    .select({
      leadId: outcomes.leadId,
      type: outcomes.type,
      at: outcomes.occurredAt,
      nth: newest(outcomes.occurredAt, outcomes.leadId),
    })
    .from(outcomes)
    .where(and(inArray(outcomes.leadId, [...leadIds]), eq(outcomes.classification, 'human')))
    .as('done');
  const found: Told[] = [
    ...(await db.select().from(told).where(sql`${told.nth} <= ${MOST_EVENTS}`).orderBy(desc(told.at))),
    ...(await db.select().from(done).where(sql`${done.nth} <= ${MOST_EVENTS}`).orderBy(desc(done.at))),
  ];
  const byLead = new Map<string, Map<string, Told>>();
  for (const { leadId, type, at } of found) {
    const own = byLead.get(leadId) ?? new Map<string, Told>();
    byLead.set(leadId, own);
    // A conversion told by webhook, and a reply with its words, stand in both tables: one thing that happened is one event.
    own.set(`${type}\n${at.getTime()}`, { leadId, type, at });
  }
  return new Map(
    [...byLead].map(([id, own]) => [id, [...own.values()].toSorted((a, b) => a.at.getTime() - b.at.getTime())]),
  );
}
