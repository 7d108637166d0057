import { usable } from './block-elements.ts';
import { enteredValue, heldOptions, initialValue, isStateful, type Offers } from './element-values.ts';
import { childRecord, stringAt } from './json.ts';
import { presentFile } from './uploads.ts';
import type { StateValues, World } from './world.ts';

/** What a person enters into the elements of a view or a message, before anything is sent. */

type Element = Record<string, unknown>;
export type Found = { blockId: string; actionId: string; block: Element; element: Element };

const all = (blocks: unknown): Found[] =>
  usable(blocks).map((found) => ({ ...found, actionId: stringAt(found.element, 'action_id') ?? '' }));

/** Where blocks are shown: a view, or a message to one person. */
export const viewPlace = (viewId: string): string => `view ${viewId}`;
export const messagePlace = (user: string, channel: string, ts: string): string => `${user} ${channel} ${ts}`;

/** What can be chosen in a menu besides what stands in it. */
function offersAt(world: World, place: string, found: Found, held: Element | undefined): Offers {
  const suggested = world.suggestions.get(`${place}/${found.blockId}/${found.actionId}`) ?? [];
  return {
    options: [...suggested, ...heldOptions(held)],
    file: (id) => {
      const file = world.files.get(id);
      return file === undefined ? null : presentFile(world, file);
    },
  };
}

export function offersFor(world: World, place: string, found: Found, state: StateValues): Offers {
  return offersAt(world, place, found, state[found.blockId]?.[found.actionId]);
}

/** The element that a click means; throws when it is not there. */
export function findElement(
  blocks: unknown,
  wanted: { actionId: string; blockId?: string | undefined; value?: string | string[] | undefined },
): Found {
  const there = all(blocks);
  const fitting = there.filter(
    ({ blockId, actionId }) =>
      actionId === wanted.actionId && (wanted.blockId === undefined || blockId === wanted.blockId),
  );
  const exact = fitting.find(({ element }) => element.type === 'button' && element.value === wanted.value);
  const found = exact ?? fitting[0];
  if (found !== undefined) return found;
  const known = there.map(({ actionId }) => actionId).join(', ') || 'none';
  throw new Error(`nothing with action_id ${wanted.actionId} is there to click; there are: ${known}`);
}

const labelOf = ({ block }: Found): string => stringAt(childRecord(block, 'label'), 'text') ?? '';

/** The field that somebody names: by block id, `blockId/actionId`, or label. */
function fieldNamed(fields: readonly Found[], name: string): Found | null {
  return (
    fields.find(({ blockId, actionId }) => `${blockId}/${actionId}` === name) ??
    fields.find(({ blockId }) => blockId === name) ??
    fields.find((found) => found.block.type === 'input' && labelOf(found) === name) ??
    null
  );
}

/** What every field holds before anybody touched it. */
export function initialState(blocks: unknown): StateValues {
  const values: StateValues = {};
  for (const { blockId, actionId, element } of all(blocks))
    if (isStateful(element)) values[blockId] = { ...values[blockId], [actionId]: initialValue(element) };
  return values;
}

/**
 * Enters what a person typed or chose; `state` is changed. Throws for a field that is not there, and for an option that
 * nobody offers.
 */
export function enterAll(
  world: World,
  at: { place: string; blocks: unknown; where: string },
  state: StateValues,
  values: Readonly<Record<string, unknown>>,
): void {
  const fields = all(at.blocks).filter(({ element }) => isStateful(element));
  for (const [name, given] of Object.entries(values)) {
    const found = fieldNamed(fields, name);
    if (found === null) {
      const known = fields.map((field) => labelOf(field) || field.actionId).join(', ');
      throw new Error(`no input "${name}" in ${at.where}; there are ${known}`);
    }
    const value = enteredValue(found.element, given, offersFor(world, at.place, found, state));
    state[found.blockId] = { ...state[found.blockId], [found.actionId]: value };
  }
}
