import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatProblem, parseWorkflow } from '../../src/core/workflow-yaml.ts';

const shipped = readFileSync(new URL('../../workflows/whitepaper-nurture.yaml', import.meta.url), 'utf8');

function problems(change: (yaml: string) => string): string[] {
  const parsed = parseWorkflow(change(shipped), 'w.yaml');
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

test('the shipped workflow is valid', () => {
  expect(problems((yaml) => yaml)).toEqual([]);
});

const line = (needle: string, yaml = shipped) => yaml.slice(0, yaml.indexOf(needle)).split('\n').length;

test.for([
  ['a wait that is no duration', 'wait: 1h', 'wait: soon', `w.yaml:${line('wait: 1h')}:11`, 'a duration like 30s'],
  [
    'an unknown kind',
    'decide: lead_score',
    'decide: lead_scores',
    `w.yaml:${line('decide: lead_score')}:13`,
    'one of lead_score, email_draft; found “lead_scores”',
  ],
  [
    'a misspelt setting',
    'deadline: 3d',
    'dead_line: 3d',
    `w.yaml:${line('deadline: 3d')}:1`,
    'did you mean “deadline”?',
  ],
  [
    'a name instead of an id among the approvers',
    '[S0SALES, S0MARKETING]',
    '["@ana"]',
    `w.yaml:${line('[S0SALES')}:16`,
    'a Slack user id',
  ],
  [
    'a missing postal address',
    '  postal_address: Lindenstraße 14, 10969 Berlin, Germany\n',
    '',
    'w.yaml:',
    'sender.postal_address: expected a string; it is missing',
  ],
  [
    'a step id that stands twice',
    'id: follow-up',
    'id: first-mail',
    `w.yaml:${line('id: follow-up')}:9`,
    '“first-mail” stands twice',
  ],
  [
    'a link with a user name in it',
    '- https://fieldlark.example/paper',
    '- https://me@fieldlark.example/paper',
    `w.yaml:${line('- https://fieldlark.example/paper')}:5`,
    'an http(s) address',
  ],
  [
    'a sender that is no address',
    'email: nora@fieldlark.example',
    'email: nora',
    `w.yaml:${line('email: nora')}:10`,
    'an e-mail address; found “nora”',
  ],
] as const)('%s is reported with file, line and what was expected', ([, from, to, place, words]) => {
  const found = problems((yaml) => yaml.replace(from, to));
  expect(found.join('\n')).toContain(place);
  expect(found.join('\n')).toContain(words);
});

test('text that is not YAML is reported where it stops making sense', () => {
  expect(problems((yaml) => yaml.replace('steps:', 'steps: [')).join('\n')).toMatch(
    /^w\.yaml:\d+:\d+ this is not YAML/,
  );
});
