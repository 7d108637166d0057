import { INPUT_ELEMENT } from '../action-ids.ts';

type Entry = {
  value?: string | null;
  selected_option?: { value: string } | null;
  selected_options?: ReadonlyArray<{ value: string }> | null;
};
/** What a submitted modal holds, by block id. */
export type ViewValues = Record<string, Record<string, unknown>>;

function entry(values: ViewValues, block: string): Entry {
  return values[block]?.[INPUT_ELEMENT] ?? {};
}

/** The text of an input; empty where nothing was entered. */
export function entered(values: ViewValues, block: string): string {
  return entry(values, block).value ?? '';
}

/** The value of the chosen option, or null. */
export function chosen(values: ViewValues, block: string): string | null {
  return entry(values, block).selected_option?.value ?? null;
}

export function chosenAll(values: ViewValues, block: string): string[] {
  return (entry(values, block).selected_options ?? []).map(({ value }) => value);
}
