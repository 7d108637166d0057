import { clientErrors, fillIn } from './client-checks.ts';
import { type Deliver, notSent } from './deliver.ts';
import { actionEntry } from './element-values.ts';
import { enterAll, findElement, initialState, messagePlace, offersFor, viewPlace } from './entering.ts';
import { isRecord } from './json.ts';
import { type Clicked, closedPayload, messageActionPayload, submissionPayload, viewActionPayload } from './payloads.ts';
import { createResponseUrl } from './response-urls.ts';
import { applySubmissionAck } from './submission-ack.ts';
import { clearStack, closeTop, enter, findView, inputsOf } from './view-store.ts';
import type { ClickTarget, Delivery, SlackUser, SubmitArguments, SubmitResult, ViewActionTarget } from './workspace.ts';
import {
  type Conversation,
  conversationOrThrow,
  ephemeralsOf,
  type StackedView,
  type StateValues,
  userOrThrow,
  warn,
  type World,
} from './world.ts';

/** What people do with what the app put on their screens. */

/** Slack keeps no ephemeral message, but the person still sees it and can click in it. */
function findClicked(world: World, user: string, channel: Conversation, ts: string): Clicked {
  const message = channel.log.find(ts);
  if (message !== null) return { message };
  const ephemeral = ephemeralsOf(world, user).find((entry) => entry.channel === channel.id && entry.ts === ts);
  if (ephemeral === undefined) throw new Error(`no message ${ts} in #${channel.name} that ${user} can see`);
  return { ephemeral };
}

/** A message that somebody has before them. Throws where they see nothing. */
export function seenMessage(
  world: World,
  at: { user: string; channel: string; ts: string },
): { user: SlackUser; channel: Conversation; clicked: Clicked; blocks: unknown } {
  const user = userOrThrow(world, at.user);
  const channel = conversationOrThrow(world, at.channel);
  if (!channel.members.includes(user.id))
    throw new Error(`${user.name} is not in #${channel.name} and sees nothing there`);
  const clicked = findClicked(world, user.id, channel, at.ts);
  return { user, channel, clicked, blocks: 'message' in clicked ? clicked.message.blocks : clicked.ephemeral.blocks };
}

const actionTs = (world: World): string => (world.now() / 1000).toFixed(6);

const NOT_INTERACTIVE = 'This app is not configured to handle interactive responses.';

/** Enough for every message that people still have something entered in. */
const KEPT_STATES = 2_000;

function keepState(world: World, place: string, state: StateValues): void {
  world.messageState.delete(place);
  world.messageState.set(place, state);
  if (world.messageState.size > KEPT_STATES) world.messageState.delete(world.messageState.keys().next().value ?? '');
}

/** The person's client tells them when the app did not answer. */
export function tellSilence(world: World, user: string, delivery: Delivery): Delivery {
  if (!delivery.acked) warn(world, user, `⚠ ${world.grants.name} did not respond (${delivery.error ?? 'no answer'})`);
  return delivery;
}

export async function click(world: World, deliver: Deliver, target: ClickTarget): Promise<Delivery> {
  const { user, channel, clicked, blocks } = seenMessage(world, target);
  const found = findElement(blocks, target);
  if (!world.grants.interactivity) return notSent('block_actions', NOT_INTERACTIVE);
  const place = messagePlace(user.id, channel.id, target.ts);
  const values: StateValues = { ...initialState(blocks), ...world.messageState.get(place) };
  const where = `the message ${target.ts}`;
  enterAll(world, { place, blocks, where }, values, target.state ?? {});
  const { action, state } = actionEntry(found.element, {
    blockId: found.blockId,
    value: target.value,
    ts: actionTs(world),
    offers: offersFor(world, place, found, values),
  });
  if (state !== null) values[found.blockId] = { ...values[found.blockId], [found.actionId]: state };
  if (state !== null || target.state !== undefined) keepState(world, place, values);
  const source = { ts: target.ts, ephemeral: 'ephemeral' in clicked };
  const payload = messageActionPayload(world, {
    user,
    channel,
    clicked,
    action,
    state: values,
    responseUrl: createResponseUrl(world, { channel: channel.id, user: user.id, source }),
  });
  const delivery = await deliver({ kind: 'block_actions', form: 'payload', envelope: 'interactive', payload });
  return tellSilence(world, user.id, delivery);
}

