import { describe, expect, test } from 'vitest';
import { type LeadScoreLearning, learnLeadScore } from '../../../src/core/scoring/lead-score-model.ts';
import { leadScoreWords } from '../../../src/core/scoring/lead-score-words.ts';
import { learnedScore } from '../../../src/core/scoring/learned-score.ts';
import { snapshotOf } from '../../../src/core/scoring/scored-lead.ts';
import { doing, examples, LOOKED, ownLeads, scoredLead } from './own-leads.ts';

const own = examples(ownLeads(900));
const learning = learnLeadScore(own);

function taken(result: LeadScoreLearning): Extract<LeadScoreLearning, { ok: true }> {
  if (!result.ok) throw new Error(`not learned: ${result.because}`);
  return result;
}
const score = (change: Parameters<typeof scoredLead>[0]) =>
  learnedScore(taken(learning).learned, taken(learning).name, snapshotOf(scoredLead(change), LOOKED));

describe('learning the lead score from own outcomes', () => {
  test('is taken where it beats the rules on the latest leads, which it did not learn from', () => {
    const { report } = taken(learning);
    expect(report.tested.leads).toBe(270);
    expect(report.after.auc).toBeGreaterThan(report.before.auc + 0.1);
    expect(report.after.brier).toBeLessThan(report.before.brier);
    expect(report.columns.slice(0, 2).map(({ column }) => column)).toEqual(['industry', 'clicks']);
  });

  test('leaves out what was set after the sale and what judges the lead, and says so; who somebody is by birth is no column at all', () => {
    const { report, learned } = taken(learning);
    expect(report.leaking.map(({ column, sign }) => [column, sign])).toEqual([
      ['won_by', 'set_after'],
      ['verdict', 'too_good'],
    ]);
    const used = learned.model.encoding.map(({ column }) => column);
    expect(used).toContain('industry');
    for (const name of ['won_by', 'verdict', 'gender']) expect(used).not.toContain(name);
  });

  test.for([
    ['too_few', examples(ownLeads(199))],
    ['too_few_conversions', own.filter(({ converted }, i) => !converted || i < 60)],
    ['too_few_to_test', [...own.filter((one) => one.converted), ...own.filter((one) => !one.converted)]],
    // What came of a lead has nothing to do with it: everybody's outcome is another's.
    [
      'not_better',
      own.map((one, i) => ({ ...one, converted: own[(i + 450) % 900]?.converted === true, setAfter: [] })),
    ],
  ] as const)('keeps the present one: %s', ([because, some]) => {
    expect(learnLeadScore(some)).toMatchObject({ ok: false, because });
  });

  test('a second learning has to beat the first, not the rules', () => {
    const again = learnLeadScore(own, taken(learning).learned);
    expect(again).toMatchObject({ ok: false, because: 'not_better' });
    expect(again.report?.before).toEqual(again.report?.after);
  });

  test('the same leads give the same model', () => {
    expect(learnLeadScore(own)).toEqual(learning);
  });
});

describe('a learned score', () => {
  test('tells fit and engagement apart, and gives a chance', () => {
    const miner = score({ fields: { industry: 'mining' } });
    const clicker = score({ fields: { industry: 'retail' }, doings: [doing('clicked', 6), doing('clicked', 6.5)] });
    expect(miner.fit).toBeGreaterThan(clicker.fit);
    expect(clicker.engagement).toBeGreaterThan(miner.engagement);
    expect(miner.chance).toBeGreaterThan(score({ fields: { industry: 'retail' } }).chance ?? 1);
    for (const { score: all, fit, engagement } of [miner, clicker])
      for (const part of [all, fit, engagement]) expect(part >= 0 && part <= 100).toBe(true);
  });

  test('gives its reasons, the weightiest first, with and without what outsiders wrote', () => {
    const [first] = score({ fields: { industry: 'mining' } }).reasons;
    expect(first).toMatchObject({ column: 'industry', about: 'fit' });
    expect(first?.text).toMatch(/^“industry”: mining \(×\d+\.\d, speaks for it\)$/);
    expect(first?.bare).not.toContain('mining');
  });

  test('somebody who left is not scored up by what they did before', () => {
    const left = score({
      fields: { industry: 'mining' },
      doings: [doing('clicked', 1), doing('clicked', 2), doing('unsubscribed', 3)],
    });
    expect(left.score).toBeLessThanOrEqual(10);
    expect(left.engagement).toBe(0);
  });
});

test('what was learned is told with AUC and Brier score before and after, and what changed', () => {
  const lines = leadScoreWords(learning);
  expect(lines[0]).toMatch(/^Leads are now scored by what was learned from 900 own leads, of whom \d+ converted\.$/);
  expect(lines[1]).toMatch(/AUC 0\.\d\d before, 0\.\d\d after .*Brier score 0\.\d{3} before, 0\.\d{3} after/);
  expect(lines[2]).toMatch(/^What moves it most: industry, clicks/);
  expect(lines.at(-1)).toMatch(/won_by \(set after the sale for \d+ of the \d+ buyers who have it\)/);
  expect(leadScoreWords(learnLeadScore([]))).toEqual([
    'Leads are scored as before: to learn it takes 200 leads whose outcome is known.',
  ]);
});
