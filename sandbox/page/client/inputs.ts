import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json } from './content.ts';
import { ElementField, isSeveral, startingText } from './element-field.ts';
import { record, text, words } from './fields.ts';
import type { Value, Where } from './use-element.ts';
import { withEmoji } from './words.ts';

type Props = {
  block: Json;
  where: Where;
  value: Value | undefined;
  error: string | undefined;
  onChange: (value: Value) => void;
  /** For inputs with `dispatch_action`: tells the app at once. */
  onDispatch: (value: Value) => void;
};

/** An `input` block: label, field, hint, counter, and what is wrong with it. */
export function Input({ block, where, value, error, onChange, onDispatch }: Props): ComponentChildren {
  const element = record(block['element']);
  const blockId = text(block['block_id']);
  const id = `${where.kind === 'view' ? where.viewId : where.ts}-${blockId}`;
  const hint = words(block['hint']);
  const several = isSeveral(element);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const onCommit = (given: Value): void => {
    if (block['dispatch_action'] === true) onDispatch(given);
  };
  return html`<div class=${error ? 'field wrong' : 'field'} role=${several ? 'group' : undefined} aria-labelledby=${several ? `${id}-label` : undefined}>
    <label id=${`${id}-label`} for=${several ? undefined : id}>${withEmoji(words(block['label']))}${block['optional'] === true && html`<span class="optional"> (optional)</span>`}</label>
    <${ElementField} id=${id} element=${element} where=${where} blockId=${blockId} label=${nameFor(element, words(block['label']))} value=${value} invalid=${Boolean(error)} describedBy=${described} onChange=${onChange} onCommit=${onCommit} />
    <div class="field-foot">
      <div>${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}${hint && html`<p class="hint" id=${`${id}-hint`}>${withEmoji(hint)}</p>`}</div>
      ${counter(element, value)}
    </div>
  </div>`;
}

/** A menu of several and a file field are no labelled elements of HTML, so they are told their name. */
const nameFor = (element: Json, label: string): string | null =>
  /^(multi_|external_select|file_input)/.test(text(element['type'])) ? label : null;

function counter(element: Json, value: Value | undefined): ComponentChildren {
  const most = Number(element['max_length'] ?? 0);
  if (most === 0) return null;
  const length = (typeof value === 'string' ? value : startingText(element)).length;
  return html`<span class=${length > most ? 'counter over' : 'counter'} aria-live=${length > most - 20 ? 'polite' : 'off'}>${length} / ${most}</span>`;
}
