import { expect, test } from 'vitest';
import { standsAlone } from '../../src/terminal/standalone.ts';

test.for([
  'autonomy simulate --scenario good',
  'autonomy replay --json --vectors runs.json',
  'leads evaluate leads.csv',
  'workflow check a.yaml',
  'workflow simulate a.yaml --leads leads.csv',
])('“%s” is carried out here, whatever runs', (line) => {
  expect(standsAlone(line.split(' '))).toBe(true);
});

test.for([
  'autonomy replay',
  'autonomy show',
  'leads import leads.csv',
  'workflow status',
  'workflow simulate nurture --leads leads.csv',
  '',
  'simulate autonomy',
])('“%s” is handed to the running program', (line) => {
  expect(standsAlone(line.split(' '))).toBe(false);
});
