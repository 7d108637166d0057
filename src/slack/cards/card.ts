import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { limits } from '../limits.ts';
import { renderCheck } from '../messages/check-reveal.ts';
import { slackMessage } from '../slack-message.ts';
import { label } from '../text.ts';
import { kindCards } from './kind-cards.ts';
import { leadName } from './lead-words.ts';
import { pendingBlocks, pendingOpening, pendingText } from './pending-card.ts';
import { settledBlocks, settledOpening, settledText } from './settled-card.ts';

/** The Slack message that shows one decision, before and after its verdict. Pure: the same facts, the same bytes. */
export function renderCard(facts: CardFacts): SlackMessage {
  const title = label(`${kindCards[facts.kind].title} ${leadName(facts.lead)}`, limits.headerText);
  const header: KnownBlock = { type: 'header', text: { type: 'plain_text', text: title, emoji: false } };
  if (facts.check) return renderCheck(facts, facts.check, header);
  if (facts.status === 'pending')
    return slackMessage(pendingOpening(facts), pendingText(facts), [header, ...pendingBlocks(facts)]);
  return slackMessage(settledOpening(facts), settledText(facts), [header, ...settledBlocks(facts)]);
}
