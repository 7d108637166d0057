import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { AppHead } from './app-head.ts';
import type { ShownView } from './content.ts';
import { words } from './fields.ts';
import { useForm } from './form.ts';
import { act, current } from './store.ts';
import { withEmoji } from './words.ts';

/** A person's stack of modals. All are there, so that what was typed below is there again when the top one closes. */
export function Modals({ stack }: { stack: ShownView[] }): ComponentChildren {
  return stack.map(
    (shown, index) =>
      html`<${Modal} key=${shown.id} shown=${shown} onTop=${index === stack.length - 1} below=${words(stack[index - 1]?.view['title'])} />`,
  );
}

function Modal({
  shown,
  onTop,
  below,
}: {
  shown: ShownView;
  onTop: boolean;
  /** The title of the view that is seen again when this one closes; empty for the first. */
  below: string;
}): ComponentChildren {
  const { view } = shown;
  const form = useForm(view['blocks'], { kind: 'view', viewId: shown.id });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const dialog = useRef<HTMLDialogElement>(null);
  const key = `submit/${shown.id}`;
  const busy = current().busy.has(key);
  useFocusKept(dialog, onTop);
  const close = (event?: Event): void => {
    event?.preventDefault();
    void act('close-view', { viewId: shown.id });
  };
  const closeAll = (): void => void act('close-view', { viewId: shown.id, all: true });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const outcome = await act('submit', { viewId: shown.id, values: form.values() }, key);
    setErrors(outcome?.errors ?? {});
    requestAnimationFrame(() => {
      const wrong = firstWrong(dialog.current);
      wrong?.focus();
      // What is wrong stands below the field, which alone would be scrolled to.
      wrong?.closest('.field')?.scrollIntoView({ block: 'nearest' });
    });
  };
  const title = `modal-title-${shown.id}`;
  return html`<dialog ref=${dialog} class="modal" aria-labelledby=${title} onCancel=${close}>
    <form onSubmit=${submit} novalidate>
      <header>${below && html`<button type="button" class="close" aria-label=${`Back to ${below}`} title=${`Back to ${below}`} onClick=${close}>←</button>`}<h2 id=${title} tabindex="-1">${withEmoji(words(view['title']))}</h2><button type="button" class="close" aria-label="Close" onClick=${closeAll}>✕</button></header>
      <div class="dialog-body">${form.draw(errors)}</div>
      <div class="dialog-foot">
        <button class="button" type="button" onClick=${close}>${words(view['close']) || 'Close'}</button>
        ${view['submit'] && html`<button class="button primary" type="submit" aria-busy=${busy} aria-disabled=${busy}>${words(view['submit'])}</button>`}
      </div>
    </form>
  </dialog>`;
}

const FIELDS = '.dialog-body :is(input, textarea, select, summary)';

/** The dialog takes the focus, to its first field, and gives it back to what opened it, or to the page where that is gone. */
function useFocusKept(dialog: { current: HTMLDialogElement | null }, onTop: boolean): void {
  // While this draws, the focus is still where it was before.
  const opener = useRef(document.activeElement);
  const left = useRef<Element | null>(null);
  if (!onTop && dialog.current?.open) left.current = document.activeElement;
  useEffect(
    () => () => {
      // As long as it is open, nothing behind it takes the focus.
      dialog.current?.close();
      const { current: back } = opener;
      if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus();
      else document.getElementById('main')?.focus();
    },
    [],
  );
  useLayoutEffect(() => {
    const box = dialog.current;
    if (!onTop) return box?.close();
    if (box === null || box.open) return;
    box.showModal();
    const first = box.querySelector<HTMLElement>('[autofocus]') ?? box.querySelector<HTMLElement>(FIELDS);
    const { current: back } = left;
    (back instanceof HTMLElement && box.contains(back) ? back : (first ?? box.querySelector('h2')))?.focus();
  }, [onTop]);
}

function firstWrong(dialog: HTMLElement | null): HTMLElement | null {
  const wrong = dialog?.querySelector<HTMLElement>('[data-invalid="true"]') ?? null;
  return wrong?.matches('input, textarea, select, summary') === false
    ? (wrong.querySelector<HTMLElement>('input') ?? wrong)
    : wrong;
}

/** The app's own page for this person. */
export function Home({ shown }: { shown: ShownView | null }): ComponentChildren {
  const app = current().workspace?.appName ?? 'The app';
  return html`<main class="main" id="main" tabindex="-1">
    <${AppHead} here="home" />
    <div class="scroll"><div class="home">${shown ? html`<${HomeBlocks} key=${shown.id} shown=${shown} />` : html`<p class="empty">${app} has not drawn its Home yet.</p>`}</div></div>
  </main>`;
}

function HomeBlocks({ shown }: { shown: ShownView }): ComponentChildren {
  return useForm(shown.view['blocks'], { kind: 'view', viewId: shown.id }).draw({});
}
