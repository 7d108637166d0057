import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WorkspaceContent } from './content.ts';
import { clock, dayAndYear } from './dates.ts';
import { change, current, post, refresh, toast, toggleTraffic } from './store.ts';
import { toggleTheme } from './theme.ts';

const HOUR = 3_600_000;
const TICK_MS = 5_000;
const STEPS = [
  { label: '+1 hour', short: '+1 h', ms: HOUR },
  { label: '+1 day', short: '+1 d', ms: 24 * HOUR },
  { label: '+1 week', short: '+1 w', ms: 7 * 24 * HOUR },
];

/** Business time and what moves it, the traffic pane's switch, light or dark. */
export function TopBar({ workspace }: { workspace: WorkspaceContent }): ComponentChildren {
  const { busy, traffic, connected, menuOpen } = current();
  const moving = busy.has('time');
  const now = useClock(workspace.now);
  return html`<header class="top">
    <button class="icon-button menu-button" type="button" aria-label="Channels" aria-expanded=${menuOpen} aria-controls="sidebar" onClick=${() => change({ menuOpen: !menuOpen })}>☰</button>
    <div class="time" role="group" aria-label="Time">
      <time dateTime=${new Date(now).toISOString()}><span class="date">${dayAndYear(now)}, </span>${clock(now)}</time>
      ${workspace.canMoveTime && STEPS.map(({ label, short, ms }) => html`<button class="button small" type="button" disabled=${moving} aria-label=${label} onClick=${() => void advance(ms)}><span class="long">${label}</span><span class="short">${short}</span></button>`)}
      ${moving && html`<span class="quiet moving" role="status">time passes …</span>`}
    </div>
    <div class="top-end">
      ${!connected && html`<span class="offline" role="status">not connected</span>`}
      <button class="button small" type="button" aria-pressed=${traffic !== null} onClick=${toggleTraffic}>Traffic</button>
      <button class="icon-button" type="button" aria-label="Light or dark" onClick=${toggleTheme}>◐</button>
    </div>
  </header>`;
}

/** Time goes on between two looks at the server. */
function useClock(told: number): number {
  const since = useRef({ told, at: Date.now() });
  const [, tick] = useState(0);
  if (since.current.told !== told) since.current = { told, at: Date.now() };
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return told + (Date.now() - since.current.at);
}

async function advance(ms: number): Promise<void> {
  change({ busy: new Set([...current().busy, 'time']) });
  try {
    await post('/world/time', { ms });
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  } finally {
    change({ busy: new Set([...current().busy].filter((key) => key !== 'time')) });
    void refresh();
  }
}
