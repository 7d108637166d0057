import { cutPlain } from '../text.ts';

/**
 * A text of any length in several inputs of a modal. Between two parts stands a seam: so many line feeds, or one blank
 * (`BLANK`), or nothing (0). The seams are kept beside the parts, not in them, since a client may trim what stands at the
 * ends of an input. Joined again, an unedited text is the same to the byte.
 */
export type Parts = { parts: string[]; seams: number[] };

const BLANK = -1;

export function splitText(text: string, size: number): Parts {
  const parts: string[] = [];
  const seams: number[] = [];
  let rest = text;
  while (rest.length > size) {
    const { end, seam, next } = cutPoint(rest, size);
    parts.push(rest.slice(0, end));
    seams.push(seam);
    rest = rest.slice(next);
  }
  return { parts: [...parts, rest], seams };
}

/** The last end of a paragraph in the second half of the window, else of a line, else of a word, else the window's end. */
function cutPoint(text: string, size: number): { end: number; seam: number; next: number } {
  const window = text.slice(0, size);
  const half = Math.floor(size / 2);
  for (const pattern of [/\n{2,}/g, /\n/g, / /g]) {
    // A run of line feeds may go on behind the window: the seam is the whole run.
    const seams = [...window.matchAll(pattern)].map(({ index, 0: hit }) => ({
      end: index,
      run: /^(?:\n+| )/.exec(text.slice(index))?.[0] ?? hit,
    }));
    // Something must follow it: a part that is empty goes with its seam.
    const last = seams.findLast(({ end, run }) => end > half && end + run.length < text.length);
    if (last === undefined) continue;
    const { end, run } = last;
    return { end, seam: run === ' ' ? BLANK : run.length, next: end + run.length };
  }
  const end = cutPlain(text, size).text.length || size;
  return { end, seam: 0, next: end };
}

/** Puts the parts together again; a part that was emptied goes with its seam. */
export function joinText(parts: readonly string[], seams: readonly number[]): string {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (part === '') continue;
    const seam = seams[i - 1] ?? 0;
    text += text === '' ? part : (seam === BLANK ? ' ' : '\n'.repeat(seam)) + part;
  }
  return text;
}
