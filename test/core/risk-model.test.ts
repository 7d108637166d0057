import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawLadder } from '../../src/core/autonomy/ladder.ts';
import { featureCodes } from '../../src/core/risk-features.ts';
import {
  type LearnedRisk,
  learnedProbability,
  learnedRisk,
  type Learning,
  learnRisk,
  type RiskExample,
} from '../../src/core/risk-model.ts';
import { learningWords } from '../../src/core/risk-words.ts';
import { seededUniform } from '../../src/core/statistics/seeded-uniform.ts';

type World = {
  /** Chance of being stopped, from the model's doubt and whether it is a first mail. */
  chance: (doubt: number, first: number) => number;
  prior?: (doubt: number, first: number) => number;
};

/** Judged decisions of a made-up team, in the order of time. */
function judged(count: number, { chance, prior = (doubt) => 0.08 + 0.5 * doubt }: World, seed = 1): RiskExample[] {
  const uniform = seededUniform(seed);
  return Array.from({ length: count }, () => {
    const doubt = uniform();
    const first = uniform() < 0.5 ? 1 : 0;
    const values = featureCodes.map((code) =>
      code === 'model_doubt' ? doubt : code === 'first_touch' ? first : code === 'length' ? 4 + uniform() : 0,
    );
    return { values, prior: prior(doubt, first), bad: uniform() < chance(doubt, first), weight: 1, eligible: true };
  });
}

/** The doubt says nothing; first mails are stopped ten times as often. */
const firstMails: World = { chance: (_doubt, first) => (first === 1 ? 0.4 : 0.04) };

function learned(learning: Learning): Extract<Learning, { ok: true }> {
  if (!learning.ok) throw new Error(learning.because);
  return learning;
}

describe('learning a risk', () => {
  test('where the prior looks at the wrong thing, what is learned tells them apart and is used', () => {
    const { report, name, model } = learned(learnRisk(judged(600, firstMails)));
    expect(name).toMatch(/^learned-[0-9a-f]{12}$/);
    expect(report).toMatchObject({ labels: 600, tested: { labels: 120 } });
    expect(report.after.logLoss).toBeLessThan(report.before.logLoss);
    expect(report.after.brier).toBeLessThan(report.before.brier);
    expect(report.after.auc).toBeGreaterThan((report.before.auc ?? 1) + 0.1);
    const at = (first: number) =>
      learnedProbability(
        model,
        featureCodes.map((code) => (code === 'first_touch' ? first : code === 'length' ? 4.5 : 0)),
      );
    expect(at(1)).toBeGreaterThan(0.25);
    expect(at(0)).toBeLessThan(0.12);
  });

  test('where the prior is right already, it stays', () => {
    const right: World = { chance: (doubt) => 0.05 + 0.4 * doubt, prior: (doubt) => 0.05 + 0.4 * doubt };
    const learning = learnRisk(judged(600, right));
    expect(learning).toMatchObject({ ok: false, because: 'not_better' });
    expect(learning.report?.before.logLoss).toBeGreaterThan(0);
  });

  test('where nothing tells them apart and the prior says the base rate, it stays', () => {
    const noise: World = { chance: () => 0.2, prior: () => 0.2 };
    for (const seed of [1, 2, 3, 4, 5]) expect(learnRisk(judged(400, noise, seed))).toMatchObject({ ok: false });
  });

  test('a team that changed its mind: what held earlier is not used when it does not hold later', () => {
    const early = judged(480, { chance: (_doubt, first) => (first === 1 ? 0.5 : 0.02), prior: () => 0.26 });
    const late = judged(120, { chance: (_doubt, first) => (first === 1 ? 0.02 : 0.5), prior: () => 0.26 }, 2);
    expect(learnRisk([...early, ...late])).toMatchObject({ ok: false, because: 'not_better' });
  });

  test('a later one has to beat the one in use, too', () => {
    const first = learned(learnRisk(judged(600, firstMails)));
    expect(learnRisk(judged(600, firstMails, 9), first.model)).toMatchObject({ ok: false, because: 'not_better' });
    const changed = judged(900, { chance: (doubt) => (doubt > 0.5 ? 0.5 : 0.02), prior: () => 0.26 }, 3);
    expect(learned(learnRisk(changed, first.model)).report.after.auc).toBeGreaterThan(0.8);
  });

  test('fewer than two hundred, or fewer than fifteen that were stopped, are too few', () => {
    const many = judged(600, firstMails);
    expect(learnRisk(many.slice(0, 199))).toEqual({ ok: false, because: 'too_few', report: null });
    let stopped = 0;
    const few = many.map((example) => ({ ...example, bad: example.bad && (stopped += 1) <= 14 }));
    expect(learnRisk(few)).toEqual({ ok: false, because: 'too_few_failures', report: null });
  });

  test('it is tried on the latest ones that a threshold is about, and not on too few of them', () => {
    const many = judged(600, firstMails);
    const flagged = many.map((example, i) => ({ ...example, eligible: i < 480 || i >= 595 }));
    expect(learnRisk(flagged)).toEqual({ ok: false, because: 'too_few_to_test', report: null });
    const half = many.map((example, i) => ({ ...example, eligible: i % 2 === 0 }));
    expect(learned(learnRisk(half)).report.tested.labels).toBe(60);
  });

  test('the same decisions give the same model and the same name; one more gives another', () => {
    const many = judged(600, firstMails);
    const [one, two] = [learned(learnRisk(many)), learned(learnRisk(structuredClone(many)))];
    expect(two).toEqual(one);
    const stored = JSON.parse(JSON.stringify(one.model)) as LearnedRisk;
    expect(stored).toEqual(one.model);
    expect(learned(learnRisk(judged(610, firstMails))).name).not.toBe(one.name);
  });

  test('a rare check counts for those that it stands for, within limits', () => {
    const many = judged(600, firstMails);
    const weighed = many.map((example, i) => ({ ...example, weight: i % 7 === 0 ? 1e9 : 1 }));
    const capped = many.map((example, i) => ({ ...example, weight: i % 7 === 0 ? 20 : 1 }));
    expect(learned(learnRisk(weighed)).model).toEqual(learned(learnRisk(capped)).model);
    expect(learned(learnRisk(weighed)).model).not.toEqual(learned(learnRisk(many)).model);
  });

  test('decisions that are all alike in what is known teach nothing', () => {
    const alike = judged(400, { chance: () => 0.3 }).map((example) => ({
      ...example,
      values: featureCodes.map(() => 1),
    }));
    expect(learnRisk(alike)).toMatchObject({ ok: false, because: 'singular' });
  });
});

