import type { HistoryDid } from '../enrollment-history.ts';
import type { IncomingLead } from '../lead.ts';
import type { Kind } from '../kinds/kind.ts';
import type { DryMail } from './dry-mail.ts';
import type { Arm } from './structure.ts';

/** A lead of the file. `line`: where it stands there. */
export type DryLead = { line: number; lead: IncomingLead };

/** All that a rehearsal takes for granted, since only the world can tell. */
export type Assumptions = {
  from: Date;
  /** The rehearsal ends here, wherever leads stand. */
  until: Date;
  /** How long after its card a decision is approved and a task done; null: nobody answers anything. */
  answerAfterMs: number | null;
  /** What a lead scores whose line states no score. */
  score: number;
  /** IANA zone of leads that have none, and of the people who decide. */
  zone: string;
  /** How long an approval holds, in milliseconds. */
  approvalHoldsMs: number;
  /** A number 0 ≤ u < 1 for arms and splits, the same for the same key. */
  draw(key: string): number;
};

/** What happens to a lead at a moment. `did` names it for programs, `text` says it to people. */
export type DryEntry = {
  at: Date;
  step: string | null;
  did:
    | HistoryDid
    | 'in_line'
    | 'asked'
    | 'approved'
    | 'expired'
    | 'held'
    | 'task_asked'
    | 'waits'
    | 'sent'
    | 'not_sent'
    | 'ended';
  text: string;
};

/** A card that people would get. `facts`: a question for facts without which the AI decides nothing. */
export type DryCard = { at: Date; about: Kind | 'task' | 'facts' };

export type DryEnd = {
  status: 'done' | 'exited' | 'under_way' | 'holdout' | 'left_out';
  step: string | null;
  why: string;
};

/** One lead's way. `arm` null: it does not come in, and `end` says why. Instants; the zone is the lead's own. */
export type DryWay = {
  line: number;
  email: string;
  zone: string;
  arm: Arm | null;
  entries: DryEntry[];
  mails: DryMail[];
  cards: DryCard[];
  /** How long it waited for room before people each time, in milliseconds. */
  inLine: number[];
  /** Facts it lacked when the AI was to decide. */
  lacked: string[];
  end: DryEnd;
};
