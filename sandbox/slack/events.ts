import type { Deliver, Outgoing } from './deliver.ts';
import { notSent } from './interactions.ts';
import { eventPayload } from './payloads.ts';
import { post } from './posting.ts';
import type { Delivery } from './workspace.ts';
import { conversationOrThrow, directMessage, userOrThrow, type World } from './world.ts';

/** Events, and their retries: https://docs.slack.dev/apis/events-api#retries */

const RETRY_AFTER_MS = [0, 60_000, 300_000] as const;

export type Events = {
  openHome: (args: { user: string }) => Promise<Delivery>;
  say(args: { user: string; channel: string; text: string; threadTs?: string }): Promise<Delivery | null>;
  deliverRetries: () => Promise<Delivery[]>;
  duplicateLast: () => Promise<Delivery>;
  close: () => void;
};

type Retry = { payload: Record<string, unknown>; number: number; reason: string; timer: NodeJS.Timeout | null };

/** `manual`: retries wait for `deliverRetries`. `timer`: they go out when Slack would send them. */
export function createEvents(world: World, deliver: Deliver, retries: 'manual' | 'timer'): Events {
  const waiting = new Set<Retry>();
  let last: Record<string, unknown> | null = null;

  const send = async (
    payload: Record<string, unknown>,
    retry?: { number: number; reason: string },
  ): Promise<Delivery> => {
    const outgoing: Outgoing = { kind: 'event', form: 'json', envelope: 'events_api', payload };
    const delivery = await deliver(retry === undefined ? outgoing : { ...outgoing, retry });
    const next = (retry?.number ?? 0) + 1;
    const delay = RETRY_AFTER_MS[next - 1];
    if (!delivery.acked && delay !== undefined) schedule(payload, next, reasonOf(delivery), delay);
    return delivery;
  };

  const schedule = (payload: Record<string, unknown>, number: number, reason: string, delay: number): void => {
    const entry: Retry = { payload, number, reason, timer: null };
    waiting.add(entry);
    if (retries === 'manual') return;
    entry.timer = setTimeout(() => {
      waiting.delete(entry);
      void send(payload, entry);
    }, delay);
    entry.timer.unref();
  };

  const emit = async (type: string, event: Record<string, unknown>): Promise<Delivery> => {
    if (!world.grants.events.has(type)) return notSent('event', `the manifest does not subscribe to ${type}`);
    last = eventPayload(world, { type, ...event, event_ts: (world.now() / 1000).toFixed(6) });
    return send(last);
  };

  return {
    openHome: async ({ user: reference }) => {
      const user = userOrThrow(world, reference);
      if (!world.grants.homeTab) return notSent('event', 'the manifest has no Home tab');
      const view = world.homes.get(user.id)?.view;
      const channel = directMessage(world, user.id).id;
      return emit('app_home_opened', { user: user.id, channel, tab: 'home', ...(view === undefined ? {} : { view }) });
    },
    say: async ({ user: reference, channel: where, text, threadTs }) => {
      const user = userOrThrow(world, reference);
      const channel = conversationOrThrow(world, where);
      if (!channel.members.includes(user.id)) throw new Error(`${user.name} is not in #${channel.name}`);
      const { botUserId } = world.credentials;
      const handle = world.users.get(botUserId)?.name ?? '';
      const mention = text.replaceAll(`@${handle}`, `<@${botUserId}>`);
      const message = post(
        world,
        channel.id,
        { text: mention },
        { author: user.id, ...(threadTs ? { threadTs } : {}) },
      );
      const mentioned = mention.includes(`<@${botUserId}>`);
      if (!mentioned || !channel.members.includes(botUserId) || channel.im !== null) return null;
      return emit('app_mention', {
        user: user.id,
        text: mention,
        ts: message.ts,
        channel: channel.id,
        team: world.credentials.teamId,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      });
    },
    deliverRetries: async () => {
      const due = [...waiting];
      waiting.clear();
      const deliveries: Delivery[] = [];
      for (const entry of due) {
        if (entry.timer !== null) clearTimeout(entry.timer);
        deliveries.push(await send(entry.payload, entry));
      }
      return deliveries;
    },
    duplicateLast: async () => {
      if (last === null) throw new Error('no event has been sent yet');
      return send(last, { number: 1, reason: 'http_timeout' });
    },
    close: () => {
      for (const entry of waiting) if (entry.timer !== null) clearTimeout(entry.timer);
      waiting.clear();
    },
  };
}

function reasonOf(delivery: Delivery): string {
  if (delivery.error === 'operation_timeout') return 'http_timeout';
  return delivery.status === null ? 'connection_failed' : 'http_error';
}
