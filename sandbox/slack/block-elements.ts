import { isRecord, records, stringAt } from './json.ts';

/** What stands in blocks: elements that can be used, and blocks within blocks. */

type Json = Record<string, unknown>;
export type Placed<T> = T & { at: string };

const PASSIVE = new Set(['image', 'plain_text', 'mrkdwn']);

function childrenAt(block: Json, key: string, at: string): Placed<{ child: Json }>[] {
  const child = block[key];
  if (isRecord(child)) return [{ child, at: `${at}/${key}` }];
  return Array.isArray(child)
    ? child.flatMap((entry: unknown, index) => (isRecord(entry) ? [{ child: entry, at: `${at}/${key}/${index}` }] : []))
    : [];
}

/** Where a block keeps its elements; every other block has none. */
const ELEMENTS: Record<string, string> = {
  section: 'accessory',
  input: 'element',
  actions: 'elements',
  context_actions: 'elements',
  card: 'actions',
};

/** Where a block keeps other blocks. */
const BLOCKS: Record<string, string> = { carousel: 'elements', container: 'child_blocks', plan: 'tasks' };

const keyOf = (keys: Record<string, string>, block: Json): string | null => {
  const type = stringAt(block, 'type') ?? '';
  return Object.hasOwn(keys, type) ? (keys[type] ?? null) : null;
};

/** Elements that stand directly in a block and can be used, each with its pointer. */
export function elementsOf(block: Json, at: string): Placed<{ element: Json }>[] {
  const key = keyOf(ELEMENTS, block);
  if (key === null) return [];
  return childrenAt(block, key, at)
    .filter(({ child }) => !PASSIVE.has(String(child.type)))
    .map(({ child, at: where }) => ({ element: child, at: where }));
}

/** The block and every block within it, each with its pointer. */
function withInner(block: Json, at: string): Placed<{ block: Json }>[] {
  const key = keyOf(BLOCKS, block);
  const inner = key === null ? [] : childrenAt(block, key, at);
  return [{ block, at }, ...inner.flatMap(({ child, at: where }) => withInner(child, where))];
}

/** All blocks in reading order, those within blocks too. */
export function everyBlock(blocks: unknown, at = ''): Placed<{ block: Json }>[] {
  return (Array.isArray(blocks) ? blocks : []).flatMap((block: unknown, index) =>
    isRecord(block) ? withInner(block, `${at}/${index}`) : [],
  );
}

/** Everything that can be used in these blocks, with the block that it stands in. */
export function usable(blocks: unknown): { blockId: string; block: Json; element: Json }[] {
  return records(blocks)
    .flatMap((block) => withInner(block, ''))
    .flatMap(({ block }) =>
      elementsOf(block, '').map(({ element }) => ({ blockId: stringAt(block, 'block_id') ?? '', block, element })),
    );
}
