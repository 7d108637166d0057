import { checkSize } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { massBins } from './mass-bins.ts';
import { wilson } from './wilson.ts';

/** A score on any scale and whether the lead converted. */
export type Scored = { value: number; converted: boolean };

/** Scores from `from` to `to`: how many leads, how many converted, the share and its Wilson 95 % bar. */
export type ScoreBand = {
  from: number;
  to: number;
  count: number;
  converted: number;
  rate: number;
  interval: Interval;
};

/**
 * Conversion by tenths of the score, lowest first: rising shares are what a score is for. Fewer bands where scores are tied.
 * Scores finite, at least one; RangeError otherwise.
 */
export function conversionByDecile(scored: readonly Scored[], bands = 10): ScoreBand[] {
  checkSize('scored', scored);
  return massBins(scored, bands).map((inside) => {
    const converted = inside.filter((lead) => lead.converted).length;
    const scores = inside.map(({ value }) => value);
    return {
      from: Math.min(...scores),
      to: Math.max(...scores),
      count: inside.length,
      converted,
      rate: converted / inside.length,
      interval: wilson(converted, inside.length),
    };
  });
}
