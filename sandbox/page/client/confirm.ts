import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { record, words } from './fields.ts';
import { textObject } from './words.ts';

/** The question that Slack puts before an action that has a `confirm` object. */
type Asking = { confirm: Json; answer: (yes: boolean) => void };

let show: ((asking: Asking) => void) | null = null;

/** True when there is nothing to ask, or the person said yes. */
export async function confirmed(confirm: unknown): Promise<boolean> {
  const question = record(confirm);
  if (Object.keys(question).length === 0 || show === null) return true;
  return await new Promise((answer) => show?.({ confirm: question, answer }));
}

export function ConfirmDialog(): ComponentChildren {
  const [asking, setAsking] = useState<Asking | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    show = setAsking;
  }, []);
  useEffect(() => {
    if (asking) dialog.current?.showModal();
  }, [asking]);
  if (!asking) return null;
  const { confirm } = asking;
  const end = (yes: boolean) => (): void => {
    dialog.current?.close();
    setAsking(null);
    asking.answer(yes);
  };
  return html`<dialog ref=${dialog} class="confirm" aria-labelledby="confirm-title" onCancel=${end(false)}>
    <h2 id="confirm-title">${words(confirm['title']) || 'Are you sure?'}</h2>
    <div class="dialog-body">${textObject(confirm['text'])}</div>
    <div class="dialog-foot">
      <button class="button" type="button" onClick=${end(false)}>${words(confirm['deny']) || 'Cancel'}</button>
      <button class=${`button ${confirm['style'] === 'danger' ? 'danger filled' : 'primary'}`} type="button" onClick=${end(true)}>
        ${words(confirm['confirm']) || 'Yes'}
      </button>
    </div>
  </dialog>`;
}
