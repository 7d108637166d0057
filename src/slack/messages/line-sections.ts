import type { KnownBlock } from '@slack/types';
import { limits } from '../limits.ts';

export function section(mrkdwn: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: mrkdwn } };
}

export function smallPrint(mrkdwn: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: mrkdwn }] };
}

/** Lines of mrkdwn in as few sections as take them; a line is never broken, and none may be longer than a section. */
export function sectionsOf(lines: readonly string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= limits.sectionText)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}

/** Sections of as many whole lines as fit into `most` characters in all; `rest` says, in mrkdwn, that so many were left out. */
export function sectionsWithin(lines: readonly string[], most: number, rest: (left: number) => string): KnownBlock[] {
  let fit = 0;
  for (let used = 0; fit < lines.length; fit += 1) {
    used += (lines[fit]?.length ?? 0) + 1;
    if (used > most) break;
  }
  return sectionsOf(fit === lines.length ? lines : [...lines.slice(0, fit), rest(lines.length - fit)]);
}

/** As many whole lines as fit: for the top-level text, which must not end in the middle of an entity. */
export function linesWithin(lines: readonly string[], most: number): string {
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line : `${text}\n${line}`;
    if (longer.length > most) break;
    text = longer;
  }
  return text;
}
