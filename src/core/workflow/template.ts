import { oneLine } from '../plain-text.ts';
import { fieldOf } from './condition.ts';

/** {{first_name}}, or {{first_name|there}} with what stands there when the fact is not known. */
const SLOT = /\{\{\s*([^{}|\n]{1,60}?)\s*(?:\|([^{}\n]{0,120}))?\}\}/g;

/** The slots of a fixed text, in order; `otherwise` is null when the lead must have the fact. */
export function slotsIn(text: string): Array<{ name: string; otherwise: string | null }> {
  return [...text.matchAll(SLOT)].map(([, name = '', otherwise]) => ({ name, otherwise: otherwise?.trim() ?? null }));
}

/**
 * The text with its slots filled; `missing` names the facts that the lead has not and the text cannot do without: such a text
 * must not be sent. Values go in as one line without invisible characters, and are not filled in again.
 */
export function fillIn(text: string, facts: { fields: Record<string, string> }): { text: string; missing: string[] } {
  const missing = new Set<string>();
  const filled = text.replace(SLOT, (_, name: string, otherwise: string | undefined) => {
    const value = fieldOf(facts, name);
    if (value !== null) return oneLine(value);
    if (otherwise === undefined) missing.add(name);
    return otherwise?.trim() ?? '';
  });
  return { text: filled, missing: [...missing] };
}
