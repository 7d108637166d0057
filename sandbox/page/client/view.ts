import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Blocks } from './blocks.ts';
import type { Json, ShownView } from './content.ts';
import { record, records, text, words } from './fields.ts';
import { Input, type Value } from './inputs.ts';
import { act, current } from './store.ts';
import { use, type Where } from './use-element.ts';
import { withEmoji } from './words.ts';

/** The blocks of a view with what the person fills in; `key` it by the view's id. */
function useForm(shown: ShownView): {
  values: Record<string, Value>;
  where: Where;
  draw: (errors: Record<string, string>) => ComponentChildren;
} {
  const [values, setValues] = useState<Record<string, Value>>({});
  const latest = useRef(values);
  latest.current = values;
  const present = (): Record<string, Value> => {
    const blocks = new Set(records(shown.view['blocks']).map((block) => text(block['block_id'])));
    return Object.fromEntries(Object.entries(latest.current).filter(([block]) => blocks.has(block)));
  };
  const where: Where = { kind: 'view', viewId: shown.id, values: present };
  const draw = (errors: Record<string, string>): ComponentChildren => {
    const input = (block: Json): ComponentChildren => {
      const blockId = text(block['block_id']);
      const change = (value: Value): void => {
        latest.current = { ...latest.current, [blockId]: value };
        setValues(latest.current);
      };
      const dispatch = (value: string): void => void use(where, record(block['element']), blockId, value);
      return html`<${Input} key=${blockId} block=${block} viewId=${shown.id} value=${values[blockId]} error=${errors[blockId]} onChange=${change} onDispatch=${dispatch} />`;
    };
    return html`<${Blocks} blocks=${records(shown.view['blocks'])} where=${where} input=${input} />`;
  };
  return { values: present(), where, draw };
}

/** The top of the person's stack of modals. */
export function Modal({ shown }: { shown: ShownView }): ComponentChildren {
  const { view } = shown;
  const form = useForm(shown);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const dialog = useRef<HTMLDialogElement>(null);
  const key = `submit/${shown.id}`;
  const busy = current().busy.has(key);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const close = (event?: Event): void => {
    event?.preventDefault();
    void act('close-view', { viewId: shown.id });
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const outcome = await act('submit', { viewId: shown.id, values: form.values }, key);
    setErrors(outcome?.errors ?? {});
    requestAnimationFrame(() => dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return html`<dialog ref=${dialog} class="modal" aria-labelledby="modal-title" onCancel=${close}>
    <form onSubmit=${submit} novalidate>
      <header><h2 id="modal-title">${withEmoji(words(view['title']))}</h2><button type="button" class="close" aria-label="Close" onClick=${close}>✕</button></header>
      <div class="dialog-body">${form.draw(errors)}</div>
      <div class="dialog-foot">
        <button class="button" type="button" onClick=${close}>${words(view['close']) || 'Close'}</button>
        ${view['submit'] && html`<button class="button primary" type="submit" aria-busy=${busy} disabled=${busy}>${words(view['submit'])}</button>`}
      </div>
    </form>
  </dialog>`;
}

/** The app's own page for this person. */
export function Home({ shown }: { shown: ShownView | null }): ComponentChildren {
  const app = current().workspace?.appName ?? 'The app';
  return html`<main class="main" id="main" tabindex="-1">
    <header class="main-head"><h1>${app}</h1><span class="quiet">Home</span></header>
    <div class="scroll"><div class="home">${shown ? html`<${HomeBlocks} key=${shown.id} shown=${shown} />` : html`<p class="empty">${app} has not drawn its Home yet.</p>`}</div></div>
  </main>`;
}

function HomeBlocks({ shown }: { shown: ShownView }): ComponentChildren {
  return useForm(shown).draw({});
}
