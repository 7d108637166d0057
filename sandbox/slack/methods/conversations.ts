import {
  type Args,
  cursorArg,
  cursorFor,
  familyScope,
  flagArg,
  limitArg,
  listScope,
  type Method,
  page,
  type Reply,
  textArg,
  visibleChannel,
  familyOf,
  wantedFamilies,
} from '../call.ts';
import { isReply } from '../channel-log.ts';
import { refuse } from '../posting.ts';
import { presentConversation } from '../present-conversation.ts';
import { presentMessage } from '../present-message.ts';
import type { PostedMessage } from '../workspace.ts';
import { type Conversation, isMember, type World } from '../world.ts';

/** Reading conversations: https://docs.slack.dev/reference/methods/conversations.list and its siblings. */

/** The conversations of these kinds that the bot may see; null when `types` names a kind that there is not. */
function seen(args: Args, world: World): Conversation[] | null {
  const families = wantedFamilies(args);
  if (families === null) return null;
  return [...world.conversations.values()].filter(
    (channel) =>
      families.includes(familyOf(channel)) &&
      (!channel.is_private || isMember(world, channel)) &&
      !(flagArg(args, 'exclude_archived') && channel.is_archived),
  );
}

function listed(args: Args, world: World, channels: Conversation[] | null, fallbackLimit: number): Reply {
  if (channels === null) return refuse('invalid_types');
  const found = page(channels, args, fallbackLimit);
  if ('refusal' in found) return found.refusal;
  return {
    ok: true,
    channels: found.items.map((item) => presentConversation(world, item, { withCount: true })),
    response_metadata: { next_cursor: found.next },
  };
}

const list = (args: Args, world: World): Reply => listed(args, world, seen(args, world), 100);

/** Of one person, as far as the bot may see: its own where nobody is named. */
function listOfUser(args: Args, world: World): Reply {
  const user = textArg(args, 'user') ?? world.credentials.botUserId;
  if (!world.users.has(user)) return refuse('user_not_found');
  const channels = seen(args, world)?.filter((channel) => channel.members.includes(user)) ?? null;
  return listed(args, world, channels, 100);
}

function info(args: Args, world: World): Reply {
  const channel = visibleChannel(args, world);
  if (channel === null) return refuse('channel_not_found');
  const withCount = flagArg(args, 'include_num_members');
  return { ok: true, channel: presentConversation(world, channel, { withCount }) };
}

function members(args: Args, world: World): Reply {
  const channel = visibleChannel(args, world);
  if (channel === null) return refuse('channel_not_found');
  const found = page(channel.members, args, 100);
  if ('refusal' in found) return found.refusal;
  return { ok: true, members: found.items, response_metadata: { next_cursor: found.next } };
}

const MOST_HISTORY = 999;
const TIMESTAMP = /^-?\d+(\.\d+)?$/;

type Window = { oldest: number; latest: number; inclusive: boolean; limit: number };

/** From when to when, and how many at once; cursors are the timestamp to go on from, so new messages shift nothing. */
function windowOf(args: Args): Window | { refusal: Reply } {
  const limit = limitArg(args, 100, MOST_HISTORY);
  if (limit === null) return { refusal: refuse('invalid_limit') };
  for (const name of ['oldest', 'latest'])
    if (!TIMESTAMP.test(textArg(args, name) ?? '0')) return { refusal: refuse(`invalid_ts_${name}`) };
  return {
    oldest: Number(textArg(args, 'oldest') ?? 0),
    latest: Number(textArg(args, 'latest') ?? Number.POSITIVE_INFINITY),
    inclusive: flagArg(args, 'inclusive'),
    limit,
  };
}

const within = ({ oldest, latest, inclusive }: Window, { ts }: PostedMessage): boolean => {
  const at = Number(ts);
  return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
};

