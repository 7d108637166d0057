import { describe, expect, test } from 'vitest';
import { raiseBlocker } from '../../../src/core/autonomy/raising.ts';
import { policyFor, policyOf } from '../../../src/core/autonomy/policy-config.ts';
import { newPolicyState } from '../../../src/core/autonomy/policy-state.ts';
import { reduce } from '../../../src/core/autonomy/policy.ts';
import { inOrder } from '../../../src/core/autonomy/policy-event.ts';
import { ana, cell, plainConfig, types } from './cell.ts';

const climbed = (rung: number, config = plainConfig) => {
  const grown = cell(config);
  grown.climb(rung);
  return grown;
};
/** Enough passes for S to be 0 and the new bands to be known. */
const settled = (rung: number) => {
  const grown = climbed(rung);
  for (let i = 0; i < 40; i++) grown.check(0.1);
  return grown;
};

test('a cell of mails tolerates 5 bad in 100, one of scores 10', () => {
  expect([policyOf('email_draft').eps, policyOf('lead_score').eps]).toEqual([0.05, 0.1]);
});

describe('a raise', () => {
  test('comes with the 69th clean label of one band, and says what it stands on', () => {
    const grown = cell();
    for (let i = 0; i < 68; i++) grown.check(0.2);
    expect(grown.tau).toBe(0);
    grown.decide(0.9);
    const [effect] = grown.check(0.2);
    expect(grown.tau).toBe(0.3);
    expect(effect).toEqual({
      type: 'raised',
      confirmedBy: [],
      from: { rung: 0, tau: 0, share: 0 },
      to: { rung: 1, tau: 0.3, share: 69 / 70 },
      labels: 69,
      losses: 0,
      upper: expect.closeTo(0.0498, 4),
      confidence: 0.95,
      eps: 0.05,
      catchRate: null,
    });
  });

  test('waits for three days and ten labels after the one before', () => {
    const grown = climbed(1);
    for (let i = 0; i < 100; i++) grown.check(0.4);
    expect(raiseBlocker(grown.state, grown.now, plainConfig)).toBe('cooling_days');
    grown.wait(3);
    expect(types(grown.check(0.9))).toEqual(['raised']);
    grown.wait(3);
    expect(raiseBlocker(grown.state, grown.now, plainConfig)).toBe('cooling_labels');
  });

  test('waits until the next band was seen, and was not dirty', () => {
    const grown = climbed(1);
    grown.wait(3);
    for (let i = 0; i < 9; i++) grown.check(0.4);
    for (let i = 0; i < 60; i++) grown.check(0.1);
    expect(raiseBlocker(grown.state, grown.now, plainConfig)).toBe('band_unseen');
    const dirty = climbed(1);
    dirty.wait(3);
    for (let i = 0; i < 12; i++) dirty.check(0.4, { loss: i < 2 ? 1 : 0 });
    for (let i = 0; i < 400; i++) dirty.check(0.1);
    expect(raiseBlocker(dirty.state, dirty.now, plainConfig)).toBe('band_dirty');
  });

  test('takes less evidence where ε is 0.10, and more in a later epoch', () => {
    const checks = (config = plainConfig, resets = 0) => {
      const grown = cell(config);
      for (let i = 0; i < resets; i++) grown.order({ type: 'reset', ...ana });
      grown.wait(4);
      let count = 0;
      for (; grown.tau === 0; count++) grown.check(0.2);
      return count;
    };
    expect([checks(), checks(plainConfig, 1), checks(policyFor(0.1)), checks(policyFor(0.1), 1)]).toEqual([
      69, 93, 34, 46,
    ]);
  });

  test('needs better labels when reviewers are known to miss bad ones: ε·π_L, in the certificate only', () => {
    const grown = cell();
    grown.order({ type: 'catch_rate_set', lower: 0.78 });
    let count = 0;
    for (; grown.tau === 0; count++) grown.check(0.2);
    // (99/(99+n)) / 0.961^n reaches 20 at n = 92.
    expect(count).toBe(92);
    const failed = grown.check(0.2, { loss: 1 });
    expect(failed).toMatchObject([{ type: 'tightened', passesNeeded: 12 }]);
    expect(() => grown.order({ type: 'catch_rate_set', lower: 0 })).toThrow('catch rate');
  });
});

