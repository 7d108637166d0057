import { expect, test } from 'vitest';
import { editEffort, editTokens } from '../../../src/core/edit-effort.ts';
import { anytimeLogRank } from '../../../src/core/statistics/anytime-log-rank.ts';
import { auc } from '../../../src/core/statistics/auc.ts';
import { probabilityBest, probabilityGreater } from '../../../src/core/statistics/beta-comparison.ts';
import { brierScore } from '../../../src/core/statistics/brier.ts';
import { expectedCalibrationError } from '../../../src/core/statistics/calibration-error.ts';
import {
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
} from '../../../src/core/statistics/clopper-pearson.ts';
import { cohenKappa } from '../../../src/core/statistics/cohen-kappa.ts';
import { fleissKappa } from '../../../src/core/statistics/fleiss-kappa.ts';
import { kaplanMeier, type Watched } from '../../../src/core/statistics/kaplan-meier.ts';
import { ksTwoSample } from '../../../src/core/statistics/kolmogorov-smirnov.ts';
import { krippendorffAlpha } from '../../../src/core/statistics/krippendorff-alpha.ts';
import { logRank } from '../../../src/core/statistics/log-rank.ts';
import { posteriorBelow } from '../../../src/core/statistics/posterior-below.ts';
import { psi } from '../../../src/core/statistics/psi.ts';
import { reliabilityTable } from '../../../src/core/statistics/reliability-table.ts';
import { safeTwoByTwo } from '../../../src/core/statistics/safe-two-by-two.ts';
import { sampleRatio, sampleRatioLogBayesFactor } from '../../../src/core/statistics/sample-ratio.ts';
import { sampleSizePerArm } from '../../../src/core/statistics/sample-size.ts';
import { twoProportion } from '../../../src/core/statistics/two-proportion.ts';
import { wilson } from '../../../src/core/statistics/wilson.ts';
import { POLICY_KEYS, STATISTICS_KEYS, vectors } from './vectors.ts';

/** Absolute, and for tiny chances relative as well: a p-value of 1e-6 may not be off by 1e-9. */
function near(actual: number | null, wanted: number, tolerance = 1e-9): void {
  expect(actual).not.toBeNull();
  expect(Math.abs((actual ?? Number.NaN) - wanted), `${actual} for ${wanted}`).toBeLessThanOrEqual(
    tolerance * Math.min(1, Math.abs(wanted) + 1e-5),
  );
}

const watched = ({ t, e }: { t: number[]; e: number[] }): Watched[] =>
  t.map((time, i) => ({ time, event: e[i] === 1 }));

test('every key of the reference values is run, here or with the policy', () => {
  expect([...STATISTICS_KEYS, ...POLICY_KEYS, 'meta'].toSorted()).toEqual(Object.keys(vectors).toSorted());
});

test('Clopper–Pearson, two-sided and one-sided, gives the reference values', () => {
  for (const { x, n, conf, lo2, hi2, lo1, hi1 } of vectors.clopper_pearson) {
    const { lo, hi } = clopperPearson(x, n, conf);
    near(lo, lo2);
    near(hi, hi2);
    near(clopperPearsonLower(x, n, conf), lo1);
    near(clopperPearsonUpper(x, n, conf), hi1);
  }
});

test('Wilson gives the reference values', () => {
  for (const { x, n, conf, lo, hi } of vectors.wilson) {
    near(wilson(x, n, conf).lo, lo);
    near(wilson(x, n, conf).hi, hi);
  }
});

test('the posterior below a limit gives the reference values', () => {
  for (const { x, n, eps, prob_uniform_prior } of vectors.posterior_below_eps)
    near(posteriorBelow(x, n, eps), prob_uniform_prior);
});

test('Kaplan–Meier and log-rank give the reference values', () => {
  for (const { A, B, observed_A, expected_A, variance, chi2, p, km_A, km_B } of vectors.logrank_km) {
    const result = logRank(watched(A), watched(B));
    near(result.observed, observed_A);
    near(result.expected, expected_A);
    near(result.variance, variance);
    near(result.chi2, chi2);
    near(result.p, p);
    for (const [arm, steps] of [[A, km_A] as const, [B, km_B] as const]) {
      const curve = kaplanMeier(watched(arm));
      expect(curve.map(({ time }) => time)).toEqual(steps.map(([time]) => time));
      for (const [i, [, survival]] of steps.entries()) near(curve[i]?.survival ?? null, survival);
    }
  }
});

test('the anytime log-rank e-value is the reference value', () => {
  for (const { A, B, thetas, e_value } of vectors.anytime_logrank_e)
    near(Math.exp(anytimeLogRank(watched(A), watched(B), thetas)), e_value);
});

