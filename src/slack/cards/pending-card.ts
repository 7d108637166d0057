import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { buttonRow } from '../buttons.ts';
import { budgets } from '../limits.ts';
import { bold, bullets, contextText, italic, richText, section, words } from '../rich-text.ts';
import { brief, count, cutPlain, escapeMrkdwn, moment, utc, visible } from '../text.ts';
import { type Concern, concerns, noDraftText } from './concerns.ts';
import { pendingButtons } from './decision-buttons.ts';
import { kindCards } from './kind-cards.ts';
import { leadBlocks, leadKnown, leadTitle } from './lead-words.ts';
import type { Shown } from './kind-card.ts';

/**
 * The card of a decision that waits. Blind: it is made from what every reviewer may know, and never reads how the decision
 * was routed, its risk or a threshold, so that a spot check looks like any other.
 */
export function pendingBlocks(facts: CardFacts): KnownBlock[] {
  const shown = draft(facts);
  const points = concerns(facts);
  return [
    ...leadBlocks(facts),
    ...shown.blocks,
    ...hiddenNotice(shown.hidden),
    ...lookBlocks(points, budgets.findings),
    ...whyBlocks(facts),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: [
            escapeMrkdwn(facts.workflow),
            escapeMrkdwn(facts.step),
            ...(points.length === 0 ? ['checks found nothing'] : []),
            `decide by ${moment(facts.deadlineAt)}`,
          ].join(' · '),
        },
      ],
    },
    ...buttonRow(pendingButtons(facts, shown.hidden === 0)),
  ];
}

function draft(facts: CardFacts): Shown {
  if (facts.content !== null) return kindCards[facts.kind].proposal(facts, budgets.cardDraft, true);
  const advice = ' You can write it yourself, or skip it.';
  return {
    blocks: richText(section(bold('No draft. '), words(noDraftText(facts.modelProblem)), words(advice))),
    hidden: 0,
  };
}

function hiddenNotice(hidden: number): KnownBlock[] {
  if (hidden === 0) return [];
  return richText(
    section(italic(`${count(hidden)} more characters do not fit here. Read the whole text before you decide.`)),
  );
}

/** 'What to look at', at most `most` points; says how many more there are. Nothing where there is nothing. */
export function lookBlocks(points: readonly Concern[], most: number): KnownBlock[] {
  if (points.length === 0) return [];
  const items = points.slice(0, most).map((point) => {
    const text = cutPlain(oneLine(point.text), budgets.finding);
    const lead = point.mustEdit ? bold('Must be edited before it can go: ') : [];
    return [...lead, ...words(text.hidden > 0 ? `${text.text}…` : text.text)];
  });
  const more = points.length > most ? [italic(`${points.length - most} more: see “Why?”.`)] : [];
  return richText(section(bold('What to look at')), bullets([...items, ...more]));
}

function whyBlocks(facts: CardFacts): KnownBlock[] {
  if (facts.rationale === null || facts.rationale.trim() === '' || kindCards[facts.kind].selfExplained) return [];
  const text = cutPlain(visible(facts.rationale), budgets.rationale);
  const rest = text.hidden > 0 ? `… (${count(text.hidden)} more characters behind “Why?”)` : '';
  return contextText(`Why the AI suggests it: ${text.text}${rest}`);
}

/** Begins the top-level text. mrkdwn. */
export function pendingOpening(facts: CardFacts): string {
  return `${brief(`${kindCards[facts.kind].title} ${leadTitle(facts.lead)}`, budgets.opening)}: your decision is needed by ${utc(facts.deadlineAt)}.`;
}

/** Everything else a person needs who hears the card instead of seeing it. Literal text. */
export function pendingText(facts: CardFacts): string {
  const card = kindCards[facts.kind];
  const known = leadKnown(facts);
  const points = concerns(facts).map(
    ({ mustEdit, text }) => `- ${mustEdit ? 'Must be edited before it can go: ' : ''}${oneLine(text)}`,
  );
  return [
    facts.content === null ? noDraftText(facts.modelProblem) : card.plain(facts),
    ...(points.length > 0 ? [`What to look at:\n${points.join('\n')}`] : []),
    ...(known === '' ? [] : [known]),
    ...(facts.rationale && !card.selfExplained ? [`Why the AI suggests it: ${visible(facts.rationale)}`] : []),
    `${facts.workflow} · ${facts.step}`,
  ].join('\n\n');
}
