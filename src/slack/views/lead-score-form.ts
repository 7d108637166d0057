import { leadScoreSchema } from '../../core/kinds/lead-score.ts';
import { plainText } from '../../core/plain-text.ts';
import { INPUT_ELEMENT, inputs } from '../action-ids.ts';
import { leadScoreOf } from '../cards/lead-score.ts';
import { limits } from '../limits.ts';
import { visible } from '../text.ts';
import type { EditForm } from './edit-form.ts';
import { input } from './modal.ts';
import { entered } from './view-values.ts';

const MOST_REASONS = 6;
const REASON_LENGTH = 300;

export const leadScoreForm: EditForm = {
  inputs(facts) {
    const before = facts.content === null ? null : leadScoreOf(facts);
    const score = input({
      id: inputs.score,
      label: 'Score, 0 to 100',
      hint: '70 or more is hot, 40 to 69 warm, under 40 cold.',
      element: {
        type: 'number_input',
        action_id: INPUT_ELEMENT,
        is_decimal_allowed: false,
        min_value: '0',
        max_value: '100',
        ...(before ? { initial_value: String(before.score) } : {}),
      },
    });
    const reasons = input({
      id: inputs.reasons,
      label: 'Reasons, one a line',
      hint: `One to ${MOST_REASONS}, each at most ${REASON_LENGTH} characters.`,
      element: {
        type: 'plain_text_input',
        action_id: INPUT_ELEMENT,
        multiline: true,
        max_length: limits.inputMaxLength,
        // A reason with a line break in it would come back as two.
        ...(before
          ? { initial_value: before.reasons.map((reason) => visible(reason).replace(/\s*\n\s*/g, ' ')).join('\n') }
          : {}),
      },
    });
    return { blocks: [score, reasons], seams: [] };
  },
  read(values) {
    const errors: Record<string, string> = {};
    const typed = entered(values, inputs.score).trim();
    const reasons = plainText(entered(values, inputs.reasons))
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    if (!/^\d{1,3}$/.test(typed) || Number(typed) > 100) errors[inputs.score] = 'A whole number from 0 to 100.';
    if (reasons.length === 0) errors[inputs.reasons] = 'At least one reason.';
    if (reasons.length > MOST_REASONS)
      errors[inputs.reasons] = `At most ${MOST_REASONS} reasons; these are ${reasons.length}.`;
    const long = reasons.findIndex((reason) => reason.length > REASON_LENGTH);
    if (long !== -1)
      errors[inputs.reasons] = `Reason ${long + 1} has ${reasons[long]?.length} characters; at most ${REASON_LENGTH}.`;
    if (Object.keys(errors).length > 0) return { ok: false, errors };
    return { ok: true, content: leadScoreSchema.parse({ score: Number(typed), reasons }) };
  },
  written: (values) => [entered(values, inputs.score), entered(values, inputs.reasons)].filter(Boolean).join('\n'),
  blockOf: (field) => (field === 'score' ? inputs.score : inputs.reasons),
};
