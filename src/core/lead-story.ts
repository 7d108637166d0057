import type { DecisionStatus, ReasonCode, Settler } from './decision.ts';
import { reasonLabels } from './decision.ts';
import type { HistoryDid } from './enrollment-history.ts';
import type { Kind } from './kinds/kind.ts';
import type { MessageStatus } from './message.ts';
import type { OutcomeClass, OutcomeType } from './outcome.ts';

/** One line of what happened to a lead. `text` names people by what `nameOf` makes of their ids. */
export type StoryLine = { at: Date; text: string };

/** Things of one moment are told in the order of their ids, which ascend in the order of making. */
type Keyed = StoryLine & { key: string };

/** The rows behind it, as they are. */
export type StoryRows = {
  enrollments: ReadonlyArray<{
    id: string;
    workflow: string;
    version: number;
    arm: 'ai' | 'baseline' | 'holdout';
    status: 'active' | 'waiting' | 'paused' | 'done' | 'exited';
    enteredAt: Date;
    endedAt: Date | null;
    exitReason: string | null;
  }>;
  steps: ReadonlyArray<{
    id: string;
    enrollmentId: string;
    step: string;
    did: HistoryDid;
    to: string | null;
    why: string | null;
    choice: string | null;
    actor: string | null;
    at: Date;
  }>;
  /** Moves that the log knows, of enrollments from before the history was kept. */
  moves: ReadonlyArray<{ enrollmentId: string; from: string; to: string | null; title: string | null; at: Date }>;
  decisions: ReadonlyArray<{
    id: string;
    /** Of the verdict that settled it; null where nobody gave one. */
    verdictId: string | null;
    kind: Kind;
    step: string;
    status: DecisionStatus;
    /** Why it went to people or not; told once it is settled, never before. */
    route: 'review' | 'auto' | 'spot_check';
    because: readonly string[];
    modelProblem: string | null;
    createdAt: Date;
    deadlineAt: Date;
    settled: { at: Date; by: Settler; id: string; reason: string | null } | null;
    verdict: { reasons: readonly ReasonCode[]; note: string | null } | null;
    undone: { at: Date; by: string } | null;
    /** What was decided, in a few words: “score 72”, the subject. */
    content: string | null;
  }>;
  messages: ReadonlyArray<{
    id: string;
    decisionId: string;
    step: string;
    subject: string | null;
    status: MessageStatus;
    reason: string | null;
    approvedAt: Date;
    sendAfter: Date;
    sendingAt: Date | null;
    sentAt: Date | null;
    endedAt: Date | null;
    /** When it was put off, oldest first. */
    deferred: ReadonlyArray<{ at: Date; reason: string | null }>;
  }>;
  events: ReadonlyArray<{ id: string; type: string; source: string; detail: string; at: Date }>;
  outcomes: ReadonlyArray<{
    id: string;
    type: OutcomeType;
    classification: OutcomeClass;
    reasons: readonly string[];
    at: Date;
  }>;
  suppressions: ReadonlyArray<{ id: string; reason: string; scope: string; at: Date }>;
};

const KIND: Record<Kind, { made: string; none: string }> = {
  lead_score: { made: 'The AI proposed a score', none: 'The AI could not propose a score' },
  email_draft: { made: 'The AI drafted an e-mail', none: 'The AI could not draft an e-mail' },
};

const LAST = '~';

/** All that happened, oldest first; of the same moment, in the order in which one thing led to another. */
export function leadStory(rows: StoryRows, nameOf: (id: string) => string): StoryLine[] {
  const lines: Keyed[] = [
    ...rows.events.map((row) => ({ ...eventLine(row), key: row.id })),
    ...rows.enrollments.map((row) => ({ ...enrolledLine(rows, row, nameOf), key: row.id })),
    ...rows.moves.map((row) => ({ ...moveLine(row), key: LAST })),
    ...rows.steps.flatMap((row) => stepLine(row, nameOf).map((line) => ({ ...line, key: row.id }))),
    ...rows.decisions.flatMap((row) => decisionLines(row, nameOf)),
    ...rows.messages.flatMap((row) => {
      const verdict = rows.decisions.find(({ id }) => id === row.decisionId)?.verdictId ?? row.id;
      return messageLines(row).map((line) => ({ ...line, key: `${verdict}${LAST}` }));
    }),
    ...rows.outcomes.map((row) => ({ ...outcomeLine(row), key: row.id })),
    ...rows.suppressions.map((row) => ({ ...suppressionLine(row), key: row.id })),
    ...rows.enrollments.flatMap((row) => endedLine(row).map((line) => ({ ...line, key: `${LAST}${LAST}` }))),
  ];
  return lines
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ at, text }) => ({ at, text }));
}

