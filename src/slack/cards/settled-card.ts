import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import { buttonRow } from '../buttons.ts';
import { budgets } from '../limits.ts';
import { italic, richText, section, words } from '../rich-text.ts';
import { count, cutEscaped, cutPlain, escapeMrkdwn, moment, utc } from '../text.ts';
import { noDraftText } from './concerns.ts';
import { settledButtons } from './decision-buttons.ts';
import type { Shown } from './kind-card.ts';
import { kindCards } from './kind-cards.ts';
import { leadLine, leadTitle } from './lead-words.ts';
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
    ...contextLine([moment(settled.at), mailLine(facts), undoneLine(facts)]),
    ...richText(section(words(cutPlain(leadLine(facts.lead), budgets.leadLine).text))),
    ...shown.blocks,
    ...(shown.hidden > 0 ? richText(section(italic(`${count(shown.hidden)} more characters: see “Whole text”.`))) : []),
    ...contextLine([cutEscaped(routeLine(settled), 800).text, riskLine(settled)]),
    ...contextLine([escapeMrkdwn(facts.workflow), escapeMrkdwn(facts.step)]),
    ...buttonRow(settledButtons(facts, shown.hidden === 0)),
  ];
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
  return `${escapeMrkdwn(`${kindCards[facts.kind].title} ${leadTitle(facts.lead)}`)}: ${outcomeText(facts)}`;
}

/** The rest of the settled card for notifications and screen readers. Literal text. */
export function settledText(facts: CardFacts): string {
  const { settled } = facts;
  if (settled === null) throw new Error(`decision ${facts.decisionId} is ${facts.status} but nobody settled it`);
  return [
    [`At ${utc(settled.at)}`, mailText(facts), undoneText(facts)].filter(Boolean).join('. '),
    routeLine(settled),
    riskLine(settled),
    ...(facts.content === null ? [] : [kindCards[facts.kind].plain(facts)]),
  ].join('\n\n');
}
