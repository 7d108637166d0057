import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { DropMenu } from './drop-menu.ts';
import { ElementField } from './element-field.ts';
import { record, records, text, texts, words } from './fields.ts';
import { safeUrl } from './mrkdwn.ts';
import { isLocal, picture } from './pictures.ts';
import { current, toast } from './store.ts';
import { keyOf, use, type Value, type Where } from './use-element.ts';
import { STAYS_HERE, textObject, withEmoji } from './words.ts';

type Props = { element: Json; blockId: string; where: Where };

/** An element that acts at once: in a message, or outside the inputs of a view. */
export function Element({ element, blockId, where }: Props): ComponentChildren {
  const props = { element, blockId, where };
  switch (element['type']) {
    case 'button':
      return html`<${Button} ...${props} />`;
    case 'icon_button':
      return iconButton(props);
    case 'workflow_button':
      return workflowButton(element);
    case 'image':
      return picture(element, 'element-picture');
    case 'mrkdwn':
    case 'plain_text':
      return textObject(element);
    case 'overflow':
      return overflow(props);
    case 'feedback_buttons':
      return html`<${Feedback} ...${props} />`;
    default:
      return html`<${Acting} ...${props} />`;
  }
}

const styleOf = (element: Json): string =>
  element['style'] === 'primary' || element['style'] === 'danger' ? ` ${element['style']}` : '';

const nameOf = (element: Json): string | undefined => text(element['accessibility_label']) || undefined;

const valueOf = (element: Json): string | undefined =>
  element['value'] === undefined ? undefined : text(element['value']);

function Button({ element, blockId, where }: Props): ComponentChildren {
  const busy = current().busy.has(keyOf(where, element, blockId));
  const url = safeUrl(text(element['url']));
  const label = withEmoji(words(element['text']));
  const press = (): void => {
    // Not `disabled`, which would throw the focus of whoever uses the keyboard back to the page's start.
    if (!busy) void use(where, element, blockId, valueOf(element));
  };
  if (url !== null && isLocal(url))
    return html`<a class=${`button${styleOf(element)}`} href=${url} target="_blank" rel="noopener noreferrer" aria-label=${nameOf(element)} onClick=${press}>${label}</a>`;
  const pressed = (): void => {
    press();
    if (url !== null) toast(`${STAYS_HERE} ${url}`);
  };
  return html`<button class=${`button${styleOf(element)}`} type="button" aria-label=${nameOf(element)} title=${url ?? undefined} aria-busy=${busy} aria-disabled=${busy} onClick=${pressed}>${label}</button>`;
}

const ICONS: Record<string, string> = { trash: '🗑' };

function iconButton({ element, blockId, where }: Props): ComponentChildren {
  const seenBy = texts(element['visible_to_user_ids']);
  if (seenBy.length > 0 && !seenBy.includes(current().workspace?.me ?? '')) return null;
  const label = words(element['text']);
  const press = (): void => void use(where, element, blockId, valueOf(element));
  return html`<button class="button small" type="button" aria-label=${nameOf(element) ?? label} title=${label} onClick=${press}>${ICONS[text(element['icon'])] ?? withEmoji(label)}</button>`;
}

/** It starts a workflow of Slack's own, of which the app hears nothing. */
function workflowButton(element: Json): ComponentChildren {
  const press = (): void => toast('This button starts a workflow inside Slack, which the sandbox does not have.');
  return html`<button class=${`button${styleOf(element)}`} type="button" aria-label=${nameOf(element)} onClick=${press}>${withEmoji(words(element['text']))}</button>`;
}

function Feedback({ element, blockId, where }: Props): ComponentChildren {
  const draw = (button: Json, sign: string): ComponentChildren => {
    const press = (): void => void use(where, element, blockId, text(button['value']));
    return html`<button class="button small" type="button" aria-label=${nameOf(button)} onClick=${press}><span aria-hidden="true">${sign} </span>${withEmoji(words(button['text']))}</button>`;
  };
  return html`${draw(record(element['positive_button']), '👍')}${draw(record(element['negative_button']), '👎')}`;
}

function overflow({ element, blockId, where }: Props): ComponentChildren {
  const choose = (option: Json) => (): void => {
    const url = safeUrl(text(option['url']));
    if (url !== null && isLocal(url)) open(url, '_blank', 'noopener,noreferrer');
    else if (url !== null) toast(`${STAYS_HERE} ${url}`);
    void use(where, element, blockId, text(option['value']));
  };
  const items = records(element['options']).map((option) => ({
    label: withEmoji(words(option['text'])),
    note: words(option['description']),
    act: choose(option),
  }));
  return html`<${DropMenu} label="More actions" sign="⋯" look="button" items=${items} />`;
}

/** A field that tells the app at once what was chosen; what the person denies on being asked goes back to what it was. */
function Acting({ element, blockId, where }: Props): ComponentChildren {
  const [value, setValue] = useState<Value | undefined>(undefined);
  const sent = useRef<Value | undefined>(undefined);
  const commit = async (next: Value): Promise<void> => {
    const outcome = await use(where, element, blockId, next);
    if (outcome === null) setValue(sent.current);
    else sent.current = next;
  };
  const id = `${where.kind === 'message' ? where.ts : where.viewId}-${blockId}-${text(element['action_id'])}`;
  return html`<${ElementField} id=${id} element=${element} where=${where} blockId=${blockId} label=${words(element['placeholder']) || 'Choose'} value=${value} invalid=${false} describedBy=${undefined} onChange=${setValue} onCommit=${(next: Value) => void commit(next)} />`;
}
