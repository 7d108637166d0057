import type { WebClient } from '@slack/web-api';
import { failureOf } from './slack-errors.ts';

/** Who we are in which workspace, as Slack says. */
export type SlackIdentity = {
  teamId: string;
  team: string;
  enterpriseId: string | null;
  botUserId: string;
  botId: string;
};

/** Scopes without which the app can't do its work; the same as `bot` in manifest.json (a test compares them). */
export const requiredScopes = ['app_mentions:read', 'chat:write', 'commands', 'usergroups:read', 'users:read'] as const;

/** Makes one call to see whether the token works and grants what is needed. @throws Error that names what is wrong. */
export async function identify(client: WebClient): Promise<SlackIdentity> {
  const answer = await client.auth.test().catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure.type === 'refused')
      throw new Error(`SLACK_BOT_TOKEN does not work: ${failure.detail}`, { cause: error });
    throw new Error(`Slack did not answer at start: ${failure.detail}`, { cause: error });
  });
  const { team_id: teamId, user_id: botUserId, bot_id: botId } = answer;
  if (!teamId || !botUserId) throw new Error('Slack did not say which workspace SLACK_BOT_TOKEN belongs to');
  if (!botId) throw new Error('SLACK_BOT_TOKEN is not the token of a bot: use the one that begins with xoxb-');
  const granted = answer.response_metadata?.scopes;
  const missing = granted ? requiredScopes.filter((scope) => !granted.includes(scope)) : [];
  if (missing.length > 0)
    throw new Error(`SLACK_BOT_TOKEN lacks ${missing.join(', ')}: install the app again with manifest.json`);
  return { teamId, team: answer.team ?? teamId, enterpriseId: answer.enterprise_id ?? null, botUserId, botId };
}