describe('S', () => {
  test('goes up with a failed check at or below τ, and half is checked until twelve passes in a row', () => {
    const grown = settled(1);
    expect(grown.check(0.1, { loss: 1, reason: 'wrong price' })).toEqual([
      { type: 'tightened', because: 'failure', passesNeeded: 12, late: false, reason: 'wrong price' },
    ]);
    for (let i = 0; i < 11; i++) expect(grown.check(0.1)).toEqual([]);
    grown.check(0.5, { loss: 1 });
    expect(types(grown.check(0.1))).toEqual(['relaxed']);
  });

  test('lowers τ to 0 at the second failure within four checks, and says how many drafts are lost', () => {
    const grown = settled(1);
    grown.check(0.1, { loss: 1 });
    grown.check(0.1);
    grown.check(0.1);
    const [lowered] = grown.check(0.1, { loss: 1 });
    expect(lowered).toMatchObject({
      type: 'lowered',
      because: 'alarm',
      from: { rung: 1, tau: 0.3 },
      to: { rung: 0, tau: 0 },
      suspicion: { checks: 4, failures: 2 },
      // 0.9/0.1 for the first, 0.5/0.5 for the second.
      leaked: 10,
      frozen: false,
    });
    expect(grown.state).toMatchObject({ epoch: 2, rung: 0, s: 0, frozen: null, alarms: [grown.now] });
    expect(grown.state.bands.every(({ labels, decisions, checks }) => labels + decisions + checks === 0)).toBe(true);
  });

  test('blocks a raise that everything else allows', () => {
    const grown = climbed(1);
    grown.wait(4);
    for (let i = 0; i < 9; i++) grown.check(0.4);
    for (let i = 0; i < 150; i++) grown.check(0.9);
    for (let i = 0; i < 100; i++) grown.check(0.1);
    grown.check(0.1, { loss: 1 });
    for (let i = 0; i < 11; i++) {
      grown.check(0.4);
      expect([grown.tau, raiseBlocker(grown.state, grown.now, plainConfig)]).toEqual([0.3, 'tightened']);
    }
    for (let i = 0; i < 11; i++) grown.check(0.1);
    expect(types(grown.check(0.1))).toEqual(['relaxed', 'raised']);
  });

  test('freezes the cell at the third alarm in 90 days', () => {
    const grown = cell();
    const fall = () => {
      grown.wait(4);
      grown.climb(1);
      grown.check(0.1, { loss: 1 });
      return grown.check(0.1, { loss: 1 })[0];
    };
    expect([fall(), fall(), fall()]).toMatchObject([{ frozen: false }, { frozen: false }, { frozen: true }]);
    expect(grown.state.frozen).toMatchObject({ by: 'policy', reason: '3 alarms in 90 days' });
    grown.order({ type: 'unfrozen', ...ana });
    grown.wait(91);
    expect(fall()).toMatchObject({ type: 'lowered', frozen: false });
    expect(grown.state.alarms).toHaveLength(1);
  });
});

describe('a critical failure', () => {
  test('lowers and freezes at once, also from a band that is not automatic', () => {
    for (const risk of [0.1, 0.4, 0.9, null]) {
      const grown = climbed(1);
      expect(grown.check(risk, { loss: 1, critical: true, reason: 'opt-out' })).toMatchObject([
        { type: 'lowered', because: 'critical', frozen: true, reason: 'opt-out' },
      ]);
      expect(grown.state).toMatchObject({ rung: 0, epoch: 2, frozen: { by: 'policy', reason: 'critical: opt-out' } });
    }
  });

  test('on rung 0 is a failure like another', () => {
    const young = cell();
    expect(young.check(0.1, { loss: 1, critical: true })).toEqual([]);
    expect(young.state).toMatchObject({ epoch: 1, frozen: null });
  });

  test('does not take a freeze out of the hand that made it', () => {
    const grown = climbed(1);
    grown.order({ type: 'frozen', ...ana });
    grown.check(0.1, { loss: 1, critical: true });
    expect(grown.state.frozen).toMatchObject({ by: 'ana' });
  });
});

