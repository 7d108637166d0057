import { isEmpty, enteredValue } from './element-values.ts';
import { enter, inputsOf } from './view-store.ts';
import type { StackedView } from './world.ts';

/** What Slack's own client checks before it sends a modal: nothing leaves while a field is wrong. */

type Element = Record<string, unknown>;

const URL_LIKE = /^https?:\/\/\S+$/i;
const EMAIL_LIKE = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function checkText(element: Element, value: string): string | null {
  const { min_length: min, max_length: max, multiline } = element;
  if (typeof min === 'number' && value.length < min) return `Must be at least ${min} characters.`;
  if (typeof max === 'number' && value.length > max) return `Must be less than ${max + 1} characters.`;
  return multiline !== true && value.includes('\n') ? 'Must be a single line.' : null;
}

function checkNumber(element: Element, value: string): string | null {
  const { min_value: min, max_value: max, is_decimal_allowed: decimals } = element;
  if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a valid number.';
  if (decimals !== true && value.includes('.')) return 'Please enter a whole number.';
  if (typeof min === 'string' && Number(value) < Number(min)) return `Must be at least ${min}.`;
  return typeof max === 'string' && Number(value) > Number(max) ? `Must be at most ${max}.` : null;
}

function checkFormat(element: Element, held: Element): string | null {
  const { value, selected_options: options } = held;
  const { max_selected_items: most } = element;
  if (Array.isArray(options) && typeof most === 'number' && options.length > most) return `Select at most ${most}.`;
  if (typeof value !== 'string') return null;
  switch (element.type) {
    case 'plain_text_input':
      return checkText(element, value);
    case 'number_input':
      return checkNumber(element, value);
    case 'url_text_input':
      return URL_LIKE.test(value) ? null : 'Please enter a valid URL.';
    case 'email_text_input':
      return EMAIL_LIKE.test(value) ? null : 'Please enter a valid email address.';
    default:
      return null;
  }
}

/** Enters what a person typed, by block id or by label. Throws for a field that the view does not have. */
export function fillIn(stacked: StackedView, values: Record<string, unknown>): void {
  const inputs = inputsOf(stacked);
  for (const [key, given] of Object.entries(values)) {
    const input = inputs.find(({ blockId }) => blockId === key) ?? inputs.find(({ label }) => label === key);
    if (input === undefined)
      throw new Error(
        `no input "${key}" in view ${stacked.id}; there are ${inputs.map(({ label }) => label).join(', ')}`,
      );
    enter(stacked, input.blockId, input.actionId, enteredValue(input.element, given));
  }
}

/** Complaints by block id; empty when the client would send the view. */
export function clientErrors(stacked: StackedView): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { blockId, actionId, optional, element } of inputsOf(stacked)) {
    const held = stacked.state[blockId]?.[actionId] ?? { type: element.type };
    if (isEmpty(element, held)) {
      if (!optional) errors[blockId] = 'Please complete this required field.';
      continue;
    }
    const complaint = checkFormat(element, held);
    if (complaint !== null) errors[blockId] = complaint;
  }
  return errors;
}
