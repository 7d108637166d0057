import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent, TargetedToggleEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Option } from './options.ts';
import { textObject } from './words.ts';

/** The options of a menu, under their groups' names where there are groups. */
export function selectOptions(options: Option[]): ComponentChildren {
  return grouped(options).map(([group, members]) => {
    const drawn = members.map((option) => html`<option value=${option.value}>${option.label}</option>`);
    return group === '' ? drawn : html`<optgroup label=${group}>${drawn}</optgroup>`;
  });
}

function grouped(options: Option[]): Array<[string, Option[]]> {
  const names = [...new Set(options.map(({ group }) => group))];
  return names.map((name) => [name, options.filter(({ group }) => group === name)]);
}

type ChoiceProps = {
  name: string;
  options: Option[];
  many: boolean;
  chosen: string[];
  /** How many may be chosen; 0 is no limit. */
  most?: number;
  onChange: (values: string[]) => void;
};

/** Checkboxes or radio buttons, one an option. */
export function ChoiceList({ name, options, many, chosen, most = 0, onChange }: ChoiceProps): ComponentChildren {
  const toggle = (value: string, on: boolean): void => {
    if (!many) return onChange([value]);
    const next = on ? [...chosen, value] : chosen.filter((other) => other !== value);
    const place = (one: string): number => options.findIndex((option) => option.value === one);
    onChange(next.toSorted((a, b) => place(a) - place(b)));
  };
  const full = many && most > 0 && chosen.length >= most;
  const choice = (option: Option): ComponentChildren => {
    const on = chosen.includes(option.value);
    return html`<label class="choice" key=${option.value}>
      <input
        type=${many ? 'checkbox' : 'radio'}
        name=${name}
        value=${option.value}
        checked=${on}
        disabled=${full && !on}
        onChange=${(event: TargetedEvent<HTMLInputElement>) => toggle(option.value, event.currentTarget.checked)}
      />
      <span>${option.rich ? textObject(option.rich) : option.label}${option.description && html`<small>${option.description}</small>`}</span>
    </label>`;
  };
  return html`<div class="choices">
    ${grouped(options).map(([group, members]) => html`${group !== '' && html`<p class="choice-group">${group}</p>`}${members.map(choice)}`)}
  </div>`;
}

export type PickProps = {
  id: string;
  /** What it is called for somebody who does not see it. */
  label: string;
  placeholder: string;
  options: Option[];
  many: boolean;
  chosen: Option[];
  most: number;
  describedBy: string | undefined;
  invalid: boolean;
  focusFirst: boolean;
  /** The app suggests options for what is typed; otherwise what is typed narrows the list. */
  onType: ((typed: string) => void) | null;
  onChange: (values: string[]) => void;
  /** When the menu closes: the moment at which Slack tells the app. */
  onClose: () => void;
};

const LONG = 8;

/** A menu that opens below its field: for choosing several, or from what the app suggests. */
export function PickMenu(props: PickProps): ComponentChildren {
  const { id, label, placeholder, options, many, chosen, most, onType, onChange, onClose } = props;
  const [typed, setTyped] = useState('');
  const box = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (box.current) box.current.open = false;
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || box.current?.open !== true) return;
    // Not the dialog around it as well.
    event.preventDefault();
    close();
    box.current.querySelector('summary')?.focus();
  };
  const onToggle = (event: TargetedToggleEvent<HTMLDetailsElement>): void => {
    if (event.newState === 'open') onType?.(typed);
    else onClose();
  };
  const onInput = (event: TargetedEvent<HTMLInputElement>): void => {
    setTyped(event.currentTarget.value);
    onType?.(event.currentTarget.value);
  };
  const choose = (values: string[]): void => {
    onChange(values);
    if (!many) close();
  };
  const shown = onType === null ? options.filter((option) => matches(option, typed)) : options;
  const names = chosen.map((option) => option.label);
  return html`<details class="pick" ref=${box} onFocusOut=${(event: FocusEvent) => leaves(event) && close()} onKeyDown=${escape} onToggle=${onToggle}>
    <summary class="select" id=${id} aria-label=${`${label}: ${names.join(', ') || placeholder}`} aria-describedby=${props.describedBy} data-invalid=${props.invalid} autofocus=${props.focusFirst}>
      ${names.length === 0 ? html`<span class="quiet">${placeholder}</span>` : many ? names.map((name) => html`<span class="token">${name}</span>`) : names}
    </summary>
    <div class="pick-panel" onMouseDown=${keepFocus}>
      ${(onType !== null || options.length > LONG) && html`<input type="search" aria-label=${`Search in ${label}`} placeholder="Search" value=${typed} onInput=${onInput} />`}
      ${shown.length === 0 ? html`<p class="hint">${onType === null || typed !== '' ? 'Nothing found.' : 'Type to search.'}</p>` : html`<${ChoiceList} name=${id} options=${shown} many=${many} chosen=${chosen.map(({ value }) => value)} most=${most} onChange=${choose} />`}
    </div>
  </details>`;
}

const matches = (option: Option, typed: string): boolean =>
  `${option.label} ${option.description}`.toLowerCase().includes(typed.trim().toLowerCase());

/** True when the focus goes elsewhere in the page; another window may have it meanwhile. */
export function leaves(event: FocusEvent): boolean {
  const { currentTarget, relatedTarget } = event;
  if (relatedTarget === null) return document.hasFocus();
  return currentTarget instanceof Node && relatedTarget instanceof Node && !currentTarget.contains(relatedTarget);
}

/** Pressing something in a menu must not first take the focus, and with it the menu, away. */
export function keepFocus(event: MouseEvent): void {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
}