describe('late harm', () => {
  test('turns a label of a person into a failure', () => {
    const grown = settled(1);
    const [before] = grown.state.bands;
    expect(grown.harm(0.1, { before: 0, reason: 'complaint' })).toMatchObject([
      { type: 'tightened', late: true, reason: 'complaint', passesNeeded: 12 },
    ]);
    expect(grown.state.bands[0]).toEqual({ ...before, losses: 1 });
  });

  test('gives an automatic decision its first label, and counts it among the known leaks', () => {
    const grown = settled(1);
    const [before] = grown.state.bands;
    grown.decide(0.1);
    grown.harm(0.1, { before: null });
    expect(grown.state.bands[0]).toEqual({
      ...before,
      decisions: (before?.decisions ?? 0) + 1,
      labels: (before?.labels ?? 0) + 1,
      losses: 1,
    });
    expect(grown.harm(0.1, { before: null })).toMatchObject([
      { type: 'lowered', because: 'alarm', late: true, leaked: 2 },
    ]);
  });

  test('counts once: what is a failure already stays one', () => {
    const grown = settled(1);
    grown.check(0.1, { loss: 1 });
    const { state } = grown;
    expect(grown.harm(0.1, { before: 1 })).toEqual([]);
    expect(grown.state).toEqual(state);
  });

  test('lowers when it is critical, though it is a failure already, and counts no second time', () => {
    const grown = settled(1);
    grown.check(0.1, { loss: 1 });
    const young = cell();
    young.check(0.1, { loss: 1 });
    expect(young.harm(0.1, { before: 1, critical: true })).toEqual([]);
    expect(young.state.bands[0]).toMatchObject({ labels: 1, losses: 1 });
    expect(young.state.recent).toEqual([1]);
    expect(grown.harm(0.1, { before: 1, critical: true })).toMatchObject([
      { because: 'critical', suspicion: { checks: 1, failures: 1 } },
    ]);
  });

  test('above τ moves the counts and not S; a critical one lowers all the same', () => {
    const grown = settled(1);
    grown.check(0.4);
    expect(grown.harm(0.4)).toEqual([]);
    expect(grown.state).toMatchObject({ s: 0, rung: 1 });
    expect(grown.state.bands[1]?.losses).toBe(1);
    expect(grown.harm(0.4, { critical: true })).toMatchObject([{ type: 'lowered', because: 'critical', late: true }]);
  });

  test('never raises, though it is the first thing that happens after the pause', () => {
    const grown = climbed(1);
    for (let i = 0; i < 200; i++) grown.check(0.4);
    grown.wait(3);
    expect(raiseBlocker(grown.state, grown.now, plainConfig)).toBeNull();
    expect(grown.harm(0.9)).toEqual([]);
    expect(grown.state.rung).toBe(1);
  });
});

describe('a segment', () => {
  const bilingual = () => {
    const grown = settled(1);
    for (let i = 0; i < 10; i++) grown.check(0.1, { segments: ['de', 'de'] });
    for (let i = 0; i < 10; i++) grown.check(0.1, { segments: ['en'] });
    return grown;
  };

  test('counts a label once', () => {
    expect(bilingual().state.segments).toMatchObject([
      { name: 'de', labels: 10 },
      { name: 'en', labels: 10 },
    ]);
  });

  test('falls on its own failures though the many others pass, at h + ln of the number of segments', () => {
    const grown = bilingual();
    const round = () => {
      const effects = grown.check(0.1, { loss: 1, segments: ['de'], reason: 'false friend' });
      for (let i = 0; i < 12; i++) effects.push(...grown.check(0.1, { segments: ['en'] }));
      return effects.find(({ type }) => type === 'lowered');
    };
    expect([round(), round()]).toEqual([undefined, undefined]);
    expect(grown.state.segments[0]?.s).toBeCloseTo(2 * Math.log(10), 9);
    expect(round()).toMatchObject({ because: 'segment', segment: 'de', suspicion: { checks: 3, failures: 3 } });
    expect(grown.state).toMatchObject({ rung: 0, epoch: 2, segments: [{ name: 'en', labels: 12, s: 0 }] });
  });
});

