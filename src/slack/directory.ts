import type { WebClient } from '@slack/web-api';
import type { Directory, Person } from '../engine/context.ts';
import { slackCode } from './slack-errors.ts';

/** How long an answer may be used, machine milliseconds: somebody taken off a group loses the right within this. */
const KEEP_MS = 60_000;
const MOST_ENTRIES = 5_000;

export type DirectoryDeps = {
  lookup: WebClient;
  teamId: string;
  /** Of an Enterprise Grid organisation; null outside one. */
  enterpriseId: string | null;
  machine: { now(): Date };
};

/** Who people are, from Slack. A failure to find out throws and is not remembered. */
export function createDirectory(deps: DirectoryDeps): Directory {
  const { lookup, machine } = deps;
  return {
    person: remembered(machine, (userId) => askPerson(deps, userId)),
    groupMembers: remembered(machine, async (groupId) => {
      try {
        return (await lookup.usergroups.users.list({ usergroup: groupId })).users ?? [];
      } catch (error) {
        // A group that is gone has no members: nobody may decide in its name.
        if (slackCode(error) === 'no_such_subteam') return [];
        throw error;
      }
    }),
  };
}

async function askPerson({ lookup, teamId, enterpriseId }: DirectoryDeps, userId: string): Promise<Person | null> {
  try {
    const { user } = await lookup.users.info({ user: userId });
    if (user?.id === undefined) return null;
    const grid = user.enterprise_user;
    const sameOrganisation =
      enterpriseId !== null && grid?.enterprise_id === enterpriseId && (grid.teams ?? []).includes(teamId);
    return {
      id: user.id,
      name: user.profile?.display_name || user.real_name || user.name || user.id,
      isBot: user.is_bot === true || user.is_app_user === true || user.id === 'USLACKBOT',
      isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
      isDeleted: user.deleted === true,
      isOurs: user.team_id === teamId || sameOrganisation,
      isAdmin: user.is_admin === true || user.is_owner === true,
    };
  } catch (error) {
    const code = slackCode(error);
    if (code === 'user_not_found' || code === 'user_not_visible' || code === 'users_not_found') return null;
    throw error;
  }
}

/** Asks once for many that ask at the same time, and keeps the answer for at most a minute. */
function remembered<T>(machine: { now(): Date }, ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const kept = new Map<string, { until: number; answer: Promise<T> }>();
  return (key) => {
    const now = machine.now().getTime();
    const entry = kept.get(key);
    if (entry && now < entry.until) return entry.answer;
    // The oldest go first, so that the map can't grow with everybody who ever clicked.
    for (const old of kept.size >= MOST_ENTRIES ? [...kept.keys()].slice(0, MOST_ENTRIES / 10) : []) kept.delete(old);
    const answer = ask(key);
    kept.delete(key);
    kept.set(key, { until: now + KEEP_MS, answer });
    answer.catch(() => {
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    return answer;
  };
}
