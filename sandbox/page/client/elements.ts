import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { record, records, text, words } from './fields.ts';
import { safeUrl } from './mrkdwn.ts';
import { initialOf, optionsOf, type Option } from './options.ts';
import { picture } from './pictures.ts';
import { current } from './store.ts';
import { keyOf, use, type Where } from './use-element.ts';
import { textObject, withEmoji } from './words.ts';

type Props = { element: Json; blockId: string; where: Where };

/** An element that acts at once: in a message, or outside the inputs of a view. */
export function Element({ element, blockId, where }: Props): ComponentChildren {
  const props = { element, blockId, where };
  const type = text(element['type']);
  switch (type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return html`<${Button} ...${props} />`;
    case 'image':
      return picture(element, 'element-picture');
    case 'mrkdwn':
    case 'plain_text':
      return textObject(element);
    case 'overflow':
      return html`<${Overflow} ...${props} />`;
    case 'feedback_buttons':
      return html`<${Feedback} ...${props} />`;
    case 'radio_buttons':
    case 'checkboxes':
      return html`<${Choices} ...${props} />`;
    case 'datepicker':
      return html`<${Picker} ...${props} type="date" initial=${text(element['initial_date'])} />`;
    case 'timepicker':
      return html`<${Picker} ...${props} type="time" initial=${text(element['initial_time'])} />`;
    case 'datetimepicker':
      return html`<${Picker} ...${props} type="datetime-local" initial=${localTime(Number(element['initial_date_time'] ?? 0))} />`;
    default:
      if (/^multi_.*_select$/.test(type)) return html`<${Choices} ...${props} />`;
      if (type.endsWith('_select')) return html`<${Select} ...${props} />`;
      return html`<pre class="unknown">${JSON.stringify(element, null, 2)}</pre>`;
  }
}

function Button({ element, blockId, where }: Props): ComponentChildren {
  const busy = current().busy.has(keyOf(where, element, blockId));
  const style = element['style'] === 'primary' ? ' primary' : element['style'] === 'danger' ? ' danger' : '';
  const url = safeUrl(text(element['url']));
  const label = withEmoji(words(element['text']));
  const name = text(element['accessibility_label']) || undefined;
  const press = (): void =>
    void use(where, element, blockId, element['value'] === undefined ? undefined : text(element['value']));
  if (url !== null)
    return html`<a class=${`button${style}`} href=${url} target="_blank" rel="noopener noreferrer" aria-label=${name} onClick=${press}>${label}</a>`;
  return html`<button class=${`button${style}`} type="button" aria-label=${name} aria-busy=${busy} disabled=${busy} onClick=${press}>${label}</button>`;
}

function Feedback({ element, blockId, where }: Props): ComponentChildren {
  return [element['positive_button'], element['negative_button']].map(record).map((button) => {
    const press = (): void => void use(where, element, blockId, text(button['value']));
    return html`<button class="button" type="button" aria-label=${text(button['accessibility_label']) || undefined} onClick=${press}>${words(button['text'])}</button>`;
  });
}

function Overflow({ element, blockId, where }: Props): ComponentChildren {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  const left = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node && menu.current?.contains(event.relatedTarget))) close();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close();
  };
  const choose = (option: Json) => (): void => {
    close();
    const url = safeUrl(text(option['url']));
    if (url !== null) open(url, '_blank', 'noopener,noreferrer');
    void use(where, element, blockId, text(option['value']));
  };
  return html`<details class="overflow" ref=${menu} onFocusOut=${left} onKeyDown=${escape}>
    <summary class="button" aria-label="More actions" role="button">⋯</summary>
    <div class="menu" role="menu">
      ${records(element['options']).map(
        (option) => html`<button type="button" role="menuitem" onMouseDown=${keepFocus} onClick=${choose(option)}>
          ${withEmoji(words(option['text']))}
          ${words(option['description']) && html`<small>${words(option['description'])}</small>`}
        </button>`,
      )}
    </div>
  </details>`;
}

/** Pressing a menu's item must not first take the focus, and with it the menu, away. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

function Select({ element, blockId, where }: Props): ComponentChildren {
  const options = optionsOf(element, current().workspace);
  const [chosen, setChosen] = useState(initialOf(element)[0] ?? '');
  const onChange = (event: TargetedEvent<HTMLSelectElement>): void => {
    setChosen(event.currentTarget.value);
    void use(where, element, blockId, event.currentTarget.value);
  };
  const label = words(element['placeholder']) || 'Choose';
  return html`<select class="select" aria-label=${label} value=${chosen} onChange=${onChange}>
    <option value="" disabled hidden>${label}</option>
    ${selectOptions(options)}
  </select>`;
}

/** The options of a menu, under their groups' names where there are groups. */
export function selectOptions(options: Option[]): ComponentChildren {
  const groups = [...new Set(options.map(({ group }) => group))];
  const draw = (group: string): ComponentChildren =>
    options
      .filter((option) => option.group === group)
      .map((option) => html`<option value=${option.value}>${option.label}</option>`);
  return groups.map((group) => (group === '' ? draw(group) : html`<optgroup label=${group}>${draw(group)}</optgroup>`));
}

function Choices({ element, blockId, where }: Props): ComponentChildren {
  const many = element['type'] !== 'radio_buttons';
  const [chosen, setChosen] = useState(initialOf(element));
  const onChange = (values: string[]): void => {
    setChosen(values);
    // The driver of the stand-in takes one value an action; what else is chosen stays in the element's state.
    const last = values.find((value) => !chosen.includes(value)) ?? values.at(-1) ?? '';
    void use(where, element, blockId, last);
  };
  return html`<${ChoiceList} name=${`${blockId}-${text(element['action_id'])}`} options=${optionsOf(element, current().workspace)} many=${many} chosen=${chosen} onChange=${onChange} />`;
}

type ChoiceProps = {
  name: string;
  options: Option[];
  many: boolean;
  chosen: string[];
  onChange: (values: string[]) => void;
};

export function ChoiceList({ name, options, many, chosen, onChange }: ChoiceProps): ComponentChildren {
  const toggle = (value: string, on: boolean): void => {
    if (!many) onChange([value]);
    else
      onChange(
        options.map((option) => option.value).filter((other) => (other === value ? on : chosen.includes(other))),
      );
  };
  return html`<div class=${options.length > 8 ? 'choices long' : 'choices'}>
    ${options.map(
      (option) => html`<label class="choice">
        <input
          type=${many ? 'checkbox' : 'radio'}
          name=${name}
          value=${option.value}
          checked=${chosen.includes(option.value)}
          onChange=${(event: TargetedEvent<HTMLInputElement>) => toggle(option.value, event.currentTarget.checked)}
        />
        <span>${option.rich ? textObject(option.rich) : option.label}${option.description && html`<small>${option.description}</small>`}</span>
      </label>`,
    )}
  </div>`;
}

function Picker({
  element,
  blockId,
  where,
  type,
  initial,
}: Props & { type: string; initial: string }): ComponentChildren {
  const onChange = (event: TargetedEvent<HTMLInputElement>): void => {
    const { value } = event.currentTarget;
    if (value !== '') void use(where, element, blockId, type === 'datetime-local' ? unixTime(value) : value);
  };
  return html`<input class="picker" type=${type} aria-label=${words(element['placeholder']) || 'Choose'} defaultValue=${initial} onChange=${onChange} />`;
}

/** `2026-11-26T14:05`, as the browser's field wants it, from seconds since 1970. */
export function localTime(at: number): string {
  if (!at) return '';
  const shifted = new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export const unixTime = (written: string): string => String(Math.floor(new Date(written).getTime() / 1000));
