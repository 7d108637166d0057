import { extname } from 'node:path';
import { enterAll, viewPlace } from './entering.ts';
import { isEmpty } from './element-values.ts';
import { records, stringAt } from './json.ts';
import { inputsOf } from './view-store.ts';
import type { StackedView, World } from './world.ts';

/** What Slack's own client checks before it sends a modal: nothing leaves while a field is wrong. */

type Element = Record<string, unknown>;

const URL_LIKE = /^https?:\/\/\S+$/i;
const EMAIL_LIKE = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const DEFAULT_MOST_FILES = 10;

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

function checkFiles(element: Element, files: readonly Element[]): string | null {
  const { max_files: most, filetypes } = element;
  const limit = typeof most === 'number' ? most : DEFAULT_MOST_FILES;
  if (files.length > limit) return `Upload at most ${limit}.`;
  if (!Array.isArray(filetypes)) return null;
  const wrong = files.find(
    (file) =>
      !filetypes.includes(
        extname(stringAt(file, 'name') ?? '')
          .slice(1)
          .toLowerCase(),
      ),
  );
  return wrong === undefined ? null : `Only these files: ${filetypes.join(', ')}.`;
}

function checkFormat(element: Element, held: Element): string | null {
  const { value } = held;
  const { max_selected_items: most } = element;
  const chosen = Object.values(held).find(Array.isArray);
  if (element.type === 'file_input') return checkFiles(element, records(held.files));
  if (chosen !== undefined && typeof most === 'number' && chosen.length > most) return `Select at most ${most}.`;
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

/** Enters what a person typed, by block id, `blockId/actionId` or label. Throws for a field that the view does not have. */
export function fillIn(world: World, stacked: StackedView, values: Readonly<Record<string, unknown>>): void {
  const at = { place: viewPlace(stacked.id), blocks: stacked.view.blocks, where: `view ${stacked.id}` };
  enterAll(world, at, stacked.state, values);
  stacked.view = { ...stacked.view, state: { values: stacked.state } };
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
