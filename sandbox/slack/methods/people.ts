import { type Args, flagArg, type Method, page, type Reply, scoped, textArg } from '../call.ts';
import { refuse } from '../posting.ts';
import type { SlackUser, SlackUsergroup } from '../workspace.ts';
import type { World } from '../world.ts';

/** users.*, usergroups.*, bots.info, team.info. */

/** Sandbox addresses: Slack keeps them behind users:read.email. */
const emailOf = (user: SlackUser): string => `${user.name}@sandbox.example`;

function present(world: World, user: SlackUser): Record<string, unknown> {
  const withEmail = world.grants.scopes.has('users:read.email') && !user.is_bot;
  return {
    ...user,
    is_owner: false,
    is_primary_owner: false,
    is_ultra_restricted: false,
    is_app_user: false,
    tz_label: user.tz,
    tz_offset: 0,
    updated: 1_700_000_000,
    profile: {
      real_name: user.real_name,
      real_name_normalized: user.real_name,
      display_name: user.name,
      display_name_normalized: user.name,
      team: user.team_id,
      ...(withEmail ? { email: emailOf(user) } : {}),
      ...(user.is_bot ? { bot_id: world.credentials.botId, api_app_id: world.credentials.appId } : {}),
    },
  };
}

function presentGroup(world: World, group: SlackUsergroup, withUsers: boolean): Record<string, unknown> {
  return {
    id: group.id,
    team_id: world.credentials.teamId,
    is_usergroup: true,
    name: group.handle,
    handle: group.handle,
    description: '',
    is_external: false,
    date_delete: 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

function userInfo(args: Args, world: World): Reply {
  const user = world.users.get(textArg(args, 'user') ?? '');
  return user === undefined ? refuse('user_not_found') : { ok: true, user: present(world, user) };
}

function userList(args: Args, world: World): Reply {
  const { items, next } = page([...world.users.values()], args, 1_000);
  return {
    ok: true,
    members: items.map((user) => present(world, user)),
    cache_ts: Math.floor(world.now() / 1000),
    response_metadata: { next_cursor: next },
  };
}

function lookupByEmail(args: Args, world: World): Reply {
  const email = textArg(args, 'email')?.toLowerCase();
  const user = [...world.users.values()].find((person) => !person.is_bot && emailOf(person) === email);
  return user === undefined ? refuse('users_not_found') : { ok: true, user: present(world, user) };
}

function groupUsers(args: Args, world: World): Reply {
  const group = world.usergroups.find(({ id }) => id === textArg(args, 'usergroup'));
  return group === undefined ? refuse('no_such_subteam') : { ok: true, users: [...group.users] };
}

function botInfo(args: Args, world: World): Reply {
  const { botId, appId, botUserId } = world.credentials;
  if ((textArg(args, 'bot') ?? botId) !== botId) return refuse('bot_not_found');
  const name = world.users.get(botUserId)?.real_name ?? '';
  return {
    ok: true,
    bot: { id: botId, deleted: false, name, updated: 1_700_000_000, app_id: appId, user_id: botUserId, icons: {} },
  };
}

function teamInfo(_args: Args, world: World): Reply {
  const id = world.credentials.teamId;
  return { ok: true, team: { id, name: 'Sandbox', domain: 'sandbox', email_domain: '', icon: {}, is_verified: false } };
}

export const PEOPLE_METHODS: Record<string, Method> = {
  'users.info': { token: 'bot', tier: 'tier4', scope: scoped('users:read'), run: userInfo },
  'users.list': { token: 'bot', tier: 'tier2', scope: scoped('users:read'), run: userList },
  'users.lookupByEmail': { token: 'bot', tier: 'tier3', scope: scoped('users:read.email'), run: lookupByEmail },
  'usergroups.list': {
    token: 'bot',
    tier: 'tier2',
    scope: scoped('usergroups:read'),
    run: (args, world) => ({
      ok: true,
      usergroups: world.usergroups.map((group) => presentGroup(world, group, flagArg(args, 'include_users'))),
    }),
  },
  'usergroups.users.list': { token: 'bot', tier: 'tier2', scope: scoped('usergroups:read'), run: groupUsers },
  'bots.info': { token: 'bot', tier: 'tier3', scope: scoped('users:read'), run: botInfo },
  'team.info': { token: 'bot', tier: 'tier3', scope: scoped('team:read'), run: teamInfo },
};
