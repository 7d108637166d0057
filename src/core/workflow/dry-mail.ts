import { durationMs } from '../duration.ts';
import { maySend } from '../send-gate.ts';
import type { Workflow } from '../workflow.ts';

/** Why a mail does not leave when it could: what `cap` and `quiet_hours` of the workflow say. */
export type Deferral = { because: 'cap' | 'quiet_hours'; at: Date; until: Date; text: string };

/** A mail of the rehearsal. `leaves` null: it would not leave, and `why` says why not. */
export type DryMail = {
  step: string;
  /** Of a fixed mail; null for a draft, whose words nobody knows before the model has written it. */
  subject: string | null;
  approvedAt: Date;
  leaves: Date | null;
  why: string | null;
  deferred: Deferral[];
};

/**
 * When an approved mail would leave, asked of the gate that really stands before the wire, again and again until it lets the mail
 * go. Only the lead's mails of this rehearsal count for its cap.
 *
 * @param earlier the lead's mails so far.
 */
export function sendDry(
  mail: { step: string; subject: string | null; approvedAt: Date; sendAfter: Date; expiresAt: Date },
  { workflow, zone, earlier }: { workflow: Workflow; zone: string; earlier: readonly DryMail[] },
): DryMail {
  const { step, subject, approvedAt, sendAfter, expiresAt } = mail;
  const { cap, quiet_hours: quietHours } = workflow;
  const deferred: Deferral[] = [];
  const capMs = durationMs(cap.within);
  // Quiet hours and a cap can put a mail off in turn; each time to a later moment, and no longer than its approval holds.
  for (let now = sendAfter; ; ) {
    const from = now.getTime() - capMs;
    const recent = earlier
      .flatMap(({ leaves }) => (leaves === null ? [] : [leaves.getTime()]))
      .filter((at) => at > from && at <= now.getTime())
      .toSorted((a, b) => a - b);
    const [oldest] = recent;
    const capFreeAt = oldest === undefined ? null : new Date(oldest + capMs);
    const answer = maySend({
      ...ALL_WELL,
      ...{ now, sendAfter, expiresAt, cap, capFreeAt, quietHours, zone, sentInWindow: recent.length },
    });
    if (answer.do === 'send') return { step, subject, approvedAt, leaves: now, why: null, deferred };
    if (answer.do === 'cancel') return { step, subject, approvedAt, leaves: null, why: answer.reason, deferred };
    const because = recent.length >= cap.mails ? 'cap' : 'quiet_hours';
    deferred.push({ because, at: now, until: answer.until, text: answer.reason });
    now = answer.until;
  }
}

/** What else could stop a mail does not happen in a rehearsal: nobody replies, unsubscribes or pauses anything. */
const ALL_WELL = {
  decisionStatus: 'approved',
  decisionHash: '',
  rowHash: '',
  messageTo: '',
  leadEmail: '',
  suppressed: null,
  repliedSince: false,
  enrollmentStatus: null,
  exitReason: null,
  workspacePaused: false,
  workflowStatus: 'active',
} as const;
