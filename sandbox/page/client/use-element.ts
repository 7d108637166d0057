import { confirmed } from './confirm.ts';
import type { Json, Outcome } from './content.ts';
import { records, text, words } from './fields.ts';
import { shaped, type Option } from './options.ts';
import { act } from './store.ts';

/** What a field holds: a text, an option's value, or all that is chosen. */
export type Value = string | string[];

/** What was filled in around an element, by block id. */
type Filled = () => Record<string, Value>;

/** Where an element stands: what a click on it belongs to. */
export type Where =
  | { kind: 'message'; channel: string; ts: string; values: Filled }
  | { kind: 'view'; viewId: string; values: Filled };

/** The fields that tell the server where. */
function standing(where: Where): { viewId: string } | { channel: string; ts: string } {
  return where.kind === 'message' ? { channel: where.channel, ts: where.ts } : { viewId: where.viewId };
}

export const keyOf = (where: Where, element: Json, blockId: string): string =>
  `${where.kind === 'message' ? where.ts : where.viewId}/${blockId}/${text(element['action_id'])}/${text(element['value'])}`;

/** Sends what the person did with an element, after asking where the app wants that. Null when they said no after all. */
export async function use(where: Where, element: Json, blockId: string, value?: Value): Promise<Outcome | null> {
  if (!(await confirmed(element['confirm']))) return null;
  return await act(
    where.kind === 'message' ? 'click' : 'click-in-view',
    {
      ...standing(where),
      values: where.values(),
      actionId: text(element['action_id']),
      blockId,
      ...(value === undefined ? {} : { value }),
    },
    keyOf(where, element, blockId),
  );
}

/** What the app suggests for a menu while one types. */
export async function suggest(where: Where, element: Json, blockId: string, typed: string): Promise<Option[]> {
  const fields = { ...standing(where), blockId, actionId: text(element['action_id']), value: typed };
  const outcome = await act('suggest', fields, `suggest/${keyOf(where, element, blockId)}`);
  return records(outcome?.options).flatMap((entry) =>
    // Options come alone or under the names of their groups.
    entry['options'] === undefined
      ? [shaped(entry, '')]
      : records(entry['options']).map((option) => shaped(option, words(entry['label']))),
  );
}
