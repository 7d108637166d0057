import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../src/core/canonical-json.ts';
import { formatProblem, parseWorkflow } from '../../../src/core/workflow-yaml.ts';
import { workflowSchema } from '../../../src/core/workflow.ts';

const first = readFileSync(new URL('first-version.yaml', import.meta.url), 'utf8');

/** The first file that was ever shipped, with other steps or further settings. */
const withSteps = (steps: string) => first.replace(/steps:\n[\s\S]*?\n\n/, `steps:\n${steps}\n\n`);
const withSettings = (text: string) => `${first}\n${text}\n`;

function problems(yaml: string): string {
  const parsed = parseWorkflow(yaml, 'w.yaml');
  return parsed.ok ? '' : parsed.problems.map(formatProblem).join('\n');
}

test('a file from before the language grew means exactly what it meant, to the hash', () => {
  const parsed = parseWorkflow(first, 'w.yaml');
  if (!parsed.ok) throw new Error('the first file is not valid any more');
  const hash = '14f02e6d5f35527697d70aba9533b4c1768c2028495fe9927e2df7b3afb37b18';
  expect(contentHash(parsed.workflow)).toBe(hash);
  expect(contentHash(workflowSchema.parse(JSON.parse(JSON.stringify(parsed.workflow))))).toBe(hash);
});

const STEPS: Array<[string, string, string]> = [
  [
    'a misspelt kind',
    '  - { id: a, waitt: 3d }',
    'w.yaml:11:14 steps.0.waitt: there is no step “waitt”; did you mean “wait”?',
  ],
  ['no kind', '  - { id: a }', 'expected a step of one kind: wait, wait_until,'],
  ['two kinds', '  - { id: a, wait: 3d, exit: x }', 'expected one kind of step; found wait and exit together'],
  ['no mapping', '  - hello', 'expected a step: a mapping with one of wait,'],
  [
    'a misspelt setting inside a wait',
    '  - { id: a, wait: { untill: "09:00" } }',
    'w.yaml:11:22 steps.0.wait.untill: there is no setting “untill” here; did you mean “until”?',
  ],
  [
    'a day in full',
    '  - { id: a, wait: { until: "09:00", days: [monday] } }',
    'steps.0.wait.days.0: expected one of mon, tue, wed, thu, fri, sat, sun; found “monday”; did you mean “mon”?',
  ],
  [
    'a misspelt action',
    '  - { id: a, decide: email_draft, brief: x, fallback: { on_expire: snd } }',
    'steps.0.fallback.on_expire: expected skip, exit, send or go:STEP; found “snd”; did you mean “send”?',
  ],
  [
    'a misspelt condition',
    '  - { id: a, wait_until: { evnt: clicked }, timeout: 5d }',
    'there is no condition “evnt”; did you mean “event”?',
  ],
  [
    'a misspelt setting of a condition',
    '  - { id: a, wait_until: { event: x, whithin: 3d }, timeout: 1d }',
    'steps.0.wait_until.whithin: there is no setting “whithin” here; did you mean “within”?',
  ],
  [
    'a condition deep inside',
    '  - { id: a, branch: [ { when: { all: [ { score: { atleast: 70 } } ] }, go: b }, { go: b } ] }\n  - { id: b, exit: x }',
    'steps.0.branch.0.when.all.0.score.atleast: there is no setting “atleast” here; did you mean “at_least”?',
  ],
  [
    'a wait until something without an end',
    '  - { id: a, wait_until: { event: clicked } }',
    'steps.0.timeout: expected a string; it is missing',
  ],
  [
    'a jump to nowhere',
    '  - { id: a, wait: 1d, next: folow-up }\n  - { id: follow-up, exit: x }',
    'expected a step that exists further down (below are follow-up; did you mean “follow-up”?); found “folow-up”',
  ],
  [
    'a jump back',
    '  - { id: a, wait: 1d }\n  - { id: b, wait: 1d, next: a }',
    'w.yaml:12:30 steps.1.next: expected a step further down: a way never goes back, so that every way ends; found “a”',
  ],
  ['a jump to itself', '  - { id: a, wait: 1d, next: a }', 'a way never goes back'],
  [
    'a branch whose last way has a condition',
    '  - { id: a, branch: [ { when: { tag: x }, go: b }, { when: { tag: y }, go: b } ] }\n  - { id: b, exit: x }',
    'the last way is for everybody else',
  ],
  [
    'a branch with a way for everybody too early',
    '  - { id: a, branch: [ { go: b }, { go: b } ] }\n  - { id: b, exit: x }',
    'only the last way has none',
  ],
  [
    'shares of a split',
    '  - { id: a, split: [ { name: s, share: 50, go: b }, { name: l, share: 40, go: b } ] }\n  - { id: b, exit: x }',
    'expected shares that add up to 100; these add up to 90',
  ],
  [
    'two ways of a split with one name',
    '  - { id: a, split: [ { name: s, share: 50, go: b }, { name: s, share: 50, go: b } ] }\n  - { id: b, exit: x }',
    'a name that no other way has; found “s”',
  ],
  [
    'a fixed mail instead of a score',
    '  - { id: a, decide: lead_score, brief: x, fallback: { on_expire: send } }',
    'because a lead_score is no mail',
  ],
  [
    'a fixed mail that is not there',
    '  - { id: a, decide: email_draft, brief: x, fallback: { on_expire: send } }',
    'the mail that `send` sends: {subject, text}',
  ],
  ['a window of no length', '  - { id: a, window: { from: "09:00", to: "09:00" } }', 'a time that differs from `from`'],
  [
    'a webhook of another scheme',
    '  - { id: a, webhook: { url: "ftp://x.example" } }',
    'an http(s) address without user name or password; found “ftp://x.example”',
  ],
  [
    'a webhook whose address a lead could choose',
    '  - { id: a, webhook: { url: "https://{{company}}.example" } }',
    'an http(s) address',
  ],
  ['an update of nothing', '  - { id: a, update: {} }', 'at least one of set, add_tags, remove_tags'],
];
test.for(STEPS)('of the steps: %s', ([, steps, told]) => {
  expect(problems(withSteps(steps))).toContain(told);
});

