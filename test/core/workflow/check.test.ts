import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkWorkflow, type KnownNames } from '../../../src/core/workflow/check.ts';
import { workflowJsonSchema, SCHEMA_COMMENT } from '../../../src/core/workflow/json-schema.ts';
import { triggersOf } from '../../../src/core/workflow/settings.ts';
import { formatProblem, parseWorkflow } from '../../../src/core/workflow-yaml.ts';
import { aWorkflow } from './a-workflow.ts';

const folder = new URL('../../../workflows/', import.meta.url);
const shipped = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

describe('the shipped workflows', () => {
  test.for(shipped)('%s is valid, has nothing to complain about, and names its schema first', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const parsed = parseWorkflow(text, file);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    expect(checkWorkflow(parsed.workflow)).toEqual([]);
    expect(text.split('\n')[0]).toBe(SCHEMA_COMMENT);
    expect(parsed.workflow.baseline).toBeDefined();
  });

  test('are three, and only the first is begun by every new lead', () => {
    const begunByAll = shipped.filter((file) => {
      const parsed = parseWorkflow(readFileSync(new URL(file, folder), 'utf8'), file);
      return parsed.ok && triggersOf(parsed.workflow).some(({ on }) => on === 'lead_added');
    });
    expect(shipped).toEqual(['re-engagement.yaml', 'trial-onboarding.yaml', 'whitepaper-nurture.yaml']);
    expect(begunByAll).toEqual(['whitepaper-nurture.yaml']);
  });

  test('come with the schema of this version: npm run cli -- workflow schema > workflows/workflow.schema.json', () => {
    const stored = JSON.parse(readFileSync(new URL('workflow.schema.json', folder), 'utf8')) as unknown;
    expect(stored).toEqual(JSON.parse(JSON.stringify(workflowJsonSchema())));
  });
});

const FALLBACK = { on_model_failure: 'ask', on_budget: 'ask', on_expire: 'skip' };
const DRAFT = { decide: 'email_draft', brief: 'Thank them.', fallback: FALLBACK };
const TEXT =
  'Hi {{first_name|there}},\n\nthank you for the time you took with our paper. Which part of planning takes most of your mornings at the moment?\n\nBest wishes\nMara Lind';
const GOOD_MAIL = { subject: 'A thought on mornings', text: TEXT };
const EXIT = { exit_when: [{ reason: 'Customer', when: { tag: 'customer' } }] };
const good = (steps: unknown[] = [{ id: 'a', ...DRAFT }], change: object = {}) =>
  aWorkflow(steps, { ...EXIT, ...change });

test('a workflow as it should be has no finding', () => {
  expect(
    checkWorkflow(
      good([
        { id: 'a', send: GOOD_MAIL },
        { id: 'b', wait: '3d' },
        { id: 'c', ...DRAFT },
      ]),
    ),
  ).toEqual([]);
});

