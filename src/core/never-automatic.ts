import type { Kind } from './kinds/kind.ts';

/** Never automatic unless somebody takes them off the list: what changes how everything after them is decided. */
export const NEVER_AUTOMATIC: readonly string[] = ['workflow_design', 'style_rule'];

/**
 * Whether a decision stands on the never list: its kind does, or its words touch a topic that does (“pricing”, “refund”). Whole
 * words, whatever their case; a topic of several words as they follow each other.
 */
export function isNeverAutomatic(list: readonly string[], kind: Kind, content: unknown): boolean {
  if (list.includes(kind)) return true;
  const text = ` ${wordsOf(content)} `;
  return list.some((topic) => {
    const wanted = plain(topic);
    return wanted !== '' && text.includes(` ${wanted} `);
  });
}

function wordsOf(content: unknown): string {
  if (typeof content === 'string') return plain(content);
  if (Array.isArray(content)) return content.map(wordsOf).join(' ');
  if (typeof content !== 'object' || content === null) return '';
  return Object.values(content).map(wordsOf).join(' ');
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
