import { confirmed } from './confirm.ts';
import type { Json, Outcome } from './content.ts';
import { text } from './fields.ts';
import { act } from './store.ts';

/** Where an element stands: what a click on it belongs to. */
export type Where =
  | { kind: 'message'; channel: string; ts: string }
  | { kind: 'view'; viewId: string; values: () => Record<string, string | string[]> };

export const keyOf = (where: Where, element: Json, blockId: string): string =>
  `${where.kind === 'message' ? where.ts : where.viewId}/${blockId}/${text(element['action_id'])}/${text(element['value'])}`;

/** Sends what the person did with an element, after asking where the app wants that. */
export async function use(where: Where, element: Json, blockId: string, value?: string): Promise<Outcome | null> {
  if (!(await confirmed(element['confirm']))) return null;
  const fields = { actionId: text(element['action_id']), blockId, ...(value === undefined ? {} : { value }) };
  const key = keyOf(where, element, blockId);
  return where.kind === 'message'
    ? await act('click', { channel: where.channel, ts: where.ts, ...fields }, key)
    : await act('click-in-view', { viewId: where.viewId, values: where.values(), ...fields }, key);
}
