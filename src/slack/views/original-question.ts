import type { KnownBlock } from '@slack/types';
import { editSize } from '../../core/evidence.ts';
import type { EditChange } from '../../core/kinds/kind-rules.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import { INPUT_ELEMENT, inputs } from '../action-ids.ts';
import { input } from './modal.ts';
import { chosen, type ViewValues } from './view-values.ts';

/** What only the reviewer can tell of an edit that is neither small nor large. */
const question: Record<Kind, string> = {
  email_draft: 'Would the original have been OK to send?',
  lead_score: 'Would the original have been OK to use?',
};

/** Asked of every edit alike; it has to be answered only where the answer decides. */
export function originalInput(kind: Kind): KnownBlock {
  return input({
    id: inputs.originalOk,
    label: question[kind],
    hint: 'For edits that are neither small nor large only you can tell; the AI is judged by it.',
    element: {
      type: 'radio_buttons',
      action_id: INPUT_ELEMENT,
      options: [
        { text: { type: 'plain_text', text: 'Yes' }, value: 'yes' },
        { text: { type: 'plain_text', text: 'No' }, value: 'no' },
      ],
    },
    optional: true,
  });
}

/** The answer; null where there is none. */
export function originalAnswer(values: ViewValues): boolean | null {
  const answer = chosen(values, inputs.originalOk);
  return answer === null ? null : answer === 'yes';
}

/** What to say at the input where the answer is needed and missing; null where it is not. */
export function originalError(kind: Kind, change: EditChange, answer: boolean | null): Record<string, string> | null {
  if (answer !== null || editSize(change) !== 'ask') return null;
  const asked = question[kind];
  return {
    [inputs.originalOk]: `You changed about ${Math.round(change.effort * 100)} %: ${asked.slice(0, 1).toLowerCase()}${asked.slice(1)}`,
  };
}
