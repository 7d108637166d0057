import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { directWithApp } from './app-head.ts';
import type { ChannelSummary, Person, WorkspaceContent } from './content.ts';
import { conversationName } from './options.ts';
import { channelPlace, type Place } from './place.ts';
import { avatar } from './pictures.ts';
import { unread } from './reading.ts';
import { current, goTo } from './store.ts';

type LinkProps = {
  to: Place;
  here: boolean;
  /** How much is unread. */
  count?: number;
  children?: ComponentChildren;
};

/** One place to go to, with how much is unread there. */
function Link({ to, here, count = 0, children }: LinkProps): ComponentChildren {
  return html`<button type="button" class=${count > 0 ? 'nav strong' : 'nav'} aria-current=${here ? 'page' : undefined} onClick=${() => goTo(to)}>
    ${children}${count > 0 && html`<span class="count" aria-label=${`${count} unread`}>${count > 98 ? '99+' : count}</span>`}
  </button>`;
}

export function Sidebar({ workspace }: { workspace: WorkspaceContent }): ComponentChildren {
  const { address, menuOpen } = current();
  const { place } = address;
  const direct = directWithApp();
  const isHere = (channel: ChannelSummary): boolean => place.kind === 'channel' && place.name === channel.name;
  const unreadIn = (channel: ChannelSummary): number => (isHere(channel) ? 0 : unread(workspace.me, channel));
  const channels = workspace.channels.filter(({ kind }) => kind === 'channel');
  const between = workspace.channels.filter((channel) => channel.kind !== 'channel' && channel.id !== direct?.id);
  const inApp = place.kind === 'home' || (direct !== undefined && isHere(direct));
  return html`<nav class=${menuOpen ? 'sidebar open' : 'sidebar'} id="sidebar" aria-label="Workspace">
    <p class="team">Sandbox<small>Nothing leaves this computer</small></p>
    <div class="nav-scroll">
      <h2>Channels</h2>
      ${channels.map((channel) => html`<${Link} key=${channel.id} to=${channelPlace(channel.name)} here=${isHere(channel)} count=${unreadIn(channel)}><span class="nav-label"><span class="hash">${channel.isPrivate ? '🔒' : '#'}</span>${channel.name}</span><//>`)}
      ${between.length > 0 && html`<h2>Direct messages</h2>`}
      ${between.map((channel) => html`<${Link} key=${channel.id} to=${channelPlace(channel.name)} here=${isHere(channel)} count=${unreadIn(channel)}><span class="nav-label">${faceOf(channel, workspace)}${conversationName(channel, workspace)}</span><//>`)}
      <h2>Apps</h2>
      <${Link} to=${{ kind: 'home' }} here=${inApp} count=${direct ? unreadIn(direct) : 0}><span class="nav-label">${avatar(workspace.botUserId, workspace.appName, true)}${workspace.appName}</span><//>
      <h2>Outside</h2>
      <${Link} to=${{ kind: 'mail', id: null }} here=${place.kind === 'mail'}><span class="nav-label"><${Envelope} />Mailbox</span>${workspace.mails > 0 && html`<span class="number" aria-label=${`${workspace.mails} mails`}>${workspace.mails}</span>`}<//>
    </div>
    <${ActAs} users=${workspace.users.filter((user) => !user.isBot)} me=${workspace.me} />
  </nav>`;
}

/** The other person's picture, or how many others there are. */
function faceOf(channel: ChannelSummary, workspace: WorkspaceContent): ComponentChildren {
  const others = channel.members.filter((id) => id !== workspace.me);
  const [only] = others;
  const user = workspace.users.find(({ id }) => id === only);
  return others.length === 1 && user
    ? avatar(user.id, user.realName, user.isBot)
    : html`<span class="avatar" aria-hidden="true">${others.length}</span>`;
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
