import type { KnownBlock, ModalView } from '@slack/types';
import { isReasonCode, type ReasonCode, reasonCodes, reasonLabels } from '../../core/decision.ts';
import { plainText } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { INPUT_ELEMENT, inputs, views } from '../action-ids.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { leadName, leadRole } from '../cards/lead-words.ts';
import { encodeRef, refOf } from '../decision-ref.ts';
import { budgets } from '../limits.ts';
import { bold, contextText, richText, section } from '../rich-text.ts';
import { cutPlain, label } from '../text.ts';
import { input, modal } from './modal.ts';
import { chosenAll, entered, type ViewValues } from './view-values.ts';

export function rejectDecisionView(facts: CardFacts): ModalView {
  const { noun } = kindCards[facts.kind];
  const skip = facts.content === null;
  return modal({
    title: `${skip ? 'Skip' : 'Reject'} the ${noun}`,
    submit: { callback: views.rejectSubmit, label: skip ? 'Skip' : 'Reject', metadata: encodeRef(refOf(facts)) },
    blocks: [
      ...richText(section(bold(label(leadName(facts.lead), budgets.leadLine)))),
      ...contextText(cutPlain(leadRole(facts.lead), budgets.leadLine).text),
      input({
        id: inputs.reasonCodes,
        label: 'Why?',
        hint: 'The AI sees the reasons when it writes the next draft.',
        element: {
          type: 'checkboxes',
          action_id: INPUT_ELEMENT,
          options: reasonCodes.map((code) => ({
            text: { type: 'plain_text', text: reasonLabels[code], emoji: false },
            value: code,
          })),
        },
      }),
      input({
        id: inputs.note,
        label: 'Note',
        hint: 'Shown on the card; the AI sees it too.',
        element: { type: 'plain_text_input', action_id: INPUT_ELEMENT, multiline: true, max_length: budgets.note },
        optional: true,
      }),
      // Where the AI made nothing, nothing of it can have been serious.
      ...(skip ? [] : [seriousInput()]),
    ],
  });
}

const SERIOUS = 'serious';

function seriousInput(): KnownBlock {
  return input({
    id: inputs.serious,
    label: 'Was it serious?',
    hint: 'If anything at this step goes without asking, that stops at once.',
    element: {
      type: 'checkboxes',
      action_id: INPUT_ELEMENT,
      options: [
        {
          text: { type: 'plain_text', text: 'Serious: sending it would have broken a rule', emoji: false },
          description: { type: 'plain_text', text: 'Wrong person, opt-out, legal, false claim', emoji: false },
          value: SERIOUS,
        },
      ],
    },
    optional: true,
  });
}

export type EnteredRejection =
  | { ok: true; reasons: ReasonCode[]; note: string; critical: boolean }
  | { ok: false; errors: Record<string, string> };

/** "No reason given" is a choice of its own: with another reason beside it nobody could tell what was meant. */
export function readRejection(values: ViewValues): EnteredRejection {
  const reasons = chosenAll(values, inputs.reasonCodes).filter(isReasonCode);
  const note = plainText(entered(values, inputs.note)).trim();
  const errors: Record<string, string> = {};
  if (reasons.length === 0) errors[inputs.reasonCodes] = 'Pick at least one; “No reason given” is one of them.';
  if (reasons.includes('no_reason') && reasons.length > 1)
    errors[inputs.reasonCodes] = 'Either reasons, or “No reason given”.';
  if (reasons.includes('other') && note === '') errors[inputs.note] = 'Say in a few words what it was.';
  if (note.length > budgets.note) errors[inputs.note] = `At most ${budgets.note} characters.`;
  const critical = chosenAll(values, inputs.serious).includes(SERIOUS);
  return Object.keys(errors).length === 0 ? { ok: true, reasons, note, critical } : { ok: false, errors };
}
