import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const asked = (method: string) =>
  desk.slack.journal().filter((entry) => entry.type === 'call' && entry.method === method).length;

test('people are told apart: ours, guests, bots, the deleted, other workspaces, nobody', async () => {
  const { directory } = desk.connection;
  expect(await directory.person('U0ANA')).toMatchObject({
    isOurs: true,
    isAdmin: true,
    isGuest: false,
    isBot: false,
    isDeleted: false,
  });
  expect(await directory.person('U0GUEST')).toMatchObject({ isGuest: true });
  expect(await directory.person('U0COUNTER')).toMatchObject({ isBot: true });
  desk.slack.addMember({
    id: 'U0FAR',
    name: 'far',
    real_name: 'Far',
    is_bot: false,
    is_restricted: false,
    deleted: true,
    team_id: 'T0ELSEWHERE',
    tz: 'UTC',
    is_admin: false,
  });
  expect(await directory.person('U0FAR')).toMatchObject({ isOurs: false, isDeleted: true });
  expect(await directory.person('U0NOBODY')).toBeNull();
  expect(await directory.groupMembers('S0MARKETING')).toEqual(['U0ANA', 'U0BEN']);
  expect(await directory.groupMembers('S0GONE')).toEqual([]);
});

test('an answer is used for a minute of machine time and not longer', async () => {
  let now = new Date('2026-03-10T12:00:00Z');
  desk.machineNow = () => now;
  await Promise.all([
    desk.connection.directory.groupMembers('S0MARKETING'),
    desk.connection.directory.groupMembers('S0MARKETING'),
  ]);
  now = new Date(now.getTime() + 59_999);
  await desk.connection.directory.groupMembers('S0MARKETING');
  expect(asked('usergroups.users.list')).toBe(1);
  now = new Date(now.getTime() + 1);
  await desk.connection.directory.groupMembers('S0MARKETING');
  expect(asked('usergroups.users.list')).toBe(2);
});

test('a failure throws, so that callers fail closed, and is not remembered', async () => {
  desk.slack.faults.next('users.info', { kind: 'http', status: 500 });
  await expect(desk.connection.directory.person('U0ANA')).rejects.toThrow();
  expect(await desk.connection.directory.person('U0ANA')).not.toBeNull();
});
