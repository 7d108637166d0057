import type {
  ChannelContent,
  ChannelSummary,
  MailContent,
  MailSummary,
  ModelContent,
  Outcome,
  Story,
  TimeTick,
  TrafficEntry,
  WorkspaceContent,
} from './content.ts';
import { channelPlace, readAddress, writeAddress, type Address, type Place } from './place.ts';
import { markRead } from './reading.ts';

export type Toast = { id: number; text: string };
export type Traffic = Record<'slack' | 'model' | 'mail', TrafficEntry[]>;

/** Which part of the world's panel is open. */
export type Panel = 'people' | 'model';
/** What a newcomer has done once, so that nobody need tell them of it. */
export type Deed = 'click' | 'submit' | 'time';

export type State = {
  address: Address;
  workspace: WorkspaceContent | null;
  channel: ChannelContent | null;
  limit: number;
  mails: MailSummary[];
  mail: MailContent | null;
  traffic: Traffic | null;
  /** What is under way, by a key that its control knows. */
  busy: ReadonlySet<string>;
  toasts: Toast[];
  connected: boolean;
  menuOpen: boolean;
  /** Ephemeral messages that were dismissed in this window. */
  dismissed: ReadonlySet<string>;
  panel: Panel | null;
  story: Story;
  model: ModelContent | null;
  deeds: ReadonlySet<Deed>;
};

const PAGE_SIZE = 60;
/** As many as the server gives. */
const MOST_MESSAGES = 1_000;
const DEFAULT: Address = { person: 'ana', place: channelPlace('nurture-emails') };
const TOAST_MS = 8_000;

let state: State = {
  address: readAddress(location.hash) ?? DEFAULT,
  workspace: null,
  channel: null,
  limit: PAGE_SIZE,
  mails: [],
  mail: null,
  traffic: null,
  busy: new Set(),
  toasts: [],
  connected: true,
  menuOpen: false,
  dismissed: new Set(),
  panel: null,
  story: [],
  model: null,
  deeds: new Set(),
};

const listeners = new Set<() => void>();
/** Nobody has chosen a place yet: then the page goes where something waits. */
let unchosen = readAddress(location.hash) === null;
let people: Array<{ id: string; name: string }> = [];