const SETTINGS: Array<[string, string, string]> = [
  ['a cohort', 'cohort: { ai: 80, holdout: 10 }', 'cohort: expected shares that add up to 100; these add up to 90'],
  ['a share for a baseline that is not there', 'cohort: { ai: 80, baseline: 20 }', 'the baseline itself'],
  [
    'a baseline that asks a model',
    'baseline: { steps: [ { id: z, decide: email_draft, brief: x } ] }',
    'because the baseline asks neither a model nor people',
  ],
  [
    'a step id of the baseline that a step has',
    'baseline: { steps: [ { id: score, wait: 1d } ] }',
    '“score” stands twice',
  ],
  ['two kinds of trigger', 'triggers: [ { on: manual } ]', 'either trigger or triggers, not both'],
  [
    'an unknown trigger',
    'triggers: [ { on: lead_add } ]',
    'expected one of lead_added, event, segment, import, manual, api; found “lead_add”; did you mean “lead_added”?',
  ],
  ['re-entry in words', 're_entry: sometimes', 'expected never, always or {after: 90d}; found “sometimes”'],
  [
    're-entry with a misspelt setting',
    're_entry: { afer: 3d }',
    'there is no setting “afer” here; did you mean “after”?',
  ],
  [
    'a deadline for an unknown kind',
    'deadlines: { email_drafts: 2d }',
    'there is no setting “email_drafts” here; did you mean “email_draft”?',
  ],
  ['a priority out of range', 'priority: 200', 'priority: expected at most 100; found “200”'],
  [
    'an exit without a condition',
    'exit_when: [ { reason: x } ]',
    'exit_when.0.when: expected a condition: a mapping with one of all,',
  ],
];
test.for(SETTINGS)('of the settings: %s', ([, text, told]) => {
  expect(problems(withSettings(text))).toContain(told);
});

describe('a file that is hardly one', () => {
  test.for([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a list', '[]'],
    ['no trigger', first.replace(/trigger:\n.*\n/, '')],
    ['a thousand levels', `steps: ${'['.repeat(1000)}${']'.repeat(1000)}`],
  ])('%s is told, not thrown', ([, yaml]) => {
    expect(problems(yaml ?? '')).toMatch(/^w\.yaml:\d+:\d+ /);
  });

  test('conditions nested beyond what anybody reads are refused', () => {
    const deep = `${'{ not: '.repeat(12)}{ tag: x }${' }'.repeat(12)}`;
    const fine = `${'{ not: '.repeat(5)}{ tag: x }${' }'.repeat(5)}`;
    expect(problems(withSteps(`  - { id: a, wait_until: ${deep}, timeout: 1d }`))).not.toBe('');
    expect(problems(withSteps(`  - { id: a, wait_until: ${fine}, timeout: 1d }`))).toBe('');
  });
});
