import type { ModalView } from '@slack/types';
import { INPUT_ELEMENT, inputs, views } from '../action-ids.ts';
import { encodeFactsRef } from '../decision-ref.ts';
import { fieldLabel } from '../messages/lead-notice.ts';
import { bold, contextText, richText, section, words } from '../rich-text.ts';
import { label } from '../text.ts';
import { input, modal } from './modal.ts';
import { entered, type ViewValues } from './view-values.ts';

type Asked = {
  enrollmentId: string;
  step: string;
  leadName: string;
  leadEmail: string;
  workflow: string;
  missing: string[];
};

/** So many are asked for at once; the rest when these are there. */
const MOST_INPUTS = 15;
const LONGEST = 300;

const HINTS: Readonly<Record<string, string>> = {
  timezone: 'Such as Europe/Berlin.',
  language: 'Such as en, de or pt-BR.',
  country: 'A name, or two letters such as DE.',
};

export function fillFactsView(asked: Asked): ModalView {
  const fields = asked.missing.slice(0, MOST_INPUTS);
  return modal({
    title: 'Fill in what is known',
    submit: { callback: views.factsSubmit, label: 'Save', metadata: encodeFactsRef(asked, fields) },
    blocks: [
      ...richText(section(bold(label(asked.leadName, 150)), words(` · ${label(asked.leadEmail, 150)}`))),
      ...contextText(`Held in ${asked.workflow} until these are known.`),
      ...fields.map((field, i) =>
        input({
          id: `${inputs.fact}${i}`,
          label: label(fieldLabel(field), 150),
          ...(HINTS[field] === undefined ? {} : { hint: HINTS[field] }),
          element: { type: 'plain_text_input', action_id: INPUT_ELEMENT, max_length: LONGEST },
          optional: true,
        }),
      ),
    ],
  });
}

/** What was entered, by field; empty where a field was left alone. */
export function readFacts(values: ViewValues, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field, i) => [field, entered(values, `${inputs.fact}${i}`)]));
}
