import type { Button } from '@slack/types';
import { blocking } from '../../core/finding.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { actions } from '../action-ids.ts';
import { button } from '../buttons.ts';
import { encodeRef, refOf } from '../decision-ref.ts';
import { kindCards } from './kind-cards.ts';
import { leadName } from './lead-words.ts';

/** Whether one click may approve what is shown: there is a draft, nothing blocks it, and it is still open. */
export function approvable(facts: CardFacts): boolean {
  return facts.status === 'pending' && facts.content !== null && blocking(facts.findings).length === 0;
}

/** What can be done with a pending decision. `shownWhole`: every character that approval would send is in view. */
export function pendingButtons(facts: CardFacts, shownWhole: boolean): Button[] {
  const value = encodeRef(refOf(facts));
  const about = `${kindCards[facts.kind].about} ${leadName(facts.lead)}`;
  const edit =
    facts.content === null ? { text: 'Write it', says: `Write ${about}` } : { text: 'Edit', says: `Edit ${about}` };
  const reject =
    facts.content === null ? { text: 'Skip', says: `Skip ${about}` } : { text: 'Reject', says: `Reject ${about}` };
  const first: Button[] = [];
  if (facts.content !== null && !shownWhole)
    first.push(
      button({
        action: actions.showFull,
        text: 'Read and decide',
        value,
        says: `Read and decide on ${about}`,
        style: 'primary',
      }),
    );
  else if (approvable(facts))
    first.push(button({ action: actions.approve, text: 'Approve', value, says: `Approve ${about}`, style: 'primary' }));
  return [
    ...first,
    button({ action: actions.edit, value, ...edit }),
    button({ action: actions.reject, value, ...reject, style: 'danger' }),
    button({ action: actions.why, value, text: 'Why?', says: `Why ${about} reads so` }),
  ];
}

/** What can still be done once it is settled. */
export function settledButtons(facts: CardFacts, shownWhole: boolean): Button[] {
  const value = encodeRef(refOf(facts));
  const about = `${kindCards[facts.kind].about} ${leadName(facts.lead)}`;
  const undo = facts.message?.canUndo === true && facts.undone === null;
  return [
    ...(undo ? [button({ action: actions.undo, text: 'Undo', value, says: `Undo: stop ${about}` })] : []),
    ...(shownWhole
      ? []
      : [button({ action: actions.showFull, text: 'Whole text', value, says: `Whole text of ${about}` })]),
    button({ action: actions.why, text: 'Why?', value, says: `Why ${about} was asked, and how it was decided` }),
  ];
}