function shown(world: World, args: Args, messages: readonly PostedMessage[]): Record<string, unknown>[] {
  const withMetadata = flagArg(args, 'include_all_metadata');
  return messages.map((message) => ({
    ...presentMessage(world, message),
    ...(withMetadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  }));
}

function readable(args: Args, world: World): { channel: Conversation } | { refusal: Reply } {
  const channel = visibleChannel(args, world);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  return isMember(world, channel) ? { channel } : { refusal: refuse('not_in_channel') };
}

const inChannel = (message: PostedMessage): boolean => !isReply(message) || message.subtype === 'thread_broadcast';

/** Newest first, without replies in threads. Looks at no more than it answers with. */
function history(args: Args, world: World): Reply {
  const found = readable(args, world);
  if ('refusal' in found) return found.refusal;
  const { channel } = found;
  const window = windowOf(args);
  if ('refusal' in window) return window.refusal;
  const cursor = cursorArg(args, 'next_ts');
  if (cursor === undefined) return refuse('invalid_cursor');
  const { messages } = channel.log;
  const until = cursor === null ? window.latest : Number(cursor);
  const picked: PostedMessage[] = [];
  let index = Number.isFinite(until) ? channel.log.from(until) : messages.length - 1;
  for (; index >= 0 && picked.length <= window.limit; index -= 1) {
    const message = messages[index];
    if (message === undefined || (cursor !== null && Number(message.ts) > until)) continue;
    if (Number(message.ts) < window.oldest) break;
    if (within(window, message) && inChannel(message)) picked.push(message);
  }
  return historyReply(args, world, picked, window.limit, { pin_count: channel.pins.size });
}

/** `picked` has one more than asked for where there is more: it is where the next page begins. */
function historyReply(
  args: Args,
  world: World,
  picked: readonly PostedMessage[],
  limit: number,
  more: Record<string, unknown>,
): Reply {
  const next = picked[limit];
  return {
    ok: true,
    messages: shown(world, args, picked.slice(0, limit)),
    has_more: next !== undefined,
    ...more,
    response_metadata: { next_cursor: next === undefined ? '' : cursorFor('next_ts', next.ts) },
  };
}

/** The message that the thread hangs on, then its replies, oldest first. */
function replies(args: Args, world: World): Reply {
  const found = readable(args, world);
  if ('refusal' in found) return found.refusal;
  const { log } = found.channel;
  const window = windowOf(args);
  if ('refusal' in window) return window.refusal;
  const cursor = cursorArg(args, 'next_ts');
  if (cursor === undefined) return refuse('invalid_cursor');
  const root = textArg(args, 'ts') ?? '';
  const first = log.find(root);
  const answers = log.replies(root);
  if (first === null && answers.length === 0) return refuse('thread_not_found');
  // The first message is always there, whatever the window.
  const inWindow = answers.filter((message) => within(window, message));
  const thread = first === null ? inWindow : [first, ...inWindow];
  const from = cursor === null ? thread : thread.filter(({ ts }) => Number(ts) >= Number(cursor));
  return historyReply(args, world, from.slice(0, window.limit + 1), window.limit, {});
}

export const CONVERSATION_METHODS: Record<string, Method> = {
  'conversations.list': { token: 'bot', tier: 'tier2', scope: listScope, formOnly: true, run: list },
  'users.conversations': { token: 'bot', tier: 'tier3', scope: listScope, formOnly: true, run: listOfUser },
  'conversations.info': {
    token: 'bot',
    tier: 'tier3',
    scope: familyScope('read'),
    requires: ['channel'],
    formOnly: true,
    run: info,
  },
  'conversations.members': {
    token: 'bot',
    tier: 'tier4',
    scope: familyScope('read'),
    requires: ['channel'],
    formOnly: true,
    run: members,
  },
  'conversations.history': {
    token: 'bot',
    tier: 'tier3',
    scope: familyScope('history'),
    requires: ['channel'],
    run: history,
  },
  'conversations.replies': {
    token: 'bot',
    tier: 'tier3',
    scope: familyScope('history'),
    requires: ['channel', 'ts'],
    formOnly: true,
    run: replies,
  },
};
