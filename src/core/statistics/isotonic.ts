import { at, checkFinite, checkPositive, checkSize } from './argument-checks.ts';
import { weightOf } from './mass-bins.ts';

/** A rank-like score `x`, what came of it, and a weight (1 unless told). */
export type Point = { x: number; y: number; weight?: number };

/** Knots of a rising line: `x` ascending without repeats, `y` never falling; as long as each other. Plain data, to be stored. */
export type Isotonic = { x: number[]; y: number[] };

type Block = { from: number; to: number; mean: number; weight: number };

/**
 * The never falling function of x next to the outcomes in weighted least squares (pool adjacent violators): turns a rank into a
 * chance. Points with the same x are pooled first. x, y finite, weights above 0, at least one point; RangeError otherwise.
 * Source: Ayer et al. (1955); Barlow et al. (1972).
 */
export function fitIsotonic(points: readonly Point[]): Isotonic {
  checkSize('points', points);
  for (const point of points) {
    checkFinite('x', point.x);
    checkFinite('y', point.y);
    checkPositive('weight', weightOf(point));
  }
  const blocks: Block[] = [];
  for (const one of pooledByX(points)) {
    let block = one;
    for (let last = blocks.at(-1); last && last.mean >= block.mean; last = blocks.at(-1)) {
      block = pooled(last, block);
      blocks.pop();
    }
    blocks.push(block);
  }
  const knots = blocks.flatMap(({ from, to, mean }) => [...new Set([from, to])].map((x) => ({ x, y: mean })));
  return { x: knots.map(({ x }) => x), y: knots.map(({ y }) => y) };
}

/** One block for each x, ascending. */
function pooledByX(points: readonly Point[]): Block[] {
  const blocks = new Map<number, Block>();
  for (const { x, y, weight = 1 } of points) {
    const block = { from: x, to: x, mean: y, weight };
    const same = blocks.get(x);
    blocks.set(x, same ? pooled(same, block) : block);
  }
  return [...blocks.values()].toSorted((a, b) => a.from - b.from);
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  return { from: a.from, to: b.to, mean: (a.mean * a.weight + b.mean * b.weight) / weight, weight };
}

/** The fitted value at a finite x: straight lines between knots, level beyond the first and the last. RangeError otherwise. */
export function isotonicValue({ x: knots, y: values }: Isotonic, x: number): number {
  checkFinite('x', x);
  const next = knots.findIndex((knot) => knot >= x);
  if (next === -1) return at(values, values.length - 1);
  if (next === 0) return at(values, 0);
  const [from, to] = [at(knots, next - 1), at(knots, next)];
  const share = (x - from) / (to - from);
  return at(values, next - 1) * (1 - share) + at(values, next) * share;
}
