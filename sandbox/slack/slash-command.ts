import { type Deliver, notSent } from './deliver.ts';
import { isRecord } from './json.ts';
import { slashPayload } from './payloads.ts';
import { whisper } from './posting.ts';
import { applyResponse, createResponseUrl } from './response-urls.ts';
import type { Delivery } from './workspace.ts';
import { conversationOrThrow, userOrThrow, warn, type World } from './world.ts';

/** Slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands */

/** `@ana` and `#general` as `<@U0ANA|ana>` and `<#C…|general>`, where the manifest asks for it. */
function escapeMentions(world: World, text: string): string {
  const people = [...world.users.values()];
  return text
    .replaceAll(/(?<!\S)@([a-z0-9._-]+)/g, (all, name: string) => {
      const person = people.find((user) => user.name === name);
      return person === undefined ? all : `<@${person.id}|${person.name}>`;
    })
    .replaceAll(/(?<!\S)#([a-z0-9_-]+)/g, (all, name: string) => {
      const channel = [...world.conversations.values()].find(
        (entry) => entry.kind === 'channel' && entry.name === name,
      );
      return channel === undefined ? all : `<#${channel.id}|${channel.name}>`;
    });
}

export async function slash(
  world: World,
  deliver: Deliver,
  args: { user: string; channel: string; text: string },
): Promise<Delivery> {
  const user = userOrThrow(world, args.user);
  const channel = conversationOrThrow(world, args.channel);
  if (!channel.members.includes(user.id)) throw new Error(`${user.name} is not in #${channel.name}`);
  const [command = '', ...rest] = args.text.trim().split(' ');
  const known = world.grants.commands.find((entry) => entry.command === command);
  if (known === undefined) {
    const text = `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`;
    whisper(world, channel.id, user.id, { text });
    return notSent('slash_command', 'not_a_command');
  }
  const typed = rest.join(' ').trim();
  const responseUrl = createResponseUrl(world, { channel: channel.id, user: user.id, source: null });
  const payload = slashPayload(world, {
    user,
    channel,
    command,
    text: known.should_escape ? escapeMentions(world, typed) : typed,
    responseUrl,
  });
  const delivery = await deliver({ kind: 'slash_command', form: 'fields', envelope: 'slash_commands', payload });
  return showCommandAnswer(world, delivery, { command, channel: channel.id, user: user.id });
}

/** The body of the ack is the first answer: text, or a message that says who may see it. */
function showCommandAnswer(
  world: World,
  delivery: Delivery,
  sent: { command: string; channel: string; user: string },
): Delivery {
  const failed = (error: string): Delivery => {
    const text = `${sent.command} failed with the error "${error}"`;
    warn(world, sent.user, text);
    return Object.assign(delivery, { error });
  };
  if (!delivery.acked) {
    return failed(delivery.error === 'operation_timeout' ? 'operation_timeout' : 'dispatch_failed');
  }
  const message = typeof delivery.body === 'string' ? { text: delivery.body } : delivery.body;
  if (!isRecord(message) || Object.keys(message).length === 0) return delivery;
  const to = { channel: sent.channel, user: sent.user, source: null, expiresAt: 0, used: 0 };
  const outcome = applyResponse(world, to, message);
  return outcome.status === 200 ? delivery : failed('invalid_command_response');
}
