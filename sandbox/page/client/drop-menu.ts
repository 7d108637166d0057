import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { keepFocus, leaves } from './menus.ts';

export type MenuItem = { label: ComponentChildren; note?: string; act: () => void };

type Props = {
  label: string;
  items: MenuItem[];
  /** Shown in place of the label, which is its name then. */
  sign?: string;
  /** The classes of its button. */
  look?: string;
  quiet?: boolean;
  none?: string;
};

/** A button with a menu below it: arrow keys move, Escape goes back to the button. */
export function DropMenu({
  label,
  items,
  sign,
  look = 'button small',
  quiet = false,
  none = '',
}: Props): ComponentChildren {
  const box = useRef<HTMLDetailsElement>(null);
  const close = (back: boolean): void => {
    if (!box.current) return;
    box.current.open = false;
    if (back) box.current.querySelector('summary')?.focus();
  };
  const choose = (item: MenuItem) => (): void => {
    close(true);
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const menu = box.current;
    if (menu?.open !== true) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      return close(true);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...menu.querySelectorAll<HTMLButtonElement>('[role=menuitem]')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons.at((at + step + (at < 0 && step < 0 ? 1 : 0)) % Math.max(1, buttons.length))?.focus();
  };
  return html`<details class="overflow drop" ref=${box} onFocusOut=${(event: FocusEvent) => leaves(event) && close(false)} onKeyDown=${onKeyDown}>
    <summary class=${quiet ? `${look} quiet-button` : look} role="button" aria-haspopup="menu" aria-label=${sign && label} title=${sign && label}>${sign ?? label}</summary>
    ${
      items.length === 0
        ? html`<p class="menu hint">${none}</p>`
        : html`<div class="menu" role="menu" aria-label=${label}>${items.map((item) => html`<button type="button" role="menuitem" onMouseDown=${keepFocus} onClick=${choose(item)}>${item.label}${item.note && html`<small>${item.note}</small>`}</button>`)}</div>`
    }
  </details>`;
}
