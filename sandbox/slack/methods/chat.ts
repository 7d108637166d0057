import { type Args, flagArg, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { hasSomethingToShow, post, readContent, refuse, removeMessage, revise, whisper } from '../posting.ts';
import { presentMessage } from '../present-message.ts';
import { isReply } from '../channel-log.ts';
import { directMessage } from '../new-conversation.ts';
import { type Conversation, findConversation, findMessage, isMember, type World } from '../world.ts';

/** chat.*: https://docs.slack.dev/reference/methods/chat.postMessage and its siblings. */

/** Where the bot may write: a channel it is in, a public one with chat:write.public, or a person. */
export function writable(args: Args, world: World): { channel: Conversation } | { refusal: Reply } {
  const reference = textArg(args, 'channel') ?? '';
  const person = world.users.get(reference);
  if (person?.deleted === true) return { refusal: refuse('user_not_found') };
  if (person?.id === world.credentials.botUserId) return { refusal: refuse('channel_not_found') };
  const channel = person === undefined ? findConversation(world, reference) : directMessage(world, person.id);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (channel.is_archived) return { refusal: refuse('is_archived') };
  if (channel.is_im && world.grants.messagesTab === 'off') return { refusal: refuse('messages_tab_disabled') };
  if (isMember(world, channel)) return { channel };
  if (channel.is_private) return { refusal: refuse('channel_not_found') };
  return world.grants.scopes.has('chat:write.public') ? { channel } : { refusal: refuse('not_in_channel') };
}

/** Text, blocks and what else a message holds, or why Slack refuses it. */
export function messageContent(args: Args, world: World, limit: 'messageText' | 'updateText') {
  const { markdown_text: markdown } = args;
  if (markdown !== undefined && (args.text !== undefined || args.blocks !== undefined))
    return { refusal: refuse('markdown_text_conflict') };
  const raw = {
    text: args.text ?? markdown,
    blocks: jsonArg(args, 'blocks'),
    attachments: jsonArg(args, 'attachments'),
    metadata: jsonArg(args, 'metadata'),
  };
  return readContent(world, raw, markdown === undefined ? limit : 'messageMarkdown');
}

/** The thread to answer in, where one is named. */
export function threadOf(args: Args, world: World, channel: string): { threadTs?: string } | { refusal: Reply } {
  const threadTs = textArg(args, 'thread_ts');
  if (threadTs === null) return {};
  return findMessage(world, channel, threadTs) === null ? { refusal: refuse('thread_not_found') } : { threadTs };
}

function postMessage(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  const read = messageContent(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  const thread = threadOf(args, world, target.channel.id);
  if ('refusal' in thread) return thread.refusal;
  const broadcast = thread.threadTs !== undefined && flagArg(args, 'reply_broadcast');
  const message = post(world, target.channel, read.content, {
    ...thread,
    ...(broadcast ? { subtype: 'thread_broadcast' as const } : {}),
  });
  const metadata = message.metadata === undefined ? {} : { metadata: message.metadata };
  return {
    ok: true,
    channel: target.channel.id,
    ts: message.ts,
    message: { ...presentMessage(world, message), ...metadata },
  };
}

/** By id only: names are taken where something is posted, nowhere else. */
const byId = (args: Args, world: World): Conversation | null =>
  world.conversations.get(textArg(args, 'channel') ?? '') ?? null;

/** The bot's own message; `foreign` is the error when somebody else wrote it. */
function ownMessage(args: Args, world: World, foreign: string) {
  const channel = byId(args, world);
  if (channel === null) return { refusal: refuse('channel_not_found') };
  if (channel.is_archived) return { refusal: refuse('is_archived') };
  const message = channel.log.find(textArg(args, 'ts') ?? '');
  if (message === null) return { refusal: refuse('message_not_found') };
  return message.user === world.credentials.botUserId ? { channel, message } : { refusal: refuse(foreign) };
}

function update(args: Args, world: World): Reply {
  const found = ownMessage(args, world, 'cant_update_message');
  if ('refusal' in found) return found.refusal;
  const read = messageContent(args, world, 'updateText');
  if ('refusal' in read) return read.refusal;
  if (Object.keys(read.content).length === 0) return refuse('no_text');
  const { text, blocks, attachments } = found.message;
  const shown = { text, ...(blocks ? { blocks } : {}), ...(attachments ? { attachments } : {}), ...read.content };
  if (!hasSomethingToShow(shown)) return refuse('no_text');
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
  removeMessage(world, found.message);
  return { ok: true, channel: found.channel.id, ts: found.message.ts };
}

function postEphemeral(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  const user = textArg(args, 'user') ?? '';
  if (!world.users.has(user)) return refuse('user_not_found');
  if (!target.channel.members.includes(user)) return refuse('user_not_in_channel');
  const read = messageContent(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  const thread = threadOf(args, world, target.channel.id);
  if ('refusal' in thread) return thread.refusal;
  return { ok: true, message_ts: whisper(world, target.channel.id, user, read.content, thread.threadTs).ts };
}

function getPermalink(args: Args, world: World): Reply {
  const channel = byId(args, world);
  if (channel === null) return refuse('channel_not_found');
  const ts = textArg(args, 'message_ts') ?? '';
  const message = channel.log.find(ts);
  if (message === null) return refuse('message_not_found');
  const thread = isReply(message) ? `?thread_ts=${message.thread_ts ?? ''}&cid=${channel.id}` : '';
  const permalink = `https://sandbox.slack.com/archives/${channel.id}/p${ts.replace('.', '')}${thread}`;
  return { ok: true, channel: channel.id, permalink };
}

/** Another name or face than the app's own needs a scope of its own. */
const postScope = (args: Args, world: World): string =>
  ['username', 'icon_emoji', 'icon_url'].some((name) => textArg(args, name) !== null) &&
  world.grants.scopes.has('chat:write')
    ? 'chat:write.customize'
    : 'chat:write';

const write = scoped('chat:write');

export const CHAT_METHODS: Record<string, Method> = {
  'chat.postMessage': {
    token: 'bot',
    tier: 'post',
    scope: postScope,
    requires: ['channel'],
    durable: true,
    run: postMessage,
  },
  'chat.update': {
    token: 'bot',
    tier: 'tier3',
    scope: write,
    requires: ['channel', 'ts'],
    durable: true,
    run: update,
  },
  'chat.delete': {
    token: 'bot',
    tier: 'tier3',
    scope: write,
    requires: ['channel', 'ts'],
    durable: true,
    run: remove,
  },
  'chat.postEphemeral': {
    token: 'bot',
    tier: 'tier4',
    scope: postScope,
    requires: ['channel', 'user'],
    durable: true,
    run: postEphemeral,
  },
  'chat.getPermalink': {
    token: 'bot',
    tier: 'special',
    scope: scoped(null),
    requires: ['channel', 'message_ts'],
    formOnly: true,
    run: getPermalink,
  },
};
