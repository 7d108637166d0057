import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { ChannelSummary, Person, WorkspaceContent } from './content.ts';
import type { Place } from './place.ts';
import { avatar } from './pictures.ts';
import { unread } from './reading.ts';
import { current, goTo } from './store.ts';

export function Sidebar({ workspace }: { workspace: WorkspaceContent }): ComponentChildren {
  const { address, menuOpen } = current();
  const { place } = address;
  const link = (
    to: Place,
    here: boolean,
    label: ComponentChildren,
    extra: ComponentChildren = null,
    strong = false,
  ): ComponentChildren =>
    html`<button type="button" class=${strong ? 'nav strong' : 'nav'} aria-current=${here ? 'page' : undefined} onClick=${() => goTo(to)}><span class="nav-label">${label}</span>${extra}</button>`;
  const channelLink = (channel: ChannelSummary): ComponentChildren => {
    const here = place.kind === 'channel' && place.name === channel.name;
    const count = here ? 0 : unread(workspace.me, channel);
    const badge =
      count > 0 && html`<span class="count" aria-label=${`${count} unread`}>${count > 98 ? '99+' : count}</span>`;
    return link(
      { kind: 'channel', name: channel.name },
      here,
      html`<span class="hash">${channel.isPrivate ? '🔒' : '#'}</span>${channel.name}`,
      badge,
      count > 0,
    );
  };
  return html`<nav class=${menuOpen ? 'sidebar open' : 'sidebar'} id="sidebar" aria-label="Workspace">
    <p class="team">Sandbox<small>Nothing leaves this computer</small></p>
    <div class="nav-scroll">
      <h2>Channels</h2>
      ${workspace.channels.map(channelLink)}
      <h2>Apps</h2>
      ${link({ kind: 'home' }, place.kind === 'home', html`${avatar(workspace.botUserId, workspace.appName, true)}${workspace.appName}`)}
      <h2>Outside</h2>
      ${link({ kind: 'mail', id: null }, place.kind === 'mail', html`<${Envelope} />Mailbox`, workspace.mails > 0 && html`<span class="number" aria-label=${`${workspace.mails} mails`}>${workspace.mails}</span>`)}
    </div>
    <${ActAs} users=${workspace.users.filter((user) => !user.isBot)} me=${workspace.me} />
  </nav>`;
}

function ActAs({ users, me }: { users: Person[]; me: string }): ComponentChildren {
  const { address } = current();
  return html`<div class="act-as" role="group" aria-label="Act as">
    <p>You act as</p>
    ${users.map((user) => {
      const here = user.id === me;
      const role = user.isGuest ? 'guest' : user.isAdmin ? 'admin' : '';
      return html`<button type="button" aria-pressed=${here} onClick=${() => goTo(address.place, user.name)}>
        ${avatar(user.id, user.realName, false)}<span>${user.realName.split(' ')[0]}${role && html`<small> ${role}</small>`}</span>
      </button>`;
    })}
  </div>`;
}

function Envelope(): ComponentChildren {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><rect x="1.5" y="3" width="13" height="10" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.4" /><path d="M2 4.2l6 4.6 6-4.6" fill="none" stroke="currentColor" stroke-width="1.4" /></svg>`;
}
