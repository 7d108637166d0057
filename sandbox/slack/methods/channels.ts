import { type Args, familyOf, flagArg, idsArg, type Method, type Reply, textArg, visibleChannel } from '../call.ts';
import { post, refuse, refuseArguments } from '../posting.ts';
import { presentConversation } from '../present-conversation.ts';
import { addChannel, channelIdFor, directMessage, groupMessage } from '../new-conversation.ts';
import { type Conversation, isMember, seconds, type World } from '../world.ts';

/** Opening and changing conversations: https://docs.slack.dev/reference/methods/conversations.open and its siblings. */

const MOST_IN_GROUP = 8;
const MOST_INVITED = 100;
const LONGEST_NAME = 80;
const LONGEST_NOTE = 250;

function open(args: Args, world: World): Reply {
  const resumed = textArg(args, 'channel');
  if (resumed !== null) {
    const channel = visibleChannel(args, world);
    if (channel === null) return refuse('channel_not_found');
    if (channel.kind === 'channel') return refuse('method_not_supported_for_channel_type');
    return opened(args, world, channel, true);
  }
  const people = [...new Set(idsArg(args, 'users'))].filter((id) => id !== world.credentials.botUserId);
  const [first] = people;
  if (first === undefined) return refuse('users_list_not_supplied');
  if (people.length > MOST_IN_GROUP) return refuse('too_many_users');
  for (const id of people) {
    const person = world.users.get(id);
    if (person === undefined) return refuse('user_not_found');
    if (person.deleted) return refuse('user_disabled');
  }
  const before = world.conversations.size;
  const channel = people.length === 1 ? directMessage(world, first) : groupMessage(world, people);
  return opened(args, world, channel, world.conversations.size === before);
}

function opened(args: Args, world: World, channel: Conversation, already: boolean): Reply {
  world.changed();
  return {
    ok: true,
    ...(already ? { no_op: true, already_open: true } : {}),
    channel: flagArg(args, 'return_im') ? presentConversation(world, channel) : { id: channel.id },
  };
}

/** One person and several are two scopes. */
function openScope(args: Args, world: World): string {
  const channel = visibleChannel(args, world);
  const group = channel === null ? idsArg(args, 'users').length > 1 : channel.is_mpim;
  return group ? 'mpim:write' : 'im:write';
}

function join(args: Args, world: World): Reply {
  const channel = world.conversations.get(textArg(args, 'channel') ?? '');
  if (channel === undefined) return refuse('channel_not_found');
  if (channel.is_private) return refuse('method_not_supported_for_channel_type');
  if (channel.is_archived) return refuse('is_archived');
  const already = isMember(world, channel);
  if (!already) channel.members.push(world.credentials.botUserId);
  world.changed();
  return {
    ok: true,
    channel: presentConversation(world, channel),
    ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
  };
}

/** Lower case, no spaces, as Slack wants names of channels; null when this is one. */
function refuseName(name: string): Reply | null {
  if (name === '') return refuse('invalid_name_required');
  if (name.length > LONGEST_NAME) return refuse('invalid_name_maxlength');
  if (/^[-_]+$/.test(name)) return refuse('invalid_name_punctuation');
  return /^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name) ? null : refuse('invalid_name_specials');
}

function create(args: Args, world: World): Reply {
  const name = textArg(args, 'name') ?? '';
  const refused = refuseName(name);
  if (refused !== null) return refused;
  const taken = [...world.conversations.values()].some(
    (channel) => channel.kind === 'channel' && channel.name === name,
  );
  if (taken || world.conversations.has(channelIdFor(name))) return refuse('name_taken');
  const channel = addChannel(world, {
    name,
    is_private: flagArg(args, 'is_private'),
    members: [world.credentials.botUserId],
  });
  world.changed();
  return { ok: true, channel: presentConversation(world, channel) };
}

/** A channel that the bot is in and may change. */
function changeable(args: Args, world: World): { channel: Conversation } | { refusal: Reply } {
  const channel = visibleChannel(args, world);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (channel.kind !== 'channel') return { refusal: refuse('method_not_supported_for_channel_type') };
  if (!isMember(world, channel)) return { refusal: refuse('not_in_channel') };
  return channel.is_archived ? { refusal: refuse('is_archived') } : { channel };
}

