import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/core/autonomy/cell-words.ts';
import { explainEffect } from '../../../src/core/autonomy/explain.ts';
import { explainStanding } from '../../../src/core/autonomy/explain-standing.ts';
import type { PolicyEffect, RefusedBecause } from '../../../src/core/autonomy/policy-effect.ts';
import { newPolicyState } from '../../../src/core/autonomy/policy-state.ts';
import { ana, cell, plainConfig } from './cell.ts';

const speech = { words: wordsOf('email_draft'), nameOf: (by: string) => (by === 'ana' ? 'Ana' : by) };
const told = (effects: readonly PolicyEffect[]) => effects.map((effect) => explainEffect(effect, speech));
const standing = ({ state, now }: { state: Parameters<typeof explainStanding>[0]; now: number }) =>
  explainStanding(state, now, plainConfig, speech);

const raised: PolicyEffect = {
  type: 'raised',
  confirmedBy: [],
  from: { rung: 1, tau: 0.3, share: 0.3 },
  to: { rung: 2, tau: 0.45, share: 0.4512 },
  labels: 127,
  losses: 1,
  upper: 0.04802441,
  confidence: 0.95,
  eps: 0.05,
  catchRate: null,
};

describe('a notice', () => {
  test('of a raise says what it stands on, and by whose word while nobody knows what reviewers miss', () => {
    expect(explainEffect(raised, speech)).toBe(
      'Now sending the safest 45 % of drafts without asking (was 30 %). People checked 127 drafts like these and would have stopped 1. We are at least 95 % sure fewer than 5 in 100 would be stopped (best bound 4.8), as judged by your reviewers.',
    );
  });

  test('of a raise with a known catch rate corrects by it', () => {
    expect(explainEffect({ ...raised, catchRate: 0.86, upper: 0.0412, confidence: 1 - 0.1 / 6 }, speech)).toBe(
      'Now sending the safest 45 % of drafts without asking (was 30 %). People checked 127 drafts like these and would have stopped 1. We are at least 98 % sure fewer than 4.3 in 100 would be stopped (best bound 4.2): reviewers catch at least 86 % of bad ones, so fewer than 5 in 100 are bad.',
    );
  });

  test('of a proposed raise asks for two people', () => {
    const { confirmedBy: _, ...numbers } = raised;
    expect(explainEffect({ ...numbers, type: 'proposed' }, { ...speech, words: wordsOf('lead_score') })).toMatch(
      /^Proposed: setting the safest 45 % of scores without asking \(was 30 %\)\. .* Two different people have to agree\.$/,
    );
  });

  test('of a failed check, a relief and a fall has the numbers of the state', () => {
    const grown = cell();
    grown.climb(1);
    for (let i = 0; i < 40; i++) grown.check(0.1);
    expect(told(grown.check(0.1, { loss: 1, reason: 'wrong price' }))).toEqual([
      'One spot check failed (wrong price). Checking half of all drafts until 12 in a row pass.',
    ]);
    for (let i = 0; i < 11; i++) grown.check(0.1);
    expect(told(grown.check(0.1))).toEqual(['Checking drafts at the usual rate again.']);
    grown.check(0.1, { loss: 1 });
    grown.check(0.1);
    grown.check(0.1);
    expect(told(grown.check(0.1, { loss: 1 }))).toEqual([
      'Back to asking every time: 2 of the last 4 spot checks were rejected. Estimated 19 similar drafts went out.',
    ]);
  });

  test('of a critical failure says that it is frozen, and of late harm that it came late', () => {
    const grown = cell();
    grown.climb(1);
    expect(told(grown.check(0.1, { loss: 1, critical: true, reason: 'wrong person' }))).toEqual([
      'Back to asking every time: a critical failure (wrong person). Estimated 1 similar draft went out. Frozen until a person unfreezes it.',
    ]);
    grown.order({ type: 'unfrozen', ...ana });
    grown.wait(4);
    grown.climb(1);
    expect(told(grown.harm(0.1, { reason: 'complaint' }))).toEqual([
      'Harm came later (complaint). Checking half of all drafts until 12 in a row pass.',
    ]);
    expect(told(grown.harm(0.1, { before: null, reason: 'unsubscribed' }))).toEqual([
      'Back to asking every time: 2 of the last 2 checks failed, counting harm that came later (unsubscribed). Estimated 1 similar draft went out.',
    ]);
    grown.wait(4);
    grown.climb(1);
    expect(told(grown.harm(0.1, { critical: true, reason: 'complaint' }))[0]).toContain(
      'critical harm came later (complaint)',
    );
  });

  test('of a segment names it', () => {
    expect(
      explainEffect(
        {
          type: 'lowered',
          because: 'segment',
          from: { rung: 1, tau: 0.3, share: 0.3 },
          to: { rung: 0, tau: 0, share: 0 },
          suspicion: { checks: 5, failures: 3 },
          leaked: 0,
          frozen: false,
          segment: 'language de',
          reason: null,
          late: false,
        },
        speech,
      ),
    ).toBe(
      'Back to asking every time: 3 of the last 5 spot checks of language de were rejected. Estimated no similar drafts went out.',
    );
  });

  test('of what people do says who and why', () => {
    const grown = cell();
    grown.climb(2);
    for (let i = 0; i < 50; i++) grown.decide(0.9);
    const all = [
      ...grown.order({ type: 'frozen', by: 'ana', reason: 'holidays' }),
      ...grown.order({ type: 'unfrozen', ...ana, reason: '' }),
      ...grown.order({ type: 'capped', tau: 0.3, ...ana }),
      ...grown.order({ type: 'capped', tau: 1, ...ana }),
      ...grown.order({ type: 'restored', rung: 0, by: 'ana', reason: 'undo' }),
      ...grown.order({ type: 'restored', rung: 3, by: 'ana', reason: 'a launch' }),
      ...grown.order({ type: 'mode_set', proposeOnly: true, ...ana }),
      ...grown.order({ type: 'mode_set', proposeOnly: false, ...ana }),
      ...grown.order({ type: 'reset', ...ana }),
    ];
    const share = `${Math.round((100 * (grown.log.filter(({ type }) => type === 'decided').length - 50)) / grown.log.filter(({ type }) => type === 'decided').length)} %`;
    expect(told(all)).toEqual([
      `Frozen by Ana (holidays): the safest ${share} of drafts go without asking, and nothing is raised until a person unfreezes it.`,
      'Unfrozen by Ana.',
      'Capped at risk 0.3 by Ana (because): nothing above it is approved without asking.',
      expect.stringMatching(
        /^Lowered by Ana \(because\): the safest \d+ % of drafts go without asking now \(was \d+ %\)\.$/,
      ),
      'The cap was taken away by Ana (because).',
      expect.stringMatching(/^Lowered by Ana \(undo\): people are asked about all drafts now \(was \d+ %\)\.$/),
      expect.stringMatching(
        /^Set by Ana, not earned: sending the safest \d+ % of drafts without asking \(was 0 %\) \(a launch\)\. Half of them are checked until the evidence carries it\.$/,
      ),
      'From now on a raise is only proposed, and two different people have to agree (Ana).',
      'From now on a raise needs no approval (Ana).',
      'Reset by Ana (because). Asking about all drafts; what was counted so far does not count any more.',
    ]);
  });

  test('of a brake, a fresh start, a new version and an earned threshold', () => {
    const at = { rung: 2, tau: 0.45, share: 0.45 };
    const restart = { type: 'restarted', from: at, epoch: 2 } as const;
    expect(
      told([
        { type: 'tightened', because: 'drift', passesNeeded: null, late: false, reason: 'PSI 0.31' },
        { ...restart, because: 'recovery' },
        { ...restart, because: 'version', changed: 'system' },
        { ...restart, because: 'version', changed: 'scorer' },
        { type: 'earned', at, by: 'ana' },
        { type: 'restored', from: { rung: 0, tau: 0, share: 0 }, to: at, by: 'ana', reason: 'back', earned: true },
        { type: 'proposal_withdrawn', rung: 1, by: null },
        { type: 'proposal_withdrawn', rung: 1, by: 'ana' },
      ]),
    ).toEqual([
      'Checking half of all drafts, and nothing is raised: what comes in has changed (PSI 0.31).',
      'A fresh start: the last checks of the safest drafts were good again, so the bad time before them is not held against them.',
      'A new version makes the drafts. Asking about all drafts; what was counted so far does not count any more.',
      'Their risk is measured in a new way. Asking about all drafts; what was counted so far does not count any more.',
      'Earned now: the evidence carries what Ana had set. The safest 45 % of drafts go without asking.',
      'Set by Ana, and the evidence carries it: sending the safest 45 % of drafts without asking (was 0 %) (back).',
      'The proposed raise was taken back: what it stood on does not hold any more.',
      'The proposed raise was taken back by Ana.',
    ]);
  });

  test('is silent about what nobody has to know', () => {
    expect(
      told([
        { type: 'ladder_drawn', ladder: [0.3] },
        { type: 'proposal_confirmed_once', rung: 1, by: 'ana' },
      ]),
    ).toEqual([null, null]);
  });

  test.for<RefusedBecause>([
    'frozen',
    'capped',
    'no_such_rung',
    'already_there',
    'reason_missing',
    'no_proposal',
    'same_person',
    'no_longer_holds',
  ])('of a refusal (%s) says why', (because) => {
    expect(explainEffect({ type: 'refused', because }, speech)).toMatch(/^[A-Z].{10,}\.$/);
  });
});

