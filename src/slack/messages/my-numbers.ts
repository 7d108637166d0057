import type { KnownBlock } from '@slack/types';
import { humanDuration } from '../../core/duration.ts';
import type { CheckCounts, OwnNumbers, TeamNumbers } from '../../core/reviewers/numbers.ts';
import type { NumbersFacts } from '../../engine/reviewer-numbers.ts';
import { count, plural } from '../text.ts';

const PURPOSE =
  'These numbers say how far the reviews can be relied on, and so how much the AI may do without asking. They are not for judging people, and there is no ranking. What is measured, and for how long it is kept: docs/reviewers.md.';

/** A reviewer's own numbers, for them alone; the team's beside them where an admin asks and they say nothing of single people. */
export function myNumbersMessage(facts: NumbersFacts): { text: string; blocks: KnownBlock[] } {
  const title = `Your reviews, last ${facts.days} days – only you see this`;
  const parts = [
    [`*${title}*`, ...ownLines(facts.own).map((line) => `• ${line}`)].join('\n'),
    ...(facts.isAdmin ? [['*The team*', ...teamLines(facts.team).map((line) => `• ${line}`)].join('\n')] : []),
  ];
  const blocks: KnownBlock[] = parts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
  return {
    text: [...parts, PURPOSE].join('\n\n'),
    blocks: [...blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: PURPOSE }] }],
  };
}

function ownLines({ verdicts, medianGapMs, checks, doubles, trusted }: OwnNumbers): string[] {
  const time = medianGapMs === null ? '' : `, half of them within ${humanDuration(medianGapMs)}`;
  return [
    `${plural(verdicts, 'card')} decided${time}`,
    ...checkLines(checks, 'you'),
    doubles.judged === 0
      ? 'No card yet that a second person looked at too'
      : `${count(doubles.agreed)} of ${plural(doubles.judged, 'card')} that a second person looked at too: you both came to the same view of whether it may go`,
    trusted
      ? 'Your approvals count as evidence for the AI'
      : 'At the moment your approvals do not count as evidence for the AI: too many checks were let through. They count again after 5 caught in a row. Your rejections and edits always count, and everything you approve is carried out as before',
  ];
}

function checkLines({ bad, caught, good, stopped }: CheckCounts, who: string): string[] {
  if (bad + good === 0) return ['No checks answered yet'];
  return [
    ...(bad === 0 ? [] : [`Checks with a rejected draft: ${who} caught ${count(caught)} of ${count(bad)}`]),
    ...(good === 0 ? [] : [`Checks with a good draft: ${who} let ${count(good - stopped)} of ${count(good)} go`]),
  ];
}

function teamLines(team: TeamNumbers | null): string[] {
  if (team === null)
    return [
      'Shown once five people have answered checks, or three people thirty: below, they would be numbers about persons',
    ];
  const { checks, caught, dPrime } = team;
  return [
    `${plural(checks.bad + checks.good, 'check')} answered by ${plural(checks.people, 'person', 'people')} in the last half year`,
    ...checkLines(checks, 'people'),
    ...(caught === null
      ? []
      : [`Of 100 bad drafts they would catch ${hundred(caught.lo)} to ${hundred(caught.hi)} (95 %)`]),
    ...(dPrime === null ? [] : [`Telling bad from good: d′ = ${dPrime.toFixed(1)} (0 is chance, 3 very good)`]),
  ];
}

function hundred(share: number): number {
  return Math.round(share * 100);
}

/** To somebody who has decided many cards without a break. */
export const PAUSE_TEXT =
  'That was the 25th card in a row. This may be a good moment for a short pause: the cards wait, and nothing is approved because nobody answered.';
