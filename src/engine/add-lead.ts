import type { IncomingLead, LeadValues } from '../core/lead.ts';
import { ensureAccount } from '../db/accounts.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { firstSeen } from '../db/inbound-ids.ts';
import { insertLead, insertLeadEvent, type LeadRow, lockLeadByHash } from '../db/leads.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { enrollLeads } from './enroll.ts';
import { mergeIntoLead } from './merge-lead.ts';
import { suppressLead } from './suppress.ts';
import { wakeLead } from './wake-lead.ts';

export type AddLeadInput = {
  lead: IncomingLead;
  /** For the audit: `system:webhook`, `person:U0ANA`. */
  actor: string;
  /** Who sets the values, as merging sees it: `webhook`, `identify`, `person:U0ANA`. */
  by: string;
  /** The id under which the outside sent it, so that a replay does nothing. */
  inbound: { source: string; externalId: string } | null;
  /** The lead wants no mail: its address is suppressed in the same transaction. */
  optOut?: boolean;
};

/** Sources of a lead that are webhooks of ours, as triggers see it. */
const API: readonly string[] = ['webhook', 'identify'];

export type AddLeadResult =
  | { result: 'created' | 'merged' | 'unchanged'; leadId: string; enrolled: number }
  /** The person's data was erased on request, and stays so. */
  | { result: 'erased'; leadId: string }
  | { result: 'duplicate' };

/** Takes one lead, by the same rule as an import of one row: new, merged into the lead of that address, or seen before. */
export async function addLead(ctx: Context, input: AddLeadInput): Promise<AddLeadResult> {
  const result = await transact(ctx.db, async (tx) => {
    const added = await addInside(ctx, tx, input);
    if (input.optOut === true && added.result !== 'duplicate') await optOut(ctx, tx, added.leadId, input.by);
    return added;
  });
  if (result.result === 'created' || result.result === 'merged') ctx.queue.wake();
  return result;
}

async function addInside(ctx: Context, tx: Tx, { lead, actor, by, inbound }: AddLeadInput): Promise<AddLeadResult> {
  const at = ctx.clock.now();
  if (inbound && !(await firstSeen(tx, { workspaceId: ctx.workspaceId, ...inbound, receivedAt: at })))
    return { result: 'duplicate' };
  const emailHash = addressHash(ctx.secrets.addressKey, lead.email);
  const known = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
  if (known) return mergeInto(ctx, tx, known, lead, { actor, by, at });
  const { domain } = lead;
  const accountId =
    domain === null
      ? null
      : await ensureAccount(tx, {
          id: ctx.ids.id(),
          workspaceId: ctx.workspaceId,
          domain,
          name: lead.company,
          now: at,
        });
  const leadId = ctx.ids.id();
  if (
    !(await insertLead(tx, {
      ...valuesOf(lead),
      email: lead.email,
      id: leadId,
      workspaceId: ctx.workspaceId,
      accountId,
      emailHash,
      valueSources: { '*': { by, at: at.toISOString() } },
      at,
    }))
  ) {
    // Somebody else's transaction made it since we looked; it is committed now, or the insert would have waited.
    const made = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
    if (!made) throw new Error(`lead ${leadId} was neither inserted nor found`);
    return mergeInto(ctx, tx, made, lead, { actor, by, at });
  }
  await recordEvent(ctx, tx, { leadId, emailHash }, lead, at);
  const enrolled = await enrollLeads(
    ctx,
    tx,
    [{ id: leadId, source: lead.source }],
    API.includes(by) ? 'api' : 'other',
  );
  // A new lead may come to match a segment at once.
  const woken = await wakeLead(ctx, tx, leadId);
  await appendAudit(tx, ctx.workspaceId, [
    { at, actor, action: 'lead.created', subjectType: 'lead', subjectId: leadId, data: { enrolled } },
    ...woken.events,
  ]);
  return { result: 'created', leadId, enrolled: enrolled + woken.enrolled };
}

async function optOut(ctx: Context, tx: Tx, leadId: string, by: string): Promise<void> {
  const { events } = await suppressLead(ctx, tx, {
    leadId,
    reason: 'imported',
    source: by,
    suppressionId: ctx.ids.id(),
    exitReason: 'the lead wants no mail',
  });
  await appendAudit(tx, ctx.workspaceId, events);
}

async function mergeInto(
  ctx: Context,
  tx: Tx,
  known: LeadRow,
  lead: IncomingLead,
  { actor, by, at }: { actor: string; by: string; at: Date },
): Promise<AddLeadResult> {
  if (known.erasedAt !== null) return { result: 'erased', leadId: known.id };
  await recordEvent(ctx, tx, { leadId: known.id, emailHash: known.emailHash }, lead, at);
  const changed = await mergeIntoLead(tx, known, { ...valuesOf(lead), at, by });
  if (changed.length === 0) return { result: 'unchanged', leadId: known.id, enrolled: 0 };
  const woken = await wakeLead(ctx, tx, known.id);
  await appendAudit(tx, ctx.workspaceId, [
    {
      at,
      actor,
      action: 'lead.merged',
      subjectType: 'lead',
      subjectId: known.id,
      data: { changed },
    },
    ...woken.events,
  ]);
  return { result: 'merged', leadId: known.id, enrolled: woken.enrolled };
}

function valuesOf({ email: _email, domain: _domain, event: _event, ...values }: IncomingLead): LeadValues {
  return values;
}

async function recordEvent(
  ctx: Context,
  tx: Tx,
  lead: { leadId: string; emailHash: string },
  { event }: IncomingLead,
  at: Date,
): Promise<void> {
  if (event === null) return;
  await insertLeadEvent(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    leadId: lead.leadId,
    type: event.type,
    source: 'import',
    externalId: `${lead.emailHash}:${event.type}:${event.at}`,
    occurredAt: new Date(event.at),
    receivedAt: at,
  });
}
