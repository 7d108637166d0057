import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { TrafficEntry } from './content.ts';
import { seconds } from './dates.ts';
import { toggleTraffic, type Traffic } from './store.ts';

const TABS: Array<[keyof Traffic, string]> = [
  ['slack', 'Slack'],
  ['model', 'Model'],
  ['mail', 'Mail'],
];
const ARROWS: Record<TrafficEntry['kind'], { sign: string; says: string }> = {
  call: { sign: '←', says: 'the app called' },
  delivery: { sign: '→', says: 'sent to the app' },
  model: { sign: '←', says: 'the app asked' },
  mail: { sign: '←', says: 'the app sent' },
};

/** What went over the wire, newest first. */
export function TrafficPane({ traffic }: { traffic: Traffic }): ComponentChildren {
  const [tab, setTab] = useState<keyof Traffic>('slack');
  return html`<aside class="pane traffic" aria-label="Traffic">
    <header><h2>Traffic</h2><button class="close" type="button" aria-label="Close traffic" onClick=${toggleTraffic}>✕</button></header>
    <div class="tabs" role="tablist">${TABS.map(([name, label]) => html`<button type="button" role="tab" aria-selected=${tab === name} onClick=${() => setTab(name)}>${label} <small>${traffic[name].length}</small></button>`)}</div>
    <div class="entries" role="tabpanel">${traffic[tab].map((entry) => html`<${Entry} key=${entry.key} entry=${entry} />`)}
      ${traffic[tab].length === 0 && html`<p class="empty">Nothing yet.</p>`}</div>
  </aside>`;
}

function Entry({ entry }: { entry: TrafficEntry }): ComponentChildren {
  const [detail, setDetail] = useState<string | null>(null);
  const arrow = ARROWS[entry.kind];
  const look = async (): Promise<void> => {
    const response = await fetch(`/world/traffic-detail?key=${encodeURIComponent(entry.key)}`);
    setDetail(JSON.stringify(await response.json(), null, 2));
  };
  const toggle = (): void => {
    if (detail === null) void look();
    else setDetail(null);
  };
  return html`<div class=${entry.ok ? 'entry' : 'entry failed'}>
    <button type="button" aria-expanded=${detail !== null} onClick=${toggle}>
      <span aria-label=${arrow.says} title=${arrow.says}>${arrow.sign}</span>${entry.at > 0 && html`<time>${seconds(entry.at)}</time>`}
      <strong>${entry.what}</strong>${!entry.ok && html`<span class="badge bad">failed</span>`}<span class="note">${entry.note}</span>
    </button>
    ${detail !== null && html`<pre>${detail}</pre>`}
  </div>`;
}
