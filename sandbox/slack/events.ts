import { type Deliver, notSent, type Outgoing } from './deliver.ts';
import { eventPayload, writtenMessage } from './payloads.ts';
import { post } from './posting.ts';
import type { Delivery, PostedMessage, SlackUser } from './workspace.ts';
import { directMessage } from './new-conversation.ts';
import { type Conversation, conversationOrThrow, isMember, userOrThrow, type World } from './world.ts';

/** Events, and their retries: https://docs.slack.dev/apis/events-api#retries */

const RETRY_AFTER_MS = [0, 60_000, 300_000] as const;

export type Events = {
  openHome: (args: { user: string; tab?: 'home' | 'messages' }) => Promise<Delivery>;
  say(args: { user: string; channel: string; text: string; threadTs?: string }): Promise<Delivery | null>;
  /** Somebody came into a channel or left it. */
  moved: (channel: Conversation, user: string, how: 'joined' | 'left') => void;
  deliverRetries: () => Promise<Delivery[]>;
  duplicateLast: (how: 'as_retry' | 'unmarked') => Promise<Delivery>;
  hold: () => void;
  release: (order: 'as_sent' | 'reversed') => Promise<Delivery[]>;
  close: () => void;
};

type Payload = Record<string, unknown>;
type RetryMark = { number: number; reason: string };
type Retry = RetryMark & { payload: Payload; timer: NodeJS.Timeout | null };
type Held = { send: () => Promise<Delivery> };

/** `manual`: retries wait for `deliverRetries`. `timer`: they go out when Slack would send them. */
function createSender(deliver: Deliver, retries: 'manual' | 'timer') {
  const waiting = new Set<Retry>();
  const send = async (payload: Payload, retry?: RetryMark): Promise<Delivery> => {
    const outgoing: Outgoing = { kind: 'event', form: 'json', envelope: 'events_api', payload };
    const delivery = await deliver(retry === undefined ? outgoing : { ...outgoing, retry });
    const next = (retry?.number ?? 0) + 1;
    const delay = RETRY_AFTER_MS[next - 1];
    const unwanted = delivery.acked || delivery.noRetry === true;
    if (!unwanted && delay !== undefined) schedule(payload, next, reasonOf(delivery), delay);
    return delivery;
  };
  const schedule = (payload: Payload, number: number, reason: string, delay: number): void => {
    const entry: Retry = { payload, number, reason, timer: null };
    waiting.add(entry);
    if (retries === 'manual') return;
    entry.timer = setTimeout(() => {
      waiting.delete(entry);
      void send(payload, entry);
    }, delay);
    entry.timer.unref();
  };
  const takeWaiting = (): Retry[] => {
    const due = [...waiting];
    waiting.clear();
    for (const { timer } of due) if (timer !== null) clearTimeout(timer);
    return due;
  };
  return { send, takeWaiting };
}

function reasonOf(delivery: Delivery): string {
  if (delivery.error === 'operation_timeout') return 'http_timeout';
  return delivery.status === null ? 'connection_failed' : 'http_error';
}

/** The `message.…` event of a conversation, and what it calls that conversation. */
const MESSAGE_EVENTS = {
  im: { subscription: 'message.im', type: 'im' },
  mpim: { subscription: 'message.mpim', type: 'mpim' },
  private: { subscription: 'message.groups', type: 'group' },
  public: { subscription: 'message.channels', type: 'channel' },
} as const;

function messageEventOf({ kind, is_private: isPrivate }: Conversation) {
  if (kind !== 'channel') return MESSAGE_EVENTS[kind];
  return MESSAGE_EVENTS[isPrivate ? 'private' : 'public'];
}

