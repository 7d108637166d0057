import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Blocks } from './blocks.ts';
import type { ChannelContent, Message } from './content.ts';
import { clock, dayAndYear, longDay, sameDay } from './dates.ts';
import { parseMrkdwn } from './mrkdwn.ts';
import { avatar } from './pictures.ts';
import { change, current, showEarlier } from './store.ts';
import { paragraphs } from './words.ts';

/** A channel's messages, a line between days, threads below their message. */
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

function MessageView({ message, channel }: { message: Message; channel: string }): ComponentChildren {
  const [open, setOpen] = useState(false);
  const author = current().workspace?.users.find(({ id }) => id === message.user);
  const name = author?.realName ?? message.user;
  const dismiss = (): void => change({ dismissed: new Set([...current().dismissed, message.id]) });
  const where = { kind: 'message', channel, ts: message.ts };
  return html`<article class=${message.onlyForMe ? 'message only-me' : 'message'} aria-label=${`${name}, ${clock(message.at)}`}>
    ${avatar(message.user, name, author?.isBot ?? false)}
    <div class="message-body">
      ${message.onlyForMe && html`<p class="only-me-note"><${Eye} /> Only visible to you <button class="link" type="button" onClick=${dismiss}>Dismiss</button></p>`}
      <p class="message-head"><strong>${name}</strong>${author?.isBot && html`<span class="badge">APP</span>`}
        <time dateTime=${new Date(message.at).toISOString()} title=${dayAndYear(message.at)}>${clock(message.at)}</time>
        ${message.edited && html`<span class="quiet">(edited)</span>`}</p>
      ${message.blocks.length > 0 ? html`<${Blocks} blocks=${message.blocks} where=${where} />` : html`<div class="mrkdwn">${paragraphs(parseMrkdwn(message.text))}</div>`}
      ${
        message.replies.length > 0 &&
        html`<div class="thread">
        <button class="link" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${message.replies.length} ${message.replies.length === 1 ? 'reply' : 'replies'} ${open ? '▴' : '▾'}</button>
        ${open && message.replies.map((reply) => html`<${MessageView} key=${reply.id} message=${reply} channel=${channel} />`)}
      </div>`
      }
    </div>
  </article>`;
}

function Eye(): ComponentChildren {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" fill="none" stroke="currentColor" stroke-width="1.4" /><circle cx="8" cy="8" r="2" fill="currentColor" /></svg>`;
}
