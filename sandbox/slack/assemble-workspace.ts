import { randomBytes } from 'node:crypto';
import type { Deliver, Transport } from './deliver.ts';
import type { Events } from './events.ts';
import type { FaultQueue } from './faults.ts';
import { click, clickInView, closeView, submit, suggest } from './interactions.ts';
import type { Journal } from './journal.ts';
import { isRecord } from './json.ts';
import { releaseScheduled } from './methods/chat.ts';
import { challengePayload } from './payloads.ts';
import { slash } from './slash-command.ts';
import type { SocketServer } from './socket-transport.ts';
import type { SlackWorkspace } from './workspace.ts';
import { conversationOrThrow, messagesIn, userOrThrow, type World } from './world.ts';

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

function changeMembers(world: World, reference: string, change: (members: string[]) => string[]): void {
  const channel = conversationOrThrow(world, reference);
  channel.members = change(channel.members);
  world.changed();
}

/** What tests, simulated people and the page use; everything they do goes the way a real person's click goes. */
export function assembleWorkspace(parts: Parts, transport: Transport): SlackWorkspace {
  const { world, deliver, events } = parts;
  const idOf = (user: string): string => userOrThrow(world, user).id;
  return {
    users: () => [...world.users.values()],
    channels: () =>
      [...world.conversations.values()].filter(({ im }) => im === null).map(({ im: _im, ...channel }) => channel),
    usergroups: () => world.usergroups,
    messages: (channel) => {
      releaseScheduled(world);
      return messagesIn(world, conversationOrThrow(world, channel).id);
    },
    ephemerals: (user, channel) => {
      const where = channel === undefined ? null : conversationOrThrow(world, channel).id;
      return world.ephemerals.filter(
        (entry) => entry.user === idOf(user) && (where === null || entry.channel === where),
      );
    },
    modals: (user) => [...(world.modals.get(idOf(user)) ?? [])],
    home: (user) => world.homes.get(idOf(user)) ?? null,
    warnings: (user) => [...(world.warnings.get(idOf(user)) ?? [])],
    on: (_event, listener) => world.onChange(listener),
    click: (target) => click(world, deliver, target),
    clickInView: (target) => clickInView(world, deliver, target),
    submit: (args) => submit(world, deliver, args),
    closeView: (args) => closeView(world, deliver, args),
    slash: (args) => slash(world, deliver, args),
    suggest: (args) => suggest(world, deliver, args),
    openHome: events.openHome,
    say: (args) => events.say(args),
    faults: parts.faults,
    journal: parts.journal.entries,
    deliveries: () => world.deliveries,
    addMember: (user) => {
      world.users.set(user.id, { ...user });
      world.changed();
    },
    invite: (channel, user) => changeMembers(world, channel, (members) => [...new Set([...members, idOf(user)])]),
    kick: (channel, user) => changeMembers(world, channel, (members) => members.filter((id) => id !== idOf(user))),
    archive: (channel) => {
      conversationOrThrow(world, channel).is_archived = true;
      world.changed();
    },
    sockets: parts.sockets.connections,
    refreshSockets: parts.sockets.refresh,
    deliverRetries: events.deliverRetries,
    duplicateLastEvent: events.duplicateLast,
    verifyUrl: () => verifyUrl(parts, transport),
  };
}
