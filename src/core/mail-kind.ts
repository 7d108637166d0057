import { automaticReasons } from './automatic-reply.ts';
import { type DeliveryReport, deliveryReports } from './delivery-status.ts';
import { addressKey } from './email-address.ts';
import { type Complaint, complaintOf } from './feedback-report.ts';
import type { InboundMail, MailEnvelope } from './inbound-mail.ts';

export type MailKind =
  /** We sent it, or a colleague who answers from our own address. */
  | { type: 'own' }
  | { type: 'delivery_status'; reports: DeliveryReport[]; originalIds: string[] }
  | ({ type: 'complaint' } & Complaint)
  | { type: 'automatic'; reasons: string[] }
  | { type: 'human' };

export type OurMail = {
  /** Keys of the addresses that our workflows send from. */
  senders: ReadonlySet<string>;
  /** Whether its own Message-ID is one of ours. */
  sentIt: boolean;
};

/** What kind of mail it is, decided before anybody looks for the lead it concerns. Programs are told apart from people first. */
export function kindOfMail(mail: InboundMail, envelope: MailEnvelope, ours: OurMail): MailKind {
  if (ours.sentIt || (mail.from !== null && ours.senders.has(addressKey(mail.from)))) return { type: 'own' };
  const complaint = complaintOf(mail);
  if (complaint !== null) return { type: 'complaint', ...complaint };
  const delivery = deliveryReports(mail, envelope);
  if (delivery !== null) return { type: 'delivery_status', ...delivery };
  const reasons = automaticReasons(mail, envelope);
  return reasons.length > 0 ? { type: 'automatic', reasons } : { type: 'human' };
}