test('late harm in a segment counts there too, as a label where there was none', () => {
  const grown = settled(1);
  grown.check(0.1, { segments: ['de'] });
  grown.harm(0.1, { before: 0, segments: ['de'] });
  expect(grown.state.segments).toMatchObject([{ name: 'de', labels: 1, s: expect.closeTo(Math.log(10), 9) }]);
  grown.harm(0.1, { before: 0.5, segments: ['fr'] });
  const above = settled(1);
  above.harm(0.9, { before: null, segments: ['fr'] });
  expect(above.state.segments).toMatchObject([{ name: 'fr', labels: 1, s: 0 }]);
});

test('decisions without a risk are counted above the ladder, and do not pile up before it is drawn', () => {
  const young = cell(plainConfig, newPolicyState());
  for (let i = 0; i < 100; i++) young.check(null, { loss: 1, critical: true });
  expect(young.state).toMatchObject({ above: 100, early: [], ladder: null, epoch: 1 });
});

describe('a fresh start', () => {
  const poisoned = () => {
    const young = cell();
    for (let i = 0; i < 30; i++) young.check(0.1, { loss: i % 3 === 0 ? 1 : 0 });
    return young;
  };

  test('comes after a silent recovery, once the epoch is old enough and the last thirty are good', () => {
    const young = poisoned();
    young.order({ type: 'reset', ...ana });
    for (let i = 0; i < 30; i++) young.check(0.1, { loss: i % 3 === 0 ? 1 : 0 });
    for (let i = 0; i < 60; i++) expect(young.check(0.1)).toEqual([]);
    young.wait(14);
    expect(young.check(0.1)).toMatchObject([{ type: 'restarted', because: 'recovery', epoch: 3 }]);
  });

  test('needs one failure at most among the last thirty, and an epoch that is really poisoned', () => {
    const young = poisoned();
    let checks = 0;
    for (; young.state.epoch === 1; checks++) young.check(0.1);
    // 25 passes push out all failures but the last.
    expect(checks).toBe(25);
    const clean = cell();
    for (let i = 0; i < 68; i++) clean.check(0.1);
    expect(clean.state.epoch).toBe(1);
  });

  test('never thaws a frozen cell', () => {
    const young = poisoned();
    young.order({ type: 'frozen', ...ana });
    for (let i = 0; i < 60; i++) young.check(0.1);
    expect(young.state.epoch).toBe(1);
  });
});

