import type { PostedMessage } from './workspace.ts';
import type { World } from './world.ts';
import { presentFile } from './uploads.ts';

/** A message as the Web API and payloads show it: https://docs.slack.dev/reference/objects/message-object */

const MOST_FACES = 5;

function ofBot(world: World, botId: string): Record<string, unknown> {
  const { appId, botUserId, teamId } = world.credentials;
  return {
    bot_id: botId,
    app_id: appId,
    bot_profile: {
      id: botId,
      app_id: appId,
      user_id: botUserId,
      name: world.grants.name,
      icons: {},
      deleted: false,
      updated: 1_700_000_000,
      team_id: teamId,
    },
  };
}

/** What a message knows of its thread: the first one of the replies, a reply of the first one. */
function thread(world: World, message: PostedMessage): Record<string, unknown> {
  const log = world.conversations.get(message.channel)?.log;
  if (log === undefined) return {};
  if (message.thread_ts !== undefined && message.thread_ts !== message.ts)
    return { parent_user_id: log.find(message.thread_ts)?.user ?? message.user };
  const replies = log.replies(message.ts);
  const latest = replies.at(-1);
  if (latest === undefined) return {};
  const people = [...new Set(replies.map(({ user }) => user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: people.length,
    latest_reply: latest.ts,
    reply_users: people.slice(0, MOST_FACES),
    is_locked: false,
    subscribed: message.user === world.credentials.botUserId,
  };
}

export function presentReactions(world: World, message: PostedMessage): Record<string, unknown>[] {
  const given = world.reactions.get(`${message.channel}:${message.ts}`) ?? new Map<string, Set<string>>();
  return [...given].map(([name, users]) => ({ name, users: [...users], count: users.size }));
}

export function presentMessage(world: World, message: PostedMessage): Record<string, unknown> {
  const { channel, metadata: _metadata, deleted: _deleted, bot_id: botId, files, ...rest } = message;
  const reactions = presentReactions(world, message);
  const uploads = (files ?? []).flatMap(({ id }) => world.files.get(id) ?? []);
  return {
    type: 'message',
    ...rest,
    team: world.credentials.teamId,
    ...(botId === undefined ? {} : ofBot(world, botId)),
    ...(message.edited === undefined ? {} : { edited: { user: message.user, ts: message.edited.ts } }),
    ...(uploads.length === 0 ? {} : { files: uploads.map((file) => presentFile(world, file)), upload: false }),
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(world.conversations.get(channel)?.pins.has(message.ts) === true ? { pinned_to: [channel] } : {}),
    ...thread(world, message),
  };
}
