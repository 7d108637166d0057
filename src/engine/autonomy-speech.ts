import { type Speech, wordsOf } from '../core/autonomy/cell-words.ts';
import type { Kind } from '../core/kinds/kind.ts';

/**
 * Sentences about a cell name people by id. Here an id is set between two marks that nobody can type, so that whoever shows the
 * sentence can make a mention of it, and of nothing else in it: reasons are other people's words.
 */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARKED = /\uE000([^\uE000\uE001]*)\uE001/;

/** Who acts without being a person. */
const others: Record<string, string> = { policy: 'the policy', cli: 'the command line' };

/** How sentences about a cell of this kind are made, with people marked. */
export function speechOf(kind: Kind): Speech {
  return { words: wordsOf(kind), nameOf: marked };
}

export function marked(by: string): string {
  return others[by] ?? `${OPEN}${unmarked(by)}${CLOSE}`;
}

/** What a person wrote, without anything that could pass for a mark. */
export function unmarked(text: string): string {
  return text.replaceAll(/[\uE000\uE001]/g, '');
}

export type SpokenPart = { text: string } | { by: string };

/** A marked sentence in its parts: words, and the people named in it. */
export function spokenParts(sentence: string): SpokenPart[] {
  return sentence
    .split(MARKED)
    .map((part, i): SpokenPart => (i % 2 === 1 ? { by: part } : { text: part }))
    .filter((part) => 'by' in part || part.text !== '');
}

/** For places without mentions. */
export function spokenPlain(sentence: string): string {
  return spokenParts(sentence)
    .map((part) => ('by' in part ? part.by : part.text))
    .join('');
}