describe('people', () => {
  test('cap: lowers at once to the highest rung below, blocks raises above, and lets go again', () => {
    const grown = settled(3);
    expect(grown.order({ type: 'capped', tau: 0.5, ...ana })).toMatchObject([
      { type: 'capped', tau: 0.5, by: 'ana' },
      { type: 'lowered', because: 'cap', from: { rung: 3 }, to: { rung: 2, tau: 0.45 }, by: 'ana' },
    ]);
    grown.wait(4);
    for (let i = 0; i < 50; i++) grown.check(0.4);
    expect([grown.tau, raiseBlocker(grown.state, grown.now, plainConfig)]).toEqual([0.45, 'capped']);
    expect(types(grown.order({ type: 'capped', tau: 1, ...ana }))).toEqual(['uncapped']);
    expect(types(grown.check(0.4))).toEqual(['raised']);
    expect(() => grown.order({ type: 'capped', tau: 2, ...ana })).toThrow('2');
  });

  test('cap at 0 with S > 0, and the way up is not blocked for ever', () => {
    const grown = settled(1);
    grown.check(0.1, { loss: 1, segments: ['de'] });
    grown.order({ type: 'capped', tau: 0, ...ana });
    expect(grown.state).toMatchObject({ rung: 0, s: 0, epoch: 1, segments: [{ s: 0 }] });
    expect(grown.state.bands[0]?.losses).toBe(1);
  });

  test('freeze: nothing is raised, what is automatic stays so; a second freeze is none', () => {
    const grown = climbed(1);
    expect(types(grown.order({ type: 'frozen', ...ana }))).toEqual(['frozen']);
    expect(grown.order({ type: 'frozen', ...ana })).toEqual([{ type: 'refused', because: 'already_there' }]);
    grown.wait(4);
    for (let i = 0; i < 200; i++) grown.check(0.4);
    expect(grown.tau).toBe(0.3);
    expect(grown.place(0.1).eligible).toBe(true);
    grown.order({ type: 'unfrozen', ...ana });
    expect(grown.order({ type: 'unfrozen', ...ana })).toEqual([{ type: 'refused', because: 'already_there' }]);
    expect(types(grown.check(0.4))).toEqual(['raised']);
  });

  test('reset: a new epoch on rung 0, frozen or not', () => {
    const grown = climbed(2);
    grown.order({ type: 'frozen', ...ana });
    expect(grown.order({ type: 'reset', ...ana })).toMatchObject([
      { type: 'restarted', because: 'reset', from: { rung: 2 } },
    ]);
    expect(grown.state).toMatchObject({ epoch: 2, rung: 0, frozen: { by: 'ana' } });
  });

  test('restore: set by a person, half checked, nothing built on it until the evidence carries it', () => {
    const grown = climbed(1);
    grown.order({ type: 'reset', ...ana });
    expect(grown.order({ type: 'restored', rung: 2, by: 'ana', reason: 'seen it all' })).toMatchObject([
      { type: 'restored', from: { rung: 0 }, to: { rung: 2, tau: 0.45 }, earned: false },
    ]);
    expect(grown.state.restored).toMatchObject({ rung: 2, by: 'ana', reason: 'seen it all' });
    grown.wait(4);
    const seen: string[] = [];
    for (let i = 0; i < 300 && grown.state.rung === 2; i++) {
      expect(grown.place(0.1).q).toBeGreaterThanOrEqual(grown.state.restored === null ? 0 : 0.5);
      seen.push(...types(grown.check([0.1, 0.4, 0.5][i % 3] ?? 0)));
    }
    expect(seen).toEqual(['earned', 'raised']);
  });

  test('restore: what the evidence carries is earned at once', () => {
    const grown = settled(2);
    grown.order({ type: 'restored', rung: 1, ...ana });
    expect(grown.order({ type: 'restored', rung: 2, ...ana })).toMatchObject([{ type: 'restored', earned: true }]);
    expect(grown.state.restored).toBeNull();
  });

  test('restore to a rung below is a lowering, as an undone raise is; twice is once', () => {
    const grown = climbed(2);
    const undo = { type: 'restored', rung: 1, by: 'ana', reason: 'undo' } as const;
    expect(grown.order(undo)).toMatchObject([{ type: 'lowered', because: 'person', to: { rung: 1 }, by: 'ana' }]);
    expect(grown.order(undo)).toEqual([{ type: 'refused', because: 'already_there' }]);
    expect(raiseBlocker(grown.state, grown.now, plainConfig)).toBe('cooling_labels');
  });

  test('restore: what a person set stays so when it is lowered a little, and is over on rung 0', () => {
    const grown = cell();
    grown.order({ type: 'restored', rung: 3, ...ana });
    grown.order({ type: 'capped', tau: 0.45, ...ana });
    expect(grown.state).toMatchObject({ rung: 2, restored: { rung: 2, by: 'ana' } });
    grown.order({ type: 'capped', tau: 0, ...ana });
    expect(grown.state.restored).toBeNull();
  });

  test('restore: not without a reason, out of a freeze, over a cap, or where there is no rung', () => {
    const grown = cell();
    const restore = (rung: number, reason = 'because') => grown.order({ type: 'restored', rung, by: 'ana', reason });
    const refused = (because: string) => [{ type: 'refused', because }];
    expect(restore(2, ' ')).toEqual(refused('reason_missing'));
    expect(restore(6)).toEqual(refused('no_such_rung'));
    expect(restore(1.5)).toEqual(refused('no_such_rung'));
    expect(restore(0)).toEqual(refused('already_there'));
    grown.order({ type: 'capped', tau: 0.3, ...ana });
    expect(restore(2)).toEqual(refused('capped'));
    grown.order({ type: 'frozen', ...ana });
    expect(restore(1)).toEqual(refused('frozen'));
    expect(cell(plainConfig, newPolicyState()).order({ type: 'restored', rung: 1, ...ana })).toEqual(
      refused('no_such_rung'),
    );
  });
});

