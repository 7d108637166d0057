import type { Deliver } from './deliver.ts';
import { actionEntry, initialValue, isStateful } from './element-values.ts';
import { isRecord, records, stringAt } from './json.ts';
import { clientErrors, fillIn } from './client-checks.ts';
import {
  type Clicked,
  closedPayload,
  messageActionPayload,
  submissionPayload,
  suggestionPayload,
  viewActionPayload,
} from './payloads.ts';
import { createResponseUrl } from './response-urls.ts';
import { applySubmissionAck } from './submission-ack.ts';
import { elementsOf } from './validate-blocks.ts';
import { clearStack, closeTop, enter, findView, inputsOf } from './view-store.ts';
import type {
  ClickTarget,
  Delivery,
  DeliveryKind,
  SubmitArguments,
  SubmitResult,
  ViewActionTarget,
} from './workspace.ts';
import {
  type Conversation,
  conversationOrThrow,
  findMessage,
  type StackedView,
  type StateValues,
  userOrThrow,
  warn,
  type World,
} from './world.ts';

/** What people do with what the app put on their screens. */

type Found = { blockId: string; element: Record<string, unknown> };

/** A delivery that never left: Slack itself said no. */
export function notSent(kind: DeliveryKind, error: string): Delivery {
  return { kind, acked: false, acks: 0, status: null, ackMs: 0, body: null, error };
}

function findElement(
  blocks: unknown,
  wanted: { actionId: string; blockId?: string | undefined; value?: string | undefined },
): Found {
  const all = records(blocks).flatMap((block) =>
    elementsOf(block, '').map(({ element }) => ({ blockId: stringAt(block, 'block_id') ?? '', element })),
  );
  const fitting = all.filter(
    ({ blockId, element }) =>
      element.action_id === wanted.actionId && (wanted.blockId === undefined || blockId === wanted.blockId),
  );
  const exact = fitting.find(({ element }) => element.type === 'button' && element.value === wanted.value);
  const found = exact ?? fitting[0];
  if (found !== undefined) return found;
  const there = all.flatMap(({ element }) => stringAt(element, 'action_id') ?? []);
  throw new Error(
    `nothing with action_id ${wanted.actionId} is there to click; there are: ${there.join(', ') || 'none'}`,
  );
}

/** Slack keeps no ephemeral message, but the person still sees it and can click in it. */
function findClicked(world: World, user: string, channel: Conversation, ts: string): Clicked {
  const message = findMessage(world, channel.id, ts);
  if (message !== null) return { message };
  const ephemeral = world.ephemerals.find(
    (entry) => entry.channel === channel.id && entry.ts === ts && entry.user === user,
  );
  if (ephemeral === undefined) throw new Error(`no message ${ts} in #${channel.name} that ${user} can see`);
  return { ephemeral };
}

function initialState(blocks: unknown): StateValues {
  const values: StateValues = {};
  for (const block of records(blocks))
    for (const { element } of elementsOf(block, '')) {
      const blockId = stringAt(block, 'block_id') ?? '';
      if (isStateful(element))
        values[blockId] = { ...values[blockId], [stringAt(element, 'action_id') ?? '']: initialValue(element) };
    }
  return values;
}

/** The state of a message's elements for one person, as it is after this use. */
function messageState(world: World, key: string, blocks: unknown, used: Found, state: Record<string, unknown> | null) {
  const values = { ...initialState(blocks), ...world.messageState.get(key) };
  if (state !== null) {
    const actionId = stringAt(used.element, 'action_id') ?? '';
    values[used.blockId] = { ...values[used.blockId], [actionId]: state };
    world.messageState.set(key, values);
  }
  return values;
}

const actionTs = (world: World): string => (world.now() / 1000).toFixed(6);

const NOT_INTERACTIVE = 'This app is not configured to handle interactive responses.';

