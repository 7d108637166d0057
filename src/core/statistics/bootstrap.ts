import { at, checkCount, checkLevel, checkSize } from './argument-checks.ts';
import type { Interval } from './interval.ts';
import { quantile } from './quantile.ts';
import type { Uniform } from './seeded-uniform.ts';

export type BootstrapOptions = {
  uniform: Uniform;
  /** How often the sample is drawn again; 1,000 unless told. */
  resamples?: number;
  confidence?: number;
};

/** `used`: the draws in which the statistic was defined, the sample itself among them. */
export type BootstrapInterval = Interval & { estimate: number; used: number };

/**
 * Percentile bootstrap interval of any statistic of independent items: the sample is drawn again with replacement, and the
 * middle share of the statistics is kept. A draw whose statistic is null (not defined) is left out; null when it is not defined
 * for the sample itself. The sample counts as one draw. Same sample and same `uniform` give the same interval. RangeError for an
 * empty sample. Source: Efron & Tibshirani (1993), ch. 13.
 */
export function bootstrapInterval<T>(
  sample: readonly T[],
  statistic: (items: readonly T[]) => number | null,
  { uniform, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): BootstrapInterval | null {
  checkSize('sample', sample);
  checkCount('resamples', resamples, 1);
  checkLevel('confidence', confidence);
  const estimate = statistic(sample);
  if (estimate === null) return null;
  const values = [estimate];
  for (let i = 0; i < resamples; i++) {
    const value = statistic(sample.map(() => at(sample, Math.floor(uniform() * sample.length))));
    if (value !== null) values.push(value);
  }
  values.sort((a, b) => a - b);
  const outside = (1 - confidence) / 2;
  return { estimate, lo: quantile(values, outside), hi: quantile(values, 1 - outside), used: values.length };
}
