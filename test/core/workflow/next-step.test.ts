import { describe, expect, test } from 'vitest';
import type { LeadFacts } from '../../../src/core/workflow/condition.ts';
import {
  afterDecision,
  afterStep,
  exitNow,
  fallbackOf,
  nextExitChange,
  nextStep,
  type Place,
  waitAfterMail,
} from '../../../src/core/workflow/next-step.ts';
import { aWorkflow, MAIL, NOW, someFacts } from './a-workflow.ts';

const HOUR = 3_600_000;
const later = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const at = (step: string, change: Partial<Place> = {}): Place => ({
  step,
  status: 'active',
  dueAt: NOW,
  since: NOW,
  ...change,
});
const coin = () => 0.5;
const go = (steps: unknown[], place: Place, facts: LeadFacts = someFacts(), now = NOW) =>
  nextStep(aWorkflow(steps), place, facts, now, coin);
const DRAFT = { decide: 'email_draft', brief: 'Write.' };

describe('a wait', () => {
  test('of a duration counts from entering it, and is over when its timer is', () => {
    const steps = [{ id: 'a', wait: '3h' }];
    expect(go(steps, at('a'))).toMatchObject({ do: 'wait', until: later(3) });
    const waiting = at('a', { status: 'waiting', dueAt: later(3) });
    expect(go(steps, waiting, someFacts(), later(1))).toMatchObject({ do: 'wait', until: later(3) });
    expect(go(steps, waiting, someFacts(), later(3))).toMatchObject({
      do: 'finish',
      passed: [{ step: 'a', did: 'waited', to: null }],
    });
  });

  test('of no time is none', () => {
    expect(
      go(
        [
          { id: 'a', wait: '0s' },
          { id: 'b', ...DRAFT },
        ],
        at('a'),
      ),
    ).toMatchObject({ do: 'decide', step: { id: 'b' } });
  });

  test('until a time of day is the next such time where the lead is', () => {
    const steps = [{ id: 'a', wait: { until: '09:00', days: ['mon', 'tue'] } }];
    // Friday noon in Berlin; Monday 09:00 there is 08:00 UTC.
    expect(go(steps, at('a'))).toMatchObject({ do: 'wait', until: new Date('2026-11-23T08:00:00Z') });
    expect(go(steps, at('a'), someFacts({ zone: 'Asia/Tokyo' }))).toMatchObject({
      until: new Date('2026-11-23T00:00:00Z'),
    });
  });

  test('until a time of day moves with a lead whose zone becomes known meanwhile', () => {
    const steps = [{ id: 'a', wait: { until: '09:00' } }];
    const waiting = at('a', { status: 'waiting', since: later(6), dueAt: new Date('2026-11-21T08:00:00Z') });
    const due = new Date('2026-11-21T08:00:00Z');
    expect(go(steps, waiting, someFacts({ zone: 'America/New_York' }), due)).toMatchObject({
      do: 'wait',
      until: new Date('2026-11-21T14:00:00Z'),
    });
  });

  const ends = (change: object = {}) => [
    { id: 'a', wait: { until_date: 'trial_ends_at', offset: '-3d', at: '09:00', ...change } },
    { id: 'b', ...DRAFT },
    { id: 'c', exit: 'late' },
  ];
  test('until a date of the lead counts days of the calendar, at a time of its own clock', () => {
    const facts = someFacts({ fields: { trial_ends_at: '2026-11-30' } });
    expect(go(ends(), at('a'), facts)).toMatchObject({ do: 'wait', until: new Date('2026-11-27T08:00:00Z') });
    // Over the change of the clock on 25 October, 09:00 stays 09:00.
    const autumn = someFacts({ fields: { trial_ends_at: '2026-10-26' } });
    expect(go(ends(), at('a'), autumn, new Date('2026-10-01T00:00:00Z'))).toMatchObject({
      until: new Date('2026-10-23T07:00:00Z'),
    });
  });

  test('until a date that is moved while the lead waits is waited anew', () => {
    const waiting = at('a', { status: 'waiting', dueAt: new Date('2026-11-27T08:00:00Z') });
    const moved = someFacts({ fields: { trial_ends_at: '2026-12-30' } });
    expect(go(ends(), waiting, moved, waiting.dueAt)).toMatchObject({
      do: 'wait',
      until: new Date('2026-12-27T08:00:00Z'),
    });
    const nearer = someFacts({ fields: { trial_ends_at: '2026-11-22' } });
    expect(go(ends(), waiting, nearer, later(1))).toMatchObject({ do: 'decide', passed: [{ did: 'waited' }] });
  });

  test.for([
    ['missing', {}, {}, 'decide'],
    ['missing', { if_missing: 'exit' }, {}, 'exit'],
    ['missing', { if_missing: 'go:c' }, {}, 'exit'],
    ['no date', {}, { trial_ends_at: 'soon' }, 'decide'],
    ['past', {}, { trial_ends_at: '2026-11-22' }, 'decide'],
    ['past', { if_past: 'exit' }, { trial_ends_at: '2026-11-22' }, 'exit'],
  ] as const)('until a date that is %s, with %j: goes on without waiting', ([, change, fields, done]) => {
    expect(go(ends(change), at('a'), someFacts({ fields }))).toMatchObject({ do: done });
  });
});

