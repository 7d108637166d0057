import type { SKRSContext2D } from '@napi-rs/canvas';
import { AI_BADGE, badgeWidth, faces } from './map-card.ts';
import { box, paintLayout, say } from './map-ink.ts';
import { face, HEAD, MARGIN, type Page, PANEL } from './map-page.ts';
import { drawSign } from './map-signs.ts';
import { ink, lineStyles } from './map-style.ts';
import { widthOf } from './map-text.ts';

/** @param counted whether there are numbers to explain. */
export function paintPage(pen: SKRSContext2D, page: Page, counted: boolean): void {
  pen.fillStyle = ink.page;
  pen.fillRect(0, 0, page.width, page.height);
  paintHead(pen, page);
  for (const { title, layout, x, y, width, height } of page.tracks) {
    pen.fillStyle = ink.panel;
    pen.strokeStyle = ink.panelEdge;
    pen.lineWidth = 1;
    box(pen, x, y, width, height, 14);
    pen.fill();
    pen.stroke();
    say(pen, title, x + PANEL.pad, y + 27, face.panel, ink.title);
    pen.save();
    pen.translate(x + (width - layout.width) / 2, y + PANEL.title);
    paintLayout(pen, layout);
    pen.restore();
  }
  paintLegend(pen, page, counted);
}

function paintHead(pen: SKRSContext2D, { head, width }: Page): void {
  say(pen, head.title, MARGIN, 44, face.heading, ink.title);
  let y = 66;
  for (const line of head.lines) {
    say(pen, line, MARGIN, y, face.sub, ink.text);
    y += HEAD.line;
  }
  const band = HEAD.band + (head.goal.length + head.exits.length) * HEAD.line;
  pen.fillStyle = ink.goalBand;
  box(pen, MARGIN, y - 6, width - 2 * MARGIN, band, 10);
  pen.fill();
  pen.save();
  pen.translate(MARGIN + 22, y + 11);
  pen.strokeStyle = ink.goal;
  drawSign(pen, 'goal');
  pen.restore();
  y += 16;
  for (const line of head.goal) {
    say(pen, line, MARGIN + 42, y, face.strong, ink.goal);
    y += HEAD.line;
  }
  for (const line of head.exits) {
    say(pen, line, MARGIN + 42, y, face.sub, ink.text);
    y += HEAD.line;
  }
}

/** What the marks mean; only marks that the picture has. */
function paintLegend(pen: SKRSContext2D, page: Page, counted: boolean): void {
  const y = page.height - 26;
  let x = MARGIN;
  const word = (text: string): void => {
    say(pen, text, x, y, faces.label, ink.faint);
    x += widthOf(text, faces.label) + 22;
  };
  const edges = new Set(page.tracks.flatMap(({ layout }) => layout.edges.map(({ edge }) => edge.kind)));
  const nodes = page.tracks.flatMap(({ layout }) => layout.cards);
  if (nodes.some(({ node }) => node.ai)) {
    pen.fillStyle = ink.ai;
    box(pen, x, y - 14, badgeWidth(AI_BADGE), 19, 9.5);
    pen.fill();
    say(pen, AI_BADGE, x + 8, y - 0.5, faces.badge, '#ffffff');
    x += badgeWidth(AI_BADGE) + 6;
    word('the AI proposes, people answer for it');
  }
  const line = (kind: keyof typeof lineStyles, text: string): void => {
    if (!edges.has(kind)) return;
    pen.strokeStyle = lineStyles[kind].colour;
    pen.lineWidth = 1.8;
    pen.setLineDash([...lineStyles[kind].dash]);
    pen.beginPath();
    pen.moveTo(x, y - 4);
    pen.lineTo(x + 26, y - 4);
    pen.stroke();
    pen.setLineDash([]);
    x += 32;
    word(text);
  };
  line('branch', 'if');
  line('split', 'by chance');
  line('timeout', 'time is up');
  line('fallback', 'fallback');
  if (counted) word('here: now · passed: last 30 days');
}