function invite(args: Args, world: World): Reply {
  const found = changeable(args, world);
  if ('refusal' in found) return found.refusal;
  const people = idsArg(args, 'users');
  if (people.length === 0) return refuse('no_user');
  if (people.length > MOST_INVITED) return refuse('too_many_users');
  const errors = people.flatMap((user) => {
    const error = refuseInvited(world, found.channel, user);
    return error === null ? [] : [{ user, ok: false, error }];
  });
  const [first] = errors;
  if (first !== undefined) return refuse(first.error, { errors });
  found.channel.members.push(...people);
  world.changed();
  return { ok: true, channel: presentConversation(world, found.channel) };
}

function refuseInvited(world: World, channel: Conversation, user: string): string | null {
  if (user === world.credentials.botUserId) return 'cant_invite_self';
  if (world.users.get(user)?.deleted !== false) return 'user_not_found';
  return channel.members.includes(user) ? 'already_in_channel' : null;
}

function leave(args: Args, world: World): Reply {
  const channel = visibleChannel(args, world);
  if (channel === null) return refuse('channel_not_found');
  if (channel.kind !== 'channel') return refuse('method_not_supported_for_channel_type');
  if (channel.name === 'general') return refuse('cant_leave_general');
  if (!isMember(world, channel)) return { ok: true, not_in_channel: true };
  if (channel.is_archived) return refuse('is_archived');
  if (channel.is_private && channel.members.length === 1) return refuse('last_member');
  channel.members.splice(channel.members.indexOf(world.credentials.botUserId), 1);
  world.changed();
  return { ok: true };
}

const setNote =
  (which: 'topic' | 'purpose') =>
  (args: Args, world: World): Reply => {
    const found = changeable(args, world);
    if ('refusal' in found) return found.refusal;
    const value = String(args[which]);
    if (value.length > LONGEST_NOTE) return refuse('too_long');
    found.channel[which] = { value, creator: world.credentials.botUserId, lastSet: seconds(world) };
    post(world, found.channel, { text: `set the channel ${which}: ${value}` }, { subtype: `channel_${which}` });
    return { ok: true, channel: presentConversation(world, found.channel), [which]: value };
  };

/** A bot's place in a channel is shown to nobody; the message has to be there all the same. */
function mark(args: Args, world: World): Reply {
  const channel = visibleChannel(args, world);
  if (channel === null) return refuse('channel_not_found');
  if (!isMember(world, channel)) return refuse('not_in_channel');
  if (!/^\d+\.\d{6}$/.test(textArg(args, 'ts') ?? ''))
    return refuseArguments({ message: 'invalid timestamp', pointer: '/ts' });
  return { ok: true };
}

/** What the bot needs to change a conversation of this kind. */
const changeScope =
  (...more: string[]) =>
  (args: Args, world: World): readonly string[] => {
    const channel = visibleChannel(args, world);
    const family = channel === null ? 'channels' : familyOf(channel);
    return family === 'channels' ? ['channels:manage', ...more] : [`${family}:write`, ...more];
  };

export const CHANNEL_METHODS: Record<string, Method> = {
  'conversations.open': { token: 'bot', tier: 'tier3', scope: openScope, run: open },
  'conversations.join': {
    token: 'bot',
    tier: 'tier3',
    scope: () => 'channels:join',
    requires: ['channel'],
    run: join,
  },
  'conversations.create': {
    token: 'bot',
    tier: 'tier2',
    scope: (args) => (flagArg(args, 'is_private') ? 'groups:write' : 'channels:manage'),
    requires: ['name'],
    run: create,
  },
  'conversations.invite': {
    token: 'bot',
    tier: 'tier3',
    scope: changeScope('channels:write.invites', 'groups:write.invites'),
    requires: ['channel', 'users'],
    run: invite,
  },
  'conversations.leave': {
    token: 'bot',
    tier: 'tier3',
    scope: changeScope(),
    requires: ['channel'],
    run: leave,
  },
  'conversations.setTopic': {
    token: 'bot',
    tier: 'tier2',
    scope: changeScope('channels:write.topic', 'groups:write.topic'),
    requires: ['channel', 'topic'],
    run: setNote('topic'),
  },
  'conversations.setPurpose': {
    token: 'bot',
    tier: 'tier2',
    scope: changeScope('channels:write.topic', 'groups:write.topic'),
    requires: ['channel', 'purpose'],
    run: setNote('purpose'),
  },
  'conversations.mark': {
    token: 'bot',
    tier: 'tier3',
    scope: changeScope(),
    requires: ['channel', 'ts'],
    run: mark,
  },
};
