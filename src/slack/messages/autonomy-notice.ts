import type { KnownBlock } from '@slack/types';
import type { PolicyEffect } from '../../core/autonomy/policy-effect.ts';
import { wordsOf } from '../../core/autonomy/cell-words.ts';
import { reasonLabels } from '../../core/decision.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import { marked } from '../../engine/autonomy-speech.ts';
import type { NoticeFacts, Replay } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { encodeCellRef } from '../decision-ref.ts';
import { budgets } from '../limits.ts';
import { bold, bullets, contextText, type Inline, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { spoken, spokenMrkdwn } from '../spoken.ts';
import { count, label, listed, plural } from '../text.ts';

type Notice = Extract<NoticeFacts, { type: 'autonomy' }>;
type Raise = NonNullable<Notice['raise']>;

/** What a threshold lets through is done to a lead, or to what we think of one: “would have sent 41 drafts”. */
const done: Record<Kind, string> = { email_draft: 'sent', lead_score: 'set' };

/** Each sentence of the top-level text. */
const SENTENCE = 700;
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });

/** A threshold moved, or what holds it did: in the policy's own sentence, with the way back. */
export function autonomyNotice(facts: Notice): SlackMessage {
  const title = titleOf(facts.effect);
  const lines = facts.raise === null ? [] : raiseLines(facts, facts.raise);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    ...richText(section(spoken(facts.text))),
    ...lines.flatMap(({ inline, bad }) => richText(section(inline), bullets(bad))),
    ...buttonRow(buttons(facts)),
    ...contextText(label([facts.address, remedy(facts)].filter(Boolean).join(' · '), budgets.leadLine)),
  ];
  const rest = lines.map(({ plain }) => plain);
  const opening = [
    title,
    ...[facts.text, agreed(facts), facts.raise?.since ?? ''].map((text) => spokenMrkdwn(text, SENTENCE)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  return slackMessage(opening, [...rest, facts.address].join('\n'), blocks);
}

function titleOf(effect: PolicyEffect): string {
  switch (effect.type) {
    case 'raised':
      return 'More goes without asking';
    case 'proposed':
      return 'Shall more go without asking?';
    case 'proposal_confirmed_once':
      return 'One person agreed';
    case 'proposal_withdrawn':
      return 'A proposed raise was taken back';
    case 'lowered':
      return 'Threshold lowered';
    case 'restarted':
      return effect.because === 'recovery' ? 'A fresh start' : 'Counting from nothing again';
    case 'tightened':
      return 'Checking more closely';
    case 'relaxed':
      return 'Checking at the usual rate again';
    case 'frozen':
      return 'Raises are frozen';
    case 'unfrozen':
      return 'Raises are possible again';
    case 'capped':
      return 'A cap on what goes without asking';
    case 'uncapped':
      return 'A cap was taken away';
    case 'restored':
      return 'Set by a person';
    case 'earned':
      return 'Earned now';
    case 'mode_changed':
      return effect.proposeOnly ? 'Raises are only proposed now' : 'Raises need no approval now';
    case 'ladder_drawn':
      return 'A ladder was drawn';
    case 'refused':
      return 'Not done';
  }
}

type Line = { inline: Inline[]; plain: string; bad: Inline[][] };

function raiseLines(facts: Notice, { replay, since }: Raise): Line[] {
  const again = replayWords(facts.kind, replay);
  const named = (inline: Inline[]): Line[] => (inline.length === 0 ? [] : [{ inline, plain: '', bad: [] }]);
  return [
    { inline: words(again), plain: again, bad: replay.bad.map(badLine) },
    ...named(spoken(agreed(facts))),
    ...named(since === null ? [] : [...bold('Since then: '), ...spoken(since)]),
  ];
}

function agreed({ raise }: Notice): string {
  const by = raise?.agreedBy ?? null;
  return by === null ? '' : `${marked(by)} agreed; one more person has to.`;
}

/** “In the last 30 days this would have sent 41 drafts without asking; people rejected these 2:” */
export function replayWords(kind: Kind, { days, would, rejected, changed, harmed, bad }: Replay): string {
  const { many } = wordsOf(kind);
  if (would === 0) return `In the last ${days} days there were no ${many} that this would have made a difference to.`;
  const opening = `In the last ${days} days this would have ${done[kind]} ${manyWords(kind, would)} without asking`;
  const all = rejected + changed + harmed;
  if (all === 0) return `${opening}; people stopped none of them.`;
  const newest = all > bad.length ? ` The newest ${count(bad.length)}:` : '';
  const only = all === rejected;
  const people = [
    ...(rejected > 0 ? [`rejected ${only && newest === '' ? 'these ' : ''}${count(rejected)}`] : []),
    ...(changed > 0 ? [`changed ${count(changed)} in substance`] : []),
  ];
  const later = harmed > 0 ? [`${count(harmed)} did harm later`] : [];
  const told = [...(people.length > 0 ? [`people ${listed(people)}`] : []), ...later].join('; ');
  return `${opening}; ${told}${newest === '' ? ':' : `.${newest}`}`;
}

const what: Record<Replay['bad'][number]['what'], string> = {
  rejected: 'Rejected',
  changed: 'Changed',
  harmed: 'Harm came later',
};

function badLine({ what: came, at, reasons, link }: Replay['bad'][number]): Inline[] {
  const named = `${what[came]} ${DAY.format(at)}`;
  const because = reasons.map((reason) => reasonLabels[reason]).join(', ');
  const shown: Inline[] = link === null ? words(named) : [{ type: 'link', url: link, text: named }];
  return [...shown, ...words(because === '' ? '' : `: ${because}`)];
}

function buttons({ cellId, seq, address, effect, raise }: Notice): Parameters<typeof buttonRow>[0] {
  const value = encodeCellRef({ cellId, seq });
  if (effect.type === 'lowered' && !('by' in effect))
    return [
      button({
        action: actions.autonomyList,
        text: 'List what went out',
        value,
        says: `List what went out at ${address}`,
      }),
    ];
  if (raise === null || !raise.open) return [];
  if (effect.type === 'proposed')
    return [
      button({
        action: actions.autonomyAgree,
        text: 'Agree',
        value,
        says: `Agree to the raise at ${address}`,
        style: 'primary',
        confirm: {
          title: 'Agree to this raise?',
          text: 'When two different people agree, it holds at once. It can be undone at any time.',
          yes: 'Agree',
          no: 'Cancel',
        },
      }),
      button({
        action: actions.autonomyNotNow,
        text: 'Not now',
        value,
        says: `Not now: the raise at ${address}`,
        confirm: {
          title: 'Not now?',
          text: 'One no is enough. It may be proposed again after more checks and a few days.',
          yes: 'Not now',
          no: 'Cancel',
        },
      }),
    ];
  if (effect.type !== 'raised') return [];
  const before =
    effect.from.rung === 0 ? 'People are asked every time again.' : `Back to the safest ${share(effect.from.share)}.`;
  return [
    button({
      action: actions.autonomyUndo,
      text: 'Undo',
      value,
      says: `Undo the raise at ${address}`,
      style: 'danger',
      confirm: {
        title: 'Undo this raise?',
        text: `${before} What went out meanwhile stays so.`,
        yes: 'Undo',
        no: 'Keep it',
      },
    }),
    button({
      action: actions.autonomyCapHere,
      text: 'Cap here',
      value,
      says: `Let it rise no further at ${address}`,
      confirm: {
        title: 'Let it rise no further?',
        text: `It stays at the safest ${share(effect.to.share)} until somebody takes the cap away.`,
        yes: 'Cap here',
        no: 'Cancel',
      },
    }),
  ];
}

function share(of: number): string {
  return `${Math.round(of * 100)} %`;
}

/** What an admin would type to lift what stands in the way. */
function remedy({ effect, address }: Notice): string | null {
  if (effect.type === 'frozen' || (effect.type === 'lowered' && 'frozen' in effect && effect.frozen))
    return `/workflow autonomy unfreeze ${address} WHY`;
  return effect.type === 'capped' ? `/workflow autonomy uncap ${address} WHY` : null;
}

/** How many there are, as a sentence says it. */
export function manyWords(kind: Kind, n: number): string {
  const { many } = wordsOf(kind);
  return plural(n, many.replace(/s$/, ''), many);
}