describe('in propose-only mode', () => {
  const proposed = () => {
    const grown = cell();
    grown.order({ type: 'mode_set', proposeOnly: true, ...ana });
    for (let i = 0; i < 68; i++) grown.check(0.2);
    return { grown, effects: grown.check(0.2) };
  };
  const confirm = { type: 'raise_confirmed', epoch: 1, rung: 1, reason: '', without: null } as const;

  test('a raise is proposed once, and made by two different people', () => {
    const { grown, effects } = proposed();
    expect(effects).toMatchObject([{ type: 'proposed', to: { rung: 1, tau: 0.3 }, labels: 69 }]);
    expect(grown.check(0.2)).toEqual([]);
    expect(grown.tau).toBe(0);
    expect(grown.order({ ...confirm, by: 'ana' })).toEqual([{ type: 'proposal_confirmed_once', rung: 1, by: 'ana' }]);
    expect(grown.order({ ...confirm, by: 'ana' })).toEqual([{ type: 'refused', because: 'same_person' }]);
    expect(grown.tau).toBe(0);
    expect(grown.order({ ...confirm, by: 'ben' })).toMatchObject([{ type: 'raised', confirmedBy: ['ana', 'ben'] }]);
    expect(grown.tau).toBe(0.3);
    expect(grown.order({ ...confirm, by: 'eve' })).toEqual([{ type: 'refused', because: 'no_proposal' }]);
  });

  test('a confirmation of another rung or epoch is none', () => {
    const { grown } = proposed();
    expect(grown.order({ ...confirm, by: 'ana', rung: 2 })).toEqual([{ type: 'refused', because: 'no_proposal' }]);
    expect(grown.order({ ...confirm, by: 'ana', epoch: 2 })).toEqual([{ type: 'refused', because: 'no_proposal' }]);
  });

  test('a proposal falls with what it stood on', () => {
    const { grown } = proposed();
    grown.order({ ...confirm, by: 'ana' });
    expect(grown.check(0.2, { loss: 1 })).toEqual([{ type: 'proposal_withdrawn', rung: 1, by: null }]);
    expect(grown.order({ ...confirm, by: 'ben' })).toEqual([{ type: 'refused', because: 'no_proposal' }]);
  });

  test.for([
    { type: 'frozen' },
    { type: 'capped', tau: 0.1 },
    { type: 'mode_set', proposeOnly: false },
    { type: 'brake_set', brake: 'agreement', on: true },
    { type: 'catch_rate_set', lower: 0.5 },
  ] as const)('$type takes the proposal back', (order) => {
    const { grown } = proposed();
    expect(types(grown.order({ ...ana, ...order }))).toContain('proposal_withdrawn');
    expect(grown.state.proposal).toBeNull();
  });

  test('late harm takes it back too', () => {
    expect(types(proposed().grown.harm(0.1))).toEqual(['proposal_withdrawn']);
  });

  test('a cap above the proposed rung leaves it alone', () => {
    const { grown } = proposed();
    expect(types(grown.order({ type: 'capped', tau: 0.3, ...ana }))).toEqual(['capped']);
    expect(grown.state.proposal).not.toBeNull();
  });

  test('one no is enough, and holds for ten labels and three days', () => {
    const { grown } = proposed();
    expect(grown.order({ type: 'raise_declined', epoch: 1, rung: 1, ...ana })).toEqual([
      { type: 'proposal_withdrawn', rung: 1, by: 'ana' },
    ]);
    expect(grown.order({ type: 'raise_declined', epoch: 1, rung: 1, ...ana })).toEqual([
      { type: 'refused', because: 'no_proposal' },
    ]);
    for (let i = 0; i < 20; i++) expect(grown.check(0.2)).toEqual([]);
    grown.wait(3);
    expect(types(grown.check(0.2))).toEqual(['proposed']);
  });

  test('a confirmation is asked of today’s evidence, not of that of the proposal', () => {
    const { grown } = proposed();
    const state = { ...grown.state, brakes: ['drift' as const] };
    const { effects } = reduce(state, { id: 'c', at: grown.now, by: 'ana', ...confirm }, plainConfig);
    expect(types(effects)).toEqual(['refused', 'proposal_withdrawn']);
  });

  test('setting the mode it has is refused', () => {
    expect(cell().order({ type: 'mode_set', proposeOnly: false, ...ana })).toEqual([
      { type: 'refused', because: 'already_there' },
    ]);
  });
});

