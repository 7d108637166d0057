import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { attachments } from './attachments.ts';
import type { ChannelContent, Message } from './content.ts';
import { clock, dayAndYear, longDay, sameDay } from './dates.ts';
import { useForm } from './form.ts';
import { MessageMenu } from './message-menu.ts';
import { parseMrkdwn } from './mrkdwn.ts';
import { avatar, sharedFile } from './pictures.ts';
import { change, current, showEarlier, showThread } from './store.ts';
import { paragraphs } from './words.ts';

/** A channel's messages, a line between days. */
export function Messages({ content }: { content: ChannelContent }): ComponentChildren {
  const { dismissed } = current();
  const shown = content.messages.filter(({ id }) => !dismissed.has(id));
  return html`<div class="messages" role="log" aria-label="Messages" aria-live="polite">
    ${content.earlier > 0 && html`<button class="button earlier" type="button" onClick=${showEarlier}>Show earlier messages (${content.earlier})</button>`}
    ${shown.map((message, index) => {
      const before = shown[index - 1];
      const newDay = before === undefined || !sameDay(before.at, message.at);
      return html`${newDay && html`<div class="day" key=${`day-${message.id}`}><span>${longDay(message.at)}</span></div>`}
        <${MessageView} key=${message.id} message=${message} channel=${content.channel} />`;
    })}
  </div>`;
}

type MessageProps = { message: Message; channel: string; inThread?: boolean };

export function MessageView({ message, channel, inThread = false }: MessageProps): ComponentChildren {
  const author = current().workspace?.users.find(({ id }) => id === message.user);
  const name = author?.realName ?? message.user;
  const dismiss = (): void => change({ dismissed: new Set([...current().dismissed, message.id]) });
  const article = useRef<HTMLElement>(null);
  useFocusHeld(article);
  if (message.isNote)
    return html`<p class="message note">${name} · ${paragraphs(parseMrkdwn(message.text))} <time>${clock(message.at)}</time></p>`;
  return html`<article class=${message.onlyForMe ? 'message only-me' : 'message'} ref=${article} tabindex="-1" aria-label=${`${name}, ${clock(message.at)}`}>
    ${avatar(message.user, name, author?.isBot ?? false)}
    <div class="message-body">
      ${message.onlyForMe && html`<p class="only-me-note"><${Eye} /> Only visible to you <button class="link" type="button" onClick=${dismiss}>Dismiss</button></p>`}
      <p class="message-head"><strong>${name}</strong>${author?.isBot && html`<span class="badge">APP</span>`}
        <time dateTime=${new Date(message.at).toISOString()} title=${dayAndYear(message.at)}>${clock(message.at)}</time>
        ${message.edited && html`<span class="quiet">(edited)</span>`}</p>
      ${message.blocks.length > 0 ? html`<${MessageBlocks} message=${message} channel=${channel} />` : html`<div class="mrkdwn">${paragraphs(parseMrkdwn(message.text))}</div>`}
      ${attachments(message, channel)}
      ${message.files.map(sharedFile)}
      ${!inThread && message.replies.length > 0 && html`<${Replies} message=${message} />`}
    </div>
    ${!message.onlyForMe && html`<${MessageMenu} message=${message} channel=${channel} inThread=${inThread} />`}
  </article>`;
}

function MessageBlocks({ message, channel }: { message: Message; channel: string }): ComponentChildren {
  return useForm(message.blocks, { kind: 'message', channel, ts: message.ts }).draw({});
}

/** How many replied, and the way to them. */
function Replies({ message }: { message: Message }): ComponentChildren {
  const last = message.replies.at(-1);
  const now = current().workspace?.now ?? 0;
  const { place } = current().address;
  const open = place.kind === 'channel' && place.thread === message.ts;
  const count = `${message.replies.length} ${message.replies.length === 1 ? 'reply' : 'replies'}`;
  return html`<p class="replies"><button class="link" type="button" aria-expanded=${open} onClick=${() => showThread(open ? null : message.ts)}>${count}</button>
    ${last && html`<small>last ${sameDay(last.at, now) ? `at ${clock(last.at)}` : longDay(last.at)}</small>`}</p>`;
}

/** Buttons go once a card is decided; whoever pressed one by the keyboard stays at that card. */
function useFocusHeld(article: { current: HTMLElement | null }): void {
  // While this draws, the page is still as it was before.
  const held = article.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (held && document.activeElement === document.body) article.current?.focus({ preventScroll: true });
  });
}

function Eye(): ComponentChildren {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" fill="none" stroke="currentColor" stroke-width="1.4" /><circle cx="8" cy="8" r="2" fill="currentColor" /></svg>`;
}
