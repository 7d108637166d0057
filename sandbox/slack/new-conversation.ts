import { createChannelLog } from './channel-log.ts';
import type { SlackChannel } from './workspace.ts';
import { type Conversation, type Note, seconds, type World } from './world.ts';

/** Conversations that begin: channels, and direct messages with one person or several. */

function newConversation(
  world: World,
  about: { id: string; name: string; kind: SlackChannel['kind']; isPrivate: boolean; members: string[] },
): Conversation {
  const blank = (): Note => ({ value: '', creator: '', lastSet: 0 });
  const conversation: Conversation = {
    id: about.id,
    name: about.name,
    kind: about.kind,
    is_im: about.kind === 'im',
    is_mpim: about.kind === 'mpim',
    is_private: about.isPrivate,
    is_archived: false,
    members: [...about.members],
    im: null,
    created: seconds(world),
    creator: world.credentials.botUserId,
    topic: blank(),
    purpose: blank(),
    log: createChannelLog(),
    pins: new Set(),
  };
  world.conversations.set(about.id, conversation);
  return conversation;
}

/** Derived from the name, so that a workspace set up twice has the same channels. */
export const channelIdFor = (name: string): string => `C0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;

export function addChannel(
  world: World,
  channel: { name: string; members: string[]; is_private?: boolean },
): Conversation {
  const id = channelIdFor(channel.name);
  if (world.conversations.has(id)) throw new Error(`two channels would share the id ${id} (#${channel.name})`);
  return newConversation(world, {
    id,
    name: channel.name,
    kind: 'channel',
    isPrivate: channel.is_private ?? false,
    members: channel.members,
  });
}

/** The direct message between the bot and a person; made when it is first needed. */
export function directMessage(world: World, user: string): Conversation {
  const id = `D0${user.slice(1)}`;
  const existing = world.conversations.get(id);
  if (existing !== undefined) return existing;
  const members = [world.credentials.botUserId, user];
  const made = newConversation(world, { id, name: 'directmessage', kind: 'im', isPrivate: true, members });
  made.im = user;
  return made;
}

/** The direct message between the bot and several people; the same people always share the same one. */
export function groupMessage(world: World, people: readonly string[]): Conversation {
  const members = [...new Set([...people, world.credentials.botUserId])];
  const id = `G0${[...members]
    .sort()
    .map((member) => member.slice(2))
    .join('')}`;
  const name = `mpdm-${members.map((member) => world.users.get(member)?.name ?? member).join('--')}-1`;
  return (
    world.conversations.get(id) ?? newConversation(world, { id, name, kind: 'mpim', isPrivate: true, members: members })
  );
}
