import { createCanvas } from '@napi-rs/canvas';
import { FAMILY, useInter } from './inter.ts';

export type Face = { size: number; weight: 400 | 600 };

export function fontOf({ size, weight }: Face): string {
  return `${weight} ${size}px '${FAMILY}'`;
}

let pen: ReturnType<ReturnType<typeof createCanvas>['getContext']> | null = null;

/** Width in pixels, with the very font that is drawn. */
export function widthOf(text: string, face: Face): number {
  if (pen === null) {
    useInter();
    pen = createCanvas(8, 8).getContext('2d');
  }
  pen.font = fontOf(face);
  return pen.measureText(text).width;
}

/** One line of at most `width` pixels, with “…” where it had to be cut. */
export function fitted(text: string, face: Face, width: number): string {
  if (widthOf(text, face) <= width) return text;
  const signs = Array.from(text);
  let [low, high] = [0, signs.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${signs.slice(0, middle).join('').trimEnd()}…`, face) <= width) low = middle;
    else high = middle - 1;
  }
  return `${signs.slice(0, low).join('').trimEnd()}…`;
}

/** Lines of at most `width` pixels, broken between words; at most `most` of them, the last cut with “…”. */
export function wrapped(text: string, face: Face, width: number, most: number): string[] {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const lines: string[] = [];
  while (words.length > 0 && lines.length < most) {
    if (lines.length === most - 1) {
      lines.push(fitted(words.join(' '), face, width));
      return lines;
    }
    let line = words.shift() ?? '';
    while (words[0] !== undefined && widthOf(`${line} ${words[0]}`, face) <= width) line = `${line} ${words.shift()}`;
    lines.push(fitted(line, face, width));
  }
  return lines;
}