export const current = (): State => state;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function change(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

/** The id of the person one acts as; Ana's until the workspace is known. */
const me = (): string => people.find(({ name }) => name === state.address.person)?.id ?? 'U0ANA';

export const channelNamed = (name: string): ChannelSummary | undefined =>
  state.workspace?.channels.find((channel) => channel.name === name);

export function goTo(place: Place, person = state.address.person): void {
  unchosen = false;
  const address: Address = { person, place };
  // A thread opens beside its channel, which stays as it is.
  const moved = writeAddress(besideThread(address)) !== writeAddress(besideThread(state.address));
  change({ address, menuOpen: false, ...(moved ? { channel: null, mail: null, limit: PAGE_SIZE } : {}) });
  if (location.hash !== writeAddress(address)) history.pushState(null, '', writeAddress(address));
  if (place.kind === 'home') void openHome();
  void refresh();
}

function besideThread({ person, place }: Address): Address {
  return { person, place: place.kind === 'channel' ? channelPlace(place.name) : place };
}

/** Opens the thread of a message of the channel that is shown, or closes the one that is open. One pane at a time. */
export function showThread(ts: string | null): void {
  const { place } = state.address;
  if (place.kind !== 'channel') return;
  if (ts !== null) change({ traffic: null });
  goTo(channelPlace(place.name, ts));
}

/** Opens the place in the address, or looks for the first one where something waits. */
export function start(): void {
  if (unchosen) void refresh();
  else goTo(state.address.place);
}

async function openHome(): Promise<void> {
  // Before the first look nobody's id is known.
  if (people.length === 0) await refresh();
  await act('home', {});
}

export function showEarlier(): void {
  change({ limit: state.limit + PAGE_SIZE });
  void refresh();
}

export function toggleTraffic(): void {
  if (state.traffic) return change({ traffic: null });
  showThread(null);
  change({ traffic: { slack: [], model: [], mail: [] } });
  void refresh();
}

export function togglePanel(panel: Panel): void {
  change({ panel: state.panel === panel ? null : panel });
  void refresh();
}

export function deed(done: Deed): void {
  if (!state.deeds.has(done)) change({ deeds: new Set([...state.deeds, done]) });
}

export function toast(text: string): void {
  const id = Date.now() + Math.random();
  change({ toasts: [...state.toasts.slice(-2), { id, text }] });
  setTimeout(() => change({ toasts: state.toasts.filter((other) => other.id !== id) }), TOAST_MS);
}

export async function get<T>(path: string): Promise<T> {
  const response = await fetch(path);
  const body: T & { error?: string } = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The sandbox answered ${response.status}.`);
  return body;
}

export async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: T & { error?: string } = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

let running = false;
let again = false;

/** Looks again at all that is on the screen. Calls that come while one runs become one more. */
export async function refresh(): Promise<void> {
  again = true;
  if (running) return;
  running = true;
  try {
    while (again) {
      again = false;
      await look();
    }
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  } finally {
    running = false;
  }
}

async function look(): Promise<void> {
  const { place } = state.address;
  const workspace = await get<WorkspaceContent>(`/world/workspace?as=${me()}`);
  people = workspace.users;
  if (workspace.me !== me()) {
    again = true;
    return;
  }
  const waiting = workspace.channels.find(({ recent }) => recent.length > 0);
  if (unchosen && waiting) {
    change({ workspace });
    return goTo(channelPlace(waiting.name));
  }
  const known = place.kind === 'channel' ? workspace.channels.find(({ name }) => name === place.name) : undefined;
  const [channel, mails, mail, traffic, story, model] = await Promise.all([
    known ? get<ChannelContent>(`/world/channel?as=${me()}&channel=${known.id}&limit=${state.limit}`) : null,
    place.kind === 'mail' ? get<MailSummary[]>('/world/mail') : [],
    place.kind === 'mail' && place.id !== null ? get<MailContent>(`/world/mail/${encodeURIComponent(place.id)}`) : null,
    state.traffic ? get<Traffic>('/world/traffic') : null,
    state.panel === 'people' ? get<Story>('/world/story') : state.story,
    state.panel === 'model' ? get<ModelContent>('/world/model') : state.model,
  ]);
  if (state.address.place !== place) {
    again = true;
    return;
  }
  const thread = place.kind === 'channel' ? place.thread : null;
  if (channel && thread !== null && channel.earlier > 0 && !channel.messages.some(({ ts }) => ts === thread)) {
    state = { ...state, limit: MOST_MESSAGES };
    again ||= channel.messages.length < MOST_MESSAGES;
  }
  if (known && document.visibilityState === 'visible') markRead(workspace.me, known.id, known.recent.at(-1));
  change({ workspace, channel, mails, mail, traffic: state.traffic && traffic, story, model, connected: true });
  const [first] = workspace.channels;
  if (place.kind === 'channel' && !known && first) goTo(channelPlace(first.name));
}

/** Does something as the present person; says so when the app did not answer as it should. */
export async function act(name: string, fields: object, key = name): Promise<Outcome | null> {
  change({ busy: new Set([...state.busy, key]) });
  try {
    const outcome = await post<Outcome>(`/world/${name}`, { as: me(), ...fields });
    if (outcome.error !== null && Object.keys(outcome.errors).length === 0) toast(complaint(outcome));
    if (outcome.error === null && (name === 'click' || name === 'submit')) deed(name);
    return outcome;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
    return null;
  } finally {
    change({ busy: new Set([...state.busy].filter((other) => other !== key)) });
    void refresh();
  }
}

function complaint(outcome: Outcome): string {
  const app = state.workspace?.appName ?? 'The app';
  return outcome.acked ? `${app} answered, but: ${outcome.error}` : `${app} did not answer (${outcome.error}).`;
}

let events: EventSource | null = null;

/** A page that nobody sees does not listen: a browser has six connections to a server, and tabs are many. */
function listenWhileSeen(): void {
  const seen = document.visibilityState === 'visible';
  if (seen && events === null) {
    events = new EventSource('/world/events');
    events.addEventListener('change', () => void refresh());
    events.addEventListener('time', showTime);
    events.addEventListener('error', () => change({ connected: false }));
  } else if (!seen) stopListening();
}

/** Business time alone: it comes many times a second while time moves. */
function showTime(event: MessageEvent<string>): void {
  const tick: TimeTick = JSON.parse(event.data);
  if (state.workspace) change({ workspace: { ...state.workspace, ...tick } });
}

function stopListening(): void {
  events?.close();
  events = null;
}

export function listen(): void {
  listenWhileSeen();
  document.addEventListener('visibilitychange', listenWhileSeen);
  addEventListener('pagehide', stopListening);
  addEventListener('pageshow', listenWhileSeen);
  addEventListener('popstate', () => {
    const address = readAddress(location.hash);
    if (address) goTo(address.place, address.person);
  });
}
