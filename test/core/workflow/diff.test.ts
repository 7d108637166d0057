import { describe, expect, test } from 'vitest';
import { changeLine, diffWorkflows } from '../../../src/core/workflow/diff.ts';
import { migrationSummary, planMigration, type InFlight } from '../../../src/core/workflow/migration-plan.ts';
import { aWorkflow } from './a-workflow.ts';

const STEPS = [
  { id: 'score', decide: 'lead_score', brief: 'Score it.' },
  { id: 'pause', wait: '2d' },
  { id: 'mail', decide: 'email_draft', brief: 'Thank them for the paper.' },
  { id: 'last', wait: '1d' },
];
const before = aWorkflow(STEPS);
const lines = (steps: unknown[], change: Record<string, unknown> = {}) =>
  diffWorkflows(before, aWorkflow(steps, change)).map(changeLine);

describe('the difference between two versions', () => {
  test('of the same content is none', () => {
    expect(lines(STEPS)).toEqual([]);
  });

  test.for<[string, unknown[], Record<string, unknown>, string[]]>([
    [
      'a changed wait',
      STEPS.map((step) => (step.id === 'pause' ? { id: 'pause', wait: '4d' } : step)),
      {},
      ['~ step pause, wait: 2d → 4d'],
    ],
    [
      'a new step',
      [...STEPS.slice(0, 2), { id: 'window', window: { from: '09:00', to: '17:00' } }, ...STEPS.slice(2)],
      {},
      ['+ step window: Send window: 09:00–17:00, after pause'],
    ],
    ['a step that is gone', STEPS.filter(({ id }) => id !== 'pause'), {}, ['- step pause: Wait 2 days']],
    [
      'a step that moved',
      [STEPS[1], STEPS[0], STEPS[2], STEPS[3]],
      {},
      ['> step score: was after the start, is after pause'],
    ],
    [
      'a step that became another',
      STEPS.map((step) => (step.id === 'pause' ? { id: 'pause', exit: 'x' } : step)),
      {},
      ['~ step pause: Wait 2 days → Exit: x'],
    ],
    ['a setting inside a setting', STEPS, { cap: { mails: 5, within: '7d' } }, ['~ cap, mails: 3 → 5']],
    ['a new setting', STEPS, { priority: 70 }, ['+ priority: 70']],
    [
      'an approver who came and one who went',
      STEPS,
      { approvers: { lead_score: ['U0ANA'], email_draft: ['S0TEAM', 'U0EVE'] } },
      ['- approvers, email_draft: W0BOB', '+ approvers, email_draft: U0EVE'],
    ],
    [
      'the baseline',
      STEPS,
      { baseline: { steps: [{ id: 'z', wait: '1d' }] } },
      ['+ baseline step z: Wait 1 day, at the beginning'],
    ],
  ])('%s', ([, steps, change, expected]) => {
    expect(lines(steps, change)).toEqual(expected);
  });

  test('in a long brief shows the words that changed', () => {
    const long = `${'Say one thing. '.repeat(20)}Ask about winter.`;
    const other = long.replace('winter', 'summer');
    const [change] = diffWorkflows(
      aWorkflow([{ id: 'a', decide: 'email_draft', brief: long }]),
      aWorkflow([{ id: 'a', decide: 'email_draft', brief: other }]),
    );
    const line = change ? changeLine(change) : '';
    expect(line).toContain('winter');
    expect(line).toContain('summer');
    expect(line.length).toBeLessThan(300);
  });
});

describe('moving leads that are under way', () => {
  const place = (step: string, change: Partial<InFlight> = {}): InFlight => ({
    enrollmentId: `on-${step}`,
    step,
    status: 'waiting',
    pending: null,
    ...change,
  });
  const target = (steps: unknown[], from: InFlight, change: Record<string, unknown> = {}) =>
    planMigration(before, aWorkflow(steps, change), [from])[0]?.to;

  test('leaves a lead on its step where the step is still there', () => {
    expect(target([{ id: 'new', wait: '1h' }, ...STEPS], place('pause'))).toEqual({ do: 'keep', step: 'pause' });
  });

  test('sends it to the next step that is left where its own is gone', () => {
    expect(
      target(
        STEPS.filter(({ id }) => id !== 'pause'),
        place('pause'),
      ),
    ).toEqual({ do: 'enter', step: 'mail' });
  });

  test('lets it end where nothing is left', () => {
    expect(target([STEPS[0]], place('last'))).toEqual({ do: 'done' });
  });

  test('enters a step anew that became something else', () => {
    const steps = STEPS.map((step) =>
      step.id === 'pause' ? { id: 'pause', wait_until: { tag: 'x' }, timeout: '1d' } : step,
    );
    expect(target(steps, place('pause'))).toEqual({ do: 'enter', step: 'pause' });
  });

  const asked = place('score', { status: 'waiting', pending: 'decision' });

  test('leaves a card with people where the step says the same words', () => {
    const longer = [...STEPS, { id: 'more', wait: '1d' }];
    expect(target(longer, asked)).toEqual({ do: 'keep', step: 'score' });
  });

  test('makes a card anew whose step, or what its draft was made from, changed', () => {
    const other = STEPS.map((step) =>
      step.id === 'score' ? { ...step, brief: 'Another brief, with other words.' } : step,
    );
    expect(target(other, asked)).toEqual({ do: 'enter', step: 'score' });
    const [plan] = planMigration(before, aWorkflow(STEPS, { facts: ['We are two people.'] }), [asked]);
    expect(plan).toMatchObject({ to: { do: 'enter', step: 'score' }, why: expect.stringContaining('made anew') });
  });

  test('withdraws a card whose step is gone, and goes on with what is left', () => {
    const [plan] = planMigration(before, aWorkflow(STEPS.slice(1)), [asked]);
    expect(plan).toMatchObject({ to: { do: 'enter' }, why: expect.stringContaining('its card is withdrawn') });
  });

  test('keeps the baseline the baseline, and leaves it where the new version has none', () => {
    const old = aWorkflow(STEPS, { baseline: { steps: [{ id: 'z', wait: '1d' }] } });
    const plan = (change: Record<string, unknown>) => planMigration(old, aWorkflow(STEPS, change), [place('z')])[0]?.to;
    expect(plan({})).toEqual({ do: 'stays' });
    expect(
      plan({
        baseline: {
          steps: [
            { id: 'y', wait: '1d' },
            { id: 'z', wait: '1d' },
          ],
        },
      }),
    ).toEqual({ do: 'keep', step: 'z' });
  });

  test('is summed up by who goes where, most leads first', () => {
    const after = aWorkflow(STEPS.filter(({ id }) => id !== 'pause'));
    const plan = planMigration(before, after, [place('last'), place('pause'), place('pause')]);
    expect(migrationSummary(plan).map(({ from, to, count }) => [from, to, count])).toEqual([
      ['pause', { do: 'enter', step: 'mail' }, 2],
      ['last', { do: 'keep', step: 'last' }, 1],
    ]);
  });
});
