import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Workflow } from '../../../src/core/workflow.ts';
import { END, GOAL, START, workflowGraph } from '../../../src/core/workflow/graph.ts';
import { parseWorkflow } from '../../../src/core/workflow-yaml.ts';
import { aWorkflow, MAIL } from './a-workflow.ts';

const lines = (workflow: Workflow, track?: 'ai' | 'baseline') =>
  workflowGraph(workflow, track).edges.map(
    ({ from, to, label, kind }) => `${from} → ${to} ${kind}${label === null ? '' : ` (${label})`}`,
  );

test('every way out of every kind of step is an edge that says when it is taken', () => {
  const workflow = aWorkflow([
    { id: 'look', wait_until: { event: 'clicked' }, timeout: '2d', on_timeout: 'fork' },
    { id: 'draft', decide: 'email_draft', brief: 'x', fallback: { on_budget: 'go:fork' } },
    { id: 'fork', branch: [{ when: { score: { at_least: 70 } }, go: 'draw' }, { go: 'bye' }] },
    {
      id: 'draw',
      split: [
        { name: 'a', share: 30, go: 'date' },
        { name: 'b', share: 70, go: 'call' },
      ],
    },
    { id: 'date', wait: { until_date: 'trial_ends_at', if_missing: 'go:bye' } },
    { id: 'call', task: { text: 'Call.', done: 'last', on_expire: 'bye' } },
    { id: 'bye', exit: 'x' },
    { id: 'last', wait: '1d' },
  ]);
  expect(lines(workflow)).toEqual([
    `${START} → look next`,
    'look → draft next (clicked)',
    'look → fork timeout (after 2d)',
    'draft → fork next',
    'draft → fork fallback (the budget is spent)',
    'fork → draw branch (score at least 70)',
    'fork → bye branch (otherwise)',
    'draw → date split (a 30 %)',
    'draw → call split (b 70 %)',
    'date → call next',
    'date → bye fallback (no trial_ends_at)',
    'call → last branch (done)',
    'call → bye next (skipped)',
    'call → bye timeout (nobody did it)',
    `last → ${END} next`,
  ]);
});

test('what the model does and where people are asked is marked', () => {
  const { nodes } = workflowGraph(
    aWorkflow([
      { id: 'a', decide: 'lead_score', brief: 'x' },
      { id: 'b', task: { text: 'Call.' } },
      { id: 'c', send: MAIL },
    ]),
  );
  expect(nodes.map(({ id, kind, ai, human }) => [id, kind, ai, human])).toEqual([
    [START, 'start', false, false],
    ['a', 'decide', true, true],
    ['b', 'task', false, true],
    ['c', 'send', false, false],
    [GOAL, 'goal', false, false],
    [END, 'end', false, false],
  ]);
});

test('a step may be called start, goal or end', () => {
  const workflow = aWorkflow([
    { id: 'start', wait: '1d' },
    { id: 'goal', wait: '1d' },
    { id: 'end', wait: '1d' },
  ]);
  const ids = workflowGraph(workflow).nodes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const folder = new URL('../../../workflows/', import.meta.url);
test.for(readdirSync(folder).filter((file) => file.endsWith('.yaml')))('in %s every edge joins two nodes', (file) => {
  const parsed = parseWorkflow(readFileSync(new URL(file, folder), 'utf8'), file);
  if (!parsed.ok) throw new Error(`${file} is not valid`);
  for (const track of ['ai', 'baseline'] as const) {
    const { nodes, edges } = workflowGraph(parsed.workflow, track);
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
    expect(nodes.filter(({ title }) => title === '')).toEqual([]);
  }
});
