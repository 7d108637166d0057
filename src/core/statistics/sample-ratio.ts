import { at, checkCount, checkPositive, checkSameLength, checkSize } from './argument-checks.ts';
import { chiSquareSurvival } from './chi-square.ts';
import { deviance, stirlingError } from './stirling.ts';

export type SampleRatio = { chi2: number; df: number; p: number };

/** The planned share of each arm; checks both lists. */
function plannedShares(observed: readonly number[], ratio: readonly number[]): number[] {
  checkSize('observed', observed, 2);
  checkSameLength('observed', observed, 'ratio', ratio);
  for (const count of observed) checkCount('observed', count);
  for (const part of ratio) checkPositive('ratio', part);
  const whole = ratio.reduce((sum, part) => sum + part, 0);
  return ratio.map((part) => part / whole);
}

/**
 * Sample ratio mismatch: did the arms of an experiment get as many contacts as planned? p < .001 means that the randomisation is
 * broken and that no lift may be shown. `observed` whole counts of at least two arms, not all 0; `ratio` as planned, each above
 * 0, on any scale; RangeError otherwise. One look; live use the Bayes factor. Source: Pearson's χ²; Fabijan et al. (2019).
 */
export function sampleRatio(observed: readonly number[], ratio: readonly number[]): SampleRatio {
  const shares = plannedShares(observed, ratio);
  const n = observed.reduce((sum, count) => sum + count, 0);
  checkCount('the sum of observed', n, 1);
  const chi2 = observed.reduce(
    (sum, count, arm) => sum + (count - n * at(shares, arm)) ** 2 / (n * at(shares, arm)),
    0,
  );
  return { chi2, df: observed.length - 1, p: chiSquareSurvival(chi2, observed.length - 1) };
}

/**
 * ln of the Bayes factor against the planned ratio, which may be looked at after every contact: if the randomisation is right,
 * the chance that it ever reaches ln 100 is at most 1/100. Under the alternative the shares are Dirichlet(concentration × planned
 * share). 0 before the first contact. Arguments as `sampleRatio`; concentration above 0.
 * Source: Lindon & Malek (2022), Anytime-valid inference for multinomial count data.
 */
export function sampleRatioLogBayesFactor(
  observed: readonly number[],
  ratio: readonly number[],
  concentration = 100,
): number {
  const shares = plannedShares(observed, ratio);
  checkPositive('concentration', concentration);
  const after = concentration + observed.reduce((sum, count) => sum + count, 0);
  // Ratios of Γ by Stirling's formula: what is left of them are deviances, which keep their digits for millions of contacts.
  return observed.reduce(
    (sum, count, arm) => {
      const before = concentration * at(shares, arm);
      const now = before + count;
      const correction = stirlingError(now) - stirlingError(before) - 0.5 * Math.log(now / before);
      return sum + deviance(now, after * at(shares, arm)) + correction;
    },
    stirlingError(concentration) - stirlingError(after) + 0.5 * Math.log(after / concentration),
  );
}
