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

/** `im` is the person of a direct message with the bot; null for a channel. */
export type Conversation = SlackChannel & { im: string | null };

/** State values by block id, then action id, as a submission carries them. */
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

export type StackedView = OpenView & { state: StateValues };

/** `inModal`: it came from a view, so it may push onto that stack. */
type Trigger = { user: string; at: number; used: boolean; inModal: boolean };

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
  length: number;
  bytes: Buffer | null;
  channels: string[];
};

type ScheduledMessage = { id: string; channel: string; postAt: number; text: string; blocks?: unknown[] };

export type World = {
  readonly credentials: SlackCredentials;
  readonly grants: Grants;
  readonly ids: IdSource;
  readonly users: Map<string, SlackUser>;
  readonly conversations: Map<string, Conversation>;
  readonly usergroups: SlackUsergroup[];
  readonly messages: Map<string, PostedMessage[]>;
  readonly ephemerals: Ephemeral[];
  readonly modals: Map<string, StackedView[]>;
  readonly homes: Map<string, StackedView>;
  readonly messageState: Map<string, StateValues>;
  readonly triggers: Map<string, Trigger>;
  readonly responseUrls: Map<string, ResponseUrl>;
  readonly files: Map<string, UploadedFile>;
  readonly scheduled: Map<string, ScheduledMessage>;
  readonly reactions: Map<string, Set<string>>;
  readonly warnings: Map<string, string[]>;
  readonly deliveries: Delivery[];
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
    messages: new Map(),
    ephemerals: [],
    modals: new Map(),
    homes: new Map(),
    messageState: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    files: new Map(),
    scheduled: new Map(),
    reactions: new Map(),
    warnings: new Map(),
    deliveries: [],
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

export function addChannel(
  world: World,
  channel: { name: string; members: string[]; is_private?: boolean },
): Conversation {
  // Derived from the name, so that a workspace set up twice has the same channels.
  const id = `C0${channel.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
  if (world.conversations.has(id)) throw new Error(`two channels would share the id ${id} (#${channel.name})`);
  const conversation: Conversation = {
    id,
    name: channel.name,
    is_private: channel.is_private ?? false,
    is_archived: false,
    members: [...channel.members],
    im: null,
  };
  world.conversations.set(id, conversation);
  return conversation;
}

/** The direct message between the bot and a person; made when it is first needed. */
export function directMessage(world: World, user: string): Conversation {
  const id = `D0${user.slice(1)}`;
  const existing = world.conversations.get(id);
  if (existing !== undefined) return existing;
  const conversation: Conversation = {
    id,
    name: 'directmessage',
    is_private: true,
    is_archived: false,
    members: [world.credentials.botUserId, user],
    im: user,
  };
  world.conversations.set(id, conversation);
  return conversation;
}

/** By id, `#name` or `name`. */
export function findConversation(world: World, reference: string): Conversation | null {
  const byId = world.conversations.get(reference);
  if (byId !== undefined) return byId;
  const name = reference.startsWith('#') ? reference.slice(1) : reference;
  return [...world.conversations.values()].find((channel) => channel.im === null && channel.name === name) ?? null;
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

/** Messages that are still there, oldest first. */
export function messagesIn(world: World, channel: string): PostedMessage[] {
  return (world.messages.get(channel) ?? []).filter((message) => message.deleted === undefined);
}

export function findMessage(world: World, channel: string, ts: string): PostedMessage | null {
  return messagesIn(world, channel).find((message) => message.ts === ts) ?? null;
}

/** What the client shows a person when the app failed them. */
export function warn(world: World, user: string, text: string): void {
  world.warnings.set(user, [...(world.warnings.get(user) ?? []), text]);
  world.changed();
}
