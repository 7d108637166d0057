/** Scripts that write without blanks: each character counts as a word, or one changed sign would replace a paragraph. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const TOKEN = new RegExp(`(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}_'’])+|[^\\s]`, 'gu');

/** Lower-cased words of any script and single punctuation marks, the tokens that edit effort is counted in. */
export function editTokens(text: string): string[] {
  return text.normalize('NFC').toLowerCase().match(TOKEN) ?? [];
}

/**
 * Word-token Levenshtein distance divided by the longer length: 0 (same words) to 1 (nothing kept). Two empty texts: 0.
 * O(n·m) time, O(m) memory; drafts have a few hundred tokens.
 */
export function editEffort(before: string, after: string): number {
  const a = editTokens(before);
  const b = editTokens(after);
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 0;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, token] of a.entries()) {
    const current = [i + 1];
    for (const [j, other] of b.entries()) {
      const substitute = (previous[j] ?? 0) + (token === other ? 0 : 1);
      current.push(Math.min(substitute, (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1));
    }
    previous = current;
  }
  return (previous[b.length] ?? 0) / longest;
}
