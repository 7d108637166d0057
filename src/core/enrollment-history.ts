import type { Passed } from './workflow/next-step.ts';

/** What can happen to a lead at a step besides decisions and mails, which have rows of their own. */
export type HistoryDid =
  | Passed['did']
  | 'enrolled'
  | 'task_done'
  | 'task_skipped'
  | 'fell_back'
  | 'sent_fixed'
  | 'updated'
  | 'called'
  | 'call_failed'
  | 'deferred'
  | 'migrated'
  | 'paused'
  | 'resumed'
  | 'removed';

/** One line of the history: at `step` this happened, and it went on to `to` (null: nowhere, or the end). */
export type HistoryEntry = {
  step: string;
  did: HistoryDid;
  to: string | null;
  /** In words, for people; may name facts of the lead. Null where `did` says all. */
  why: string | null;
  /** Which way of a split was drawn. */
  choice?: string | null;
  /** Who did it where a person did: `person:U0ANA`. */
  actor?: string | null;
};