const twoWays = [
  { id: 'x', branch: [{ when: { tag: 'vip' }, go: 'b' }, { go: 'b' }] },
  { id: 'b', ...DRAFT },
];
const onDate = (offset: string, field = 'trial_ends_at') => [
  { id: 'w', wait: { until_date: field, offset } },
  { id: 'b', ...DRAFT },
];
const BAD: Array<[string, string, ReturnType<typeof good>, string]> = [
  [
    'unreachable_step',
    'error',
    good([
      { id: 'a', wait: '1d', next: 'c' },
      { id: 'b', ...DRAFT },
      { id: 'c', ...DRAFT },
    ]),
    'steps.1.id',
  ],
  [
    'unreachable_step',
    'error',
    good([
      { id: 'a', exit: 'x' },
      { id: 'b', ...DRAFT },
    ]),
    'steps.1.id',
  ],
  ['missing_fallback', 'warning', good([{ id: 'a', decide: 'email_draft', brief: 'x' }]), 'steps.0'],
  ['no_exit', 'warning', good(undefined, { exit_when: undefined }), 'goal'],
  ['same_way', 'warning', good(twoWays), 'steps.0'],
  [
    'cap_starves',
    'warning',
    good(
      [
        { id: 'a', ...DRAFT },
        { id: 'b', wait: '1d' },
        { id: 'c', ...DRAFT },
      ],
      { cap: { mails: 1, within: '7d' } },
    ),
    'cap.mails',
  ],
  ['baseline_unused', 'warning', good(undefined, { baseline: { steps: [{ id: 'z', wait: '1d' }] } }), 'baseline'],
  [
    'nobody_decides',
    'error',
    good(undefined, { approvers: { lead_score: [], email_draft: [] } }),
    'approvers.email_draft',
  ],
  ['webhook_in_clear', 'warning', good([{ id: 'a', webhook: { url: 'http://crm.example/x' } }]), 'steps.0.webhook.url'],
  [
    'link_not_allowed',
    'error',
    good([{ id: 'a', ...DRAFT, brief: 'Link to https://other.example/x.' }]),
    'steps.0.brief',
  ],
  [
    'link_not_allowed',
    'error',
    good([{ id: 'a', send: { ...GOOD_MAIL, text: `${TEXT}\nhttps://other.example` } }]),
    'steps.0.send.text',
  ],
  [
    'link_not_allowed',
    'error',
    good([
      {
        id: 'a',
        ...DRAFT,
        fallback: { ...FALLBACK, on_expire: 'send', mail: { ...GOOD_MAIL, text: `${TEXT}\nhttps://other.example` } },
      },
    ]),
    'steps.0.fallback.mail.text',
  ],
  ['body_short', 'error', good([{ id: 'a', send: { ...GOOD_MAIL, text: 'Hi.' } }]), 'steps.0.send.text'],
  ['fake_reply', 'error', good([{ id: 'a', send: { ...GOOD_MAIL, subject: 'Re: our talk' } }]), 'steps.0.send.subject'],
  [
    'placeholder',
    'error',
    good([{ id: 'a', send: { ...GOOD_MAIL, text: TEXT.replace('our paper', '[name of paper]') } }]),
    'steps.0.send.text',
  ],
  [
    'placeholder',
    'error',
    good([{ id: 'a', send: { ...GOOD_MAIL, text: TEXT.replace('|there', '|') } }]),
    'steps.0.send.text',
  ],
  [
    'claim_not_in_facts',
    'warning',
    good([{ id: 'a', send: { ...GOOD_MAIL, text: `${TEXT}\nIt saves 40 % of driving.` } }]),
    'steps.0.send.text',
  ],
  ['quiet_hours_cover_all', 'error', good(undefined, { quiet_hours: { from: '09:00', to: '08:30' } }), 'quiet_hours'],
  ['quiet_hours_empty', 'warning', good(undefined, { quiet_hours: { from: '09:00', to: '09:00' } }), 'quiet_hours'],
  [
    'window_is_quiet',
    'error',
    good([{ id: 'a', window: { from: '22:00', to: '05:00' } }], { quiet_hours: { from: '21:00', to: '07:00' } }),
    'steps.0.window',
  ],
  [
    'wait_ends_in_quiet_hours',
    'warning',
    good(
      [
        { id: 'a', wait: { until: '06:00' } },
        { id: 'b', ...DRAFT },
      ],
      { quiet_hours: { from: '21:00', to: '07:00' } },
    ),
    'steps.0.wait.until',
  ],
  ['deadline_short', 'error', good(undefined, { deadlines: { email_draft: '1m' } }), 'deadlines.email_draft'],
  [
    'wait_of_no_time',
    'warning',
    good([
      { id: 'a', wait: '0d' },
      { id: 'b', ...DRAFT },
    ]),
    'steps.0.wait',
  ],
  ['wait_in_the_past', 'error', good(onDate('-1d', 'created_at')), 'steps.0.wait.until_date'],
  ['decided_after_the_date', 'warning', good(onDate('-3d')), 'steps.0.wait.offset'],
];
test.for(BAD)('%s is found, as %s, at its place', ([code, severity, workflow, path]) => {
  const findings = checkWorkflow(workflow);
  expect(findings.map((finding) => [finding.code, finding.severity, finding.path.join('.')])).toEqual([
    [code, severity, path],
  ]);
  for (const { text, remedy } of findings) {
    expect(text).toMatch(/[.!?…]$/);
    expect(remedy).toMatch(/\.$/);
  }
});

