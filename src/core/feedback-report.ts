import type { InboundMail } from './inbound-mail.ts';
import { headersOf, headerValue, messageIdsIn } from './mail-headers.ts';

export type Complaint = {
  /** `abuse`, `fraud`, `virus`, `other` (RFC 5965), in lower case. */
  feedback: string;
  originalIds: string[];
  /** Headers of the mail that was complained about: some providers take its Message-ID out and leave the way out of the list. */
  original: string;
};

const KNOWN = new Set(['abuse', 'fraud', 'virus', 'opt-out', 'opt-out-list', 'miscategorized']);
/** Reports that say nothing against a mail. */
const NO_COMPLAINT = new Set(['not-spam', 'auth-failure', 'dmarc']);
const ORIGINAL = new Set(['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/rfc822-headers']);

/** A feedback report (RFC 5965) by which a mailbox provider passes on that somebody pressed “spam”; null for anything else. */
export function complaintOf(mail: InboundMail): Complaint | null {
  const report = mail.reports.find(({ type }) => type === 'message/feedback-report');
  if (!report) return null;
  const feedback = headerValue(headersOf(report.text), 'feedback-type').trim().toLowerCase() || 'abuse';
  if (NO_COMPLAINT.has(feedback)) return null;
  const original = originalHeaders(mail);
  const ids = messageIdsIn(headerValue(headersOf(original), 'message-id'));
  return { feedback: KNOWN.has(feedback) ? feedback : 'other', originalIds: ids, original };
}

/** The headers of the mail that a report carries, or an empty text. */
export function originalHeaders({ reports }: InboundMail): string {
  const part = reports.find(({ type }) => ORIGINAL.has(type));
  return (part?.text ?? '').replace(/^\s+/, '').split(/\r?\n\r?\n/, 1)[0] ?? '';
}
