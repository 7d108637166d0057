import { bottleneckOf, countsAt, type MapCounts } from '../core/map-counts.ts';
import { END, GOAL, workflowGraph } from '../core/workflow/graph.ts';
import { cohortOf, goalOf } from '../core/workflow/settings.ts';
import type { Workflow } from '../core/workflow.ts';
import { cardOf } from './map-card.ts';
import { type Layout, layOut, type Shape } from './map-layout.ts';
import { type Face, fitted, widthOf, wrapped } from './map-text.ts';
import { standingWords } from './map-words.ts';

export type MapSubject = {
  workflow: Workflow;
  /** Of what is published; null for a file, of which nothing can be counted either. */
  version: number | null;
  counts: MapCounts | null;
};

type Track = { title: string; layout: Layout };
/** Everything of the picture, placed. Sizes in CSS pixels. */
export type Page = {
  width: number;
  height: number;
  head: Head;
  tracks: Array<Track & { x: number; y: number; width: number; height: number }>;
};
type Head = { title: string; lines: string[]; goal: string[]; exits: string[]; height: number };

export const MARGIN = 28;
export const PANEL = { pad: 22, title: 40 };
/** Height of a line of the head, and what surrounds its lines about the goal. */
export const HEAD = { line: 19, band: 18 };
const GAP = 24;
const LEAST_WIDTH = 640;
/** Wider than this its text gets small where Slack shows it, so the cards become narrower first. */
const GOOD_WIDTH = 1040;
const LEGEND = 58;
/** What is tried in turn until the page is narrow enough. */
const TRIES = [
  { card: 320, shape: 'usual' },
  { card: 268, shape: 'usual' },
  { card: 228, shape: 'usual' },
  { card: 208, shape: 'slim' },
] as const satisfies ReadonlyArray<{ card: number; shape: Shape }>;

export const face = {
  heading: { size: 22, weight: 600 },
  sub: { size: 13, weight: 400 },
  strong: { size: 13, weight: 600 },
  panel: { size: 15, weight: 600 },
} as const satisfies Record<string, Face>;

/** The lowest page of those that are narrow enough; larger cards where that makes it little higher. */
export async function pageOf(subject: MapSubject): Promise<Page> {
  let best: { page: Page; card: number } | null = null;
  for (const [i, { card, shape }] of TRIES.entries()) {
    // Laying out takes a while: what can't be narrow enough, by what came before, is not tried, nor the last resort without need.
    const fits = best !== null && best.page.width <= GOOD_WIDTH;
    const expected = best === null ? 0 : (best.page.width * card) / best.card;
    const last = i === TRIES.length - 1;
    if (last ? fits : !fits && expected > GOOD_WIDTH) continue;
    const page = composed(await tracksOf(subject, card, shape), subject);
    if (best === null || isBetter(page, best.page)) best = { page, card };
  }
  if (best === null) throw new Error('there is no width of cards to try');
  return best.page;
}

const WORTH_SMALLER_CARDS = 0.85;

function isBetter(page: Page, than: Page): boolean {
  if (than.width > GOOD_WIDTH) return page.width < than.width;
  return page.width <= GOOD_WIDTH && page.height < than.height * WORTH_SMALLER_CARDS;
}

async function tracksOf({ workflow, counts }: MapSubject, cardWidth: number, shape: Shape): Promise<Track[]> {
  const shares = cohortOf(workflow);
  const worst = counts === null ? null : bottleneckOf(counts);
  const track = async (which: 'ai' | 'baseline', title: string): Promise<Track> => {
    const { nodes, edges } = workflowGraph(workflow, which);
    // The goal is said in the head: nothing leads to it, since it can be reached from everywhere.
    const reached = new Set(edges.flatMap(({ to }) => to));
    const shown = nodes.filter(({ id }) => id !== GOAL && (id !== END || reached.has(END)));
    const cards = shown.map((node) =>
      cardOf(node, counts && countsAt(counts, node.id), counts && counts.at, node.id === worst, cardWidth),
    );
    return { title, layout: await layOut(cards, edges, shape) };
  };
  const own = await track('ai', shares.ai === 100 ? 'Steps' : `AI and people: ${shares.ai} % of the leads`);
  if (workflow.baseline === undefined) return [own];
  const inUse = shares.baseline === 0 ? 'not in use' : `${shares.baseline} % of the leads`;
  return [own, await track('baseline', `Baseline, without AI: ${inUse}`)];
}

/** Beside each other where that is not too wide, else one below the other. */
function composed(tracks: readonly Track[], subject: MapSubject): Page {
  const sizes = tracks.map(({ layout, title }) => ({
    width: Math.max(layout.width, widthOf(title, face.panel)) + 2 * PANEL.pad,
    height: layout.height + PANEL.title + PANEL.pad,
  }));
  const total = sizes.reduce((sum, { width }) => sum + width, 0) + GAP * (tracks.length - 1);
  const side = total + 2 * MARGIN <= GOOD_WIDTH;
  const content = side ? total : Math.max(...sizes.map(({ width }) => width));
  const width = Math.max(LEAST_WIDTH, content + 2 * MARGIN);
  const spare = side ? (width - 2 * MARGIN - total) / tracks.length : 0;
  const tallest = Math.max(...sizes.map(({ height }) => height));
  const head = headOf(subject, width - 2 * MARGIN);
  let [x, y] = [MARGIN, head.height];
  const placed = tracks.map((track, i) => {
    const size = sizes[i] ?? { width: 0, height: 0 };
    const panel = {
      ...track,
      x,
      y,
      width: side ? size.width + spare : width - 2 * MARGIN,
      height: side ? tallest : size.height,
    };
    if (side) x += panel.width + GAP;
    else y += panel.height + GAP;
    return panel;
  });
  const bottom = Math.max(...placed.map((panel) => panel.y + panel.height));
  return { width, height: bottom + LEGEND, head, tracks: placed };
}

function headOf({ workflow, version, counts }: MapSubject, width: number): Head {
  const goal = goalOf(workflow);
  const lines = [
    ...wrapped(workflow.description, face.sub, width, 2),
    ...(counts === null ? [] : wrapped(standingWords(counts), face.sub, width, 2)),
  ];
  const goalLines = wrapped(`Goal: ${goal.description}`, face.strong, width - 60, 2);
  const exits = (workflow.exit_when ?? []).map(({ reason }) => reason);
  const exitLines = exits.length === 0 ? [] : wrapped(`Leaves at once: ${exits.join('; ')}`, face.sub, width - 60, 2);
  const band = HEAD.band + (goalLines.length + exitLines.length) * HEAD.line;
  const title = `${workflow.name}${version === null ? '' : `, version ${version}`}`;
  return {
    title: fitted(title, face.heading, width),
    lines,
    goal: goalLines,
    exits: exitLines,
    height: 58 + lines.length * HEAD.line + band + 26,
  };
}
