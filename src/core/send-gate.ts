import { type QuietHours, quietUntil } from './quiet-hours.ts';

/** All that may stop a mail, read in the transaction that would claim it, with the lead's row locked. */
export type SendFacts = {
  now: Date;
  sendAfter: Date;
  /** Status of the decision it came from. */
  decisionStatus: string;
  decisionHash: string | null;
  /** Hash of the row's own content, computed now. */
  rowHash: string;
  messageTo: string;
  leadEmail: string | null;
  suppressed: string | null;
  repliedSince: boolean;
  enrollmentStatus: string | null;
  exitReason: string | null;
  /** Of a paused enrollment: why, and when the pause ends. */
  pause?: { reason: string; until: Date } | null;
  workspacePaused: boolean;
  workflowStatus: string;
  sentInWindow: number;
  /** Mails to the same lead that could go now as well and whose workflow goes first. */
  ahead?: number;
  cap: { mails: number; within: string };
  /** When the oldest mail inside the cap's window leaves it. */
  capFreeAt: Date | null;
  quietHours: QuietHours | undefined;
  zone: string;
  expiresAt: Date;
};

export type SendAnswer =
  | { do: 'send' }
  | { do: 'defer'; until: Date; reason: string }
  | { do: 'cancel'; reason: string };

const RETRY_PAUSED_MS = 60_000;

/** The one gate before the wire. No approval overrides it; what fails is cancelled or deferred with a reason people see. */
export function maySend(facts: SendFacts): SendAnswer {
  const cancel = (reason: string): SendAnswer => ({ do: 'cancel', reason });
  if (facts.decisionStatus !== 'approved' && facts.decisionStatus !== 'edited')
    return cancel(`its decision is ${facts.decisionStatus}`);
  if (facts.decisionHash === null || facts.decisionHash !== facts.rowHash)
    return cancel('its content is not what was approved');
  if (facts.leadEmail === null) return cancel('the lead was erased');
  if (facts.leadEmail !== facts.messageTo) return cancel("the lead's address was changed after the approval");
  if (facts.suppressed !== null) return cancel(`the lead may not be mailed (${facts.suppressed})`);
  if (facts.repliedSince) return cancel('the lead replied after the draft was made');
  if (facts.enrollmentStatus === 'exited')
    return cancel(`the lead left the workflow (${facts.exitReason ?? 'no reason kept'})`);
  if (facts.now >= facts.expiresAt) return cancel('it waited longer than an approval holds');
  if (facts.workspacePaused) return { do: 'defer', until: later(facts.now), reason: 'everything is paused' };
  if (facts.workflowStatus !== 'active')
    return { do: 'defer', until: later(facts.now), reason: `the workflow is ${facts.workflowStatus}` };
  if (facts.enrollmentStatus === 'paused')
    return facts.pause && facts.pause.until > facts.now
      ? { do: 'defer', until: earlier(facts.pause.until, facts.expiresAt), reason: facts.pause.reason }
      : { do: 'defer', until: later(facts.now), reason: 'the lead is paused' };
  if (facts.now < facts.sendAfter) return { do: 'defer', until: facts.sendAfter, reason: 'its time has not come' };
  if (facts.sentInWindow >= facts.cap.mails)
    return {
      do: 'defer',
      until: facts.capFreeAt ?? later(facts.now),
      reason: `the lead had ${facts.sentInWindow} ${facts.sentInWindow === 1 ? 'mail' : 'mails'} within ${facts.cap.within}`,
    };
  const { ahead = 0 } = facts;
  if (ahead > 0 && facts.sentInWindow + ahead >= facts.cap.mails)
    return {
      do: 'defer',
      until: later(facts.now),
      reason: `a workflow of higher priority has a mail for the lead, who may get ${facts.cap.mails} within ${facts.cap.within}`,
    };
  const until = quietUntil(facts.quietHours, facts.now, facts.zone);
  if (until !== null) return { do: 'defer', until, reason: `quiet hours in ${facts.zone}` };
  return { do: 'send' };
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(now: Date): Date {
  return new Date(now.getTime() + RETRY_PAUSED_MS);
}
