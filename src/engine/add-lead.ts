import { type IncomingLead, type LeadValues, mergeLead } from '../core/lead.ts';
import { ensureAccount } from '../db/accounts.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { firstSeen } from '../db/inbound-ids.ts';
import { existingLead, insertLead, insertLeadEvent, type LeadRow, lockLeadByHash, setLeadValues } from '../db/leads.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { enrollLeads } from './enroll.ts';

export type AddLeadInput = {
  lead: IncomingLead;
  /** For the audit: `system:webhook`, `person:U0ANA`. */
  actor: string;
  /** The id under which the outside sent it, so that a replay does nothing. */
  inbound: { source: string; externalId: string } | null;
};

export type AddLeadResult =
  | { result: 'created' | 'merged' | 'unchanged'; leadId: string; enrolled: number }
  /** The person's data was erased on request, and stays so. */
  | { result: 'erased'; leadId: string }
  | { result: 'duplicate' };

/** Takes one lead, by the same rule as an import of one row: new, merged into the lead of that address, or seen before. */
export async function addLead(ctx: Context, input: AddLeadInput): Promise<AddLeadResult> {
  const result = await transact(ctx.db, (tx) => addInside(ctx, tx, input));
  if (result.result === 'created') ctx.queue.wake();
  return result;
}

async function addInside(ctx: Context, tx: Tx, { lead, actor, inbound }: AddLeadInput): Promise<AddLeadResult> {
  const at = ctx.clock.now();
  if (inbound && !(await firstSeen(tx, { workspaceId: ctx.workspaceId, ...inbound, receivedAt: at })))
    return { result: 'duplicate' };
  const emailHash = addressHash(ctx.secrets.addressKey, lead.email);
  const known = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
  if (known) return mergeInto(ctx, tx, known, lead, actor, at);
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
      at,
    }))
  ) {
    // Somebody else's transaction made it since we looked; it is committed now, or the insert would have waited.
    const made = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
    if (!made) throw new Error(`lead ${leadId} was neither inserted nor found`);
    return mergeInto(ctx, tx, made, lead, actor, at);
  }
  await recordEvent(ctx, tx, { leadId, emailHash }, lead, at);
  const enrolled = await enrollLeads(ctx, tx, [{ id: leadId, source: lead.source }]);
  await appendAudit(tx, ctx.workspaceId, [
    { at, actor, action: 'lead.created', subjectType: 'lead', subjectId: leadId, data: { enrolled } },
  ]);
  return { result: 'created', leadId, enrolled };
}

async function mergeInto(
  ctx: Context,
  tx: Tx,
  known: LeadRow,
  lead: IncomingLead,
  actor: string,
  at: Date,
): Promise<AddLeadResult> {
  if (known.erasedAt !== null) return { result: 'erased', leadId: known.id };
  await recordEvent(ctx, tx, { leadId: known.id, emailHash: known.emailHash }, lead, at);
  const { values, before } = mergeLead(existingLead(known), { ...valuesOf(lead), at });
  if (before === null) return { result: 'unchanged', leadId: known.id, enrolled: 0 };
  await setLeadValues(tx, known, values, at);
  await appendAudit(tx, ctx.workspaceId, [
    {
      at,
      actor,
      action: 'lead.merged',
      subjectType: 'lead',
      subjectId: known.id,
      data: { changed: Object.keys(before).sort() },
    },
  ]);
  return { result: 'merged', leadId: known.id, enrolled: 0 };
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
