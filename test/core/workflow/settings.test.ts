import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  armOf,
  deadlineMs,
  firstStep,
  type Happening,
  mayReenter,
  taskSettings,
  triggeredBy,
} from '../../../src/core/workflow/settings.ts';
import { fillIn } from '../../../src/core/workflow/template.ts';
import { fieldsOf } from '../../../src/core/workflow/lead-fields.ts';
import { aWorkflow, NOW, someFacts } from './a-workflow.ts';

const WAIT = [{ id: 'a', wait: '1d' }];
const DAY = 86_400_000;

describe('what brings a lead in', () => {
  const imported: Happening = { on: 'lead_added', via: 'import', source: 'fair' };
  const sent: Happening = { on: 'lead_added', via: 'api', source: null };
  test.for<[string, object, Happening, boolean]>([
    ['every new lead', { on: 'lead_added' }, sent, true],
    ['a source', { on: 'lead_added', source: ['fair'] }, imported, true],
    ['another source', { on: 'lead_added', source: ['web'] }, imported, false],
    ['no source at all', { on: 'lead_added', source: ['web'] }, sent, false],
    ['an import', { on: 'import' }, imported, true],
    ['an import, and not the webhook', { on: 'import' }, sent, false],
    ['the webhook', { on: 'api' }, sent, true],
    ['an event', { on: 'event', event: 'trial_started' }, { on: 'event', event: 'Trial_Started' }, true],
    ['another event', { on: 'event', event: 'trial_started' }, { on: 'event', event: 'clicked' }, false],
    ['a segment', { on: 'segment', segment: 'quiet' }, { on: 'segment', segment: 'quiet' }, true],
    ['nothing but a hand', { on: 'manual' }, imported, false],
  ])('%s', ([, trigger, happening, expected]) => {
    const workflow = aWorkflow(WAIT, { trigger });
    expect(triggeredBy(workflow, happening, someFacts(), NOW) !== null).toBe(expected);
  });

  test('is the first of several whose condition holds', () => {
    const triggers = [
      { on: 'event', event: 'x', when: { tag: 'vip' } },
      { on: 'event', event: 'x' },
    ];
    const workflow = aWorkflow(WAIT, { trigger: undefined, triggers });
    const by = (tags: string[]) => triggeredBy(workflow, { on: 'event', event: 'x' }, someFacts({ tags }), NOW);
    expect([by(['vip']), by([])]).toEqual(triggers);
  });
});

test('an arm gets its share, and the same number is always the same arm', () => {
  const workflow = aWorkflow(WAIT, {
    cohort: { ai: 80, baseline: 15, holdout: 5 },
    baseline: { steps: [{ id: 'z', wait: '1d' }] },
  });
  expect([0, 0.7999, 0.8, 0.9499, 0.95, 0.9999].map((u) => armOf(workflow, u))).toEqual([
    'ai',
    'ai',
    'baseline',
    'baseline',
    'holdout',
    'holdout',
  ]);
  expect((['ai', 'baseline', 'holdout'] as const).map((arm) => firstStep(workflow, arm)?.id ?? null)).toEqual([
    'a',
    'z',
    null,
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (u) => {
      expect(armOf(aWorkflow(WAIT), u)).toBe('ai');
    }),
  );
});

test('a lead comes in again only when the rule says so, and never while it is under way', () => {
  const rule = (re_entry?: unknown) => aWorkflow(WAIT, { re_entry });
  const before = (days: number) => new Date(NOW.getTime() - days * DAY);
  expect(mayReenter(rule(), before(900), NOW)).toBe(false);
  expect(mayReenter(rule('always'), before(0), NOW)).toBe(true);
  expect(mayReenter(rule('always'), null, NOW)).toBe(false);
  expect(mayReenter(rule({ after: '90d' }), before(89), NOW)).toBe(false);
  expect(mayReenter(rule({ after: '90d' }), before(90), NOW)).toBe(true);
});

test('a kind has its own deadline, else the workflow’s; a task its own channel, else where mails are', () => {
  const workflow = aWorkflow([{ id: 't', task: { text: 'Call.' } }], {
    deadline: '2d',
    deadlines: { email_draft: '4h' },
  });
  expect([deadlineMs(workflow, 'email_draft'), deadlineMs(workflow, 'lead_score')]).toEqual([DAY / 6, 2 * DAY]);
  const [step] = workflow.steps;
  if (!step || !('task' in step)) throw new Error('no task');
  expect(taskSettings(workflow, step)).toEqual({
    channel: 'C0MAILS',
    deadlineMs: 2 * DAY,
    approvers: ['S0TEAM', 'W0BOB'],
  });
});

describe('a fixed text', () => {
  const facts = { fields: { first_name: 'Karen', company: 'Acme {{email}}', email: 'k@acme.example' } };
  test('has its slots filled, and what a lead wrote is not filled in again', () => {
    expect(fillIn('Hi {{first_name|there}} of {{ company }}', facts)).toEqual({
      text: 'Hi Karen of Acme {{email}}',
      missing: [],
    });
  });
  test('says what stands instead, or what is missing', () => {
    expect(fillIn('Hi {{first_name|there}}', { fields: {} })).toEqual({ text: 'Hi there', missing: [] });
    expect(fillIn('{{first_name}}, {{first_name}}', { fields: {} })).toEqual({ text: ', ', missing: ['first_name'] });
  });
  test('takes a value as one line without what nobody sees', () => {
    expect(fillIn('{{first_name}}', { fields: { first_name: 'Ka\u200bren\nBcc: x' } }).text).toBe('Karen Bcc: x');
  });
});

test('a column of an import can’t stand in for a fact that has a name', () => {
  const lead = {
    firstName: 'Lee',
    lastName: null,
    company: '',
    title: null,
    country: null,
    language: null,
    timezone: null,
    source: 'fair',
    email: 'l@x.example',
    fields: { first_name: 'Fake', Budget: '12' },
  };
  expect(fieldsOf(lead)).toEqual({ first_name: 'Lee', Budget: '12', email: 'l@x.example', source: 'fair' });
});
