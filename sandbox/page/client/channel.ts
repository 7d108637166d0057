import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AppHead, directWithApp } from './app-head.ts';
import { Composer } from './composer.ts';
import type { ChannelContent, ChannelSummary } from './content.ts';
import { Messages } from './messages.ts';
import { conversationName } from './options.ts';
import { current } from './store.ts';

/** A channel: its messages, scrolled to the latest unless one reads further up, and the line to write in. */
export function Channel({
  channel,
  content,
}: {
  channel: ChannelSummary;
  content: ChannelContent | null;
}): ComponentChildren {
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    atEnd.current = true;
  }, [channel.id]);
  const answer = content?.messages.findLast(({ onlyForMe }) => onlyForMe)?.id;
  // What answers the person who just clicked stands at the end, where a reader further up would not see it.
  useLayoutEffect(() => {
    if (answer !== undefined) atEnd.current = true;
  }, [answer]);
  useLayoutEffect(() => {
    if (atEnd.current && scroll.current) scroll.current.scrollTop = scroll.current.scrollHeight;
  }, [content, channel.id]);
  const onScroll = (): void => {
    const box = scroll.current;
    if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  };
  const toEnd = (): void => {
    atEnd.current = true;
  };
  const ready = content?.channel === channel.id ? content : null;
  const { workspace } = current();
  const name = conversationName(channel, workspace);
  return html`<main class="main" id="main" tabindex="-1">
    ${channel.id === directWithApp()?.id ? html`<${AppHead} here="messages" />` : html`<header class="main-head"><h1>${channel.kind === 'channel' && html`<span class="hash">${channel.isPrivate ? '🔒' : '#'}</span>`}${name}</h1><span class="quiet">${channel.members.length} members</span></header>`}
    <div class="scroll" ref=${scroll} onScroll=${onScroll}>
      ${ready && ready.messages.length === 0 ? html`<p class="empty">Nothing here yet. What ${channel.kind === 'channel' ? `the app posts to #${name}` : `${name} writes to you`} appears here.</p>` : ready && html`<${Messages} content=${ready} />`}
    </div>
    <${Composer} key=${channel.id} channel=${channel} onSent=${toEnd} />
  </main>`;
}
