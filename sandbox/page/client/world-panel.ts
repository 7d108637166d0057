import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelContent, Story, WorkspaceContent } from './content.ts';
import { clock, shortDay } from './dates.ts';
import { current, post, refresh, toast, togglePanel, toggleTraffic, type Panel } from './store.ts';
import { toggleTheme } from './theme.ts';

/** What the world outside the app is like: who acts in it, and how good the model is. */
export function WorldPanel({ workspace, panel }: { workspace: WorkspaceContent; panel: Panel }): ComponentChildren {
  const { story, model } = current();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const close = (): void => togglePanel(panel);
  const tabs: Array<[Panel, string]> = [
    ...(workspace.people ? [['people', 'People'] satisfies [Panel, string]] : []),
    ['model', 'Model'],
  ];
  return html`<aside class="world" id="world-panel" aria-label="World" tabindex="-1" ref=${box} onKeyDown=${(event: KeyboardEvent) => event.key === 'Escape' && close()}>
    <header><div class="tabs" role="tablist" aria-label="World">${tabs.map(([name, label]) => html`<button type="button" role="tab" id=${`world-tab-${name}`} aria-controls="world-tab" aria-selected=${panel === name} onClick=${() => panel !== name && togglePanel(name)}>${label}</button>`)}</div>
      <button class="close" type="button" aria-label="Close" onClick=${close}>✕</button></header>
    <div class="world-body" role="tabpanel" id="world-tab" aria-labelledby=${`world-tab-${panel}`}>
      ${panel === 'people' ? html`<${People} switches=${workspace.people} story=${story} now=${workspace.now} />` : model && html`<${Model} model=${model} />`}
    </div>
    <footer class="narrow"><button class="button small" type="button" onClick=${() => {
      close();
      toggleTraffic();
    }}>Traffic</button><button class="button small" type="button" onClick=${toggleTheme}>Light or dark</button></footer>
  </aside>`;
}

async function tell(path: string, fields: object): Promise<void> {
  try {
    await post(path, fields);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  }
  void refresh();
}

type PeopleProps = { switches: WorkspaceContent['people']; story: Story; now: number };

function People({ switches, story, now }: PeopleProps): ComponentChildren {
  const toggle = (name: 'leads' | 'reviewers', label: string, does: string): ComponentChildren =>
    html`<label class="switch"><input type="checkbox" role="switch" checked=${switches?.[name]} onChange=${(event: TargetedEvent<HTMLInputElement>) => void tell('/world/people', { [name]: event.currentTarget.checked })} /><span><strong>${label}</strong><small>${does}</small></span></label>`;
  const when = (at: number): string => (now - at < 20 * HOUR ? clock(at) : `${shortDay(at)}, ${clock(at)}`);
  return html`
    ${toggle('leads', 'Leads', 'They read their mail, click, answer, buy or complain, each in their own time.')}
    ${toggle('reviewers', 'Teammates', 'They decide cards in their working hours, and are wrong now and then, as people are.')}
    <h3>What people did</h3>
    ${story.length === 0 ? html`<p class="hint">Nothing yet. Switch somebody on, and let time pass.</p>` : html`<ol class="story">${story.map(({ at, who, what }) => html`<li><time>${when(at)}</time><span><strong>${who}</strong> ${what}</span></li>`)}</ol>`}`;
}

const HOUR = 3_600_000;

const FAULTS: Array<[name: string, label: string]> = [
  ['rate_limited', '429, too many requests'],
  ['server_error', '500, a server error'],
  ['hang', 'no answer at all'],
  ['truncated', 'cut off in mid-sentence'],
  ['refusal', 'a refusal'],
  ['garbage', 'garbage instead of JSON'],
  ['obey', 'obeying injections in the lead’s data'],
];
const TIMES: Array<[value: string, label: string]> = [
  ['1', 'Next answer'],
  ['3', 'Next 3 answers'],
  ['10', 'Next 10 answers'],
  ['all', 'All answers'],
];

function Model({ model }: { model: ModelContent }): ComponentChildren {
  const [fault, setFault] = useState('rate_limited');
  const [times, setTimes] = useState('1');
  const percent = Math.round(model.quality * 100);
  const menu = (
    label: string,
    options: Array<[string, string]>,
    value: string,
    set: (value: string) => void,
  ): ComponentChildren =>
    html`<select class="select" aria-label=${label} value=${value} onChange=${(event: TargetedEvent<HTMLSelectElement>) => set(event.currentTarget.value)}>${options.map(([option, words]) => html`<option value=${option}>${words}</option>`)}</select>`;
  return html`
    <h3 id="quality">How good the drafts are</h3>
    <input class="quality" type="range" min="0" max="100" aria-labelledby="quality" aria-valuetext=${mistakes(percent)} value=${percent} onChange=${(event: TargetedEvent<HTMLInputElement>) => void tell('/world/model', { quality: Number(event.currentTarget.value) / 100 })} />
    <p class="ends"><small>bad</small><small>mediocre</small><small>good</small></p>
    <p class="hint">${mistakes(percent)}</p>
    <h3>Next answers</h3>
    <div class="fault">${menu('Which answers', TIMES, times, setTimes)}${menu('What they are', FAULTS, fault, setFault)}
      <button class="button small" type="button" onClick=${() => void tell('/world/model', { fault, times: times === 'all' ? null : Number(times) })}>Let it happen</button></div>
    ${model.fault && html`<p class="hint" role="status">${asked(model.fault)} <button class="link" type="button" onClick=${() => void tell('/world/model', { fault: null })}>Answer properly again</button></p>`}`;
}

function mistakes(percent: number): string {
  if (percent === 100) return 'The model makes no mistakes on purpose.';
  if (percent === 0) return 'The model makes a mistake in every answer.';
  return `The model makes a mistake in about ${100 - percent} of 100 answers: a claim it made up, a wrong name, a placeholder, a bad tone.`;
}

function asked(fault: NonNullable<ModelContent['fault']>): string {
  const label = FAULTS.find(([name]) => name === fault.name)?.[1] ?? fault.name;
  const which =
    fault.times === null ? 'All answers' : fault.times === 1 ? 'The next answer' : `The next ${fault.times} answers`;
  return `${which} from ${clock(fault.at)} on: ${label}.`;
}