export async function click(world: World, deliver: Deliver, target: ClickTarget): Promise<Delivery> {
  const user = userOrThrow(world, target.user);
  const channel = conversationOrThrow(world, target.channel);
  if (!channel.members.includes(user.id))
    throw new Error(`${user.name} is not in #${channel.name} and sees nothing there`);
  const clicked = findClicked(world, user.id, channel, target.ts);
  const blocks = 'message' in clicked ? clicked.message.blocks : clicked.ephemeral.blocks;
  const found = findElement(blocks, target);
  if (!world.grants.interactivity) return notSent('block_actions', NOT_INTERACTIVE);
  const { action, state } = actionEntry(found.element, {
    blockId: found.blockId,
    value: target.value,
    ts: actionTs(world),
  });
  const source = { ts: target.ts, ephemeral: 'ephemeral' in clicked };
  const payload = messageActionPayload(world, {
    user,
    channel,
    clicked,
    action,
    state: messageState(world, `${user.id}:${channel.id}:${target.ts}`, blocks, found, state),
    responseUrl: createResponseUrl(world, { channel: channel.id, user: user.id, source }),
  });
  const delivery = await deliver({ kind: 'block_actions', form: 'payload', envelope: 'interactive', payload });
  if (!delivery.acked)
    warn(world, user.id, `⚠ ${world.grants.name} did not respond (${delivery.error ?? 'no answer'})`);
  return delivery;
}

function viewOrThrow(world: World, user: string, viewId: string): StackedView {
  const view = findView(world, { viewId });
  if (view === null || view.user !== user) throw new Error(`no view ${viewId} is open for ${user}`);
  return view;
}

export async function clickInView(world: World, deliver: Deliver, target: ViewActionTarget): Promise<Delivery> {
  const user = userOrThrow(world, target.user);
  const stacked = viewOrThrow(world, user.id, target.viewId);
  const found = findElement(stacked.view.blocks, target);
  const inInput = inputsOf(stacked).some(({ blockId }) => blockId === found.blockId);
  const dispatches = records(stacked.view.blocks).some(
    (block) => block.block_id === found.blockId && block.dispatch_action === true,
  );
  if (inInput && !dispatches) throw new Error(`input ${found.blockId} sends nothing: it has no dispatch_action`);
  if (!world.grants.interactivity) return notSent('block_actions', NOT_INTERACTIVE);
  fillIn(stacked, target.state ?? {});
  const { action, state } = actionEntry(found.element, {
    blockId: found.blockId,
    value: target.value,
    ts: actionTs(world),
  });
  if (state !== null) enter(stacked, found.blockId, target.actionId, state);
  const payload = viewActionPayload(world, user, stacked, action);
  const delivery = await deliver({ kind: 'block_actions', form: 'payload', envelope: 'interactive', payload });
  if (!delivery.acked)
    warn(world, user.id, `⚠ ${world.grants.name} did not respond (${delivery.error ?? 'no answer'})`);
  return delivery;
}

export async function suggest(
  world: World,
  deliver: Deliver,
  asked: { user: string; viewId: string; actionId: string; blockId?: string; value: string },
): Promise<Delivery> {
  const user = userOrThrow(world, asked.user);
  const stacked = viewOrThrow(world, user.id, asked.viewId);
  const { blockId } = findElement(stacked.view.blocks, asked);
  const payload = suggestionPayload(world, user, stacked, { actionId: asked.actionId, blockId, value: asked.value });
  return deliver({ kind: 'block_suggestion', form: 'payload', envelope: 'interactive', payload });
}

export async function submit(world: World, deliver: Deliver, args: SubmitArguments): Promise<SubmitResult> {
  const user = userOrThrow(world, args.user);
  const stacked = viewOrThrow(world, user.id, args.viewId);
  if (world.modals.get(user.id)?.at(-1)?.id !== stacked.id)
    throw new Error(`view ${stacked.id} is not on top of the stack`);
  if (!isRecord(stacked.view.submit)) throw new Error(`view ${stacked.id} has no submit button`);
  fillIn(stacked, args.values);
  const errors = clientErrors(stacked);
  if (Object.keys(errors).length > 0) return { ...notSent('view_submission', 'the form is not complete'), errors };
  const payload = submissionPayload(world, user, stacked);
  const delivery = await deliver({ kind: 'view_submission', form: 'payload', envelope: 'interactive', payload });
  return applySubmissionAck(world, stacked, delivery);
}

export async function closeView(world: World, deliver: Deliver, args: { user: string; viewId: string }): Promise<void> {
  const user = userOrThrow(world, args.user);
  const stacked = viewOrThrow(world, user.id, args.viewId);
  const stack = world.modals.get(user.id) ?? [];
  if (stack.at(-1)?.id !== stacked.id) throw new Error(`view ${stacked.id} is not on top of the stack`);
  const clears = stacked.view.clear_on_close === true;
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