describe('waiting until something happens', () => {
  const steps = [
    { id: 'a', wait_until: { event: 'clicked', since: 'step' }, timeout: '5d', on_timeout: 'c' },
    { id: 'b', ...DRAFT },
    { id: 'c', exit: 'no click' },
  ];
  const waiting = at('a', { status: 'waiting', dueAt: later(120) });

  test('goes on at once when it has happened, and to the timeout’s step when the time is up', () => {
    const clicked = someFacts({ events: [{ type: 'clicked', at: later(1) }] });
    expect(go(steps, at('a'))).toMatchObject({ do: 'wait', until: later(120) });
    expect(go(steps, waiting, clicked, later(2))).toMatchObject({
      do: 'decide',
      passed: [{ did: 'came_true', to: 'b' }],
    });
    expect(go(steps, waiting, someFacts(), later(119))).toMatchObject({ do: 'wait', until: later(120) });
    expect(go(steps, waiting, someFacts(), later(120))).toMatchObject({ do: 'exit', reason: 'no click' });
  });

  test('a click from before the step began does not count for it', () => {
    const early = someFacts({ events: [{ type: 'clicked', at: later(-1) }] });
    expect(go(steps, waiting, early, later(2))).toMatchObject({ do: 'wait' });
  });

  test('wakes when passing time alone may make it true', () => {
    const quiet = [{ id: 'a', wait_until: { not: { event: 'clicked', within: '1d' } }, timeout: '5d' }];
    const facts = someFacts({ events: [{ type: 'clicked', at: later(-20) }] });
    expect(go(quiet, at('a'), facts)).toMatchObject({ do: 'wait', until: later(4) });
    expect(go(quiet, at('a', { status: 'waiting', dueAt: later(4) }), facts, later(4))).toMatchObject({ do: 'finish' });
  });
});

test('a send window is waited for when it is shut, and passed when it is open', () => {
  const steps = [
    { id: 'a', window: { from: '09:00', to: '12:30' } },
    { id: 'b', send: MAIL },
  ];
  expect(go(steps, at('a'))).toMatchObject({ do: 'wait', until: new Date('2026-11-21T08:00:00Z') });
  expect(go(steps, at('a'), someFacts(), later(-2))).toMatchObject({ do: 'send', step: { id: 'b' } });
});

