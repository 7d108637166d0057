import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { record, records, text, texts, words } from './fields.ts';
import { FileField } from './file-field.ts';
import { ChoiceList, PickMenu, selectOptions } from './menus.ts';
import { initialOf, initialOptions, optionsOf, plain, type Option } from './options.ts';
import { current } from './store.ts';
import { suggest, type Value, type Where } from './use-element.ts';

export type FieldProps = {
  id: string;
  element: Json;
  blockId: string;
  where: Where;
  /** What it is called where no visible label belongs to it; null where one does. */
  label: string | null;
  /** What the person entered; undefined where nobody touched it. */
  value: Value | undefined;
  invalid: boolean;
  describedBy: string | undefined;
  onChange: (value: Value) => void;
  /** The moment at which Slack would tell the app, if it is to be told. */
  onCommit: (value: Value) => void;
};

/** Every element that holds a value, in an input block or acting at once. Null where this page does not know its type. */
export function ElementField(props: FieldProps): ComponentChildren {
  const type = text(props.element['type']);
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
    case 'rich_text_input':
      return html`<${Written} ...${props} />`;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return html`<${Picker} ...${props} />`;
    case 'radio_buttons':
    case 'checkboxes':
      return html`<${Choices} ...${props} />`;
    case 'static_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return html`<${Select} ...${props} />`;
    case 'external_select':
    case 'multi_external_select':
      return html`<${Suggested} ...${props} />`;
    case 'multi_static_select':
    case 'multi_users_select':
    case 'multi_channels_select':
    case 'multi_conversations_select':
      return html`<${Several} ...${props} />`;
    case 'file_input':
      return html`<${FileField} ...${props} />`;
    default:
      return html`<pre class="unknown" title="This page does not know this element">${JSON.stringify(props.element, null, 2)}</pre>`;
  }
}

/** True for fields made of several controls, which a label cannot point at. */
export const isSeveral = (element: Json): boolean =>
  /^(checkboxes|radio_buttons|file_input|multi_|external_select)/.test(text(element['type']));

const listed = (value: Value | undefined, element: Json): string[] =>
  value === undefined ? initialOf(element) : Array.isArray(value) ? value : value === '' ? [] : [value];

const single = (value: Value | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const placeholderOf = (element: Json): string => words(element['placeholder']);

const attributes = (props: FieldProps): object => ({
  id: props.id,
  'aria-label': props.label ?? undefined,
  'aria-invalid': props.invalid,
  'data-invalid': props.invalid,
  'aria-describedby': props.describedBy,
  // In a dialog the browser's own rule for where the focus goes first; elsewhere it has none.
  autofocus: props.element['focus_on_load'] === true,
});

/** What stands in a text field before anybody touched it. */
export function startingText(element: Json): string {
  if (element['type'] !== 'rich_text_input') return text(element['initial_value']);
  return records(record(element['initial_value'])['elements'])
    .map((part) =>
      records(part['elements'])
        .map((piece) => text(piece['text']))
        .join(''),
    )
    .join('\n');
}

const INPUT_TYPES: Record<string, string> = { email_text_input: 'email', url_text_input: 'url' };

function Written(props: FieldProps): ComponentChildren {
  const { element, onChange, onCommit } = props;
  const type = text(element['type']);
  const shown = single(props.value) ?? startingText(element);
  const moments = texts(record(element['dispatch_action_config'])['trigger_actions_on']);
  const onInput = (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>): void => {
    const { value } = event.currentTarget;
    onChange(value);
    if (moments.includes('on_character_entered')) onCommit(value);
  };
  const long = type === 'rich_text_input' || element['multiline'] === true;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || (long && !event.ctrlKey && !event.metaKey)) return;
    if (moments.length === 0 || moments.includes('on_enter_pressed')) onCommit(shown);
  };
  const common = { ...attributes(props), placeholder: placeholderOf(element) || undefined, onInput, onKeyDown };
  if (long) {
    const wanted = shown.split('\n').length + Math.floor(shown.length / 90) + 1;
    const rows = Math.min(Number(element['max_lines'] ?? 16), Math.max(Number(element['min_lines'] ?? 4), wanted));
    return html`<textarea ...${common} rows=${rows} value=${shown}></textarea>`;
  }
  return html`<input ...${common} type=${INPUT_TYPES[type] ?? 'text'} inputmode=${type === 'number_input' ? 'decimal' : undefined} value=${shown} />`;
}

const PICKERS: Record<string, { type: string; initial: string }> = {
  datepicker: { type: 'date', initial: 'initial_date' },
  timepicker: { type: 'time', initial: 'initial_time' },
  datetimepicker: { type: 'datetime-local', initial: 'initial_date_time' },
};

