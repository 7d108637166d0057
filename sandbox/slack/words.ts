import { usable } from './block-elements.ts';
import { childRecord, isRecord, records, stringAt } from './json.ts';
import type { Ephemeral, PostedMessage } from './workspace.ts';

/** What a person reads and can press in blocks. */

/** Properties that hold words, in reading order. */
const PARTS = [
  'title',
  'subtitle',
  'text',
  'body',
  'label',
  'fields',
  'elements',
  'element',
  'accessory',
  'actions',
  'child_blocks',
  'tasks',
  'details',
  'output',
  'hint',
  'alt_text',
  'rows',
];

const RUNS = new Set(['rich_text_section', 'rich_text_preformatted', 'rich_text_quote']);

/** All words in blocks, in reading order. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join('\n');
  if (!isRecord(value)) return '';
  if (RUNS.has(String(value.type))) return records(value.elements).map(inlineWords).join('');
  return PARTS.map((key) => (Object.hasOwn(value, key) ? wordsOf(value[key]) : ''))
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

type Shown = PostedMessage | Ephemeral;

/** Kept as long as the message says the same: whoever waits for a card reads the whole channel at every change. */
const read = new WeakMap<Shown, { text: string; blocks: unknown; words: string }>();

export function messageWords(message: Shown): string {
  const { text, blocks } = message;
  const known = read.get(message);
  if (known !== undefined && known.text === text && known.blocks === blocks) return known.words;
  const words = `${text}\n${wordsOf(blocks)}`;
  read.set(message, { text, blocks, words });
  return words;
}

export const shows = (words: string, wanted: RegExp | string | undefined): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? words.includes(wanted) : wanted.test(words));

/** `overflows`: more stands behind it. */
export type Pressable = { label: string; actionId: string; blockId: string; value?: string; overflows?: true };

const textOf = (value: unknown): string | null => stringAt(childRecord(value, 'text'), 'text');

/** The words on an element; what has none goes by its action id. */
function labelsOf(
  element: Record<string, unknown>,
  block: Record<string, unknown>,
): { label: string; value?: string }[] {
  const choices = [element.positive_button, element.negative_button].filter(isRecord);
  if (element.type === 'feedback_buttons')
    return choices.flatMap((choice) => {
      const [label, value] = [textOf(choice), stringAt(choice, 'value')];
      return label === null || value === null ? [] : [{ label, value }];
    });
  const label =
    textOf(element) ??
    stringAt(childRecord(element, 'placeholder'), 'text') ??
    stringAt(childRecord(block, 'label'), 'text') ??
    stringAt(element, 'action_id') ??
    '';
  const value = stringAt(element, 'value');
  return [value === null ? { label } : { label, value }];
}

/** Kept by the list of blocks, which is another one whenever a message changes. */
const pressable = new WeakMap<object, Pressable[]>();

export function pressables(blocks: unknown): Pressable[] {
  if (!Array.isArray(blocks)) return [];
  const known = pressable.get(blocks);
  if (known !== undefined) return known;
  const found = readPressables(blocks);
  pressable.set(blocks, found);
  return found;
}

function readPressables(blocks: unknown): Pressable[] {
  return usable(blocks).flatMap(({ blockId, block, element }) => {
    const actionId = stringAt(element, 'action_id');
    const more = element.type === 'overflow' ? { overflows: true as const } : {};
    return actionId === null ? [] : labelsOf(element, block).map((named) => ({ ...named, ...more, actionId, blockId }));
  });
}

/** What stands behind the dots of an overflow menu. */
function overflowing(blocks: unknown): Pressable[] {
  if (!pressables(blocks).some(({ overflows }) => overflows)) return [];
  return usable(blocks)
    .filter(({ element }) => element.type === 'overflow')
    .flatMap(({ blockId, element }) =>
      records(element.options).flatMap((option) => {
        const [label, value, actionId] = [textOf(option), stringAt(option, 'value'), stringAt(element, 'action_id')];
        return label === null || value === null || actionId === null ? [] : [{ label, value, actionId, blockId }];
      }),
    );
}

/** What carries these words (or this action id), or null. */
export function find(blocks: unknown, label: string): Pressable | null {
  const there = pressables(blocks);
  if (there.length === 0) return null;
  return (
    there.find((entry) => entry.label === label) ??
    overflowing(blocks).find((entry) => entry.label === label) ??
    there.find((entry) => entry.actionId === label) ??
    null
  );
}

export function pick(blocks: unknown, label: string, where: string): Pressable {
  const found = find(blocks, label);
  if (found !== null) return found;
  const there = [...pressables(blocks), ...overflowing(blocks)].map((entry) => entry.label).join(', ') || 'none';
  throw new Error(`no "${label}" on ${where}; there are: ${there}`);
}
