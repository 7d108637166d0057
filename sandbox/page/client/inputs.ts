import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { ChoiceList, localTime, selectOptions, unixTime } from './elements.ts';
import { record, records, text, texts, words } from './fields.ts';
import { initialOf, optionsOf, shaped } from './options.ts';
import { act, current } from './store.ts';
import { withEmoji } from './words.ts';

export type Value = string | string[];

type Props = {
  block: Json;
  viewId: string;
  value: Value | undefined;
  error: string | undefined;
  onChange: (value: Value) => void;
  /** For inputs with `dispatch_action`: tells the app at once. */
  onDispatch: (value: string) => void;
};

/** An `input` block of a view: label, field, hint, counter, and what is wrong with it. */
export function Input({ block, viewId, value, error, onChange, onDispatch }: Props): ComponentChildren {
  const element = record(block['element']);
  const id = `${viewId}-${text(block['block_id'])}`;
  const hint = words(block['hint']);
  const most = Number(element['max_length'] ?? 0);
  const written = typeof value === 'string' ? value : undefined;
  const length = (written ?? startingValue(element)).length;
  const several = isSeveral(element);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`<div class=${error ? 'field wrong' : 'field'} role=${several ? 'group' : undefined} aria-labelledby=${several ? `${id}-label` : undefined}>
    <label id=${`${id}-label`} for=${several ? undefined : id}>${withEmoji(words(block['label']))}${block['optional'] === true && html`<span class="optional"> (optional)</span>`}</label>
    <${Field} id=${id} element=${element} viewId=${viewId} blockId=${text(block['block_id'])} value=${value} invalid=${Boolean(error)} describedBy=${described} onChange=${onChange} dispatch=${block['dispatch_action'] === true ? onDispatch : null} />
    <div class="field-foot">
      <div>${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}${hint && html`<p class="hint" id=${`${id}-hint`}>${withEmoji(hint)}</p>`}</div>
      ${most > 0 && html`<span class=${length > most ? 'counter over' : 'counter'} aria-live="polite">${length} / ${most}</span>`}
    </div>
  </div>`;
}

const isSeveral = (element: Json): boolean => /^(checkboxes|radio_buttons|multi_)/.test(text(element['type']));

/** What stands in a field before anybody touched it. */
function startingValue(element: Json): string {
  switch (element['type']) {
    case 'datepicker':
      return text(element['initial_date']);
    case 'timepicker':
      return text(element['initial_time']);
    case 'datetimepicker':
      return text(element['initial_date_time']);
    case 'rich_text_input':
      return records(record(element['initial_value'])['elements'])
        .map((part) =>
          records(part['elements'])
            .map((piece) => text(piece['text']))
            .join(''),
        )
        .join('\n');
    default:
      return text(element['initial_value']) || (initialOf(element)[0] ?? '');
  }
}

type FieldProps = {
  id: string;
  element: Json;
  viewId: string;
  blockId: string;
  value: Value | undefined;
  invalid: boolean;
  describedBy: string | undefined;
  onChange: (value: Value) => void;
  dispatch: ((value: string) => void) | null;
};

const TYPES: Record<string, string> = {
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

function Field(props: FieldProps): ComponentChildren {
  const { id, element, value, invalid, describedBy, onChange, dispatch } = props;
  const type = text(element['type']);
  const common = {
    id,
    'aria-invalid': invalid,
    'aria-describedby': describedBy,
    placeholder: words(element['placeholder']) || undefined,
  };
  const shown = typeof value === 'string' ? value : startingValue(element);
  const write = (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>): void => {
    const { value: given } = event.currentTarget;
    const next = type === 'datetimepicker' && given !== '' ? unixTime(given) : given;
    onChange(next);
    const characters = texts(record(element['dispatch_action_config'])['trigger_actions_on']).includes(
      'on_character_entered',
    );
    if (dispatch && (characters || type.endsWith('select') || type.endsWith('picker'))) dispatch(next);
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && dispatch) dispatch(shown);
  };
  if (isSeveral(element)) {
    const chosen = Array.isArray(value) ? value : initialOf(element);
    const choose = (values: string[]): void => {
      onChange(type === 'radio_buttons' ? (values[0] ?? '') : values);
      if (dispatch) dispatch(values.at(-1) ?? '');
    };
    const picked = type === 'radio_buttons' && typeof value === 'string' ? [value] : chosen;
    return html`<${ChoiceList} name=${id} options=${optionsOf(element, current().workspace)} many=${type !== 'radio_buttons'} chosen=${picked} onChange=${choose} />`;
  }
  if (type === 'external_select') return html`<${External} ...${props} />`;
  if (type.endsWith('_select')) {
    return html`<select ...${common} class="select" value=${shown} onChange=${write}>
      <option value="">${words(element['placeholder']) || 'Choose'}</option>${selectOptions(optionsOf(element, current().workspace))}
    </select>`;
  }
  if (type === 'file_input') return html`<p class="hint">The sandbox takes no files from this page.</p>`;
  if (type === 'rich_text_input' || element['multiline'] === true) {
    const rows = Math.min(16, Math.max(4, shown.split('\n').length + Math.floor(shown.length / 90) + 1));
    return html`<textarea ...${common} rows=${rows} value=${shown} onInput=${write}></textarea>`;
  }
  const format = TYPES[type] ?? 'text';
  const local = type === 'datetimepicker' ? localTime(Number(shown)) : shown;
  return html`<input ...${common} type=${format} inputmode=${type === 'number_input' ? 'decimal' : undefined} value=${local} onInput=${write} onKeyDown=${enter} />`;
}

/** A menu whose options the app suggests while one types. */
function External({ id, element, viewId, blockId, value, invalid, onChange }: FieldProps): ComponentChildren {
  const [found, setFound] = useState<Array<{ value: string; label: string }>>([]);
  const [typed, setTyped] = useState(words(record(element['initial_option'])['text']));
  const onInput = async (event: TargetedEvent<HTMLInputElement>): Promise<void> => {
    const written = event.currentTarget.value;
    setTyped(written);
    const match = found.find(({ label }) => label === written);
    if (match) return onChange(match.value);
    if (written.length < Number(element['min_query_length'] ?? 1)) return;
    const outcome = await act(
      'suggest',
      { viewId, blockId, actionId: text(element['action_id']), value: written },
      `suggest/${id}`,
    );
    setFound(records(outcome?.options).map((option) => shaped(option, '')));
  };
  return html`<input id=${id} list=${`${id}-list`} value=${typed} aria-invalid=${invalid} data-value=${value} onInput=${onInput} />
    <datalist id=${`${id}-list`}>${found.map(({ label }) => html`<option value=${label}></option>`)}</datalist>`;
}
