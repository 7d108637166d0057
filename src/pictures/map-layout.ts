import Elk, { type ELK, type ElkExtendedEdge, type ElkNode, type LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import type { GraphEdge } from '../core/workflow/graph.ts';
import { type Card, faces } from './map-card.ts';
import { widthOf, wrapped } from './map-text.ts';

export type Point = { x: number; y: number };
export type PlacedCard = Card & Point;
export type PlacedEdge = {
  edge: GraphEdge;
  points: Point[];
  label: (Point & { lines: string[]; width: number; height: number }) | null;
};
export type Layout = { width: number; height: number; cards: PlacedCard[]; edges: PlacedEdge[] };

const LABEL_WIDTH = 150;
export const LABEL_LINE = 15;

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  // The order of the file is the order in which people think of the steps.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.edgeLabels.inline': 'true',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  // One seed, one picture: the same workflow is drawn the same way every time.
  'elk.randomSeed': '1',
};

/** `slim`: rather taller than wide, for workflows with many ways. */
export type Shape = 'usual' | 'slim';

/** Places cards and ways from top to bottom. The same input gives the same layout. */
export async function layOut(cards: readonly Card[], edges: readonly GraphEdge[], shape: Shape): Promise<Layout> {
  const labels = edges.map(labelOf);
  const root: ElkNode = {
    id: 'map',
    layoutOptions: { ...options, ...(shape === 'slim' ? { 'elk.layered.layering.strategy': 'STRETCH_WIDTH' } : {}) },
    children: cards.map(({ node, width, height }) => ({ id: node.id, width, height })),
    edges: edges.map((edge, i): ElkExtendedEdge => {
      const label = labels[i];
      return {
        id: `e${i}`,
        sources: [edge.from],
        targets: [edge.to],
        ...(label ? { labels: [{ text: label.lines.join('\n'), width: label.width, height: label.height }] } : {}),
      };
    }),
  };
  const placed = await layouter().layout(root);
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    cards: cards.map((card) => {
      const at = placed.children?.find(({ id }) => id === card.node.id);
      if (at?.x === undefined || at.y === undefined) throw new Error(`step ${card.node.id} was not placed`);
      return { ...card, x: at.x, y: at.y };
    }),
    edges: edges.map((edge, i) =>
      placedEdge(
        edge,
        labels[i] ?? null,
        placed.edges?.find(({ id }) => id === `e${i}`),
      ),
    ),
  };
}

/** The package is CommonJS whose export is its class and is also its `default`; its types know of the second alone. */
function layouter(): ELK {
  return new Elk.default();
}

type Label = { lines: string[]; width: number; height: number };

function labelOf({ label }: GraphEdge): Label | null {
  if (label === null) return null;
  const lines = wrapped(label, faces.label, LABEL_WIDTH, 2);
  const width = Math.max(...lines.map((line) => widthOf(line, faces.label))) + 14;
  return { lines, width, height: lines.length * LABEL_LINE + 6 };
}

function placedEdge(edge: GraphEdge, label: Label | null, placed: ElkExtendedEdge | undefined): PlacedEdge {
  const points = (placed?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const at = placed?.labels?.[0];
  return {
    edge,
    points: points.map(({ x, y }) => ({ x, y })),
    label: label === null ? null : { ...label, x: at?.x ?? 0, y: at?.y ?? 0 },
  };
}