test('a branch takes the first way whose condition holds, and the last for everybody else', () => {
  const steps = [
    {
      id: 'a',
      branch: [
        { when: { score: { at_least: 70 } }, go: 'hot' },
        { when: { score: { at_least: 40 } }, go: 'warm' },
        { go: 'cold' },
      ],
    },
    { id: 'hot', exit: 'hot' },
    { id: 'warm', exit: 'warm' },
    { id: 'cold', exit: 'cold' },
  ];
  const way = (score: number | null) => go(steps, at('a'), someFacts({ score }));
  expect([way(90), way(50), way(10), way(null)].map((step) => step.do === 'exit' && step.reason)).toEqual([
    'hot',
    'warm',
    'cold',
    'cold',
  ]);
  expect(way(50).passed).toEqual([{ step: 'a', did: 'branched', to: 'warm', why: 'Yes: score 50 is at least 40.' }]);
});

test('a split takes the way on which the coin lies, and says which', () => {
  const steps = [
    {
      id: 'a',
      split: [
        { name: 'short', share: 50, go: 'b' },
        { name: 'never', share: 0, go: 'c' },
        { name: 'long', share: 50, go: 'c' },
      ],
    },
    { id: 'b', exit: 'short' },
    { id: 'c', exit: 'long' },
  ];
  const drawn = (u: number) => nextStep(aWorkflow(steps), at('a'), someFacts(), NOW, () => u).passed[0]?.choice;
  expect([0, 0.4999, 0.5, 0.9999].map(drawn)).toEqual(['short', 'short', 'long', 'long']);
});

test('a task whose time is up goes where nobody’s doing it leads', () => {
  const steps = [
    { id: 'a', task: { text: 'Call.', done: 'c', on_expire: 'b' } },
    { id: 'b', exit: 'nobody called' },
    { id: 'c', exit: 'called' },
  ];
  expect(go(steps, at('a'))).toMatchObject({ do: 'task' });
  const waiting = at('a', { status: 'waiting', dueAt: later(48) });
  expect(go(steps, waiting, someFacts(), later(47))).toMatchObject({ do: 'wait', until: later(48) });
  expect(go(steps, waiting, someFacts(), later(48))).toMatchObject({ do: 'exit', passed: [{ did: 'task_expired' }] });
  const workflow = aWorkflow(steps);
  expect([afterStep(workflow, 'a'), afterStep(workflow, 'a', 'skipped'), afterStep(workflow, 'a', 'expired')]).toEqual([
    { status: 'active', step: 'c' },
    { status: 'active', step: 'b' },
    { status: 'active', step: 'b' },
  ]);
});

test('a webhook that fails for good ends the way only where it says so', () => {
  const hook = { id: 'a', webhook: { url: 'https://crm.example/hook' } };
  expect(afterStep(aWorkflow([hook]), 'a', 'failed')).toEqual({ status: 'done' });
  expect(afterStep(aWorkflow([{ ...hook, on_failure: 'exit' }]), 'a', 'failed')).toEqual({
    status: 'exited',
    reason: 'the webhook failed at a',
  });
});

describe('the baseline', () => {
  const workflow = aWorkflow([{ id: 'a', ...DRAFT }], {
    cohort: { ai: 50, baseline: 50 },
    baseline: {
      steps: [
        { id: 'base-wait', wait: '1d' },
        { id: 'base-mail', send: MAIL },
      ],
    },
  });
  test('is gone through like the steps, and never crosses over to them', () => {
    expect(nextStep(workflow, at('base-wait', { status: 'waiting' }), someFacts(), NOW, coin)).toMatchObject({
      do: 'send',
      step: { id: 'base-mail' },
    });
    expect(afterStep(workflow, 'base-mail')).toEqual({ status: 'done' });
  });
});

