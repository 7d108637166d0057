import type { Deliver, Outgoing } from './deliver.ts';
import { notSent } from './deliver.ts';
import { optionsOf } from './element-values.ts';
import { findElement, messagePlace, viewPlace } from './entering.ts';
import { seenMessage, viewOrThrow } from './interactions.ts';
import { isRecord } from './json.ts';
import { messageSuggestionPayload, viewSuggestionPayload } from './payloads.ts';
import { externalOptions } from './validate-menus.ts';
import type { Checking } from './schema.ts';
import type { Delivery, SuggestArguments } from './workspace.ts';
import { userOrThrow, warn, type World } from './world.ts';

/** Menus whose options the app suggests while one types: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload */

/** Enough for every menu that somebody has open. */
const KEPT_MENUS = 500;

type Asked = { place: string; blocks: unknown; payload: (blockId: string) => Record<string, unknown> };

function asked(world: World, args: SuggestArguments): Asked {
  const { actionId, value } = args;
  if ('viewId' in args) {
    const user = userOrThrow(world, args.user);
    const stacked = viewOrThrow(world, user.id, args.viewId);
    return {
      place: viewPlace(stacked.id),
      blocks: stacked.view.blocks,
      payload: (blockId) => viewSuggestionPayload(world, user, stacked, { actionId, blockId, value }),
    };
  }
  const { user, channel, clicked, blocks } = seenMessage(world, args);
  return {
    place: messagePlace(user.id, channel.id, args.ts),
    blocks,
    payload: (blockId) => messageSuggestionPayload(world, user, { channel, clicked }, { actionId, blockId, value }),
  };
}

/** What is wrong with the options that the app answered with; null when they can be shown. */
function wrongWith(body: unknown): string | null {
  const checking: Checking = { surface: 'modal', scopes: new Set(), problems: [] };
  externalOptions(body, '', checking);
  const [first] = checking.problems;
  return first === undefined ? null : `${first.message} [json-pointer:${first.pointer}]`;
}

/** `transport`: over HTTP Slack asks an address of its own, which the manifest has to name. */
export async function suggest(
  world: World,
  deliver: Deliver,
  transport: 'http' | 'socket',
  args: SuggestArguments,
): Promise<Delivery> {
  const { place, blocks, payload } = asked(world, args);
  const { blockId, element, actionId } = findElement(blocks, args);
  if (!String(element.type).includes('external_select'))
    throw new Error(`${actionId} is a ${String(element.type)}: the app is asked for nothing`);
  if (transport === 'http' && !world.grants.optionsUrl)
    return notSent('block_suggestion', 'the manifest has no message_menu_options_url');
  const outgoing: Outgoing = {
    kind: 'block_suggestion',
    form: 'payload',
    envelope: 'interactive',
    payload: payload(blockId),
  };
  const delivery = await deliver(outgoing);
  const wrong = delivery.acked ? wrongWith(delivery.body) : (delivery.error ?? 'no answer');
  if (wrong !== null) {
    warn(world, userOrThrow(world, args.user).id, `${world.grants.name} could not load the options.`);
    return Object.assign(delivery, { error: wrong });
  }
  if (world.suggestions.size >= KEPT_MENUS) world.suggestions.delete(world.suggestions.keys().next().value ?? '');
  world.suggestions.set(`${place}/${blockId}/${actionId}`, isRecord(delivery.body) ? optionsOf(delivery.body) : []);
  return delivery;
}
