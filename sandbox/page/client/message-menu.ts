import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Message } from './content.ts';
import { DropMenu } from './drop-menu.ts';
import { act, current, showThread } from './store.ts';

/** What one can do with a message: reply in its thread, and what the app offers on messages. */
export function MessageMenu({
  message,
  channel,
  inThread,
}: {
  message: Message;
  channel: string;
  inThread: boolean;
}): ComponentChildren {
  const offered = (current().workspace?.shortcuts ?? []).filter(({ type }) => type === 'message');
  const items = offered.map(({ name, description, callbackId }) => ({
    label: name,
    note: description,
    act: () => void act('shortcut', { callbackId, channel, ts: message.ts }),
  }));
  if (inThread && offered.length === 0) return null;
  return html`<div class="message-menu">
    ${!inThread && html`<button class="button small" type="button" aria-label="Reply in thread" title="Reply in thread" onClick=${() => showThread(message.ts)}><${Bubble} /></button>`}
    ${offered.length > 0 && html`<${DropMenu} label="More actions" sign="⋮" items=${items} />`}
  </div>`;
}

function Bubble(): ComponentChildren {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M2 3.5h12v7.5H7.5L4.5 13.5V11H2z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" /></svg>`;
}
