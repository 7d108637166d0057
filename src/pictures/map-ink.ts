import type { SKRSContext2D } from '@napi-rs/canvas';
import { badgeOf, badgeWidth, card as shape, type Card, countWidth, faces } from './map-card.ts';
import { LABEL_LINE, type Layout, type PlacedCard, type PlacedEdge, type Point } from './map-layout.ts';
import { drawSign } from './map-signs.ts';
import { ink, kindInk, lineStyles } from './map-style.ts';
import { type Face, fontOf, widthOf } from './map-text.ts';

/** Draws one laid out graph with its upper left corner at the origin. */
export function paintLayout(pen: SKRSContext2D, layout: Layout): void {
  for (const edge of layout.edges) paintEdge(pen, edge);
  for (const placed of layout.cards) paintCard(pen, placed);
  // On top of everything: a label that a line runs through can't be read.
  for (const edge of layout.edges) paintLabel(pen, edge);
}

export function say(pen: SKRSContext2D, text: string, x: number, y: number, face: Face, colour: string): void {
  pen.font = fontOf(face);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

export function box(pen: SKRSContext2D, x: number, y: number, width: number, height: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
}

const CORNER = 8;

function paintEdge(pen: SKRSContext2D, { edge, points }: PlacedEdge): void {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return;
  const { colour, dash } = lineStyles[edge.kind];
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.lineJoin = 'round';
  pen.setLineDash([...dash]);
  pen.beginPath();
  pen.moveTo(first.x, first.y);
  for (const [i, corner] of rest.slice(0, -1).entries()) {
    const next = rest[i + 1] ?? last;
    const before = i === 0 ? first : (rest[i - 1] ?? first);
    const radius = Math.min(CORNER, distance(before, corner) / 2, distance(corner, next) / 2);
    pen.arcTo(corner.x, corner.y, next.x, next.y, radius);
  }
  pen.lineTo(last.x, last.y - 5);
  pen.stroke();
  pen.setLineDash([]);
  arrow(pen, last, colour);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** All ways end at the top of a card. */
function arrow(pen: SKRSContext2D, { x, y }: Point, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - 4.5, y - 8);
  pen.lineTo(x + 4.5, y - 8);
  pen.closePath();
  pen.fill();
}

function paintLabel(pen: SKRSContext2D, { edge, label }: PlacedEdge): void {
  if (label === null) return;
  const { colour } = lineStyles[edge.kind];
  pen.fillStyle = ink.page;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  box(pen, label.x, label.y, label.width, label.height, 6);
  pen.fill();
  pen.stroke();
  for (const [i, line] of label.lines.entries()) {
    const x = label.x + (label.width - widthOf(line, faces.label)) / 2;
    say(pen, line, x, label.y + 14 + i * LABEL_LINE, faces.label, edge.kind === 'next' ? ink.text : colour);
  }
}

function paintCard(pen: SKRSContext2D, placed: PlacedCard): void {
  if (placed.node.kind === 'start' || placed.node.kind === 'end') return paintPill(pen, placed);
  const { x, y, width, height, node, bottleneck } = placed;
  const colour = kindInk[node.kind];
  pen.fillStyle = node.ai ? ink.aiCard : node.kind === 'task' ? ink.peopleCard : ink.card;
  box(pen, x, y, width, height, 10);
  pen.fill();
  pen.strokeStyle = bottleneck ? ink.bottleneck : node.ai || node.kind === 'task' ? colour : ink.cardEdge;
  pen.lineWidth = bottleneck ? 2.5 : node.ai || node.kind === 'task' ? 1.8 : 1.2;
  pen.stroke();
  const sign = { x: x + shape.pad, y: y + shape.pad };
  pen.fillStyle = colour;
  box(pen, sign.x, sign.y, shape.sign, shape.sign, 7);
  pen.fill();
  pen.save();
  pen.translate(sign.x + shape.sign / 2, sign.y + shape.sign / 2);
  pen.fillStyle = '#ffffff';
  pen.strokeStyle = '#ffffff';
  drawSign(pen, node.kind);
  pen.restore();
  paintWords(pen, placed, colour);
  paintFooter(pen, placed);
  const badge = badgeOf(node, width);
  if (badge !== null) tag(pen, badge, x + width - shape.pad - badgeWidth(badge), y + shape.pad - 1, colour);
  if (bottleneck) tag(pen, 'BOTTLENECK', x + width - shape.pad - badgeWidth('BOTTLENECK'), y - 10, ink.bottleneck);
}

function paintWords(pen: SKRSContext2D, { x, y, node, title, detail }: PlacedCard, colour: string): void {
  const left = x + shape.pad + shape.sign + shape.gap;
  let line = y + shape.pad + 13;
  for (const text of title) {
    say(pen, text, left, line, faces.title, ink.title);
    line += shape.titleLine;
  }
  line -= 2;
  say(pen, node.id, left, line, faces.id, colour);
  line += shape.idLine + 1;
  for (const text of detail) {
    say(pen, text, left, line, faces.detail, ink.text);
    line += shape.detailLine;
  }
}

function tag(pen: SKRSContext2D, text: string, x: number, y: number, colour: string): void {
  pen.fillStyle = colour;
  box(pen, x, y, badgeWidth(text), 19, 9.5);
  pen.fill();
  say(pen, text, x + 8, y + 13.5, faces.badge, '#ffffff');
}

function paintFooter(pen: SKRSContext2D, placed: PlacedCard): void {
  const { x, y, width, height, footer, band } = placed;
  if (footer.length === 0) return;
  const bandHeight = band.length === 0 ? 0 : band.length * shape.bandLine + 10;
  const top = y + height - bandHeight - footer.length * shape.footerLine - 11;
  pen.strokeStyle = ink.panelEdge;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x + shape.pad, top);
  pen.lineTo(x + width - shape.pad, top);
  pen.stroke();
  for (const [i, line] of footer.entries()) {
    let left = x + shape.pad;
    const base = top + 18 + i * shape.footerLine;
    for (const count of line) {
      say(pen, count.number, left, base, faces.count, count.number === '0' ? ink.faint : ink.title);
      say(pen, count.word, left + widthOf(count.number, faces.count) + 4, base, faces.countWord, ink.faint);
      left += countWidth(count);
    }
  }
  if (bandHeight > 0) paintBand(pen, placed, bandHeight);
}

function paintBand(
  pen: SKRSContext2D,
  { x, y, width, height, band, bottleneck }: PlacedCard,
  bandHeight: number,
): void {
  const [top, edge] = [y + height - bandHeight, bottleneck ? 1.2 : 0.9];
  pen.fillStyle = ink.waitingBand;
  pen.beginPath();
  pen.roundRect(x + edge, top, width - 2 * edge, bandHeight - edge, [0, 0, 9, 9]);
  pen.fill();
  for (const [i, line] of band.entries())
    say(pen, line, x + shape.pad, top + 16 + i * shape.bandLine, faces.band, ink.waiting);
}

function paintPill(pen: SKRSContext2D, { x, y, width, height, node, title }: Card & Point): void {
  pen.fillStyle = kindInk[node.kind];
  box(pen, x, y, width, height, Math.min(18, height / 2));
  pen.fill();
  for (const [i, line] of title.entries())
    say(pen, line, x + (width - widthOf(line, faces.title)) / 2, y + 21 + i * shape.titleLine, faces.title, '#ffffff');
}
