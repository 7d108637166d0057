import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { firstSeen } from '../db/inbound-ids.ts';
import { insertLeadEvent, type LeadRow, lockLeadByHash } from '../db/leads.ts';
import { lastSent } from '../db/outcomes.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { recordOutcome } from './record-outcome.ts';
import { stopWorkflows } from './stop-workflows.ts';
import { wakeLead } from './wake-lead.ts';

/** The event that every workflow is there for. */
const GOAL = 'converted';
/** A conversion is put down to the last mail that left so long before it at most. */
const ATTRIBUTED_WITHIN_MS = 30 * 86_400_000;

export type LeadEvent = {
  /** As stored: normalised. */
  email: string;
  /** What happened, in the sender's own word; `converted` is the goal. */
  event: string;
  occurredAt: Date;
  /** The sender's own id of what happened; null where it has none. */
  id: string | null;
  properties: Record<string, string>;
  /** Under which the outside sent it, so that a replay does nothing. */
  inbound: { source: string; externalId: string };
};

export type RecordEventResult =
  | { result: 'recorded'; leadId: string /** How many workflows ended, the goal being reached. */; ended: number }
  | { result: 'duplicate'; leadId: string }
  /** Nobody of that address is here; the same message may be sent again once there is. */
  | { result: 'unknown_lead' }
  /** The person's data was erased on request, and stays so. */
  | { result: 'erased'; leadId: string };

/**
 * Records what a lead did outside our mails. A conversion ends every workflow at once, with what waits in it; any event ends those
 * whose goal or exit conditions it meets, and begins those that it triggers.
 */
export async function recordEvent(ctx: Context, event: LeadEvent): Promise<RecordEventResult> {
  const result = await transact(ctx.db, (tx) => recordInside(ctx, tx, event));
  if (result.result === 'recorded') ctx.queue.wake();
  return result;
}

async function recordInside(ctx: Context, tx: Tx, event: LeadEvent): Promise<RecordEventResult> {
  const now = ctx.clock.now();
  const emailHash = addressHash(ctx.secrets.addressKey, event.email);
  const lead = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
  if (lead === null) return { result: 'unknown_lead' };
  const fresh = await firstSeen(tx, { workspaceId: ctx.workspaceId, ...event.inbound, receivedAt: now });
  if (!fresh) return { result: 'duplicate', leadId: lead.id };
  if (lead.erasedAt !== null) return { result: 'erased', leadId: lead.id };
  const { source } = event.inbound;
  // Beside lead and event, so that whoever sends the person's id for the event's loses none but true repetitions.
  const externalId =
    event.id === null ? `message:${event.inbound.externalId}` : `${emailHash}:${event.event}:${event.id}`;
  const inserted = await insertLeadEvent(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    leadId: lead.id,
    type: event.event,
    source,
    externalId,
    payload: event.properties,
    occurredAt: event.occurredAt,
    receivedAt: now,
  });
  if (!inserted) return { result: 'duplicate', leadId: lead.id };
  const goal = event.event === GOAL;
  const reached = goal ? await reachGoal(ctx, tx, lead, event, externalId) : { ended: 0, events: [] };
  const woken = await wakeLead(ctx, tx, lead.id, { events: [event.event] });
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: `system:${source}`,
      action: 'lead.event_recorded',
      subjectType: 'lead',
      subjectId: lead.id,
      data: { goal },
    },
    ...reached.events,
    ...woken.events,
  ]);
  return { result: 'recorded', leadId: lead.id, ended: reached.ended + woken.ended.length };
}

async function reachGoal(
  ctx: Context,
  tx: Tx,
  lead: LeadRow,
  { occurredAt, inbound }: LeadEvent,
  externalId: string,
): Promise<{ ended: number; events: AuditEvent[] }> {
  const { stopped, events } = await stopWorkflows(ctx, tx, lead.id, 'goal reached');
  const since = new Date(occurredAt.getTime() - ATTRIBUTED_WITHIN_MS);
  const mail = await lastSent(tx, lead.id, since, occurredAt);
  const outcome = await recordOutcome(ctx, tx, {
    id: ctx.ids.id(),
    leadId: lead.id,
    messageId: mail?.id ?? null,
    decisionId: mail?.decisionId ?? null,
    type: 'converted',
    classification: 'human',
    reasons: [mail === null ? 'no_mail_within_30_days' : 'last_mail_within_30_days'],
    source: inbound.source,
    dedupeKey: externalId,
    raw: null,
    occurredAt,
  });
  return { ended: stopped.length, events: [...events, ...outcome.events] };
}
