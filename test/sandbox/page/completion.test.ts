import { expect, test } from 'vitest';
import { suggestions } from '../../../sandbox/page/client/completion.ts';

const commands = [
  { command: '/workflow', description: 'See and steer', usageHint: 'status | pause NAME|all | resume NAME|all | help' },
];
const inserts = (written: string): string[] => suggestions(commands, written).map(({ insert }) => insert);

test('a slash offers the manifest’s commands, a space what the usage hint names', () => {
  expect(inserts('/')).toEqual(['/workflow ']);
  expect(inserts('/workflow ')).toEqual([
    '/workflow status',
    '/workflow pause ',
    '/workflow resume ',
    '/workflow help',
  ]);
  expect(inserts('/workflow re')).toEqual(['/workflow resume ']);
});

test('what is complete, unknown or no command offers nothing', () => {
  for (const written of ['', 'hello', '/other', '/workflow status', '/workflow xyz', '/a\nb'])
    expect(inserts(written)).toEqual([]);
});
