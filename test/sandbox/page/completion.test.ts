import { expect, test } from 'vitest';
import { mentions, suggestions } from '../../../sandbox/page/client/completion.ts';

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

const users = ['ana', 'ben', 'countersign'].map((name) => ({
  id: `U0${name.toUpperCase()}`,
  name,
  realName: name === 'ana' ? 'Ana Lopez' : name,
  isBot: name === 'countersign',
  isGuest: false,
  isAdmin: false,
}));

test('an @ at the end of a line offers people and the app, elsewhere nothing', () => {
  expect(mentions(users, 'hello @').map(({ insert }) => insert)).toEqual([
    'hello @ana ',
    'hello @ben ',
    'hello @countersign ',
  ]);
  expect(mentions(users, '@Cou')).toEqual([
    { insert: '@countersign ', label: 'countersign', note: 'app', onEnter: true },
  ]);
  for (const written of ['', 'a@b', 'x@', '@ana ', '@nobody', '@ana']) expect(mentions(users, written)).toEqual([]);
});
