import { randomBytes } from 'node:crypto';
import type { Deliver, Transport } from './deliver.ts';
import type { Events } from './events.ts';
import type { FaultQueue } from './faults.ts';
import { click, clickInView, closeView, submit } from './interactions.ts';
import type { Journal } from './journal.ts';
import { isRecord } from './json.ts';
import { releaseScheduled } from './methods/scheduled.ts';
import { challengePayload } from './payloads.ts';
import { useShortcut } from './shortcuts.ts';
import { slash } from './slash-command.ts';
import type { SocketServer } from './socket-transport.ts';
import { suggest } from './suggestions.ts';
import { keepUpload } from './uploads.ts';
import type { SlackChannel, SlackWorkspace } from './workspace.ts';
import { directMessage } from './new-conversation.ts';
import { type Conversation, conversationOrThrow, ephemeralsOf, findMessage, userOrThrow, type World } from './world.ts';

/** The workspace as people see it, put together from its parts. */

type Parts = {
  world: World;
  deliver: Deliver;
  events: Events;
  faults: FaultQueue;
  journal: Journal;
  sockets: SocketServer;
};

async function verifyUrl(parts: Parts, transport: Transport): Promise<boolean> {
  const challenge = randomBytes(24).toString('hex');
  const answer = await transport.send(
    { kind: 'event', form: 'json', envelope: 'events_api', payload: challengePayload(challenge) },
    () => {},
  );
  parts.journal.write(
    { at: parts.world.now(), type: 'delivery', method: 'url_verification', ok: answer.acked, detail: answer },
    false,
  );
  const { body } = answer;
  return answer.acked && (isRecord(body) ? body.challenge === challenge : body === challenge);
}

function shownChannel({
  log: _log,
  im: _im,
  topic: _topic,
  purpose: _purpose,
  pins: _pins,
  ...rest
}: Conversation): SlackChannel {
  const { created: _created, creator: _creator, ...channel } = rest;
  return channel;
}

function changeMembers(parts: Parts, reference: string, user: string, how: 'joined' | 'left'): void {
  const { world, events } = parts;
  const channel = conversationOrThrow(world, reference);
  const there = channel.members.includes(user);
  if (how === 'joined' && !there) channel.members.push(user);
  if (how === 'left') channel.members = channel.members.filter((id) => id !== user);
  world.changed();
  if (there === (how === 'left')) events.moved(channel, user, how);
}

/** What people look at. */
function views(world: World) {
  const idOf = (user: string): string => userOrThrow(world, user).id;
  return {
    users: () => [...world.users.values()],
    channels: () => [...world.conversations.values()].map(shownChannel),
    usergroups: () => world.usergroups,
    shortcuts: () => world.grants.shortcuts,
    messages: (channel) => {
      releaseScheduled(world);
      return conversationOrThrow(world, channel).log.messages;
    },
    message: (channel, ts) => findMessage(world, conversationOrThrow(world, channel).id, ts),
    replies: (channel, threadTs) => conversationOrThrow(world, channel).log.replies(threadTs),
    ephemerals: (user, channel) => {
      const shown = ephemeralsOf(world, idOf(user));
      if (channel === undefined) return [...shown];
      const where = conversationOrThrow(world, channel).id;
      return shown.filter((entry) => entry.channel === where);
    },
    modals: (user) => [...(world.modals.get(idOf(user)) ?? [])],
    home: (user) => world.homes.get(idOf(user)) ?? null,
    warnings: (user) => [...(world.warnings.get(idOf(user)) ?? [])],
    directMessage: (user) => directMessage(world, idOf(user)).id,
  } satisfies Partial<SlackWorkspace>;
}

/** What people do to the workspace itself. */
function administration(parts: Parts) {
  const { world } = parts;
  const idOf = (user: string): string => userOrThrow(world, user).id;
  return {
    addMember: (user) => {
      world.users.set(user.id, { ...user });
      world.changed();
    },
    invite: (channel, user) => changeMembers(parts, channel, idOf(user), 'joined'),
    kick: (channel, user) => changeMembers(parts, channel, idOf(user), 'left'),
    archive: (channel) => {
      conversationOrThrow(world, channel).is_archived = true;
      world.changed();
    },
    keepFile: ({ user, name, bytes }) => ({
      id: keepUpload(world, { name, bytes, user: idOf(user), length: bytes.length }).id,
    }),
    install: ({ user, redirectUri }) => {
      const code = world.ids.secret(40);
      world.installCodes.set(code, {
        user: idOf(user),
        at: world.now(),
        used: false,
        redirectUri: redirectUri ?? null,
      });
      return code;
    },
  } satisfies Partial<SlackWorkspace>;
}

/** What tests, simulated people and the page use; everything they do goes the way a real person's click goes. */
export function assembleWorkspace(parts: Parts, transport: Transport, mode: 'http' | 'socket'): SlackWorkspace {
  const { world, deliver, events } = parts;
  return {
    ...views(world),
    ...administration(parts),
    on: (_event, listener) => world.onChange(listener),
    click: (target) => click(world, deliver, target),
    clickInView: (target) => clickInView(world, deliver, target),
    submit: (args) => submit(world, deliver, args),
    closeView: (args) => closeView(world, deliver, args),
    slash: (args) => slash(world, deliver, args),
    suggest: (args) => suggest(world, deliver, mode, args),
    shortcut: (args) => useShortcut(world, deliver, args),
    openHome: events.openHome,
    say: (args) => events.say(args),
    faults: parts.faults,
    journal: parts.journal.entries,
    deliveries: () => world.deliveries,
    sockets: parts.sockets.connections,
    refreshSockets: (reason = 'refresh_requested') => parts.sockets.refresh(reason),
    deliverRetries: events.deliverRetries,
    duplicateLastEvent: (how = 'as_retry') => events.duplicateLast(how),
    holdEvents: events.hold,
    releaseEvents: events.release,
    verifyUrl: () => verifyUrl(parts, transport),
  };
}
