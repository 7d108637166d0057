import { expect, test } from 'vitest';
import { decideStep, stepAfter, stepById, type Workflow, workflowSchema } from '../../src/core/workflow.ts';
import { afterDecision, nextStep as nextOf, type Place } from '../../src/core/workflow/next-step.ts';
import { someFacts } from './workflow/a-workflow.ts';

const source = {
  name: 'whitepaper-nurture',
  description: 'After a download.',
  goal: 'A conversation.',
  trigger: { on: 'lead_added' },
  steps: [
    { id: 'score', decide: 'lead_score', brief: 'Score it.' },
    { id: 'pause', wait: '2d' },
    { id: 'first-mail', decide: 'email_draft', brief: 'Thank them.' },
    { id: 'last-wait', wait: '30s' },
  ],
  channels: { lead_score: '#lead-scores', email_draft: 'C0MAILS', digest: '#digest' },
  approvers: { lead_score: ['U0ANA'], email_draft: ['S0TEAM', 'W0BOB'] },
  sender: {
    name: 'Mara Lind',
    email: 'mara@fieldplan.example',
    company: 'Fieldplan',
    postal_address: 'Hafenstr. 1, 20457 Hamburg',
  },
  why: 'You downloaded our paper.',
  tone: 'friendly',
  facts: [],
  allowed_links: ['https://www.fieldplan.example/paper'],
};
const workflow = workflowSchema.parse(source);
const now = new Date('2026-11-22T12:00:00Z');
const place = (step: string, status: 'active' | 'waiting' = 'active') => ({ step, status, dueAt: now, since: now });
const nextStep = (from: Workflow, where: Place) => nextOf(from, where, someFacts(), now, () => 0);

test('what is left out has a careful default', () => {
  expect(workflow).toMatchObject({
    deadline: '3d',
    undo_window: '10m',
    on_reject: 'continue',
    on_expire: 'exit',
    max_pending: 200,
    cap: { mails: 3, within: '7d' },
    lead_fields: [],
  });
});

const BROKEN: Array<[string, (draft: Record<string, unknown>) => Record<string, unknown>, RegExp]> = [
  ['an unknown key', (w) => ({ ...w, autopilot: true }), /autopilot/],
  [
    'a step id that stands twice',
    (w) => ({ ...w, steps: [...source.steps, { id: 'score', wait: '1d' }] }),
    /“score” stands twice/,
  ],
  ['an approver by name', (w) => ({ ...w, approvers: { ...source.approvers, email_draft: ['@ana'] } }), /user id/],
  [
    'a sender that is no address',
    (w) => ({ ...w, sender: { ...source.sender, email: 'Mara <m@x.example>' } }),
    /e-mail address/,
  ],
  ['a link with a password', (w) => ({ ...w, allowed_links: ['https://u:p@x.example'] }), /user name or password/],
  ['a script as link', (w) => ({ ...w, allowed_links: ['javascript:alert(1)'] }), /http/],
  ['no steps', (w) => ({ ...w, steps: [] }), /steps/],
  ['a wait that is no duration', (w) => ({ ...w, steps: [{ id: 'x', wait: 'soon' }] }), /duration/],
  ['an unknown decision', (w) => ({ ...w, steps: [{ id: 'x', decide: 'send_everything', brief: 'x' }] }), /steps/],
  ['no postal address', (w) => ({ ...w, sender: { ...source.sender, postal_address: '' } }), /postal/],
  ['a channel with a blank', (w) => ({ ...w, channels: { ...source.channels, digest: '#a b' } }), /channel/],
  ['quiet hours at 25:00', (w) => ({ ...w, quiet_hours: { from: '25:00', to: '08:00' } }), /local time/],
];
test.for(BROKEN)('%s is refused', ([, spoil, told]) => {
  const parsed = workflowSchema.safeParse(spoil(source));
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).toMatch(told);
});

test('a lead goes from step to step: decide, wait, decide, wait, done', () => {
  expect(nextStep(workflow, place('score'))).toMatchObject({ do: 'decide', step: { id: 'score' } });
  expect(afterDecision(workflow, 'score', 'approved')).toEqual({ status: 'active', step: 'pause' });
  expect(nextStep(workflow, place('pause'))).toMatchObject({
    do: 'wait',
    step: { id: 'pause' },
    until: new Date('2026-11-24T12:00:00Z'),
  });
  expect(nextStep(workflow, place('pause', 'waiting'))).toMatchObject({
    do: 'decide',
    step: { id: 'first-mail' },
  });
  expect(afterDecision(workflow, 'first-mail', 'edited')).toEqual({ status: 'active', step: 'last-wait' });
  expect(nextStep(workflow, place('last-wait', 'waiting'))).toMatchObject({ do: 'finish' });
});

test('two waits in a row are both waited', () => {
  const twice = workflowSchema.parse({
    ...source,
    steps: [
      { id: 'a', wait: '1d' },
      { id: 'b', wait: '2d' },
    ],
  });
  expect(nextStep(twice, place('a', 'waiting'))).toMatchObject({
    do: 'wait',
    step: { id: 'b' },
    until: new Date('2026-11-24T12:00:00Z'),
  });
});

const ENDS = [
  ['approved', 'next', 'next'],
  ['edited', 'next', 'next'],
  ['rejected', 'next', 'exited'],
  ['expired', 'next', 'exited'],
  ['withdrawn', 'exited', 'exited'],
] as const;
test.for(ENDS)(
  'after %s a lead is %s where the workflow continues, %s where it exits',
  ([status, continuing, exiting]) => {
    const where = (on: 'continue' | 'exit') => {
      const after = afterDecision({ ...workflow, on_reject: on, on_expire: on }, 'first-mail', status);
      return after.status === 'active' ? 'next' : after.status;
    };
    expect([where('continue'), where('exit')]).toEqual([continuing, exiting]);
  },
);

test('the last decision ends the way, and a step that is not there is an error with its name', () => {
  const short = workflowSchema.parse({ ...source, steps: [source.steps[0]] });
  expect(afterDecision(short, 'score', 'approved')).toEqual({ status: 'done' });
  expect(stepAfter(workflow, 'last-wait')).toBeNull();
  for (const broken of [
    () => stepById(workflow, 'nope'),
    () => stepAfter(workflow, 'nope'),
    () => nextStep(workflow, place('nope')),
  ])
    expect(broken).toThrow(/nope/);
  expect(() => decideStep(workflow, 'pause')).toThrow(/pause .* decides nothing/);
});
