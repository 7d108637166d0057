import { at, checkSize } from './argument-checks.ts';
import { ascending } from './quantile.ts';

/** Area below the ROC curve, 0…1 (½ = the score tells nothing), and its standard error. */
export type Auc = { auc: number; standardError: number };

/**
 * The chance that a lead that converted had a higher score than one that did not, ties counting half (Mann–Whitney), with
 * DeLong's standard error. Scores on any scale, finite, at least two of each; RangeError otherwise. Meant for at least 20
 * conversions. A standard error of 0 (all apart, or all tied) says that the sample is too small to tell.
 * Source: DeLong, DeLong & Clarke-Pearson (1988).
 */
export function auc(positives: readonly number[], negatives: readonly number[]): Auc {
  checkSize('positives', positives, 2);
  checkSize('negatives', negatives, 2);
  const high = ascending('positives', positives);
  const low = ascending('negatives', negatives);
  const fromPositives = shareBelow(high, low);
  const fromNegatives = shareBelow(low, high);
  const variance =
    sampleVariance(fromPositives) / fromPositives.length + sampleVariance(fromNegatives) / fromNegatives.length;
  return { auc: mean(fromPositives), standardError: Math.sqrt(variance) };
}

/** For each of the ascending `values` the share of the ascending `others` below it, equal ones counting half. */
function shareBelow(values: readonly number[], others: readonly number[]): number[] {
  let below = 0;
  let notAbove = 0;
  return values.map((value) => {
    while (below < others.length && at(others, below) < value) below++;
    while (notAbove < others.length && at(others, notAbove) <= value) notAbove++;
    return (below + notAbove) / (2 * others.length);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
