import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  certificate,
  isCertified,
  labelsNeeded,
  predictorFor,
  upperLimit,
} from '../../../src/core/autonomy/certificate.ts';

const band = fc
  .record({ labels: fc.nat({ max: 300 }), bad: fc.nat({ max: 20 }), unseen: fc.nat({ max: 500 }) })
  .map(({ labels, bad, unseen }) => ({ labels, losses: Math.min(bad, labels), decisions: labels + unseen }));
const bands = fc.array(band, { minLength: 1, maxLength: 5 });
const beta = predictorFor(0.05);

test.for([
  [0.02, 0.05, [175, 309, 422, 526, 715]],
  [0.02, 0.1 / 6, [236, 374, 491, 598, 793]],
  [0.05, 0.05, [69, 122, 167, 208, 284]],
  [0.05, 0.1 / 6, [93, 148, 194, 237, 314]],
  [0.1, 0.05, [34, 60, 82, 103, 140]],
  [0.1, 0.1 / 6, [46, 73, 95, 116, 155]],
  [0.15, 0.05, [22, 39, 54, 67, 92]],
  [0.15, 0.1 / 6, [30, 47, 62, 76, 101]],
] as const)('at ε=%f and δ=%f it takes %j labels with 0, 1, 2, 3, 5 bad', ([eps, delta, needed]) => {
  expect([0, 1, 2, 3, 5].map((bad) => labelsNeeded(bad, eps, predictorFor(eps), delta))).toEqual(needed);
});

test('the worst bad model is bad enough, and no other bad model explains the labels better', () => {
  fc.assert(
    fc.property(bands, fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 5, maxLength: 5 }), (counts, tries) => {
      const all = counts.reduce((sum, { decisions }) => sum + decisions, 0);
      fc.pre(all > 0);
      const mean = (rates: readonly number[]) =>
        counts.reduce((sum, { decisions }, i) => sum + ((rates[i] ?? 0) * decisions) / all, 0);
      const { worstRates } = certificate(counts, 0.05, beta);
      expect(mean(worstRates)).toBeGreaterThanOrEqual(0.05 - 1e-12);
      const rivals = tries.slice(0, counts.length).map((n) => n / 1000);
      if (mean(rivals) >= 0.05) expect(fit(counts, rivals)).toBeLessThanOrEqual(fit(counts, worstRates) + 1e-9);
    }),
    { numRuns: 500, seed: 1 },
  );
});

function fit(counts: ReadonlyArray<{ labels: number; losses: number }>, rates: readonly number[]): number {
  return counts.reduce((sum, { labels, losses }, i) => {
    const rate = rates[i] ?? 0;
    const failures = losses === 0 ? 0 : losses * Math.log(rate);
    return sum + failures + (labels === losses ? 0 : (labels - losses) * Math.log1p(-rate));
  }, 0);
}

test('the cheap bound never decides otherwise than the certificate', () => {
  fc.assert(
    fc.property(
      bands,
      fc.constantFrom(0.01, 0.05, 0.1, 0.3),
      fc.constantFrom(0.001, 0.05, 0.5),
      (counts, eps, delta) => {
        const { logE } = certificate(counts, eps, predictorFor(eps));
        expect(isCertified(counts, eps, predictorFor(eps), delta)).toBe(logE >= Math.log(1 / delta));
      },
    ),
    { numRuns: 1000, seed: 2 },
  );
});

test('too many bad ones are never certified, however many labels there are', () => {
  for (const labels of [20, 1_000, 1_000_000])
    expect(isCertified([{ labels, losses: labels * 0.05, decisions: labels }], 0.05, beta, 0.999)).toBe(false);
});

test('an unseen band is taken for wholly bad, by its share of the decisions', () => {
  const seen = { labels: 500, losses: 0, decisions: 900 };
  expect(isCertified([seen, { labels: 0, losses: 0, decisions: 100 }], 0.05, beta, 0.05)).toBe(false);
  expect(isCertified([seen, { labels: 0, losses: 0, decisions: 9 }], 0.05, beta, 0.05)).toBe(true);
  expect(certificate([seen, { labels: 0, losses: 0, decisions: 9 }], 0.05, beta).worstRates[1]).toBe(1);
});

test('no decisions say nothing: logE is 0 and the limit is 1', () => {
  expect(certificate([{ labels: 0, losses: 0, decisions: 0 }], 0.05, beta).logE).toBe(0);
  expect(certificate([], 0.05, beta).logE).toBe(0);
  expect(upperLimit([{ labels: 0, losses: 0, decisions: 0 }], beta, 0.05)).toBe(1);
  expect(upperLimit([{ labels: 9, losses: 9, decisions: 9 }], beta, 0.05)).toBe(1);
});

test('a band without decisions changes nothing', () => {
  const seen = { labels: 80, losses: 1, decisions: 300 };
  const alone = certificate([seen], 0.05, beta).logE;
  expect(certificate([seen, { labels: 0, losses: 0, decisions: 0 }], 0.05, beta).logE).toBeCloseTo(alone, 10);
});

test('the upper limit is where the certificate begins to hold', () => {
  fc.assert(
    fc.property(bands, (counts) => {
      const upper = upperLimit(counts, beta, 0.05);
      fc.pre(upper < 1);
      expect(certificate(counts, upper * (1 + 1e-9), beta).logE).toBeGreaterThanOrEqual(Math.log(20));
      expect(certificate(counts, upper * (1 - 1e-6), beta).logE).toBeLessThan(Math.log(20));
    }),
    { numRuns: 100, seed: 3 },
  );
});

test('half a failure weighs less than a whole one and more than none', () => {
  const logE = (losses: number) => certificate([{ labels: 100, losses, decisions: 100 }], 0.05, beta).logE;
  expect(logE(0)).toBeGreaterThan(logE(0.5));
  expect(logE(0.5)).toBeGreaterThan(logE(1));
});