export function viewOrThrow(world: World, user: string, viewId: string): StackedView {
  const view = findView(world, { viewId });
  if (view === null || view.user !== user) throw new Error(`no view ${viewId} is open for ${user}`);
  return view;
}

export async function clickInView(world: World, deliver: Deliver, target: ViewActionTarget): Promise<Delivery> {
  const user = userOrThrow(world, target.user);
  const stacked = viewOrThrow(world, user.id, target.viewId);
  const found = findElement(stacked.view.blocks, target);
  if (found.block.type === 'input' && found.block.dispatch_action !== true)
    throw new Error(`input ${found.blockId} sends nothing: it has no dispatch_action`);
  if (!world.grants.interactivity) return notSent('block_actions', NOT_INTERACTIVE);
  fillIn(world, stacked, target.state ?? {});
  const { action, state } = actionEntry(found.element, {
    blockId: found.blockId,
    value: target.value,
    ts: actionTs(world),
    offers: offersFor(world, viewPlace(stacked.id), found, stacked.state),
  });
  if (state !== null) enter(stacked, found.blockId, found.actionId, state);
  const payload = viewActionPayload(world, user, stacked, action);
  const delivery = await deliver({ kind: 'block_actions', form: 'payload', envelope: 'interactive', payload });
  return tellSilence(world, user.id, delivery);
}

/** Menus of conversations may ask for an address that answers into what was chosen. */
function responseUrls(world: World, stacked: StackedView): Record<string, unknown>[] {
  return inputsOf(stacked).flatMap(({ blockId, actionId, element }) => {
    const held = stacked.state[blockId]?.[actionId] ?? {};
    const channel = held.selected_conversation ?? held.selected_channel;
    if (element.response_url_enabled !== true || typeof channel !== 'string') return [];
    const responseUrl = createResponseUrl(world, { channel, user: stacked.user, source: null });
    return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url: responseUrl }];
  });
}

export async function submit(world: World, deliver: Deliver, args: SubmitArguments): Promise<SubmitResult> {
  const user = userOrThrow(world, args.user);
  const stacked = viewOrThrow(world, user.id, args.viewId);
  if (world.modals.get(user.id)?.at(-1)?.id !== stacked.id)
    throw new Error(`view ${stacked.id} is not on top of the stack`);
  if (!isRecord(stacked.view.submit)) throw new Error(`view ${stacked.id} has no submit button`);
  fillIn(world, stacked, args.values);
  const errors = clientErrors(stacked);
  if (Object.keys(errors).length > 0) return { ...notSent('view_submission', 'the form is not complete'), errors };
  const payload = submissionPayload(world, user, stacked, responseUrls(world, stacked));
  const delivery = await deliver({ kind: 'view_submission', form: 'payload', envelope: 'interactive', payload });
  return applySubmissionAck(world, stacked, delivery);
}

export async function closeView(
  world: World,
  deliver: Deliver,
  args: { user: string; viewId: string; all?: boolean },
): Promise<void> {
  const user = userOrThrow(world, args.user);
  const stacked = viewOrThrow(world, user.id, args.viewId);
  const stack = world.modals.get(user.id) ?? [];
  if (stack.at(-1)?.id !== stacked.id) throw new Error(`view ${stacked.id} is not on top of the stack`);
  const clears = args.all === true || stacked.view.clear_on_close === true;
  if (clears) clearStack(world, user.id);
  else closeTop(world, user.id);
  const told = clears ? [...stack].reverse() : [stacked];
  for (const view of told.filter((entry) => entry.view.notify_on_close === true))
    await deliver({
      kind: 'view_closed',
      form: 'payload',
      envelope: 'interactive',
      payload: closedPayload(world, user, view, clears),
    });
}