describe('a learned risk', () => {
  const { model, name } = learned(learnRisk(judged(600, firstMails)));
  const values = (over: Record<string, number>) =>
    featureCodes.map((code) => over[code] ?? (code === 'length' ? 4.5 : 0));

  test('names its scorer and the two or three things that moved it most, in words', () => {
    const first = learnedRisk(model, name, values({ first_touch: 1, model_doubt: 0.5 }));
    expect(first.scorer).toBe(name);
    expect(first.reasons.length).toBeLessThanOrEqual(3);
    expect(first.reasons[0]).toMatchObject({
      code: 'first_touch',
      text: 'Riskier: nothing was sent to this lead before.',
    });
    const second = learnedRisk(model, name, values({ model_doubt: 0.5 }));
    expect(second.reasons[0]).toMatchObject({ code: 'first_touch', text: 'Safer: this lead had mail from us before.' });
    expect(second.value).toBeLessThan(first.value);
  });

  test('where nothing stands out it says so', () => {
    const flat: LearnedRisk = {
      ...model,
      logistic: { ...model.logistic, weights: model.logistic.weights.map(() => 0) },
    };
    expect(learnedRisk(flat, 'learned-x', values({})).reasons).toEqual([
      { code: 'base', weight: 0, text: 'It is much like the others.' },
    ]);
  });

  test('is a chance in whole hundredths, never told smaller than it is, whatever the features within their bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), {
          minLength: featureCodes.length,
          maxLength: featureCodes.length,
        }),
        (any) => {
          const { value } = learnedRisk(model, name, any);
          expect(value).toBeGreaterThanOrEqual(0.01);
          expect(value).toBeLessThanOrEqual(1);
          expect(Math.round(value * 100) / 100).toBe(value);
          expect(value).toBeGreaterThanOrEqual(Math.min(1, learnedProbability(model, any)) - 1e-9);
        },
      ),
      { seed: 41, numRuns: 500 },
    );
  });
});

test('a rung drawn from learned risks holds at least the share that it was drawn for', () => {
  const { model, name } = learned(learnRisk(judged(600, firstMails)));
  const risks = judged(400, firstMails, 7).map(({ values }) => learnedRisk(model, name, values).value);
  const [first = 0] = drawLadder(risks, [0.3, 0.45, 0.6, 0.7, 0.8]);
  expect(risks.filter((risk) => risk <= first).length / risks.length).toBeGreaterThanOrEqual(0.3);
});

test('what came of learning is told with the numbers before and after', () => {
  const learning = learned(learnRisk(judged(600, firstMails)));
  const { before, after, failures, tested } = learning.report;
  const told = learningWords('email_draft', learning);
  expect(told).toContain(`learned from 600 decisions of people (${failures} stopped)`);
  expect(told).toContain(`On the latest 120 (${tested.failures} stopped), which it had not seen`);
  expect(told).toContain(`AUC ${before.auc?.toFixed(2)} before, ${after.auc?.toFixed(2)} after`);
  expect(told).toContain(`Brier score ${before.brier.toFixed(3)} before, ${after.brier.toFixed(3)} after`);
  expect(told).toContain('begins anew');
  expect(learningWords('lead_score', learnRisk([]))).toBe(
    'The risk of each lead score is scored as before: to learn it takes 200 judged decisions.',
  );
});
