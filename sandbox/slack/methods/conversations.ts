import { type Args, flagArg, type Method, page, type Reply, textArg } from '../call.ts';
import { presentMessage, refuse } from '../posting.ts';
import type { PostedMessage } from '../workspace.ts';
import { type Conversation, directMessage, isMember, messagesIn, type World } from '../world.ts';

/** conversations.*: https://docs.slack.dev/reference/methods/conversations.list and its siblings. */

type Family = 'channels' | 'groups' | 'im' | 'mpim';

const familyOf = (channel: Conversation): Family =>
  channel.im !== null ? 'im' : channel.is_private ? 'groups' : 'channels';

const FAMILY_OF_TYPE: Record<string, Family> = {
  public_channel: 'channels',
  private_channel: 'groups',
  im: 'im',
  mpim: 'mpim',
};

/** A private channel is not there for who is not in it. */
function visible(args: Args, world: World): Conversation | null {
  const channel = world.conversations.get(textArg(args, 'channel') ?? '') ?? null;
  return channel !== null && (!channel.is_private || isMember(world, channel)) ? channel : null;
}

/** `read` or `history` of the family that the channel belongs to. */
const familyScope =
  (suffix: 'read' | 'history') =>
  (args: Args, world: World): string => {
    const channel = visible(args, world);
    return `${channel === null ? 'channels' : familyOf(channel)}:${suffix}`;
  };

function wantedFamilies(args: Args): Family[] {
  const types = (textArg(args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());
  return types.flatMap((type) => FAMILY_OF_TYPE[type] ?? []);
}

function present(world: World, channel: Conversation): Record<string, unknown> {
  const shared = {
    id: channel.id,
    created: 1_700_000_000,
    is_archived: channel.is_archived,
    is_org_shared: false,
    context_team_id: world.credentials.teamId,
  };
  if (channel.im !== null) return { ...shared, is_im: true, user: channel.im, is_open: true };
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.is_private,
    is_group: channel.is_private,
    is_im: false,
    is_mpim: false,
    is_private: channel.is_private,
    is_general: channel.name === 'general',
    is_member: isMember(world, channel),
    is_shared: false,
    is_ext_shared: false,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
}

function list(args: Args, world: World): Reply {
  const families = wantedFamilies(args);
  const all = [...world.conversations.values()].filter(
    (channel) =>
      families.includes(familyOf(channel)) &&
      (!channel.is_private || isMember(world, channel)) &&
      !(flagArg(args, 'exclude_archived') && channel.is_archived),
  );
  const { items, next } = page(all, args, 100);
  return { ok: true, channels: items.map((item) => present(world, item)), response_metadata: { next_cursor: next } };
}

function info(args: Args, world: World): Reply {
  const channel = visible(args, world);
  return channel === null ? refuse('channel_not_found') : { ok: true, channel: present(world, channel) };
}

function members(args: Args, world: World): Reply {
  const channel = visible(args, world);
  if (channel === null) return refuse('channel_not_found');
  const { items, next } = page(channel.members, args, 100);
  return { ok: true, members: items, response_metadata: { next_cursor: next } };
}

function between(messages: readonly PostedMessage[], args: Args): PostedMessage[] {
  const oldest = Number(textArg(args, 'oldest') ?? 0);
  const latest = Number(textArg(args, 'latest') ?? Number.POSITIVE_INFINITY);
  const inclusive = flagArg(args, 'inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

function shown(world: World, args: Args, message: PostedMessage): Record<string, unknown> {
  const withMetadata = flagArg(args, 'include_all_metadata') && message.metadata !== undefined;
  return { ...presentMessage(world, message), ...(withMetadata ? { metadata: message.metadata } : {}) };
}

function historyOf(args: Args, world: World, pick: (message: PostedMessage) => boolean, newestFirst: boolean): Reply {
  const channel = visible(args, world);
  if (channel === null) return refuse('channel_not_found');
  if (!isMember(world, channel)) return refuse('not_in_channel');
  const picked = between(messagesIn(world, channel.id).filter(pick), args);
  if (newestFirst) picked.reverse();
  const { items, next } = page(picked, args, 100);
  return {
    ok: true,
    messages: items.map((message) => shown(world, args, message)),
    has_more: next !== '',
    pin_count: 0,
    response_metadata: { next_cursor: next },
  };
}

function replies(args: Args, world: World): Reply {
  const root = textArg(args, 'ts');
  const inThread = (message: PostedMessage): boolean => message.ts === root || message.thread_ts === root;
  const channel = visible(args, world);
  if (channel !== null && !messagesIn(world, channel.id).some(inThread)) return refuse('thread_not_found');
  return historyOf(args, world, inThread, false);
}

function open(args: Args, world: World): Reply {
  const users = (textArg(args, 'users') ?? '').split(',').filter((id) => id !== '');
  const [first] = users;
  if (first === undefined) return refuse('users_list_not_supplied');
  if (users.length > 1) return refuse('method_not_supported_for_channel_type');
  if (!world.users.has(first)) return refuse('user_not_found');
  const channel = directMessage(world, first);
  return { ok: true, channel: flagArg(args, 'return_im') ? present(world, channel) : { id: channel.id } };
}

function join(args: Args, world: World): Reply {
  const channel = world.conversations.get(textArg(args, 'channel') ?? '');
  if (channel === undefined || channel.is_private) return refuse('channel_not_found');
  if (channel.is_archived) return refuse('is_archived');
  if (!isMember(world, channel)) channel.members.push(world.credentials.botUserId);
  world.changed();
  return { ok: true, channel: present(world, channel) };
}

/** The first family asked for whose scope is missing, or the first one. */
function listScope(args: Args, world: World): string {
  const scopes = wantedFamilies(args).map((family) => `${family}:read`);
  return scopes.find((scope) => !world.grants.scopes.has(scope)) ?? scopes[0] ?? 'channels:read';
}

export const CONVERSATION_METHODS: Record<string, Method> = {
  'conversations.list': { token: 'bot', tier: 'tier2', scope: listScope, run: list },
  'conversations.info': { token: 'bot', tier: 'tier3', scope: familyScope('read'), run: info },
  'conversations.members': { token: 'bot', tier: 'tier4', scope: familyScope('read'), run: members },
  'conversations.history': {
    token: 'bot',
    tier: 'tier3',
    scope: familyScope('history'),
    run: (args, world) =>
      historyOf(args, world, ({ ts, thread_ts: thread }) => thread === undefined || thread === ts, true),
  },
  'conversations.replies': { token: 'bot', tier: 'tier3', scope: familyScope('history'), run: replies },
  'conversations.open': { token: 'bot', tier: 'tier3', scope: () => 'im:write', run: open },
  'conversations.join': { token: 'bot', tier: 'tier3', scope: () => 'channels:join', run: join },
};
