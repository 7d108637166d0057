import { html, render } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Channel } from './channel.ts';
import { ConfirmDialog } from './confirm.ts';
import { Hints } from './hints.ts';
import { Mailbox } from './mailbox.ts';
import { Sidebar } from './sidebar.ts';
import { channelNamed, current, listen, start, subscribe, type State, type Toast } from './store.ts';
import { applyTheme } from './theme.ts';
import { ThreadPane } from './thread-pane.ts';
import { TopBar } from './top-bar.ts';
import { TrafficPane } from './traffic-pane.ts';
import { Home, Modals } from './view.ts';
import { WorldPanel } from './world-panel.ts';

function App(): ComponentChildren {
  const [, redraw] = useState(0);
  useEffect(() => subscribe(() => redraw((count) => count + 1)), []);
  const state = current();
  const { workspace, traffic, toasts, panel } = state;
  if (!workspace) return html`<p class="starting">Opening the workspace …</p>`;
  const { place } = state.address;
  const channel = place.kind === 'channel' ? channelNamed(place.name) : undefined;
  const thread = place.kind === 'channel' ? place.thread : null;
  setTitle(state);
  return html`<div class=${traffic || (thread !== null && channel) ? 'app with-pane' : 'app'}>
    <a class="skip" href="#main" onClick=${skip}>To the messages</a>
    <${TopBar} workspace=${workspace} />
    <${Sidebar} workspace=${workspace} />
    <div class="middle">${place.kind !== 'mail' && html`<${Hints} workspace=${workspace} deeds=${state.deeds} />`}<${Middle} state=${state} /></div>
    ${traffic && html`<${TrafficPane} traffic=${traffic} />`}
    ${!traffic && channel && thread !== null && html`<${ThreadPane} channel=${channel} content=${state.channel} ts=${thread} />`}
    ${panel && html`<${WorldPanel} key="world" workspace=${workspace} panel=${panel} />`}
    <${Modals} key=${workspace.me} stack=${workspace.modals} />
    <${ConfirmDialog} />
    <${Toasts} toasts=${toasts} />
  </div>`;
}

/** A popover, so that what went wrong in a dialog is said above it. */
function Toasts({ toasts }: { toasts: Toast[] }): ComponentChildren {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.hidePopover();
    if (toasts.length > 0) box.current?.showPopover();
  }, [toasts]);
  return html`<div class="toasts" popover="manual" role="status" ref=${box}>${toasts.map(({ id, text }) => html`<p key=${id}>${text}</p>`)}</div>`;
}

function Middle({ state }: { state: State }): ComponentChildren {
  const { place } = state.address;
  if (place.kind === 'home') return html`<${Home} key=${state.workspace?.me} shown=${state.workspace?.home ?? null} />`;
  if (place.kind === 'mail')
    return html`<${Mailbox} mails=${state.mails} mail=${state.mail} now=${state.workspace?.now ?? 0} />`;
  const channel = channelNamed(place.name);
  return channel
    ? html`<${Channel} channel=${channel} content=${state.channel} />`
    : html`<main class="main" id="main"></main>`;
}

/** The address holds the place, so the skip link moves the focus and leaves the address alone. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function setTitle(state: State): void {
  const { place } = state.address;
  const name = place.kind === 'channel' ? `#${place.name}` : place.kind === 'home' ? 'Home' : 'Mailbox';
  document.title = `${name} · ${state.workspace?.appName ?? 'Sandbox'} sandbox`;
}

applyTheme();
const root = document.getElementById('root');
if (root) {
  root.replaceChildren();
  render(html`<${App} />`, root);
}
listen();
start();
