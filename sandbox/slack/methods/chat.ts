import { type Args, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { hasSomethingToShow, post, presentMessage, readContent, refuse, revise, whisper } from '../posting.ts';
import { type Conversation, directMessage, findConversation, findMessage, isMember, type World } from '../world.ts';

/** chat.*: https://docs.slack.dev/reference/methods/chat.postMessage and its siblings. */

const DAYS_AHEAD = 120;

/** Where the bot may write: a channel it is in, a public one with chat:write.public, or a person. */
function writable(args: Args, world: World): { channel: Conversation } | { refusal: Reply } {
  const reference = textArg(args, 'channel');
  if (reference === null) return { refusal: refuse('channel_not_found') };
  const person = world.users.get(reference);
  if (person?.deleted === true) return { refusal: refuse('user_not_found') };
  const channel = person === undefined ? findConversation(world, reference) : directMessage(world, person.id);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (channel.is_archived) return { refusal: refuse('is_archived') };
  if (isMember(world, channel)) return { channel };
  if (channel.is_private) return { refusal: refuse('channel_not_found') };
  return world.grants.scopes.has('chat:write.public') ? { channel } : { refusal: refuse('not_in_channel') };
}

function content(args: Args, world: World, limit: 'messageText' | 'updateText') {
  if (args.markdown_text !== undefined && (args.text !== undefined || args.blocks !== undefined))
    return { refusal: refuse('markdown_text_conflict') };
  const raw = {
    text: args.text ?? args.markdown_text,
    blocks: jsonArg(args, 'blocks'),
    metadata: jsonArg(args, 'metadata'),
  };
  return readContent(world, raw, limit);
}

function threadOf(args: Args, world: World, channel: string): { threadTs?: string } | { refusal: Reply } {
  const threadTs = textArg(args, 'thread_ts');
  if (threadTs === null) return {};
  return findMessage(world, channel, threadTs) === null ? { refusal: refuse('thread_not_found') } : { threadTs };
}

function postMessage(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  const read = content(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  const thread = threadOf(args, world, target.channel.id);
  if ('refusal' in thread) return thread.refusal;
  const message = post(world, target.channel.id, read.content, thread);
  return { ok: true, channel: target.channel.id, ts: message.ts, message: presentMessage(world, message) };
}

/** By id only: names are taken where something is posted, nowhere else. */
const byId = (args: Args, world: World): Conversation | null =>
  world.conversations.get(textArg(args, 'channel') ?? '') ?? null;

/** The bot's own message; `foreign` is the error when somebody else wrote it. */
function ownMessage(args: Args, world: World, foreign: string) {
  const channel = byId(args, world);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (channel.is_archived) return { refusal: refuse('is_archived') };
  const message = findMessage(world, channel.id, textArg(args, 'ts') ?? '');
  if (message === null) return { refusal: refuse('message_not_found') };
  return message.user === world.credentials.botUserId ? { channel, message } : { refusal: refuse(foreign) };
}

function update(args: Args, world: World): Reply {
  const found = ownMessage(args, world, 'cant_update_message');
  if ('refusal' in found) return found.refusal;
  const read = content(args, world, 'updateText');
  if ('refusal' in read) return read.refusal;
  if (Object.keys(read.content).length === 0) return refuse('no_text');
  const empties = read.content.blocks?.length === 0 && (read.content.text ?? found.message.text) === '';
  if (empties) return refuse('no_text');
  revise(world, found.message, read.content);
  return {
    ok: true,
    channel: found.channel.id,
    ts: found.message.ts,
    text: found.message.text,
    message: presentMessage(world, found.message),
  };
}

function remove(args: Args, world: World): Reply {
  const found = ownMessage(args, world, 'cant_delete_message');
  if ('refusal' in found) return found.refusal;
  found.message.deleted = true;
  world.changed();
  return { ok: true, channel: found.channel.id, ts: found.message.ts };
}

function postEphemeral(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  const user = textArg(args, 'user');
  if (user === null || !world.users.has(user)) return refuse('user_not_found');
  if (!target.channel.members.includes(user)) return refuse('user_not_in_channel');
  const read = content(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  return { ok: true, message_ts: whisper(world, target.channel.id, user, read.content).ts };
}

function getPermalink(args: Args, world: World): Reply {
  const channel = byId(args, world);
  if (channel === null) return refuse('channel_not_found');
  const ts = textArg(args, 'message_ts') ?? '';
  if (findMessage(world, channel.id, ts) === null) return refuse('message_not_found');
  const permalink = `https://sandbox.slack.com/archives/${channel.id}/p${ts.replace('.', '')}`;
  return { ok: true, channel: channel.id, permalink };
}

function scheduleMessage(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  // Slack takes it and then never posts it; better to hear that now.
  if (jsonArg(args, 'metadata') !== undefined)
    return refuse('invalid_arguments', {
      response_metadata: { messages: ['[ERROR] scheduled messages with metadata never post [json-pointer:/metadata]'] },
    });
  const postAt = Number(textArg(args, 'post_at'));
  if (!Number.isInteger(postAt)) return refuse('invalid_time');
  if (postAt * 1000 <= world.now()) return refuse('time_in_past');
  if (postAt * 1000 > world.now() + DAYS_AHEAD * 86_400_000) return refuse('time_too_far');
  const read = content(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  const id = world.ids.id('Q');
  const { text = '', blocks } = read.content;
  world.scheduled.set(id, {
    id,
    channel: target.channel.id,
    postAt,
    text,
    ...(blocks === undefined ? {} : { blocks }),
  });
  return { ok: true, channel: target.channel.id, scheduled_message_id: id, post_at: postAt, message: { text } };
}

function deleteScheduled(args: Args, world: World): Reply {
  const id = textArg(args, 'scheduled_message_id') ?? '';
  return world.scheduled.delete(id) ? { ok: true } : refuse('invalid_scheduled_message_id');
}

function addReaction(args: Args, world: World): Reply {
  const channel = byId(args, world);
  if (channel === null) return refuse('channel_not_found');
  if (!isMember(world, channel)) return refuse('not_in_channel');
  const name = textArg(args, 'name');
  if (name === null) return refuse('no_reaction');
  const ts = textArg(args, 'timestamp') ?? '';
  if (findMessage(world, channel.id, ts) === null) return refuse('message_not_found');
  const key = `${channel.id}:${ts}`;
  const given = world.reactions.get(key) ?? new Set();
  if (given.has(name)) return refuse('already_reacted');
  world.reactions.set(key, given.add(name));
  world.changed();
  return { ok: true };
}

const write = scoped('chat:write');

export const CHAT_METHODS: Record<string, Method> = {
  'chat.postMessage': { token: 'bot', tier: 'post', scope: write, durable: true, run: postMessage },
  'chat.update': { token: 'bot', tier: 'tier3', scope: write, durable: true, run: update },
  'chat.delete': { token: 'bot', tier: 'tier3', scope: write, durable: true, run: remove },
  'chat.postEphemeral': { token: 'bot', tier: 'tier4', scope: write, durable: true, run: postEphemeral },
  'chat.getPermalink': { token: 'bot', tier: 'special', scope: scoped(null), run: getPermalink },
  'chat.scheduleMessage': { token: 'bot', tier: 'tier3', scope: write, durable: true, run: scheduleMessage },
  'chat.deleteScheduledMessage': { token: 'bot', tier: 'tier3', scope: write, run: deleteScheduled },
  'reactions.add': { token: 'bot', tier: 'tier3', scope: scoped('reactions:write'), run: addReaction },
};

/** Posts what is due; called wherever somebody looks. */
export function releaseScheduled(world: World): void {
  for (const due of [...world.scheduled.values()].filter((message) => message.postAt * 1000 <= world.now())) {
    world.scheduled.delete(due.id);
    post(world, due.channel, due);
  }
}
