import type { ChannelLog } from './channel-log.ts';
import type { IdSource, SlackCredentials } from './identity.ts';
import type { Grants } from './manifest.ts';
import type {
  Delivery,
  Ephemeral,
  OpenView,
  PostedMessage,
  SlackChannel,
  SlackUser,
  SlackUsergroup,
} from './workspace.ts';

/** Everything the stand-in remembers. One object, changed by the Web API and by what people do. */

/** A channel's topic or purpose; `lastSet` in seconds. */
export type Note = { value: string; creator: string; lastSet: number };

/** `im` is the person of a direct message with the bot; null for everything else. */
export type Conversation = SlackChannel & {
  im: string | null;
  created: number;
  creator: string;
  topic: Note;
  purpose: Note;
  log: ChannelLog;
  pins: Set<string>;
};

/** State values by block id, then action id, as a submission carries them. */
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

/** `from`: the channel that the person was in when it was opened, if any. */
export type StackedView = OpenView & { state: StateValues; from: string | null };

/** `inModal`: it came from a view, so it may push onto that stack. `channel`: where the person was, if anywhere. */
type Trigger = { user: string; at: number; used: boolean; inModal: boolean; channel: string | null };

export type ResponseUrl = {
  channel: string;
  user: string;
  /** The message that was clicked; null for a slash command. */
  source: { ts: string; ephemeral: boolean } | null;
  expiresAt: number;
  used: number;
};

export type UploadedFile = {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  altText: string | null;
  /** Who uploaded it, and when (seconds). */
  user: string;
  created: number;
  length: number;
  bytes: Buffer | null;
  /** Uploading is finished; before that nobody but the uploader knows of it. */
  complete: boolean;
  channels: string[];
};

export type ScheduledMessage = {
  id: string;
  channel: string;
  postAt: number;
  created: number;
  text: string;
  blocks?: unknown[];
  attachments?: unknown[];
  threadTs?: string;
};

/** A person's yes on the installation page. */
type InstallCode = { user: string; at: number; used: boolean; redirectUri: string | null };

export type World = {
  readonly credentials: SlackCredentials;
  readonly grants: Grants;
  readonly ids: IdSource;
  readonly users: Map<string, SlackUser>;
  readonly conversations: Map<string, Conversation>;
  readonly usergroups: SlackUsergroup[];
  /** By person, oldest first. */
  readonly ephemerals: Map<string, Ephemeral[]>;
  readonly modals: Map<string, StackedView[]>;
  readonly homes: Map<string, StackedView>;
  readonly messageState: Map<string, StateValues>;
  /** Options that the app suggested, by the place of the menu. */
  readonly suggestions: Map<string, Record<string, unknown>[]>;
  readonly triggers: Map<string, Trigger>;
  readonly responseUrls: Map<string, ResponseUrl>;
  readonly files: Map<string, UploadedFile>;
  readonly scheduled: Map<string, ScheduledMessage>;
  /** By `channel:ts`, then name: who gave it. */
  readonly reactions: Map<string, Map<string, Set<string>>>;
  readonly installCodes: Map<string, InstallCode>;
  readonly warnings: Map<string, string[]>;
  readonly deliveries: Delivery[];
  /** The bot token was given back. */
  revoked: boolean;
  /** Where the app reaches this stand-in, `http://host:port`. */
  baseUrl: () => string;
  now: () => number;
  nextTs: (channel: string) => string;
  changed: () => void;
  onChange: (listener: () => void) => () => void;
};

/** Timestamps as Slack makes them: seconds and six digits, never twice and never backwards in a channel. */
function timestampSource(now: () => number): (channel: string) => string {
  const last = new Map<string, { second: number; micro: number }>();
  return (channel) => {
    const second = Math.floor(now() / 1000);
    const before = last.get(channel) ?? { second: 0, micro: 0 };
    let next = { second, micro: 100 };
    if (second <= before.second) next = { second: before.second, micro: before.micro + 100 };
    if (next.micro > 999_999) next = { second: next.second + 1, micro: 100 };
    last.set(channel, next);
    return `${next.second}.${String(next.micro).padStart(6, '0')}`;
  };
}

export function createWorld(
  seed: Pick<World, 'credentials' | 'grants' | 'ids' | 'usergroups' | 'baseUrl' | 'now'> & { people: SlackUser[] },
): World {
  const { people, ...rest } = seed;
  const listeners = new Set<() => void>();
  return {
    ...rest,
    users: new Map(people.map((person) => [person.id, person])),
    conversations: new Map(),
    ephemerals: new Map(),
    modals: new Map(),
    homes: new Map(),
    messageState: new Map(),
    suggestions: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    files: new Map(),
    scheduled: new Map(),
    reactions: new Map(),
    installCodes: new Map(),
    warnings: new Map(),
    deliveries: [],
    revoked: false,
    nextTs: timestampSource(seed.now),
    changed: () => {
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const seconds = (world: World): number => Math.floor(world.now() / 1000);

/** By id, `#name` or `name`. */
export function findConversation(world: World, reference: string): Conversation | null {
  const byId = world.conversations.get(reference);
  if (byId !== undefined) return byId;
  const name = reference.startsWith('#') ? reference.slice(1) : reference;
  for (const channel of world.conversations.values())
    if (channel.kind === 'channel' && channel.name === name) return channel;
  return null;
}

export function conversationOrThrow(world: World, reference: string): Conversation {
  const found = findConversation(world, reference);
  if (found === null) throw new Error(`no channel ${reference} in this workspace`);
  return found;
}

/** A person by id or handle. */
export function userOrThrow(world: World, reference: string): SlackUser {
  const found = world.users.get(reference) ?? [...world.users.values()].find((user) => user.name === reference);
  if (found === undefined) throw new Error(`no person ${reference} in this workspace`);
  return found;
}

export function isMember(world: World, channel: Conversation): boolean {
  return channel.members.includes(world.credentials.botUserId);
}

export function findMessage(world: World, channel: string, ts: string): PostedMessage | null {
  return world.conversations.get(channel)?.log.find(ts) ?? null;
}

export function ephemeralsOf(world: World, user: string): Ephemeral[] {
  return world.ephemerals.get(user) ?? [];
}

const KEPT_WARNINGS = 100;

/** What the client shows a person when the app failed them. */
export function warn(world: World, user: string, text: string): void {
  const shown = world.warnings.get(user) ?? [];
  shown.push(text);
  if (shown.length > KEPT_WARNINGS) shown.shift();
  world.warnings.set(user, shown);
  world.changed();
}