test('Cohen’s κ, Fleiss’ κ and Krippendorff’s α give the reference values', () => {
  for (const { matrix, weights, kappa } of vectors.cohen_kappa) near(cohenKappa(matrix, weights ?? 'none'), kappa);
  for (const { table, kappa } of vectors.fleiss_kappa) near(fleissKappa(table), kappa);
  for (const { units, metric, alpha } of vectors.krippendorff_alpha) near(krippendorffAlpha(units, metric), alpha);
});

test('PSI and Kolmogorov–Smirnov give the reference values', () => {
  for (const { expected_counts, actual_counts, pseudo, psi: wanted } of vectors.psi)
    near(psi(expected_counts, actual_counts, pseudo), wanted);
  for (const { x, y, D, p_asymptotic } of vectors.ks_two_sample) {
    near(ksTwoSample(x, y).d, D);
    near(ksTwoSample(x, y).p, p_asymptotic);
  }
});

test('two proportions with Newcombe’s interval give the reference values', () => {
  for (const { x1, n1, x2, n2, z, p, diff, newcombe95 } of vectors.two_proportion) {
    const result = twoProportion(x1, n1, x2, n2);
    near(result.z, z);
    near(result.p, p);
    near(result.difference, diff);
    near(result.interval.lo, newcombe95[0]);
    near(result.interval.hi, newcombe95[1]);
  }
});

test('the safe 2×2 test gives the reference value', () => {
  for (const { blocks, prior, logE } of vectors.safe_2x2_logE) near(safeTwoByTwo(blocks, prior).logE, logE);
});

test('Brier score, calibration error, reliability table and AUC give the reference values', () => {
  for (const vector of vectors.calibration) {
    const forecasts = vector.p.map((p, i) => ({ p, y: vector.y[i] ?? Number.NaN }));
    near(brierScore(forecasts), vector.brier);
    near(expectedCalibrationError(forecasts, { bins: 10, by: 'width' }), vector.ece_equal_width_10);
    near(expectedCalibrationError(forecasts, { bins: 5, by: 'mass' }), vector.ece_equal_mass_5);
    near(expectedCalibrationError(forecasts), vector.ece_equal_mass_5);
    const table = reliabilityTable(forecasts, { bins: 10, by: 'width' });
    expect(table.map(({ from, count }) => [Math.min(9, Math.floor(from * 10)), count])).toEqual(
      vector.reliability.map(([bin, count]) => [bin, count]),
    );
    for (const [i, [, , forecast, outcome]] of vector.reliability.entries()) {
      near(table[i]?.forecast ?? null, forecast);
      near(table[i]?.outcome ?? null, outcome);
    }
    const of = (y: number): number[] => vector.p.filter((_, i) => vector.y[i] === y);
    near(auc(of(1), of(0)).auc, vector.auc);
    near(auc(of(1), of(0)).standardError, vector.auc_se_delong);
  }
});

test('the sample ratio test and its Bayes factor give the reference values', () => {
  for (const { observed, ratio, chi2, df, p, sequential_logBF_dirichlet100 } of vectors.srm) {
    const result = sampleRatio(observed, ratio);
    near(result.chi2, chi2);
    expect(result.df).toBe(df);
    near(result.p, p);
    near(sampleRatioLogBayesFactor(observed, ratio, 100), sequential_logBF_dirichlet100);
  }
});

test('the chance that one rate is above another gives the reference values', () => {
  for (const { a1, b1, a2, b2, prob, tol } of vectors.prob_beta_greater) {
    near(probabilityGreater({ a: a1, b: b1 }, { a: a2, b: b2 }), prob, tol);
    near(
      probabilityBest([
        { a: a1, b: b1 },
        { a: a2, b: b2 },
      ])[0] ?? null,
      prob,
      tol,
    );
  }
});

test('the sample size an arm gives the reference values, and the round figures that are promised', () => {
  for (const { p1, p2, alpha, power, n } of vectors.sample_size_per_arm)
    near(sampleSizePerArm(p1, p2, alpha, power), n);
  expect(Math.ceil(sampleSizePerArm(0.05, 0.07))).toBe(2213);
  expect(Math.ceil(sampleSizePerArm(0.03, 0.036))).toBe(13914);
  expect(Math.ceil(sampleSizePerArm(0.1, 0.12))).toBe(3841);
  expect(Math.ceil(sampleSizePerArm(0.2, 0.25))).toBe(1094);
});

test('edit effort gives the reference values', () => {
  for (const { a, b, tokens_a, tokens_b, effort } of vectors.edit_effort) {
    expect(editTokens(a)).toHaveLength(tokens_a);
    expect(editTokens(b)).toHaveLength(tokens_b);
    near(editEffort(a, b), effort);
  }
});