describe('where a cell stands', () => {
  test('begins with the ladder, then counts clean checks up to the least that can certify', () => {
    const young = cell(plainConfig, newPolicyState());
    for (let i = 0; i < 23; i++) young.check(0.2);
    expect(standing(young)).toBe('23 of the first 50 drafts, from which its ladder is drawn.');
    const grown = cell();
    for (let i = 0; i < 54; i++) grown.check(0.2);
    expect(standing(grown)).toBe('54 of at least 69 clean checks needed.');
    grown.check(0.2, { loss: 1 });
    expect(standing(grown)).toBe('55 of at least 122 checks needed; 1 failed so far.');
  });

  test('estimates where several bands need more than one would', () => {
    const grown = cell();
    grown.climb(1);
    for (let i = 0; i < 200; i++) grown.decide(0.4);
    grown.wait(4);
    for (let i = 0; i < 12; i++) grown.check(0.4);
    expect(standing(grown)).toMatch(/^81 of about \d+ clean checks needed\.$/);
    const [, about] = /about (\d+)/.exec(standing(grown)) ?? [];
    let labels = 81;
    for (; grown.state.rung === 1; labels++) grown.check(0.4);
    expect(Math.abs(labels - Number(about))).toBeLessThan(10);
  });

  test('names the pause, the unseen and the dirty band', () => {
    const grown = cell();
    grown.climb(1);
    expect(standing(grown)).toBe('0 of 10 checks since the last change.');
    for (let i = 0; i < 10; i++) grown.check(0.1);
    expect(standing(grown)).toBe('The evidence holds; the pause after the last change ends in 3 days.');
    grown.wait(2.5);
    expect(standing(grown)).toBe('The evidence holds; the pause after the last change ends in 1 day.');
    grown.wait(1);
    expect(standing(grown)).toBe('0 of 10 checks of the next band of risk.');
    for (let i = 0; i < 10; i++) grown.check(0.4, { loss: i < 2 ? 1 : 0 });
    for (let i = 0; i < 300; i++) grown.check(0.1);
    expect(standing(grown)).toBe('The next band of risk is not good enough: 2 of 10 failed.');
  });

  test('makes no promise where labels have no decisions behind them', () => {
    const odd = newPolicyState([0.3]);
    const state = { ...odd, since: 100, bands: [{ labels: 100, losses: 0, decisions: 0, checks: 0 }] };
    expect(standing({ state, now: 0 })).toBe('100 checks so far; the next rung is not in sight.');
  });

  test('names what a person or the policy put in the way', () => {
    const grown = cell();
    grown.climb(1);
    grown.order({ type: 'capped', tau: 0.3, ...ana });
    expect(standing(grown)).toBe('Capped at risk 0.3 by Ana (because).');
    grown.order({ type: 'capped', tau: 1, ...ana });
    grown.order({ type: 'brake_set', brake: 'timeouts', on: true, reason: '' });
    expect(standing(grown)).toBe('Nothing is raised, and half is checked: too many spot checks time out.');
    grown.check(0.1, { loss: 1 });
    expect(standing(grown)).toBe('Checking half of all drafts after a failure: 12 in a row have to pass.');
    for (let i = 0; i < 11; i++) grown.check(0.1);
    expect(standing(grown)).toBe('Checking half of all drafts after a failure: 1 in a row has to pass.');
    grown.order({ type: 'restored', rung: 5, ...ana });
    expect(standing(grown)).toBe('Set by Ana, not earned (because): half is checked until the evidence carries it.');
    grown.order({ type: 'frozen', ...ana });
    expect(standing(grown)).toBe('Frozen by Ana (because): nothing is raised until a person unfreezes it.');
  });

  test('says when nothing is left to do, or can be done', () => {
    const top = cell();
    top.climb(5);
    expect(standing(top)).toBe('On its top rung.');
    expect(standing(cell(plainConfig, newPolicyState([])))).toBe(
      'The risks of its drafts lie too close together for a ladder.',
    );
    const ready = cell();
    ready.climb(1);
    for (let i = 0; i < 300; i++) ready.check(0.4);
    ready.wait(3);
    expect(standing(ready)).toBe('Everything holds: the next check that counts raises it.');
  });
});