/** What a person writes, with the bot's handle as a mention. Throws where they cannot write. */
function write(
  world: World,
  user: SlackUser,
  said: { channel: Conversation; text: string; threadTs: string | undefined },
): { message: PostedMessage; mentioned: boolean } {
  const { channel, threadTs } = said;
  if (!channel.members.includes(user.id)) throw new Error(`${user.name} is not in #${channel.name}`);
  if (channel.is_archived) throw new Error(`#${channel.name} is archived`);
  if (channel.is_im && world.grants.messagesTab !== 'open')
    throw new Error('sending messages to this app has been turned off: the manifest has no open messages tab');
  const { botUserId } = world.credentials;
  const handle = world.users.get(botUserId)?.name ?? '';
  const text = said.text.replaceAll(`@${handle}`, `<@${botUserId}>`);
  const message = post(world, channel, { text }, { author: user.id, ...(threadTs ? { threadTs } : {}) });
  return { message, mentioned: text.includes(`<@${botUserId}>`) && !channel.is_im };
}

export function createEvents(world: World, deliver: Deliver, retries: 'manual' | 'timer'): Events {
  const { send, takeWaiting } = createSender(deliver, retries);
  let last: Payload | null = null;
  let held: Held[] | null = null;

  const emit = async (subscription: string, event: Payload, type = subscription): Promise<Delivery> => {
    if (!world.grants.events.has(subscription))
      return notSent('event', `the manifest does not subscribe to ${subscription}`);
    const payload = eventPayload(world, { type, ...event, event_ts: (world.now() / 1000).toFixed(6) });
    last = payload;
    if (held === null) return send(payload);
    const queue = held;
    return new Promise((resolve) => {
      queue.push({
        send: async () => {
          const delivery = await send(payload);
          resolve(delivery);
          return delivery;
        },
      });
    });
  };

  return {
    openHome: async ({ user: reference, tab = 'home' }) => {
      const user = userOrThrow(world, reference);
      if (tab === 'home' && !world.grants.homeTab) return notSent('event', 'the manifest has no Home tab');
      const view = tab === 'home' ? world.homes.get(user.id)?.view : undefined;
      const channel = directMessage(world, user.id).id;
      return emit('app_home_opened', { user: user.id, channel, tab, ...(view === undefined ? {} : { view }) });
    },
    say: async ({ user: reference, channel: where, text, threadTs }) => {
      const user = userOrThrow(world, reference);
      const channel = conversationOrThrow(world, where);
      const { message, mentioned } = write(world, user, { channel, text, threadTs });
      if (!isMember(world, channel)) return null;
      const written = writtenMessage(world, message);
      const { subscription, type } = messageEventOf(channel);
      const mention = mentioned ? await emit('app_mention', written) : null;
      if (!world.grants.events.has(subscription)) return mention;
      const heard = await emit(subscription, { ...written, channel_type: type }, 'message');
      return mention ?? heard;
    },
    moved: (channel, user, how) => {
      const name = `member_${how}_channel`;
      const seen =
        how === 'joined' ? isMember(world, channel) : user === world.credentials.botUserId || isMember(world, channel);
      if (!seen || !world.grants.events.has(name)) return;
      const kind = channel.is_private ? 'G' : 'C';
      void emit(name, { user, channel: channel.id, channel_type: kind, team: world.credentials.teamId });
    },
    deliverRetries: async () => {
      const deliveries: Delivery[] = [];
      for (const entry of takeWaiting()) deliveries.push(await send(entry.payload, entry));
      return deliveries;
    },
    duplicateLast: async (how) => {
      if (last === null) throw new Error('no event has been sent yet');
      return how === 'unmarked' ? send(last) : send(last, { number: 1, reason: 'http_timeout' });
    },
    hold: () => {
      held ??= [];
    },
    release: async (order) => {
      const queue = held ?? [];
      held = null;
      const deliveries: Delivery[] = [];
      for (const entry of order === 'reversed' ? queue.toReversed() : queue) deliveries.push(await entry.send());
      return deliveries;
    },
    close: () => {
      takeWaiting();
    },
  };
}
