import { humanDuration } from '../core/duration.ts';
import type { StepCounts } from '../core/map-counts.ts';
import type { GraphNode } from '../core/workflow/graph.ts';
import { type Face, widthOf, wrapped } from './map-text.ts';

export const faces = {
  title: { size: 14, weight: 600 },
  id: { size: 11, weight: 400 },
  detail: { size: 12, weight: 400 },
  count: { size: 12, weight: 600 },
  countWord: { size: 12, weight: 400 },
  band: { size: 11.5, weight: 600 },
  badge: { size: 10.5, weight: 600 },
  label: { size: 11.5, weight: 400 },
} as const satisfies Record<string, Face>;

export const card = {
  pad: 12,
  sign: 26,
  gap: 10,
  titleLine: 18,
  idLine: 15,
  detailLine: 16,
  footerLine: 17,
  bandLine: 17,
} as const;

export type Count = { number: string; word: string };

/** A step as it is drawn, measured: all lines broken already. Sizes in CSS pixels. */
export type Card = {
  node: GraphNode;
  counts: StepCounts | null;
  bottleneck: boolean;
  width: number;
  height: number;
  title: string[];
  detail: string[];
  /** Lines of numbers with their words; empty where nothing is counted. */
  footer: Count[][];
  band: string[];
};

/** @param counts null where nothing is counted: a workflow that is not published. */
export function cardOf(
  node: GraphNode,
  counts: StepCounts | null,
  at: Date | null,
  bottleneck: boolean,
  width: number,
): Card {
  if (node.kind === 'start' || node.kind === 'end') return pillOf(node, width);
  const inner = width - 2 * card.pad - card.sign - card.gap;
  const badge = node.kind === 'decide' || node.kind === 'task' ? badgeWidth(badgeOf(node, width) ?? '') + 6 : 0;
  const title = wrapped(node.title, faces.title, inner - badge, 2);
  const detail = wrapped(node.detail, faces.detail, inner, node.ai || node.kind === 'task' ? 3 : 2);
  const footer = counts === null ? [] : footerOf(counts, width - 2 * card.pad);
  const band =
    counts === null || at === null
      ? []
      : bandWords(counts, at).flatMap((line) => wrapped(line, faces.band, width - 24, 2));
  const height =
    card.pad +
    Math.max(card.sign, title.length * card.titleLine + card.idLine + detail.length * card.detailLine) +
    (footer.length === 0 ? card.pad : footer.length * card.footerLine + 16) +
    (band.length === 0 ? 0 : band.length * card.bandLine + 10);
  return { node, counts, bottleneck, width, height, title, detail, footer, band };
}

export const AI_BADGE = 'AI DECISION';
/** Where a card is too narrow for the whole. */
const SHORT_BADGE = 'AI';
const NARROW = 260;

/** The mark at the right of a card: who decides or acts here, where that is not the program itself. */
export function badgeOf({ ai, kind }: GraphNode, width: number): string | null {
  if (ai) return width < NARROW ? SHORT_BADGE : AI_BADGE;
  return kind === 'task' ? 'PEOPLE' : null;
}

export function badgeWidth(text: string): number {
  return widthOf(text, faces.badge) + 16;
}

function pillOf(node: GraphNode, width: number): Card {
  const text = node.detail === '' ? node.title : `${node.title}: ${node.detail}`;
  const title = wrapped(text, faces.title, width - 32, 3);
  const longest = Math.max(...title.map((line) => widthOf(line, faces.title)));
  const shape = { width: Math.min(width, Math.max(90, longest + 40)), height: title.length * card.titleLine + 16 };
  return { node, counts: null, bottleneck: false, ...shape, title, detail: [], footer: [], band: [] };
}

/** The space that a number takes with its word and what follows it. */
export function countWidth({ number, word }: Count): number {
  return widthOf(number, faces.count) + 4 + widthOf(word, faces.countWord) + 12;
}

/** In one line where they fit, else the time to a verdict in one of its own. */
function footerOf({ here, passed, waiting, medianVerdictMs }: StepCounts, width: number): Count[][] {
  const leads = [
    { number: here.toLocaleString('en-US'), word: 'here' },
    { number: passed.toLocaleString('en-US'), word: 'passed' },
  ];
  if (waiting > 0 || medianVerdictMs === null) return [leads];
  const verdict = { number: humanDuration(medianVerdictMs), word: 'to a verdict' };
  const line = [...leads, verdict];
  return line.reduce((sum, part) => sum + countWidth(part), -12) <= width ? [line] : [leads, [verdict]];
}

/** What of people is to be seen at a step; empty where nobody waits and nobody judged. */
function bandWords({ waiting, oldest, medianVerdictMs }: StepCounts, at: Date): string[] {
  const usual = medianVerdictMs === null ? null : `usually ${humanDuration(medianVerdictMs)} to a verdict`;
  if (waiting === 0) return [];
  const since = oldest === null ? null : `oldest ${humanDuration(at.getTime() - oldest.getTime())}`;
  return [
    [`${waiting.toLocaleString('en-US')} ${waiting === 1 ? 'waits' : 'wait'} for people`, since]
      .filter(Boolean)
      .join(' · '),
    ...(usual === null ? [] : [usual]),
  ];
}