function enrolledLine(
  { steps }: StoryRows,
  { id, workflow, version, arm, enteredAt }: StoryRows['enrollments'][number],
  nameOf: (id: string) => string,
): StoryLine {
  const hows = steps.filter(({ enrollmentId, did }) => enrollmentId === id && did === 'enrolled');
  const how = hows.find(({ actor }) => actor !== null) ?? hows[0];
  const by = how?.actor ? ` by ${nameOf(how.actor.replace(/^person:/, ''))}` : '';
  const why = how?.why ? ` (${how.why})` : '';
  return { at: enteredAt, text: `Enrolled in ${workflow}, version ${version}${armWords(arm)}${by}${why}.` };
}

function armWords(arm: 'ai' | 'baseline' | 'holdout'): string {
  switch (arm) {
    case 'ai':
      return '';
    case 'baseline':
      return ', for comparison with the baseline, without AI';
    case 'holdout':
      return ', held out for comparison: nothing is done';
  }
}

function endedLine(row: StoryRows['enrollments'][number]): StoryLine[] {
  // The holdout is done from its beginning: there is nothing to tell of its end.
  if (row.endedAt === null || row.arm === 'holdout') return [];
  if (row.status === 'done') return [{ at: row.endedAt, text: `Went through all of ${row.workflow}.` }];
  return row.status === 'exited'
    ? [{ at: row.endedAt, text: `Left ${row.workflow}: ${row.exitReason ?? 'no reason was kept'}.` }]
    : [];
}

function moveLine({ from, to, title, at }: StoryRows['moves'][number]): StoryLine {
  return { at, text: to === null ? `Went on from ${from} to the end.` : `Came to ${named(to, title)} after ${from}.` };
}

function named(step: string, title: string | null): string {
  return title === null ? step : `${step} (${title})`;
}

const DID: Record<Exclude<HistoryDid, 'enrolled'>, string> = {
  waited: 'The wait was over',
  skipped: 'The wait was skipped',
  came_true: 'What it waited for came true',
  timed_out: 'The time to wait was up',
  window_open: 'The send window was open',
  branched: 'Took a branch',
  drew: 'Drew a way by chance',
  task_expired: 'Nobody did the task in time',
  task_done: 'The task was done',
  task_skipped: 'The task was skipped',
  fell_back: 'Fell back',
  sent_fixed: 'The fixed e-mail was queued',
  updated: 'The lead was updated',
  called: 'The webhook was called',
  call_failed: 'The webhook could not be called',
  deferred: 'Was put off',
  migrated: 'Moved to another version',
  paused: 'Was paused',
  resumed: 'Went on after the pause',
  removed: 'Removed by hand',
};

function stepLine(
  { step, did, to, why, choice, actor, at }: StoryRows['steps'][number],
  nameOf: (id: string) => string,
): StoryLine[] {
  if (did === 'enrolled') return [];
  const by = actor ? ` by ${nameOf(actor.replace(/^person:/, ''))}` : '';
  const way = choice ? `: ${choice}` : '';
  const because = why === null || why === '' ? '' : `, because: ${why.replace(/\.$/, '')}`;
  return [{ at, text: `${step}: ${DID[did]}${by}${way}${to === null ? '' : ` → ${to}`}${because}.` }];
}

function decisionLines(row: StoryRows['decisions'][number], nameOf: (id: string) => string): Keyed[] {
  const { id, verdictId, kind, step, createdAt, deadlineAt, modelProblem, content, settled, undone } = row;
  const what = modelProblem === null ? KIND[kind].made : `${KIND[kind].none} (${modelProblem})`;
  const proposed = content === null ? '' : `: ${content}`;
  // Whoever reads this may be asked for a verdict in a moment: while it waits nothing is said that a card does not say.
  const waits = settled === null ? ` It waits for people until ${shortUtc(deadlineAt)}.` : '';
  const key = verdictId ?? `${id}${LAST}`;
  return [
    { at: createdAt, key: id, text: `${step}: ${what}${proposed}.${waits}` },
    ...(settled === null ? [] : [{ at: settled.at, key, text: `${step}: ${settledWords(row, settled, nameOf)}.` }]),
    ...(undone === null
      ? []
      : [{ at: undone.at, key: LAST, text: `${step}: ${nameOf(undone.by)} undid the approval.` }]),
  ];
}