function Picker(props: FieldProps): ComponentChildren {
  const { element, onChange, onCommit } = props;
  const kind = PICKERS[text(element['type'])] ?? { type: 'date', initial: '' };
  const moment = kind.type === 'datetime-local';
  const held = single(props.value) ?? text(element[kind.initial]);
  const choose = (event: TargetedEvent<HTMLInputElement>): void => {
    const { value } = event.currentTarget;
    const next = moment && value !== '' ? unixTime(value) : value;
    onChange(next);
    if (next !== '') onCommit(next);
  };
  const label = props.label === null ? {} : { 'aria-label': props.label };
  return html`<input ...${attributes(props)} ...${label} class="picker" type=${kind.type} value=${moment ? localTime(Number(held)) : held} onChange=${choose} />`;
}

/** `2026-11-26T14:05`, as the browser's field wants it, from seconds since 1970. */
function localTime(at: number): string {
  if (!at) return '';
  const shifted = new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

const unixTime = (written: string): string => String(Math.floor(new Date(written).getTime() / 1000));

function Choices(props: FieldProps): ComponentChildren {
  const { element, id, value, onChange, onCommit } = props;
  const many = element['type'] === 'checkboxes';
  const choose = (values: string[]): void => {
    const next = many ? values : (values[0] ?? '');
    onChange(next);
    onCommit(next);
  };
  const list = html`<${ChoiceList} name=${id} options=${optionsOf(element, null)} many=${many} chosen=${listed(value, element)} onChange=${choose} />`;
  return props.label === null
    ? html`<div data-invalid=${props.invalid}>${list}</div>`
    : html`<div role="group" aria-label=${props.label}>${list}</div>`;
}

function Select(props: FieldProps): ComponentChildren {
  const { element, onChange, onCommit } = props;
  const onPick = (event: TargetedEvent<HTMLSelectElement>): void => {
    onChange(event.currentTarget.value);
    onCommit(event.currentTarget.value);
  };
  // Acting at once, a menu cannot be cleared; in a form it can.
  const none =
    props.label === null
      ? html`<option value="">${placeholderOf(element) || 'Choose'}</option>`
      : html`<option value="" disabled hidden>${placeholderOf(element) || 'Choose'}</option>`;
  const held = single(props.value) ?? initialOf(element)[0] ?? '';
  return html`<select ...${attributes(props)} class="select" value=${held} onChange=${onPick}>${none}${selectOptions(optionsOf(element, current().workspace))}</select>`;
}

/** A menu of the app's own options or of the workspace's people and channels, from which several may be chosen. */
function Several(props: FieldProps): ComponentChildren {
  const options = optionsOf(props.element, current().workspace);
  const chosen = listed(props.value, props.element);
  return pick(props, {
    options,
    chosen: chosen.map((value) => options.find((option) => option.value === value) ?? plain(value, value)),
    many: true,
    onType: null,
  });
}

const QUERY_LENGTH = 3;

/** A menu whose options the app suggests while one types. */
function Suggested(props: FieldProps): ComponentChildren {
  const { element, where, blockId } = props;
  const [found, setFound] = useState<Option[]>([]);
  // A chosen option stays known by its name when the next suggestions no longer hold it.
  const known = useRef(initialOptions(element));
  const asked = useRef(0);
  const onType = async (typed: string): Promise<void> => {
    asked.current += 1;
    const number = asked.current;
    if (typed.length < Number(element['min_query_length'] ?? QUERY_LENGTH)) return setFound([]);
    const options = await suggest(where, element, blockId, typed);
    known.current = [...options, ...known.current];
    if (number === asked.current) setFound(options);
  };
  const chosen = listed(props.value, element).map(
    (value) => known.current.find((option) => option.value === value) ?? plain(value, value),
  );
  return pick(props, {
    options: found,
    chosen,
    many: element['type'] === 'multi_external_select',
    onType: (typed) => void onType(typed),
  });
}

type Picking = { options: Option[]; chosen: Option[]; many: boolean; onType: ((typed: string) => void) | null };

function pick(props: FieldProps, picking: Picking): ComponentChildren {
  return html`<${Pick} field=${props} picking=${picking} />`;
}

function Pick({ field, picking }: { field: FieldProps; picking: Picking }): ComponentChildren {
  const { element, onChange, onCommit } = field;
  const changed = useRef<string[] | null>(null);
  const choose = (values: string[]): void => {
    changed.current = values;
    onChange(picking.many ? values : (values[0] ?? ''));
  };
  const closed = (): void => {
    if (changed.current !== null) onCommit(picking.many ? changed.current : (changed.current[0] ?? ''));
    changed.current = null;
  };
  const placeholder = placeholderOf(element) || 'Choose';
  return html`<${PickMenu} id=${field.id} label=${field.label ?? placeholder} placeholder=${placeholder} options=${picking.options} many=${picking.many} chosen=${picking.chosen}
    most=${Number(element['max_selected_items'] ?? 0)} describedBy=${field.describedBy} invalid=${field.invalid} focusFirst=${element['focus_on_load'] === true}
    onType=${picking.onType} onChange=${choose} onClose=${closed} />`;
}
