import { type Args, flagArg, type Method, page, type Reply, scoped, textArg } from '../call.ts';
import { refuse } from '../posting.ts';
import type { SlackUser, SlackUsergroup } from '../workspace.ts';
import type { World } from '../world.ts';

/** People and what is known of the team: users.*, usergroups.*, bots.info, team.info. */

/** Sandbox addresses: Slack keeps them behind users:read.email. */
const emailOf = (user: SlackUser): string => `${user.name}@sandbox.example`;

/** Seconds that the zone is ahead of UTC now. */
function offsetOf(zone: string, now: number): number {
  const at = new Date(Math.floor(now / 1000) * 1000);
  const there = new Date(`${at.toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')}Z`);
  return Math.round((there.getTime() - at.getTime()) / 1000);
}

function zoneLabel(zone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'long' }).formatToParts(now);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

function profileOf(world: World, user: SlackUser): Record<string, unknown> {
  const withEmail = world.grants.scopes.has('users:read.email') && !user.is_bot;
  return {
    title: '',
    real_name: user.real_name,
    real_name_normalized: user.real_name,
    display_name: user.name,
    display_name_normalized: user.name,
    status_text: '',
    status_emoji: '',
    team: user.team_id,
    ...(withEmail ? { email: emailOf(user) } : {}),
    ...(user.is_bot ? { bot_id: world.credentials.botId, api_app_id: world.credentials.appId } : {}),
  };
}

function present(world: World, user: SlackUser): Record<string, unknown> {
  // Of people who are gone only this much is left.
  if (user.deleted)
    return {
      id: user.id,
      team_id: user.team_id,
      name: user.name,
      deleted: true,
      is_bot: user.is_bot,
      is_app_user: false,
      updated: 1_700_000_000,
      profile: profileOf(world, user),
    };
  return {
    ...user,
    is_owner: false,
    is_primary_owner: false,
    is_ultra_restricted: false,
    is_app_user: false,
    is_email_confirmed: !user.is_bot,
    tz_label: zoneLabel(user.tz, world.now()),
    tz_offset: offsetOf(user.tz, world.now()),
    updated: 1_700_000_000,
    profile: profileOf(world, user),
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
  const listed = page([...world.users.values()], args, 1_000);
  if ('refusal' in listed) return listed.refusal;
  return {
    ok: true,
    members: listed.items.map((user) => present(world, user)),
    cache_ts: Math.floor(world.now() / 1000),
    response_metadata: { next_cursor: listed.next },
  };
}

function profile(args: Args, world: World): Reply {
  const user = world.users.get(textArg(args, 'user') ?? world.credentials.botUserId);
  return user === undefined ? refuse('user_not_found') : { ok: true, profile: profileOf(world, user) };
}

/** Who is there is there: nobody in this workspace closes Slack. */
function presence(args: Args, world: World): Reply {
  const user = world.users.get(textArg(args, 'user') ?? world.credentials.botUserId);
  if (user === undefined) return refuse('user_not_found');
  return { ok: true, presence: user.deleted ? 'away' : 'active' };
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

function listGroups(args: Args, world: World): Reply {
  const withUsers = flagArg(args, 'include_users');
  return { ok: true, usergroups: world.usergroups.map((group) => presentGroup(world, group, withUsers)) };
}

const read = scoped('users:read');
const readGroups = scoped('usergroups:read');

export const PEOPLE_METHODS: Record<string, Method> = {
  'users.info': { token: 'bot', tier: 'tier4', scope: read, requires: ['user'], formOnly: true, run: userInfo },
  'users.list': { token: 'bot', tier: 'tier2', scope: read, formOnly: true, run: userList },
  'users.lookupByEmail': {
    token: 'bot',
    tier: 'tier3',
    scope: scoped('users:read.email'),
    requires: ['email'],
    formOnly: true,
    run: lookupByEmail,
  },
  'users.profile.get': {
    token: 'bot',
    tier: 'tier4',
    scope: scoped('users.profile:read'),
    formOnly: true,
    run: profile,
  },
  'users.getPresence': { token: 'bot', tier: 'tier3', scope: read, formOnly: true, run: presence },
  'usergroups.list': { token: 'bot', tier: 'tier2', scope: readGroups, formOnly: true, run: listGroups },
  'usergroups.users.list': {
    token: 'bot',
    tier: 'tier2',
    scope: readGroups,
    requires: ['usergroup'],
    formOnly: true,
    run: groupUsers,
  },
  'bots.info': { token: 'bot', tier: 'tier3', scope: read, formOnly: true, run: botInfo },
  'team.info': { token: 'bot', tier: 'tier3', scope: scoped('team:read'), formOnly: true, run: teamInfo },
};
