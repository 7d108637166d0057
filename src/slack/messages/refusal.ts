import type { KnownBlock } from '@slack/types';
import { humanDuration } from '../../core/duration.ts';
import type { DecisionStatus } from '../../core/decision.ts';
import type { SettleResult } from '../../engine/settlement.ts';
import type { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { budgets } from '../limits.ts';
import { approver, cutEscaped, listed, person } from '../text.ts';
import { ephemeral } from './ephemeral.ts';

export type Refusal = Extract<SettleResult, { ok: false }>;
type SettledBy = NonNullable<Refusal['settledBy']>;

const didWhat: Record<Exclude<DecisionStatus, 'pending'>, string> = {
  approved: 'approved this',
  edited: 'edited and approved this',
  rejected: 'rejected this',
  expired: 'let this expire',
  withdrawn: 'withdrew this',
};

/** Why a verdict did not count, and what to do now; mrkdwn. */
function refusalText(result: Refusal, now: Date): string {
  const { refusal } = result;
  const plain = cutEscaped(refusal.text, budgets.refusalText).text;
  switch (refusal.code) {
    case 'already_settled':
      return result.settledBy === null ? plain : `${whoWasFirst(result.settledBy, now)} Nothing was changed.`;
    case 'not_allowed':
      return `${plain} ${whoMay(result.approvers)} Nothing was changed.`;
    case 'stale':
    case 'changed_since':
    case 'no_proposal':
    case 'past_deadline':
    case 'blocked':
    case 'unknown_decision':
      return plain;
  }
}

function whoWasFirst({ type, id, at, status }: SettledBy, now: Date): string {
  const ago = `${humanDuration(now.getTime() - at.getTime())} ago`;
  if (status === 'pending') return 'This was already decided.';
  if (type === 'person') return `${person(id)} ${didWhat[status]} ${ago}.`;
  if (status === 'expired') return `This expired ${ago}: nobody had decided in time.`;
  if (status === 'withdrawn') return `This was withdrawn ${ago}.`;
  return `This was ${status} ${ago}${type === 'autopilot' ? ', automatically' : ''}.`;
}

function whoMay(approvers: readonly string[]): string {
  if (approvers.length === 0)
    return 'Nobody is named as an approver for this kind of decision yet: ask whoever looks after the workflow.';
  const named = approvers.slice(0, 20).map(approver);
  const rest = approvers.length > 20 ? [`${approvers.length - 20} more`] : [];
  return `${listed([...named, ...rest], 'or')} may decide it.`;
}

export function refusalMessage(result: Refusal, now: Date): { text: string; blocks: KnownBlock[] } {
  return ephemeral(refusalText(result, now));
}

/** When a modal did not open: the same button once more, with a fresh trigger. */
export function openAgain(
  action:
    | typeof actions.edit
    | typeof actions.reject
    | typeof actions.why
    | typeof actions.showFull
    | typeof actions.autonomyList
    | typeof actions.factsFill,
  value: string,
): { text: string; blocks: KnownBlock[] } {
  return ephemeral(
    'Slack took too long, so the window did not open. Nothing was changed.',
    ...buttonRow([button({ action, text: 'Open again', value, says: 'Open the window again' })]),
  );
}