describe('when there is no verdict of people', () => {
  const mail = { subject: 'Still there?', text: 'A fixed text.' };
  const steps = (fallback: object | undefined) =>
    aWorkflow([
      { id: 'a', ...DRAFT, ...(fallback ? { fallback } : {}) },
      { id: 'b', ...DRAFT },
      { id: 'c', exit: 'x' },
    ]);

  test('left out, the model’s failure and a spent budget ask people, and silence does as the workflow says', () => {
    const plain = steps(undefined);
    expect(fallbackOf(plain, 'a', 'on_model_failure')).toEqual({ do: 'ask' });
    expect(fallbackOf(plain, 'a', 'on_budget')).toEqual({ do: 'ask' });
    expect(fallbackOf(plain, 'a', 'on_expire')).toMatchObject({ do: 'move', to: { status: 'exited' } });
    expect(fallbackOf({ ...plain, on_expire: 'continue' }, 'a', 'on_expire')).toEqual({
      do: 'move',
      to: { status: 'active', step: 'b' },
    });
  });

  test.for([
    ['skip', { do: 'move', to: { status: 'active', step: 'b' } }],
    ['exit', { do: 'move', to: { status: 'exited', reason: 'nobody decided on a in time' } }],
    ['go:c', { do: 'move', to: { status: 'active', step: 'c' } }],
    ['send', { do: 'send', mail, then: { status: 'active', step: 'b' } }],
  ] as const)('%s', ([action, expected]) => {
    const workflow = steps({ on_expire: action, mail });
    expect(fallbackOf(workflow, 'a', 'on_expire')).toEqual(expected);
    expect(afterDecision(workflow, 'a', 'expired')).toEqual(expected.do === 'send' ? expected.then : expected.to);
  });
});

describe('leaving at once', () => {
  const workflow = aWorkflow([{ id: 'a', wait: '9d' }], {
    goal: { description: 'A customer.', when: { event: 'converted' } },
    exit_when: [
      { reason: 'Gone quiet', when: { not: { event: 'clicked', within: '10d' } } },
      { reason: 'Competitor', when: { tag: 'competitor' } },
    ],
  });
  const clicked = { type: 'clicked', at: later(-24) };

  test('the goal comes first, then the reasons in their order', () => {
    const both = someFacts({ events: [{ type: 'converted', at: NOW }], tags: ['competitor'] });
    expect(exitNow(workflow, both, NOW)).toMatchObject({ reason: 'goal reached' });
    expect(exitNow(workflow, someFacts({ tags: ['competitor'] }), NOW)).toMatchObject({ reason: 'Gone quiet' });
    expect(exitNow(workflow, someFacts({ tags: ['competitor'], events: [clicked] }), NOW)).toMatchObject({
      reason: 'Competitor',
    });
    expect(exitNow(workflow, someFacts({ events: [clicked] }), NOW)).toBeNull();
  });

  test('passing time alone may make a lead leave, at a moment that is known', () => {
    const facts = someFacts({ events: [clicked] });
    const change = nextExitChange(workflow, facts, NOW);
    expect(change).toEqual(later(9 * 24));
    expect(exitNow(workflow, facts, new Date((change?.getTime() ?? 0) - 1))).toBeNull();
    expect(exitNow(workflow, facts, change ?? NOW)).toMatchObject({ reason: 'Gone quiet' });
  });

  test('a goal that is only text is reached by nobody', () => {
    expect(exitNow(aWorkflow([{ id: 'a', wait: '1d' }]), someFacts(), NOW)).toBeNull();
  });
});

test('the wait behind a mail counts from when the mail left, also behind a branch, but not behind another wait', () => {
  const workflow = aWorkflow([
    { id: 'mail', ...DRAFT },
    { id: 'fork', branch: [{ when: { tag: 'vip' }, go: 'short' }, { go: 'long' }] },
    { id: 'short', wait: '1d', next: 'end' },
    { id: 'long', wait: '3d' },
    { id: 'more', wait: '1h' },
    { id: 'end', exit: 'done' },
  ]);
  expect(waitAfterMail(workflow, 'mail', 'short', NOW)).toEqual(later(24));
  expect(waitAfterMail(workflow, 'mail', 'long', NOW)).toEqual(later(72));
  expect(waitAfterMail(workflow, 'mail', 'more', NOW)).toBeNull();
  expect(waitAfterMail(workflow, 'gone', 'short', NOW)).toBeNull();
});
