import type { SlackCredentials } from './identity.ts';
import type { SlackUser, SlackUsergroup } from './workspace.ts';

type Person = Pick<SlackUser, 'id' | 'name' | 'real_name'> & Partial<SlackUser>;

function user(teamId: string, person: Person): SlackUser {
  return {
    is_bot: false,
    is_restricted: false,
    deleted: false,
    is_admin: false,
    team_id: teamId,
    tz: 'Europe/Berlin',
    ...person,
  };
}

/** The people every sandbox starts with. */
export function defaultPeople(teamId: string): SlackUser[] {
  return [
    user(teamId, { id: 'U0ANA', name: 'ana', real_name: 'Ana Lopez', is_admin: true }),
    user(teamId, { id: 'U0BEN', name: 'ben', real_name: 'Ben Okafor' }),
    user(teamId, { id: 'U0CARLA', name: 'carla', real_name: 'Carla Weiss' }),
    user(teamId, { id: 'U0GUEST', name: 'guest', real_name: 'Gus Guest', is_restricted: true }),
  ];
}

export function botUser(credentials: SlackCredentials, name: string): SlackUser {
  return user(credentials.teamId, {
    id: credentials.botUserId,
    name: name.toLowerCase().replaceAll(/[^a-z0-9._-]/g, ''),
    real_name: name,
    is_bot: true,
    tz: 'Etc/UTC',
  });
}

export const DEFAULT_USERGROUPS: readonly SlackUsergroup[] = [
  { id: 'S0MARKETING', handle: 'marketing', users: ['U0ANA', 'U0BEN'] },
  { id: 'S0SALES', handle: 'sales', users: ['U0CARLA', 'U0BEN'] },
];

export type ChannelSeed = { name: string; members: string[]; is_private?: boolean };

export function defaultChannels(botUserId: string): ChannelSeed[] {
  const team = ['U0ANA', 'U0BEN', 'U0CARLA'];
  return [
    { name: 'nurture-emails', members: [botUserId, ...team, 'U0GUEST'] },
    { name: 'nurture-scores', members: [botUserId, ...team] },
    { name: 'nurture-digest', members: [botUserId, ...team] },
    { name: 'general', members: team },
  ];
}
