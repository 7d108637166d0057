import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import { buttonRow } from '../buttons.ts';
import { budgets } from '../limits.ts';
import { contextText, richText, section, words } from '../rich-text.ts';
import { brief, count, cutPlain, escapeMrkdwn, moment, utc } from '../text.ts';
import { noDraftText } from './concerns.ts';
import { settledButtons } from './decision-buttons.ts';
import type { Shown } from './kind-card.ts';
import { kindCards } from './kind-cards.ts';
import { leadRole, leadTitle } from './lead-words.ts';
import {
  mailLine,
  mailText,
  outcomeLine,
  outcomeText,
  riskLine,
  routeLine,
  undoneLine,
  undoneText,
} from './settled-words.ts';

/** The card once the decision ended: no verdict to give, what happened, who, when, why, and what came of it. */
export function settledBlocks(facts: CardFacts): KnownBlock[] {
  const { settled } = facts;
  if (settled === null) throw new Error(`decision ${facts.decisionId} is ${facts.status} but nobody settled it`);
  const shown = draft(facts);
  return [
    ...richText(section(outcomeLine(facts))),
    ...contextLine(
      facts.undone === null ? [`${endedWord(settled)} ${moment(settled.at)}`, mailLine(facts)] : [undoneLine(facts)],
    ),
    ...contextText(cutPlain(leadRole(facts.lead), budgets.leadLine).text),
    ...shown.blocks,
    ...contextLine([
      shown.hidden > 0 ? `${count(shown.hidden)} more characters behind “Whole text”` : null,
      escapeMrkdwn(facts.workflow),
      escapeMrkdwn(facts.step),
    ]),
    ...contextLine([brief(routeLine(settled), budgets.route), riskLine(settled)]),
    ...buttonRow(settledButtons(facts, shown.hidden === 0)),
  ];
}

/** Only somebody decides; a clock or a lead who left ends it. */
function endedWord({ by }: NonNullable<CardFacts['settled']>): string {
  return by.type === 'person' || by.type === 'autopilot' ? 'Decided' : 'Ended';
}

function draft(facts: CardFacts): Shown {
  if (facts.content === null) return { blocks: richText(section(words(noDraftText(facts.modelProblem)))), hidden: 0 };
  return kindCards[facts.kind].proposal(facts, budgets.settledDraft, false);
}

function contextLine(parts: ReadonlyArray<string | null>): KnownBlock[] {
  const text = parts.filter((part) => part !== null && part !== '').join(' · ');
  return text === '' ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text }] }];
}

/** Begins the top-level text. mrkdwn, since it names people. */
export function settledOpening(facts: CardFacts): string {
  return `${brief(`${kindCards[facts.kind].title} ${leadTitle(facts.lead)}`, budgets.opening)}: ${outcomeText(facts)}`;
}

/** The rest of the settled card for notifications and screen readers. Literal text. */
export function settledText(facts: CardFacts): string {
  const { settled } = facts;
  if (settled === null) throw new Error(`decision ${facts.decisionId} is ${facts.status} but nobody settled it`);
  return [
    (facts.undone === null ? [`${endedWord(settled)} at ${utc(settled.at)}`, mailText(facts)] : [undoneText(facts)])
      .filter(Boolean)
      .join('. '),
    routeLine(settled),
    riskLine(settled),
    ...(facts.content === null ? [] : [kindCards[facts.kind].plain(facts)]),
  ].join('\n\n');
}
