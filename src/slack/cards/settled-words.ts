import { reasonLabels, type ReasonCode } from '../../core/decision.ts';
import type { Route } from '../../core/gate.ts';
import { oneLine } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { bold, type Inline, mention, words } from '../rich-text.ts';
import { brief, label, moment, person, utc } from '../text.ts';
import { budgets } from '../limits.ts';

type Settled = NonNullable<CardFacts['settled']>;

/** Who settled it, as rich text: a person is mentioned, everything else is named. */
function by({ type, id }: Settled['by']): Inline[] {
  switch (type) {
    case 'person':
      return [...words(' by '), ...mention(id)];
    case 'autopilot':
      return words(' automatically');
    case 'clock':
    case 'system':
      return [];
  }
}

/** The reasons of a rejection in words; 'no reason' is a choice and is said. */
function reasonWords(reasons: readonly ReasonCode[]): string {
  return reasons.map((reason) => reasonLabels[reason]).join(', ') || reasonLabels.no_reason;
}

/** What happened, in one line of rich text. @throws Error for a settled decision without its settlement. */
export function outcomeLine(facts: CardFacts): Inline[] {
  const { settled } = facts;
  if (settled === null) throw new Error(`decision ${facts.decisionId} is ${facts.status} but nobody settled it`);
  if (facts.undone !== null)
    return [...bold('↩ Undone'), ...by({ type: 'person', id: facts.undone.by }), ...words(' — nothing is sent.')];
  switch (facts.status) {
    case 'pending':
      throw new Error(`decision ${facts.decisionId} is still pending`);
    case 'approved':
      return [...bold('✓ Approved'), ...by(settled.by)];
    case 'edited':
      return [...bold('✓ Edited and approved'), ...by(settled.by)];
    case 'rejected':
      return [
        ...bold('✗ Rejected'),
        ...by(settled.by),
        ...words(` — ${reasonWords(settled.reasons)}`),
        ...noteWords(settled.note),
      ];
    case 'expired':
      return [...bold('Expired'), ...words(' — nobody decided in time, so nothing was done.')];
    case 'withdrawn':
      return [...bold('Withdrawn'), ...words(settled.reason ? `: ${label(settled.reason, budgets.note)}` : '.')];
  }
}

function noteWords(note: string | null): Inline[] {
  if (note === null || note.trim() === '') return [];
  return words(`: “${label(note, budgets.note)}”`);
}

/** The same in mrkdwn, for the top-level text. */
export function outcomeText(facts: CardFacts): string {
  return outcomeLine(facts)
    .map((element) =>
      element.type === 'text'
        ? brief(element.text, budgets.opening)
        : element.type === 'user'
          ? person(element.user_id)
          : '',
    )
    .join('');
}

/** What became of the mail, in mrkdwn for a context block; null where there is none. Times are the reader's. */
export function mailLine(facts: CardFacts): string | null {
  return mailWords(facts, moment, (text) => brief(oneLine(text), budgets.mailReason));
}

/** The same as literal text. */
export function mailText(facts: CardFacts): string | null {
  return mailWords(facts, utc, (text) => label(text, budgets.mailReason));
}

function mailWords(
  { message }: CardFacts,
  at: (date: Date) => string,
  literal: (text: string) => string,
): string | null {
  if (message === null) return null;
  const because = message.reason ? `: ${literal(message.reason)}` : '';
  switch (message.status) {
    case 'approved':
      return message.reason ? `Waiting until ${at(message.sendAfter)}${because}` : `Sends ${at(message.sendAfter)}`;
    case 'sending':
      return 'Being sent now';
    case 'sent':
      return `${message.sentAt === null ? 'Sent' : `Sent ${at(message.sentAt)}`}${because}`;
    case 'uncertain':
      return `Nobody knows whether it was sent${because}. It is not sent again unless a person says so.`;
    case 'failed':
      return `Could not be sent${because}`;
    case 'cancelled':
      return `Not sent${because}`;
  }
}

/** What an undone verdict was, and when both happened, in mrkdwn; null where it stands. */
export function undoneLine({ undone, settled }: CardFacts): string | null {
  if (undone === null || settled === null) return null;
  const first = settled.by.type === 'person' ? ` by ${person(settled.by.id)}` : ' automatically';
  return `Approved${first} ${moment(settled.at)} · undone ${moment(undone.at)}`;
}

/** The same as literal text. */
export function undoneText({ undone, settled }: CardFacts): string | null {
  if (undone === null || settled === null) return null;
  return `Approved at ${utc(settled.at)}, undone at ${utc(undone.at)}`;
}

const routeWords: Record<Route, string> = {
  review: 'A person was asked',
  auto: 'It was approved without asking a person',
  spot_check:
    'It was a blind spot check: it would have been approved automatically, and a person was asked to make sure',
};

/** Why a person was asked, or was not. */
export function routeLine({ route, because }: Settled): string {
  const reasons = because.map(({ text }) => oneLine(text)).join(' ');
  return reasons === '' ? `${routeWords[route]}.` : `${routeWords[route]}. ${reasons}`;
}

/** 'Estimated risk: 31 in 100'; what a reviewer was not told before. */
export function riskLine({ risk }: Settled): string {
  return risk === null ? 'Its risk could not be estimated' : `Estimated risk: ${Math.round(risk * 100)} in 100`;
}