const KNOWN: KnownNames = {
  segments: ['gone-quiet'],
  fields: ['technicians', 'Trial Ends'],
  events: ['trial_started'],
};
const named = (condition: object) => good(undefined, { exit_when: [{ reason: 'x', when: condition }] });

test.for<[string, ReturnType<typeof good>, string]>([
  ['unknown_segment', named({ segment: 'gone-quite' }), '“gone-quite”; did you mean “gone-quiet”?'],
  ['unknown_segment', good(undefined, { trigger: { on: 'segment', segment: 'vips' } }), '“vips”.'],
  ['unknown_field', named({ field: 'technicans', at_least: 5 }), 'did you mean “technicians”?'],
  [
    'unknown_field',
    good([
      { id: 'w', wait: { until_date: 'contract_ends' } },
      { id: 'b', ...DRAFT },
    ]),
    '“contract_ends”',
  ],
  [
    'unknown_field',
    good([{ id: 'a', send: { ...GOOD_MAIL, text: TEXT.replace('first_name', 'firstname_') } }]),
    '“firstname_”',
  ],
  ['unknown_event', named({ event: 'trial_start' }), 'did you mean “trial_started”?'],
  ['unknown_event', good(undefined, { trigger: { on: 'event', event: 'demo_seen' } }), '“demo_seen”'],
])('%s is said where the workspace knows better, and nothing where it knows nothing', ([code, workflow, told]) => {
  const codes = checkWorkflow(workflow, KNOWN).filter((finding) => finding.code === code);
  if (told === '“firstname_”') expect(codes).toEqual([]);
  else expect(codes.map(({ text }) => text).join()).toContain(told);
  expect(checkWorkflow(workflow)).toEqual([]);
});

test('names that differ in case, blanks and underscores are the same name', () => {
  expect(
    checkWorkflow(
      named({ all: [{ field: 'trial_ends', exists: true }, { event: 'clicked' }, { field: 'company', exists: true }] }),
      KNOWN,
    ),
  ).toEqual([]);
});

test('errors come before warnings', () => {
  const workflow = good([
    { id: 'a', decide: 'email_draft', brief: 'x', next: 'c' },
    { id: 'b', ...DRAFT },
    { id: 'c', ...DRAFT },
  ]);
  expect(checkWorkflow(workflow).map(({ severity }) => severity)).toEqual(['error', 'warning']);
});

test('a cap counts the fastest way alone: mails on other ways, and those after its time, do not add up', () => {
  const steps = [
    { id: 'a', ...DRAFT },
    { id: 'fork', branch: [{ when: { tag: 'vip' }, go: 'b' }, { go: 'c' }] },
    { id: 'b', ...DRAFT, next: 'wait' },
    { id: 'c', ...DRAFT },
    { id: 'wait', wait: '7d' },
    { id: 'd', ...DRAFT },
  ];
  expect(checkWorkflow(good(steps, { cap: { mails: 2, within: '7d' } }))).toEqual([]);
  expect(checkWorkflow(good(steps, { cap: { mails: 2, within: '8d' } })).map(({ text }) => text)).toEqual([
    'A lead may be due 3 mails within 8d (a, b, d), but the cap lets 2 out: the rest waits.',
  ]);
});

test('what lies behind a step that nobody comes to is not come to either', () => {
  const workflow = good([
    { id: 'a', exit: 'x' },
    { id: 'b', ...DRAFT },
    { id: 'c', ...DRAFT },
  ]);
  expect(checkWorkflow(workflow).map(({ path }) => path.join('.'))).toEqual(['steps.1.id', 'steps.2.id']);
});