describe('a brake', () => {
  test('tightens and stops raises, and several end with the last one', () => {
    const grown = climbed(1);
    const set = (brake: 'drift' | 'timeouts', on: boolean) =>
      types(grown.order({ type: 'brake_set', brake, on, reason: 'PSI 0.3' }));
    expect(set('timeouts', true)).toEqual(['tightened']);
    expect(set('drift', true)).toEqual([]);
    expect(set('drift', true)).toEqual([]);
    expect(grown.state.brakes).toEqual(['drift', 'timeouts']);
    grown.wait(4);
    for (let i = 0; i < 200; i++) grown.check(0.4);
    expect([grown.tau, raiseBlocker(grown.state, grown.now, plainConfig)]).toEqual([0.3, 'brake']);
    expect(set('drift', false)).toEqual([]);
    expect(set('timeouts', false)).toEqual(['relaxed']);
    expect(types(grown.check(0.4))).toEqual(['raised']);
  });

  test('outlives an alarm, and a failure under it is told', () => {
    const grown = climbed(1);
    grown.order({ type: 'brake_set', brake: 'drift', on: true, reason: '' });
    expect(grown.check(0.1, { loss: 1 })).toMatchObject([{ type: 'tightened', because: 'failure' }]);
    grown.check(0.1, { loss: 1 });
    expect(grown.state).toMatchObject({ epoch: 2, brakes: ['drift'] });
  });
});

describe('what is no evidence of what could be automatic', () => {
  test('labels without a risk make no segment known', () => {
    const grown = climbed(1);
    const epoch = grown.state.epoch;
    for (let i = 0; i < 20; i++)
      grown.order({
        type: 'labelled',
        epoch,
        risk: null,
        segments: ['language:de'],
        loss: 0,
        critical: false,
        q: null,
        reason: null,
      });
    expect(grown.state.segments.find(({ name }) => name === 'language:de')?.labels ?? 0).toBe(0);
  });

  test('harm of what a person approved is not told as one that went out unseen', () => {
    const grown = climbed(1);
    grown.harm(0.1, { before: null, automatic: false });
    expect(grown.state.leak.harmed).toBe(0);
    grown.harm(0.1, { before: null, automatic: true });
    expect(grown.state.leak.harmed + grown.state.alarms.length).toBeGreaterThan(0);
  });
});

describe('a declared change', () => {
  test('of model, prompt or scorer begins an epoch at once; the first version is none, the same one neither', () => {
    const grown = climbed(2);
    const seen = (system: string, scorer: string) => grown.order({ type: 'version_seen', system, scorer });
    expect(seen('m1', 's1')).toEqual([]);
    expect(seen('m1', 's1')).toEqual([]);
    expect(grown.state.rung).toBe(2);
    expect(seen('m2', 's1')).toMatchObject([{ type: 'restarted', because: 'version', from: { rung: 2 }, epoch: 2 }]);
    expect(grown.state.rung).toBe(0);
    expect(grown.place(0)).toMatchObject({ eligible: false });
  });
});

test.for([{ loss: 1.5 }, { loss: Number.NaN }, { loss: -0.1 }, { q: 0 }, { at: Number.NaN }] as const)(
  'an event that can not be is refused by name: %j',
  (broken) => {
    const label = {
      type: 'labelled',
      id: 'd7',
      at: 0,
      epoch: 1,
      risk: 0.1,
      segments: [],
      loss: 0,
      critical: false,
      q: null,
      reason: null,
    } as const;
    expect(() => reduce(newPolicyState(), { ...label, ...broken }, plainConfig)).toThrow('labelled d7');
  },
);

test('events together stand by their time, then by their id', () => {
  const events = ['b2', 'a2', 'b1', 'a1'].map((id) => ({ id, at: Number(id[1]) }));
  expect(inOrder(events).map(({ id }) => id)).toEqual(['a1', 'b1', 'a2', 'b2']);
  expect(
    inOrder([
      { id: 'a', at: 1 },
      { id: 'a', at: 1 },
    ]),
  ).toHaveLength(2);
});

test('late harm that was counted as something impossible is refused', () => {
  expect(() => cell().harm(0.1, { before: 2 })).toThrow('relabelled');
});
