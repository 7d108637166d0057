import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Composer } from './composer.ts';
import type { ChannelContent, ChannelSummary } from './content.ts';
import { MessageView } from './messages.ts';
import { conversationName } from './options.ts';
import { current, showThread } from './store.ts';

/** A message and the answers to it, beside its channel. */
export function ThreadPane({
  channel,
  content,
  ts,
}: {
  channel: ChannelSummary;
  content: ChannelContent | null;
  ts: string;
}): ComponentChildren {
  const message = content?.messages.find((candidate) => candidate.ts === ts && !candidate.onlyForMe);
  const pane = useRef<HTMLElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    pane.current?.querySelector('textarea')?.focus();
  }, [ts]);
  const count = message?.replies.length ?? 0;
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: 'end' });
  }, [count]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) showThread(null);
  };
  return html`<aside class="pane thread" aria-label="Thread" ref=${pane} onKeyDown=${onKeyDown}>
    <header><h2>Thread <small>${channel.kind === 'channel' ? '#' : ''}${conversationName(channel, current().workspace)}</small></h2><button class="close" type="button" aria-label="Close thread" onClick=${() => showThread(null)}>✕</button></header>
    <div class="pane-scroll" tabindex="0" role="group" aria-label="Messages of this thread">
      ${!message && content && html`<p class="empty">This message is not here any more.</p>`}
      ${message && html`<${MessageView} key=${message.id} message=${message} channel=${channel.id} inThread=${true} />`}
      ${count > 0 && html`<p class="day"><span>${count} ${count === 1 ? 'reply' : 'replies'}</span></p>`}
      ${message?.replies.map((reply) => html`<${MessageView} key=${reply.id} message=${reply} channel=${channel.id} inThread=${true} />`)}
      <div ref=${end}></div>
    </div>
    ${message && html`<${Composer} key=${ts} channel=${channel} threadTs=${ts} onSent=${() => undefined} />`}
  </aside>`;
}
