import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { ChannelSummary } from './content.ts';
import { avatar } from './pictures.ts';
import { channelPlace } from './place.ts';
import { unread } from './reading.ts';
import { current, goTo } from './store.ts';

/** The direct message between the app and the person one acts as, once there is one. */
export function directWithApp(): ChannelSummary | undefined {
  const { workspace } = current();
  return workspace?.channels.find(({ kind, members }) => kind === 'im' && members.includes(workspace.botUserId));
}

/** The head of the app's own pages: its Home, and what it wrote to this person alone. */
export function AppHead({ here }: { here: 'home' | 'messages' }): ComponentChildren {
  const { workspace } = current();
  if (workspace === null) return null;
  const direct = directWithApp();
  const count = direct && here === 'home' ? unread(workspace.me, direct) : 0;
  return html`<header class="main-head app-head">
    <h1>${avatar(workspace.botUserId, workspace.appName, true)} ${workspace.appName}</h1>
    <nav class="tabs" aria-label=${workspace.appName}>
      <button type="button" aria-current=${here === 'home' ? 'page' : undefined} onClick=${() => goTo({ kind: 'home' })}>Home</button>
      ${direct && html`<button type="button" aria-current=${here === 'messages' ? 'page' : undefined} onClick=${() => goTo(channelPlace(direct.name))}>Messages${count > 0 && html` <span class="count" aria-label=${`${count} unread`}>${count}</span>`}</button>`}
    </nav>
  </header>`;
}
