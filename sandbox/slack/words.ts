import { childRecord, isRecord, records, stringAt } from './json.ts';
import { elementsOf } from './validate-blocks.ts';

/** What a person reads and can press in blocks. */

/** All words in blocks, in reading order. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join('\n');
  if (!isRecord(value)) return '';
  const run =
    value.type === 'rich_text_section' || value.type === 'rich_text_preformatted' || value.type === 'rich_text_quote';
  if (run) return records(value.elements).map(inlineWords).join('');
  const parts = ['title', 'text', 'label', 'fields', 'elements', 'element', 'accessory', 'hint', 'alt_text', 'rows'];
  return parts
    .map((key) => (Object.hasOwn(value, key) ? wordsOf(value[key]) : ''))
    .filter(Boolean)
    .join('\n');
}

function inlineWords(element: Record<string, unknown>): string {
  return (
    stringAt(element, 'text') ??
    stringAt(element, 'url') ??
    stringAt(element, 'fallback') ??
    stringAt(element, 'name') ??
    ''
  );
}

export const shows = (words: string, wanted: RegExp | string | undefined): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? words.includes(wanted) : wanted.test(words));

export type Pressable = { label: string; actionId: string; blockId: string; value?: string };

export function pressables(blocks: unknown): Pressable[] {
  return records(blocks).flatMap((block) =>
    elementsOf(block, '').flatMap(({ element }) => {
      const actionId = stringAt(element, 'action_id');
      if (actionId === null) return [];
      const label =
        stringAt(childRecord(element, 'text'), 'text') ??
        stringAt(childRecord(element, 'placeholder'), 'text') ??
        stringAt(childRecord(block, 'label'), 'text') ??
        actionId;
      const value = stringAt(element, 'value');
      const blockId = stringAt(block, 'block_id') ?? '';
      return [{ label, actionId, blockId, ...(value === null ? {} : { value }) }];
    }),
  );
}

export function pick(blocks: unknown, label: string, where: string): Pressable {
  const there = pressables(blocks);
  const found = there.find((entry) => entry.label === label) ?? there.find((entry) => entry.actionId === label);
  if (found === undefined)
    throw new Error(`no "${label}" on ${where}; there are: ${there.map((entry) => entry.label).join(', ') || 'none'}`);
  return found;
}
