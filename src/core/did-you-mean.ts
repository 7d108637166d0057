/** Letters to change, add or take away to get from one word to the other. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of a.split('').entries()) {
    const current = [i + 1];
    for (const [j, other] of b.split('').entries())
      current.push(
        Math.min((previous[j] ?? 0) + (letter === other ? 0 : 1), (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1),
      );
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The known word that was probably meant: one that begins so, or the nearest within a third of its length; else null. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const typed = word.toLowerCase().slice(0, 60);
  if (typed === '') return null;
  const begins = known.filter((candidate) => candidate.startsWith(typed));
  if (begins.length === 1 && begins[0] !== undefined) return begins[0];
  const nearest = known
    .map((candidate) => ({ candidate, d: distance(typed, candidate) }))
    .toSorted((a, b) => a.d - b.d)[0];
  return nearest !== undefined && nearest.d <= Math.max(1, Math.ceil(nearest.candidate.length / 3))
    ? nearest.candidate
    : null;
}
