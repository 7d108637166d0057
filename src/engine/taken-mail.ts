import type { InboundMail } from '../core/inbound-mail.ts';
import type { LeadRow } from '../db/leads.ts';

/** A mail that is being taken in: under its lead's lock, in one transaction. */
export type TakenMail = {
  mail: InboundMail;
  /** Under which it is recorded once. */
  key: string;
  lead: LeadRow;
  /** Business time: what its own Date says was written by whoever sent it. */
  now: Date;
};
