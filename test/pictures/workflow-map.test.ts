import { loadImage } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { bottleneckOf, type MapCounts, NOTHING } from '../../src/core/map-counts.ts';
import { END, GOAL, START, workflowGraph } from '../../src/core/workflow/graph.ts';
import { cardOf } from '../../src/pictures/map-card.ts';
import { layOut } from '../../src/pictures/map-layout.ts';
import { fitted, widthOf, wrapped } from '../../src/pictures/map-text.ts';
import { mapWords } from '../../src/pictures/map-words.ts';
import { drawWorkflowMap } from '../../src/pictures/workflow-map.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { inventedWorkflow } from './invented-workflow.ts';

const at = new Date('2026-11-22T16:00:00.000Z');
const hoursAgo = (hours: number): Date => new Date(at.getTime() - hours * 3_600_000);
const counts: MapCounts = {
  at,
  underWay: 312,
  elsewhere: 4,
  holdout: 0,
  done: 148,
  exited: 41,
  steps: {
    score: { ...NOTHING, here: 5, waiting: 2, oldest: hoursAgo(30), passed: 148 },
    'first-mail': { here: 14, waiting: 6, oldest: hoursAgo(5), medianVerdictMs: 2_400_000, passed: 140 },
  },
};
const big = inventedWorkflow();
const face = { size: 12, weight: 400 } as const;

describe('the picture of a workflow', () => {
  test('is a PNG twice as sharp as its SVG is large, and the same one every time', async () => {
    const subject = { workflow: testWorkflow(), version: 3, counts };
    const first = await drawWorkflowMap(subject);
    const image = await loadImage(first.png);
    const [, width = '', height = ''] = /viewBox="0 0 (\d+) (\d+)"/.exec(first.svg) ?? [];
    expect([image.width, image.height]).toEqual([Number(width) * 2, Number(height) * 2]);
    const second = await drawWorkflowMap(subject);
    expect(second.png.equals(first.png)).toBe(true);
    expect(second.svg).toBe(first.svg);
  });

  test('needs no font where it is shown: the SVG has outlines in place of text, and says in words what it shows', async () => {
    const { svg, altText } = await drawWorkflowMap({ workflow: testWorkflow(), version: 3, counts });
    expect(svg).not.toMatch(/<text|font-family|<image|href/);
    expect(svg.match(/<path/g)?.length).toBeGreaterThan(60);
    expect(svg).toContain('role="img" aria-label="Map of the workflow whitepaper-nurture"');
    expect(svg).toContain(altText.slice(0, 60));
  });

  test('of a workflow with 31 steps and many ways is no wider than it is legible', async () => {
    const { svg, altText } = await drawWorkflowMap({ workflow: big, version: 1, counts });
    const [, width = ''] = /viewBox="0 0 (\d+)/.exec(svg) ?? [];
    expect(Number(width)).toBeLessThanOrEqual(1100);
    expect(altText.length).toBeLessThanOrEqual(2000);
  });

  test('escapes what a workflow says in the SVG', async () => {
    const workflow = { ...testWorkflow(), goal: 'Sales > 5 & <script>alert("x")</script>' };
    const { svg } = await drawWorkflowMap({ workflow, version: null, counts: null });
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('&lt;script>');
  });
});

describe('the layout', () => {
  test.for(['usual', 'slim'] as const)(
    '%s: no card lies on another, every way leads from its step down to its target',
    async (shape) => {
      const { nodes, edges } = workflowGraph(big);
      const cards = nodes.filter(({ id }) => id !== GOAL).map((node) => cardOf(node, null, null, false, 208));
      const layout = await layOut(cards, edges, shape);
      for (const [i, a] of layout.cards.entries())
        for (const b of layout.cards.slice(i + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(apart, `${a.node.id} and ${b.node.id}`).toBe(true);
        }
      expect(layout.edges).toHaveLength(edges.length);
      for (const { edge, points } of layout.edges) {
        const from = layout.cards.find(({ node }) => node.id === edge.from);
        const to = layout.cards.find(({ node }) => node.id === edge.to);
        expect(points[0]?.y, `${edge.from} → ${edge.to}`).toBeCloseTo((from?.y ?? 0) + (from?.height ?? 0), 0);
        expect(points.at(-1)?.y, `${edge.from} → ${edge.to}`).toBeCloseTo(to?.y ?? -1, 0);
      }
      expect(
        layout.edges.filter(({ edge }) => edge.label !== null).every(({ label }) => label !== null && label.x > 0),
      ).toBe(true);
    },
  );

  test('no line of a card is wider than the card', () => {
    const { nodes } = workflowGraph(big);
    for (const node of nodes.filter(({ id }) => ![START, END, GOAL].includes(id))) {
      const card = cardOf(node, counts.steps['first-mail'] ?? NOTHING, at, true, 208);
      for (const line of card.detail) expect(widthOf(line, face)).toBeLessThanOrEqual(208 - 60);
      for (const line of card.footer)
        expect(line.map(({ number, word }) => widthOf(`${number} ${word}`, face)).reduce((a, b) => a + b)).toBeLessThan(
          184,
        );
    }
  });

  test('text is cut with “…” where it has no room, and broken between words', () => {
    expect(fitted('Nobody is forgotten', face, 60)).toMatch(/^Nob.*…$/);
    expect(widthOf(fitted('Nobody is forgotten', face, 60), face)).toBeLessThanOrEqual(60);
    expect(wrapped('one two three four five six', face, 60, 2)).toHaveLength(2);
    expect(wrapped('', face, 60, 2)).toEqual([]);
  });
});

describe('the picture in words', () => {
  test('names every step, marks what the AI decides, and says where people are the bottleneck', () => {
    const words = mapWords({ workflow: testWorkflow(), version: 3, counts });
    expect(words).toContain('Map of the workflow whitepaper-nurture, version 3.');
    expect(words).toContain(
      'Most wait for people at first-mail: 6 leads, the oldest for 5 h; a verdict usually takes 40 min.',
    );
    expect(words).toContain(
      'score: Score the lead, an AI decision; 5 here, 2 waiting for people (oldest 30 h), 148 passed in 30 days',
    );
    expect(words).toContain('first-pause: Wait 1 h.');
  });

  test('is cut between sentences where it is too long, and says so', () => {
    const words = mapWords({ workflow: big, version: 1, counts: null }, 600);
    expect(words.length).toBeLessThanOrEqual(600);
    expect(words).toMatch(/\. And \d+ more\.$/);
  });

  test('the bottleneck is where most wait, of equals where somebody waits longest, and nowhere when nobody waits', () => {
    expect(bottleneckOf(counts)).toBe('first-mail');
    const equal = { ...NOTHING, waiting: 2 };
    expect(
      bottleneckOf({
        ...counts,
        steps: { a: { ...equal, oldest: hoursAgo(1) }, b: { ...equal, oldest: hoursAgo(9) } },
      }),
    ).toBe('b');
    expect(bottleneckOf({ ...counts, steps: { a: { ...NOTHING, here: 3 } } })).toBeNull();
  });
});
