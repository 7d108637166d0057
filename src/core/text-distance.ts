import { editTokens } from './edit-effort.ts';

/** How far a text is from the nearest of others, 0 (the same words) to 1 (not one in common), by Jaccard over their words. Null without others. */
export function distanceToNearest(text: string, others: readonly string[]): number | null {
  if (others.length === 0) return null;
  const words = wordSet(text);
  return Math.min(...others.map((other) => distance(words, wordSet(other))));
}

function distance(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  const all = a.size + b.size - common;
  return all === 0 ? 0 : 1 - common / all;
}

/** Signs of one character that are no letter or digit say nothing of what a text is about. */
function wordSet(text: string): Set<string> {
  return new Set(editTokens(text).filter((token) => /[\p{L}\p{N}]/u.test(token)));
}