type Decided = StoryRows['decisions'][number];

function settledWords(
  { status, route, because, verdict }: Decided,
  { by, id, reason }: NonNullable<Decided['settled']>,
  nameOf: (id: string) => string,
): string {
  const who = by === 'person' ? ` by ${nameOf(id)}` : by === 'autopilot' ? ' without asking' : '';
  const asked =
    because.length === 0
      ? ''
      : `; ${route === 'auto' ? 'nobody was asked' : 'people were asked'} because: ${because.join('; ')}`;
  switch (status) {
    case 'approved':
      return `Approved${who}${asked}`;
    case 'edited':
      return `Edited and approved${who}${asked}`;
    case 'rejected': {
      const why = (verdict?.reasons ?? []).map((code) => reasonLabels[code]).join(', ');
      const note = verdict?.note ? ` (“${verdict.note}”)` : '';
      return `Rejected${who}${why === '' ? '' : `: ${why}`}${note}${asked}`;
    }
    case 'expired':
      return 'Nobody decided in time, so nothing was done';
    case 'withdrawn':
      return `Withdrawn${reason ? `: ${reason}` : ''}`;
    case 'pending':
      throw new Error('a decision that is settled is not pending');
  }
}

function messageLines(row: StoryRows['messages'][number]): StoryLine[] {
  const { step, subject, deferred } = row;
  const mail = subject === null ? 'the mail' : `the mail “${subject}”`;
  return [
    ...deferred.map(({ at, reason }) => ({
      at,
      text: `${step}: ${capital(mail)} was put off${reason === null ? ' (the reason was not kept)' : `: ${reason}`}.`,
    })),
    ...messageEnd(row, mail),
  ];
}

function messageEnd(row: StoryRows['messages'][number], mail: string): StoryLine[] {
  const { step, status, reason, sendAfter, sendingAt, sentAt, endedAt, approvedAt } = row;
  const because = reason === null ? '' : `: ${reason}`;
  switch (status) {
    case 'approved':
      return [
        {
          at: approvedAt,
          text: `${step}: ${capital(mail)} waits to be sent, not before ${shortUtc(sendAfter)}${because}.`,
        },
      ];
    case 'sending':
      return [{ at: sendingAt ?? approvedAt, text: `${step}: ${capital(mail)} is being sent.` }];
    case 'sent':
      return [{ at: sentAt ?? approvedAt, text: `${step}: Sent ${mail}${because}.` }];
    case 'uncertain':
      return [
        { at: endedAt ?? sendingAt ?? approvedAt, text: `${step}: Nobody knows whether ${mail} was sent${because}.` },
      ];
    case 'failed':
      return [{ at: endedAt ?? approvedAt, text: `${step}: ${capital(mail)} could not be sent${because}.` }];
    case 'cancelled':
      return [{ at: endedAt ?? approvedAt, text: `${step}: ${capital(mail)} was not sent${because}.` }];
  }
}

function eventLine({ type, source, detail, at }: StoryRows['events'][number]): StoryLine {
  return { at, text: `Event ${type}${detail === '' ? '' : ` (${detail})`}, from ${source}.` };
}

const OUTCOME: Record<OutcomeType, string> = {
  clicked: 'The lead clicked a link',
  replied: 'The lead replied',
  converted: 'The lead converted',
  bounced: 'A mail came back',
  unsubscribed: 'The lead unsubscribed',
  complained: 'The lead complained',
};

function outcomeLine({ type, classification, at }: StoryRows['outcomes'][number]): StoryLine {
  const doubt =
    classification === 'human'
      ? ''
      : classification === 'bot'
        ? ' (a program, which does not count)'
        : ' (perhaps a program)';
  return { at, text: `${OUTCOME[type]}${doubt}.` };
}

function suppressionLine({ reason, scope, at }: StoryRows['suppressions'][number]): StoryLine {
  return {
    at,
    text: `May not be mailed from here on (${reason.replaceAll('_', ' ')}${scope === 'address' ? '' : `, the whole ${scope}`}).`,
  };
}

function shortUtc(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
