import type { KnownBlock, ModalView } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import { actions, views } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { concerns } from '../cards/concerns.ts';
import { approvable } from '../cards/decision-buttons.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { leadName, leadNamed } from '../cards/lead-words.ts';
import { lookBlocks } from '../cards/pending-card.ts';
import { encodeRef, refOf } from '../decision-ref.ts';
import { modal } from './modal.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;
const MOST_POINTS = 20;

/** The whole proposal, to the last character; while it is pending, with the verdicts that the card could not offer. */
export function fullTextView(facts: CardFacts): ModalView {
  const { noun, about } = kindCards[facts.kind];
  const pending = facts.status === 'pending';
  const blocks: KnownBlock[] = [
    ...leadNamed(facts),
    ...(facts.content === null ? [] : kindCards[facts.kind].proposal(facts, EVERYTHING, true).blocks),
    ...(pending ? lookBlocks(concerns(facts), MOST_POINTS) : []),
  ];
  const value = encodeRef(refOf(facts));
  const others = buttonRow([
    button({ action: actions.edit, text: 'Edit', value, says: `Edit ${about} ${leadName(facts.lead)}` }),
    button({
      action: actions.reject,
      text: 'Reject',
      value,
      says: `Reject ${about} ${leadName(facts.lead)}`,
      style: 'danger',
    }),
  ]);
  return modal({
    title: `The whole ${noun}`,
    blocks: pending ? [...blocks, ...others] : blocks,
    ...(approvable(facts) ? { submit: { callback: views.fullSubmit, label: 'Approve', metadata: value } } : {}),
  });
}
