import type { IncomingLead } from '../core/lead.ts';
import { addLead, type AddLeadResult } from './add-lead.ts';
import type { Context } from './context.ts';

export type IdentifyInput = {
  lead: IncomingLead;
  /** The person wants no mail. */
  optOut: boolean;
  /** The call's own id; null where it has none, which is no harm: telling the same twice changes nothing. */
  messageId: string | null;
};

/** Takes what another program knows of a person: a new lead, or merged into the lead of that address by the rules in force. */
export function identify(ctx: Context, { lead, optOut, messageId }: IdentifyInput): Promise<AddLeadResult> {
  return addLead(ctx, {
    lead,
    actor: 'system:identify',
    by: 'identify',
    inbound: messageId === null ? null : { source: 'api:identify', externalId: messageId },
    optOut,
  });
}
