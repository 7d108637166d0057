import { type Args, type Method, type Reply, scoped, textArg, visibleChannel } from '../call.ts';
import { refuse } from '../posting.ts';
import { presentMessage, presentReactions } from '../present-message.ts';
import type { PostedMessage } from '../workspace.ts';
import { type Conversation, isMember, type World } from '../world.ts';

/** What is put on messages: reactions.*, pins.*, and emoji.list. */

type Marked = { channel: Conversation; message: PostedMessage };

function marked(args: Args, world: World): Marked | { refusal: Reply } {
  const channel = visibleChannel(args, world);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (!isMember(world, channel)) return { refusal: refuse('not_in_channel') };
  if (channel.is_archived) return { refusal: refuse('is_archived') };
  const message = channel.log.find(textArg(args, 'timestamp') ?? '');
  return message === null ? { refusal: refuse('message_not_found') } : { channel, message };
}

const keyOf = ({ channel, message }: Marked): string => `${channel.id}:${message.ts}`;
const EMOJI = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/;
const MOST_EMOJI = 23;

function addReaction(args: Args, world: World): Reply {
  const found = marked(args, world);
  if ('refusal' in found) return found.refusal;
  const name = textArg(args, 'name') ?? '';
  if (!EMOJI.test(name)) return refuse('invalid_name');
  const given = world.reactions.get(keyOf(found)) ?? new Map<string, Set<string>>();
  const users = given.get(name) ?? new Set<string>();
  if (users.has(world.credentials.botUserId)) return refuse('already_reacted');
  if (users.size === 0 && given.size >= MOST_EMOJI) return refuse('too_many_emoji');
  given.set(name, users.add(world.credentials.botUserId));
  world.reactions.set(keyOf(found), given);
  world.changed();
  return { ok: true };
}

function removeReaction(args: Args, world: World): Reply {
  const found = marked(args, world);
  if ('refusal' in found) return found.refusal;
  const name = textArg(args, 'name') ?? '';
  const given = world.reactions.get(keyOf(found));
  const users = given?.get(name);
  if (users?.delete(world.credentials.botUserId) !== true) return refuse('no_reaction');
  if (users.size === 0) given?.delete(name);
  world.changed();
  return { ok: true };
}

function getReactions(args: Args, world: World): Reply {
  const found = marked(args, world);
  if ('refusal' in found) return found.refusal;
  const message = { ...presentMessage(world, found.message), reactions: presentReactions(world, found.message) };
  return { ok: true, type: 'message', channel: found.channel.id, message };
}

function addPin(args: Args, world: World): Reply {
  const found = marked(args, world);
  if ('refusal' in found) return found.refusal;
  if (found.channel.pins.has(found.message.ts)) return refuse('already_pinned');
  found.channel.pins.add(found.message.ts);
  world.changed();
  return { ok: true };
}

function removePin(args: Args, world: World): Reply {
  const found = marked(args, world);
  if ('refusal' in found) return found.refusal;
  if (!found.channel.pins.delete(found.message.ts)) return refuse('no_pin');
  world.changed();
  return { ok: true };
}

function listPins(args: Args, world: World): Reply {
  const channel = visibleChannel(args, world);
  if (channel === null) return refuse('channel_not_found');
  const items = [...channel.pins].flatMap((ts) => {
    const message = channel.log.find(ts);
    return message === null ? [] : [{ type: 'message', channel: channel.id, message: presentMessage(world, message) }];
  });
  return { ok: true, items };
}

/** The workspace has no emoji of its own. */
const listEmoji = (_args: Args, world: World): Reply => ({ ok: true, emoji: {}, cache_ts: String(world.now() / 1000) });

const onMessage = ['channel', 'timestamp'];

export const MARK_METHODS: Record<string, Method> = {
  'reactions.add': {
    token: 'bot',
    tier: 'tier3',
    scope: scoped('reactions:write'),
    requires: [...onMessage, 'name'],
    run: addReaction,
  },
  'reactions.remove': {
    token: 'bot',
    tier: 'tier2',
    scope: scoped('reactions:write'),
    requires: [...onMessage, 'name'],
    run: removeReaction,
  },
  'reactions.get': {
    token: 'bot',
    tier: 'tier3',
    scope: scoped('reactions:read'),
    requires: onMessage,
    formOnly: true,
    run: getReactions,
  },
  'pins.add': { token: 'bot', tier: 'tier2', scope: scoped('pins:write'), requires: onMessage, run: addPin },
  'pins.remove': { token: 'bot', tier: 'tier2', scope: scoped('pins:write'), requires: onMessage, run: removePin },
  'pins.list': {
    token: 'bot',
    tier: 'tier2',
    scope: scoped('pins:read'),
    requires: ['channel'],
    formOnly: true,
    run: listPins,
  },
  'emoji.list': { token: 'bot', tier: 'tier2', scope: scoped('emoji:read'), formOnly: true, run: listEmoji },
};
