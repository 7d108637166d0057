import { isRecord, records } from './json.ts';

/** What an element holds once a person has used it: the same fields in `actions` and in `state.values`. */

type Value = Record<string, unknown>;

/** Field of the value and of its initial form, and whether it is a list. */
const FIELDS: Record<string, { field: string; initial: string; many: boolean; options: boolean }> = {
  static_select: { field: 'selected_option', initial: 'initial_option', many: false, options: true },
  external_select: { field: 'selected_option', initial: 'initial_option', many: false, options: true },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', many: false, options: true },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', many: true, options: true },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', many: true, options: true },
  checkboxes: { field: 'selected_options', initial: 'initial_options', many: true, options: true },
  users_select: { field: 'selected_user', initial: 'initial_user', many: false, options: false },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', many: true, options: false },
  conversations_select: {
    field: 'selected_conversation',
    initial: 'initial_conversation',
    many: false,
    options: false,
  },
  multi_conversations_select: {
    field: 'selected_conversations',
    initial: 'initial_conversations',
    many: true,
    options: false,
  },
  channels_select: { field: 'selected_channel', initial: 'initial_channel', many: false, options: false },
  multi_channels_select: { field: 'selected_channels', initial: 'initial_channels', many: true, options: false },
  datepicker: { field: 'selected_date', initial: 'initial_date', many: false, options: false },
  timepicker: { field: 'selected_time', initial: 'initial_time', many: false, options: false },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time', many: false, options: false },
  plain_text_input: { field: 'value', initial: 'initial_value', many: false, options: false },
  email_text_input: { field: 'value', initial: 'initial_value', many: false, options: false },
  url_text_input: { field: 'value', initial: 'initial_value', many: false, options: false },
  number_input: { field: 'value', initial: 'initial_value', many: false, options: false },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value', many: false, options: false },
  file_input: { field: 'files', initial: 'initial_files', many: true, options: false },
};

const typeOf = (element: Value): string => String(element.type);

export function isStateful(element: Value): boolean {
  return Object.hasOwn(FIELDS, typeOf(element));
}

/** What an external menu begins with can be chosen again. */
function initialOptions(element: Value): Value[] {
  return isRecord(element.initial_option) ? [element.initial_option] : records(element.initial_options);
}

/** The options of a menu, or of an answer that suggests some: alone or in groups. */
export function optionsOf(source: Value): Value[] {
  return [...records(source.options), ...records(source.option_groups).flatMap((group) => records(group.options))];
}

/** `{ type, <field>: initial or null or [] }` for an element that keeps a value. `from`: the channel the person is in. */
export function initialValue(element: Value, from: string | null = null): Value {
  const spec = FIELDS[typeOf(element)];
  if (spec === undefined) return { type: element.type };
  const current =
    element.default_to_current_conversation === true && from !== null ? (spec.many ? [from] : from) : null;
  return { type: element.type, [spec.field]: element[spec.initial] ?? current ?? (spec.many ? [] : null) };
}

export function isEmpty(element: Value, value: Value): boolean {
  const spec = FIELDS[typeOf(element)];
  const held = spec === undefined ? null : value[spec.field];
  return held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0);
}

/** What can be chosen beside what stands in the element: options that the app suggested, files that were uploaded. */
export type Offers = { options: readonly Value[]; file: (id: string) => Value | null };

const NO_OFFERS: Offers = { options: [], file: () => null };

function optionFor(element: Value, wanted: string, offers: Offers): Value {
  // Only an external menu can be given what does not stand in it.
  const offered = typeOf(element).includes('external')
    ? [...offers.options, ...initialOptions(element)]
    : optionsOf(element);
  const label = (option: Value): unknown => (isRecord(option.text) ? option.text.text : undefined);
  const found = offered.find((option) => option.value === wanted) ?? offered.find((option) => label(option) === wanted);
  if (found !== undefined) return found;
  throw new Error(`no option ${wanted} in ${String(element.action_id)}; there are ${offered.map(label).join(', ')}`);
}

function richText(text: string): Value {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}

function fileFor(id: string, offers: Offers): Value {
  const file = offers.file(id);
  if (file === null) throw new Error(`no file ${id} was uploaded`);
  return file;
}

/** What the element holds after a person entered or chose `given` (an option by its value or its label). */
export function enteredValue(element: Value, given: unknown, offers: Offers = NO_OFFERS): Value {
  const type = typeOf(element);
  const spec = FIELDS[type];
  if (spec === undefined) throw new Error(`a ${type} holds no value`);
  const one = (value: unknown): unknown => {
    if (spec.options) return optionFor(element, String(value), offers);
    if (type === 'datetimepicker') return Number(value);
    if (type === 'file_input') return fileFor(String(value), offers);
    return type === 'rich_text_input' && typeof value === 'string' ? richText(value) : value;
  };
  const cleared = given === null || given === '' || given === undefined;
  if (spec.many) {
    const values = Array.isArray(given) ? given : cleared ? [] : [given];
    return { type, [spec.field]: values.map(one) };
  }
  if (Array.isArray(given)) throw new Error(`a ${type} holds one value, not ${given.length}`);
  return { type, [spec.field]: cleared ? null : one(given) };
}

/** The options or the one option that a value holds. */
export function heldOptions(held: Value | undefined): Value[] {
  if (held === undefined) return [];
  return isRecord(held.selected_option) ? [held.selected_option] : records(held.selected_options);
}

/** The entry in `actions` for a used element: identity, then what was chosen. */
export function actionEntry(
  element: Value,
  used: { blockId: string; value: string | string[] | undefined; ts: string; offers: Offers },
): { action: Value; state: Value | null } {
  const identity = {
    action_id: element.action_id,
    block_id: used.blockId,
    type: element.type,
    action_ts: used.ts,
  };
  if (isStateful(element)) {
    const state = enteredValue(element, used.value ?? null, used.offers);
    const placeholder = element.placeholder === undefined ? {} : { placeholder: element.placeholder };
    return { action: { ...identity, ...state, ...placeholder }, state };
  }
  if (element.type === 'overflow') {
    if (used.value === undefined) throw new Error(`overflow ${String(element.action_id)} needs the option to choose`);
    return {
      action: { ...identity, selected_option: optionFor(element, String(used.value), used.offers) },
      state: null,
    };
  }
  if (element.type === 'feedback_buttons') {
    const pressed = [element.positive_button, element.negative_button].filter(isRecord);
    const found = pressed.find((button) => button.value === used.value);
    if (found === undefined) throw new Error(`feedback_buttons have no button with value ${String(used.value)}`);
    return { action: { ...identity, value: found.value, text: found.text }, state: null };
  }
  const shown = Object.fromEntries(
    ['text', 'value', 'url', 'style', 'icon']
      .filter((key) => Object.hasOwn(element, key))
      .map((key) => [key, element[key]]),
  );
  return { action: { ...identity, ...shown }, state: null };
}
