import type { SKRSContext2D } from '@napi-rs/canvas';
import type { NodeKind } from '../core/workflow/graph.ts';

/** Draws the sign of a kind of step in a square of 16 × 16 whose middle is the origin, in the pen's stroke and fill colour. */
export function drawSign(pen: SKRSContext2D, kind: NodeKind): void {
  pen.lineWidth = 1.6;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  switch (kind) {
    case 'wait':
      return circle(pen, 6.5, [0, -3.5, 0, 0, 2.8, 1.6]);
    case 'wait_until':
      return circle(pen, 6.5, [-3, 0, -0.6, 2.4, 3.2, -2.2]);
    case 'window':
      return lines(
        pen,
        [-6.5, -5, 6.5, -5, 6.5, 6, -6.5, 6, -6.5, -5],
        [-6.5, -1.6, 6.5, -1.6],
        [-3, -7, -3, -4],
        [3, -7, 3, -4],
      );
    case 'branch':
      return lines(pen, [0, -7, 7, 0, 0, 7, -7, 0, 0, -7], [0, -2.6, 0, 0.8], [0, 3, 0, 3.1]);
    case 'split':
      return lines(
        pen,
        [0, 7, 0, 1, -5, -5],
        [0, 1, 5, -5],
        [-6, -1.6, -5.6, -5.8, -1.6, -5.2],
        [6, -1.6, 5.6, -5.8, 1.6, -5.2],
      );
    case 'decide':
      return spark(pen);
    case 'send':
      return lines(pen, [-7, -5, 7, -5, 7, 5, -7, 5, -7, -5], [-7, -4.6, 0, 1.2, 7, -4.6]);
    case 'update':
      return lines(pen, [-6.5, -6.5, 0, -6.5, 6.5, 0, 0, 6.5, -6.5, 0, -6.5, -6.5], [-3.2, -3.2, -3.1, -3.1]);
    case 'webhook':
      return lines(pen, [-6.5, 0, 6, 0], [2, -4.4, 6.4, 0, 2, 4.4], [-6.5, -4, -6.5, 4]);
    case 'task':
      circle(pen, 3, [], -3.4);
      pen.beginPath();
      pen.arc(0, 7, 6, Math.PI, 2 * Math.PI);
      return pen.stroke();
    case 'exit':
      return lines(pen, [1, -6.5, -6, -6.5, -6, 6.5, 1, 6.5], [-2, 0, 7, 0], [4, -3.2, 7.2, 0, 4, 3.2]);
    case 'goal':
      return lines(pen, [-4, 7.5, -4, -7], [-4, -6.5, 6, -6.5, 3.6, -2.8, 6, 0.8, -4, 0.8]);
    case 'start':
    case 'end':
      return circle(pen, 5, []);
  }
}

function circle(pen: SKRSContext2D, radius: number, hands: readonly number[], y = 0): void {
  pen.beginPath();
  pen.arc(0, y, radius, 0, 2 * Math.PI);
  pen.stroke();
  if (hands.length > 0) lines(pen, hands);
}

/** Each a line through points given as x, y, x, y, … */
function lines(pen: SKRSContext2D, ...all: ReadonlyArray<readonly number[]>): void {
  for (const line of all) {
    pen.beginPath();
    for (let i = 0; i + 1 < line.length; i += 2) {
      const [x, y] = [line[i] ?? 0, line[i + 1] ?? 0];
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
    pen.stroke();
  }
}

function spark(pen: SKRSContext2D): void {
  star(pen, -1, 1, 7);
  star(pen, 5.2, -5, 3);
}

function star(pen: SKRSContext2D, x: number, y: number, reach: number): void {
  const waist = reach * 0.16;
  pen.beginPath();
  pen.moveTo(x, y - reach);
  pen.quadraticCurveTo(x + waist, y - waist, x + reach, y);
  pen.quadraticCurveTo(x + waist, y + waist, x, y + reach);
  pen.quadraticCurveTo(x - waist, y + waist, x - reach, y);
  pen.quadraticCurveTo(x - waist, y - waist, x, y - reach);
  pen.closePath();
  pen.fill();
}
