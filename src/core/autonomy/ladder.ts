import { at as item } from '../statistics/argument-checks.ts';
import { ascending } from '../statistics/quantile.ts';

/**
 * The rungs of an epoch, ascending: quantiles of the first risks at the given shares of traffic, rounded down to 0.01 so that a
 * rung never covers more than it says; duplicates and 0 are dropped. `risks` in [0, 1], not empty. Labels are not looked at.
 * A quantile is a risk that was seen (Hyndman & Fan, type 1): one between two of them could leave a band in which nothing ever
 * falls, and no rung above it would be reached. Fewer rungs than shares, or none, when the risks lie close together.
 */
export function drawLadder(risks: readonly number[], shares: readonly number[]): number[] {
  const sorted = ascending('risks', risks);
  const rungs = shares.map((share) => {
    // What a double can't say (0.29 × 100 is 28.999…) must not cost a place or a hundredth.
    const place = Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1);
    return Math.floor(item(sorted, place) * 100 + 1e-9) / 100;
  });
  return [...new Set(rungs)].filter((upper) => upper > 0).toSorted((a, b) => a - b);
}

/** The 1-based band a risk lies in: (τ_{b−1}, τ_b], the first one from 0. Ladder length + 1 above the last rung and without a risk. */
export function bandOf(ladder: readonly number[], risk: number | null): number {
  if (!isRisk(risk)) return ladder.length + 1;
  const index = ladder.findIndex((upper) => risk <= upper);
  return index === -1 ? ladder.length + 1 : index + 1;
}

/** A risk that can be compared at all: missing, not a number and outside of [0, 1] are never automatic. */
export function isRisk(risk: number | null): risk is number {
  return risk !== null && risk >= 0 && risk <= 1;
}
