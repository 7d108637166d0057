import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TimeMoved, WorkspaceContent } from './content.ts';
import { clock, dayAndYear, shortDay } from './dates.ts';
import { change, current, deed, post, refresh, toast, togglePanel, toggleTraffic } from './store.ts';
import { toggleTheme } from './theme.ts';

const HOUR = 3_600_000;
const TICK_MS = 5_000;
const STEPS = [
  { label: '+1 hour', short: '+1 h', ms: HOUR },
  { label: '+1 day', short: '+1 d', ms: 24 * HOUR },
  { label: '+1 week', short: '+1 w', ms: 7 * 24 * HOUR },
];
/** Less than this is nobody's jump, only the clock going on. */
const NO_MOVE_MS = 1_000;

/** Business time and what moves it; the world's panel, the traffic pane, light or dark. */
export function TopBar({ workspace }: { workspace: WorkspaceContent }): ComponentChildren {
  const { traffic, connected, menuOpen, panel } = current();
  const { people } = workspace;
  return html`<header class="top">
    <button class="icon-button menu-button" type="button" aria-label="Channels" aria-expanded=${menuOpen} aria-controls="sidebar" onClick=${() => change({ menuOpen: !menuOpen })}>☰</button>
    <${Time} workspace=${workspace} />
    <div class="top-end">
      ${!connected && html`<span class="offline" role="status">not connected</span>`}
      ${people && html`<button class="button small wide" type="button" aria-expanded=${panel === 'people'} aria-controls="world-panel" onClick=${() => togglePanel('people')}>People <span class=${people.leads || people.reviewers ? 'lamp on' : 'lamp'} role="img" aria-label=${people.leads || people.reviewers ? 'on' : 'off'}></span></button>`}
      <button class="button small wide" type="button" aria-expanded=${panel === 'model'} aria-controls="world-panel" onClick=${() => togglePanel('model')}>Model</button>
      <button class="button small wide" type="button" aria-pressed=${traffic !== null} onClick=${toggleTraffic}>Traffic</button>
      <button class="icon-button wide" type="button" aria-label="Light or dark" onClick=${toggleTheme}>◐</button>
      <button class="icon-button narrow" type="button" aria-label="World: people, model and more" aria-expanded=${panel !== null} aria-controls="world-panel" onClick=${() => togglePanel(people ? 'people' : 'model')}>⋯</button>
    </div>
  </header>`;
}

function Time({ workspace }: { workspace: WorkspaceContent }): ComponentChildren {
  const { time } = workspace;
  const now = useClock(workspace.now, time.paused || time.moving !== null);
  const still = time.moving !== null;
  const control = (
    label: string,
    sign: ComponentChildren,
    act: () => Promise<void>,
    look = 'icon-button',
  ): ComponentChildren =>
    html`<button class=${look} type="button" title=${label} aria-label=${label} aria-disabled=${still} onClick=${() => !still && void act()}>${sign}</button>`;
  return html`<div class="time" role="group" aria-label="Time">
    <time class=${time.paused ? 'standing' : ''} dateTime=${new Date(now).toISOString()}><span class="date">${dayAndYear(now)}, </span><span class="short brief">${shortDay(now)} </span>${clock(now)}</time>
    ${
      time.canPause &&
      control(time.paused ? 'Let time run' : 'Pause time', time.paused ? PLAY : PAUSE, () =>
        move({ do: time.paused ? 'resume' : 'pause' }),
      )
    }
    ${time.canStep && control('To the next planned thing', NEXT, () => move({ do: 'step' }))}
    ${workspace.canMoveTime && STEPS.map(({ label, short, ms }) => control(label, html`<span class="long">${label}</span><span class="short">${short}</span>`, () => move({ ms }), 'button small'))}
    <span class="quiet moving" role="status">${still ? 'time passes …' : time.paused ? 'time stands still' : ''}</span>
    ${time.moving && html`<progress class="passing" aria-label="Time passes" ...${passed(time.moving, workspace.now)}></progress>`}
  </div>`;
}

const sign = (path: string): ComponentChildren =>
  html`<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d=${path} fill="currentColor" /></svg>`;
const PLAY = sign('M4 2.5l9 5.5-9 5.5z');
const PAUSE = sign('M4 2.5h3v11H4zM9 2.5h3v11H9z');
const NEXT = sign('M3 2.5l7.5 5.5L3 13.500zM11 2.5h2.200v11H11z');

/** How far it has come; without a value on the way to whatever comes next. */
function passed(moving: { from: number; to: number | null }, now: number): { value?: number; max?: number } {
  if (moving.to === null) return {};
  return { value: Math.min(1, Math.max(0, (now - moving.from) / (moving.to - moving.from))), max: 1 };
}

/** Time goes on between two looks at the server, unless it stands still or is being moved. */
function useClock(told: number, still: boolean): number {
  const since = useRef({ told, at: Date.now() });
  const [, tick] = useState(0);
  if (since.current.told !== told || still) since.current = { told, at: Date.now() };
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return told + (Date.now() - since.current.at);
}

async function move(how: { ms: number } | { do: 'pause' | 'resume' | 'step' }): Promise<void> {
  try {
    const { moved } = await post<TimeMoved>('/world/time', how);
    if ('do' in how && how.do === 'step' && moved < NO_MOVE_MS) toast('Nothing is planned.');
    if (moved >= NO_MOVE_MS) deed('time');
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  } finally {
    void refresh();
  }
}
