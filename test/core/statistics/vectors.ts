import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The expected values of every method, made by two references of their own (the file says which tolerance). */
const number = z.number();
const numbers = z.array(number);
const arm = z.object({ t: numbers, e: numbers });

const schema = z.looseObject({
  clopper_pearson: z.array(
    z.object({ x: number, n: number, conf: number, lo2: number, hi2: number, lo1: number, hi1: number }),
  ),
  wilson: z.array(z.object({ x: number, n: number, conf: number, lo: number, hi: number })),
  posterior_below_eps: z.array(z.object({ x: number, n: number, eps: number, prob_uniform_prior: number })),
  logrank_km: z.array(
    z.object({
      A: arm,
      B: arm,
      observed_A: number,
      expected_A: number,
      variance: number,
      chi2: number,
      p: number,
      km_A: z.array(z.tuple([number, number])),
      km_B: z.array(z.tuple([number, number])),
    }),
  ),
  anytime_logrank_e: z.array(z.object({ A: arm, B: arm, thetas: numbers, e_value: number })),
  cohen_kappa: z.array(
    z.object({ matrix: z.array(numbers), weights: z.enum(['linear', 'quadratic']).nullable(), kappa: number }),
  ),
  fleiss_kappa: z.array(z.object({ table: z.array(numbers), kappa: number })),
  krippendorff_alpha: z.array(
    z.object({
      units: z.array(z.array(number.nullable())),
      metric: z.enum(['nominal', 'ordinal', 'interval']),
      alpha: number,
    }),
  ),
  psi: z.array(z.object({ expected_counts: numbers, actual_counts: numbers, pseudo: number, psi: number })),
  ks_two_sample: z.array(z.object({ x: numbers, y: numbers, D: number, p_asymptotic: number })),
  two_proportion: z.array(
    z.object({
      x1: number,
      n1: number,
      x2: number,
      n2: number,
      z: number,
      p: number,
      diff: number,
      newcombe95: z.tuple([number, number]),
    }),
  ),
  safe_2x2_logE: z.array(
    z.object({
      blocks: z.array(z.tuple([z.literal([0, 1]), z.literal([0, 1])])),
      prior: number,
      logE: number,
    }),
  ),
  calibration: z.array(
    z.object({
      p: numbers,
      y: numbers,
      brier: number,
      ece_equal_width_10: number,
      reliability: z.array(z.tuple([number, number, number, number])),
      ece_equal_mass_5: number,
      auc: number,
      auc_se_delong: number,
    }),
  ),
  srm: z.array(
    z.object({
      observed: numbers,
      ratio: numbers,
      chi2: number,
      df: number,
      p: number,
      sequential_logBF_dirichlet100: number,
    }),
  ),
  prob_beta_greater: z.array(z.object({ a1: number, b1: number, a2: number, b2: number, prob: number, tol: number })),
  sample_size_per_arm: z.array(z.object({ p1: number, p2: number, alpha: number, power: number, n: number })),
  edit_effort: z.array(z.object({ a: z.string(), b: z.string(), tokens_a: number, tokens_b: number, effort: number })),
});

export const vectors = schema.parse(
  JSON.parse(readFileSync(new URL('../autonomy-vectors.json', import.meta.url), 'utf8')),
);

/** The keys that stand for a policy, tested with it. */
export const POLICY_KEYS = [
  'certificate_logE',
  'certificate_upper_limit',
  'clean_labels_needed',
  'leak_ledger',
  'cusum',
  'policy_runs',
];
export const STATISTICS_KEYS = Object.keys(schema.shape);
