import { type Deliver, notSent } from './deliver.ts';
import { seenMessage, tellSilence } from './interactions.ts';
import { messageShortcutPayload, shortcutPayload } from './payloads.ts';
import { createResponseUrl } from './response-urls.ts';
import type { Delivery, Shortcut } from './workspace.ts';
import { userOrThrow, type World } from './world.ts';

/** Shortcuts, from anywhere and on messages: https://docs.slack.dev/interactivity/implementing-shortcuts */

function shortcutOf(world: World, callbackId: string, type: Shortcut['type']): Shortcut {
  const found = world.grants.shortcuts.find((entry) => entry.callbackId === callbackId && entry.type === type);
  if (found !== undefined) return found;
  const known = world.grants.shortcuts.map((entry) => `${entry.callbackId} (${entry.type})`).join(', ') || 'none';
  throw new Error(`the manifest has no ${type} shortcut ${callbackId}; it has ${known}`);
}

export async function useShortcut(
  world: World,
  deliver: Deliver,
  args: { user: string; callbackId: string; channel?: string; ts?: string },
): Promise<Delivery> {
  const { ts, channel = '' } = args;
  const kind = ts === undefined ? 'shortcut' : 'message_action';
  const shortcut = shortcutOf(world, args.callbackId, ts === undefined ? 'global' : 'message');
  if (!world.grants.interactivity) return notSent(kind, 'the manifest does not enable interactivity');
  const user = userOrThrow(world, args.user);
  let payload: Record<string, unknown>;
  if (ts === undefined) payload = shortcutPayload(world, user, shortcut);
  else {
    const seen = seenMessage(world, { user: args.user, channel, ts });
    if (!('message' in seen.clicked)) throw new Error('an ephemeral message has no shortcuts');
    const source = { ts, ephemeral: false };
    const responseUrl = createResponseUrl(world, { channel: seen.channel.id, user: user.id, source });
    const { message } = seen.clicked;
    payload = messageShortcutPayload(world, { user, shortcut, channel: seen.channel, message, responseUrl });
  }
  const delivery = await deliver({ kind, form: 'payload', envelope: 'interactive', payload });
  return tellSilence(world, user.id, delivery);
}
