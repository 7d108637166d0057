import { usable } from './block-elements.ts';
import { initialValue, isStateful } from './element-values.ts';
import { childRecord, isRecord, records, stringAt } from './json.ts';
import { LIMITS } from './limits.ts';
import { completeBlocks, type Refusal, refuse, refuseWithProblems } from './posting.ts';
import { hasPicture } from './uploads.ts';
import { validateView } from './validate-view.ts';
import type { OpenView } from './workspace.ts';
import type { StackedView, StateValues, World } from './world.ts';

/** Modals and Home tabs: stacks, hashes, what a view looks like to the app. */

export type Stored = { view: StackedView } | { refusal: Refusal };

function freshHash(world: World): string {
  return `${Math.floor(world.now() / 1000)}.${world.ids.short()}${world.ids.short().slice(0, 3)}`;
}

/** Values of every element that keeps one; what a person had entered stays where block and action id are the same. */
function stateOf(blocks: readonly unknown[], before: StateValues, from: string | null): StateValues {
  const values: StateValues = {};
  for (const { blockId, element } of usable(blocks)) {
    if (!isStateful(element)) continue;
    const actionId = stringAt(element, 'action_id') ?? '';
    const known = before[blockId]?.[actionId];
    const value = known !== undefined && known.type === element.type ? known : initialValue(element, from);
    values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

type Links = { id: string; root: string; previous: string | null };

function present(world: World, source: Record<string, unknown>, links: Links, hash: string, state: StateValues) {
  const modal = source.type === 'modal';
  return {
    id: links.id,
    team_id: world.credentials.teamId,
    type: source.type,
    blocks: source.blocks,
    private_metadata: source.private_metadata ?? '',
    callback_id: source.callback_id ?? '',
    state: { values: state },
    hash,
    title: source.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: modal && source.clear_on_close === true,
    notify_on_close: modal && source.notify_on_close === true,
    close: source.close ?? null,
    submit: source.submit ?? null,
    previous_view_id: links.previous,
    root_view_id: links.root,
    app_id: world.credentials.appId,
    external_id: source.external_id ?? '',
    app_installed_team_id: world.credentials.teamId,
    bot_id: world.credentials.botId,
  };
}

/** Whose view it is, and where they were when it came up. */
type Opener = { user: string; channel: string | null };

function build(
  world: World,
  { user, channel }: Opener,
  raw: Record<string, unknown>,
  links: Links,
  before: StateValues,
): StackedView {
  const blocks = completeBlocks(Array.isArray(raw.blocks) ? raw.blocks : [], world.ids);
  const hash = freshHash(world);
  const state = stateOf(blocks, before, channel);
  const view = present(world, { ...raw, blocks }, links, hash, state);
  return { id: links.id, hash, user, state, view, from: channel };
}

/** Sets entered values and shows them in the view as the app will get it. */
export function enter(stacked: StackedView, blockId: string, actionId: string, value: Record<string, unknown>): void {
  stacked.state[blockId] = { ...stacked.state[blockId], [actionId]: value };
  stacked.view = { ...stacked.view, state: { values: stacked.state } };
}

export function refuseView(world: World, raw: unknown, surface: 'modal' | 'home'): Refusal | null {
  const problem = validateView(raw, surface, world.grants.scopes, {
    hasPicture: (reference) => hasPicture(world, reference),
  });
  if (problem !== null) return refuseWithProblems(problem.error, problem.problems);
  const external = isRecord(raw) ? stringAt(raw, 'external_id') : null;
  return external !== null && external !== '' && findView(world, { externalId: external }) !== null
    ? refuse('duplicate_external_id')
    : null;
}

export function findView(world: World, by: { viewId: string } | { externalId: string }): StackedView | null {
  const everything = [...[...world.modals.values()].flat(), ...world.homes.values()];
  const match = (view: StackedView): boolean =>
    'viewId' in by ? view.id === by.viewId : view.view.external_id === by.externalId;
  return everything.find(match) ?? null;
}

/** Opens a modal as the root of a new stack. The view is taken as checked. */
export function openModal(world: World, opener: Opener, raw: Record<string, unknown>): StackedView {
  const id = world.ids.id('V');
  const view = build(world, opener, raw, { id, root: id, previous: null }, {});
  world.modals.set(opener.user, [view]);
  world.changed();
  return view;
}

export function pushModal(world: World, opener: Opener, raw: Record<string, unknown>): Stored {
  const stack = world.modals.get(opener.user) ?? [];
  const top = stack.at(-1);
  if (top === undefined) return { refusal: refuse('not_found') };
  if (stack.length >= LIMITS.modalStack.max) return { refusal: refuse('push_limit_reached') };
  const root = stringAt(top.view, 'root_view_id') ?? top.id;
  const view = build(world, opener, raw, { id: world.ids.id('V'), root, previous: top.id }, {});
  world.modals.set(opener.user, [...stack, view]);
  world.changed();
  return { view };
}

/** Puts another view in the place of one that is open; same id, new hash. */
export function replaceView(world: World, current: StackedView, raw: Record<string, unknown>): StackedView {
  const links = {
    id: current.id,
    root: stringAt(current.view, 'root_view_id') ?? current.id,
    previous: stringAt(current.view, 'previous_view_id'),
  };
  const view = build(world, { user: current.user, channel: current.from }, raw, links, current.state);
  // Changed in place: whoever holds the entry, a test or the page, sees the new view under the same id.
  Object.assign(current, view);
  world.changed();
  return current;
}

export function publishHome(world: World, user: string, raw: Record<string, unknown>): StackedView {
  const current = world.homes.get(user);
  if (current !== undefined) return replaceView(world, current, raw);
  const id = world.ids.id('V');
  const view = build(world, { user, channel: null }, raw, { id, root: id, previous: null }, {});
  world.homes.set(user, view);
  world.changed();
  return view;
}

export function closeTop(world: World, user: string): void {
  world.modals.set(user, (world.modals.get(user) ?? []).slice(0, -1));
  world.changed();
}

export function clearStack(world: World, user: string): void {
  world.modals.set(user, []);
  world.changed();
}

/** The input blocks of a view with what their element and label are. */
export function inputsOf(
  stacked: OpenView,
): { blockId: string; actionId: string; label: string; optional: boolean; element: Record<string, unknown> }[] {
  return records(stacked.view.blocks)
    .filter((block) => block.type === 'input')
    .map((block) => {
      const element = childRecord(block, 'element');
      return {
        blockId: stringAt(block, 'block_id') ?? '',
        actionId: stringAt(element, 'action_id') ?? '',
        label: stringAt(childRecord(block, 'label'), 'text') ?? '',
        optional: block.optional === true,
        element,
      };
    });
}
