import { type Args, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { refuse, refuseWithProblems } from '../posting.ts';
import { validateBlocks } from '../validate-blocks.ts';
import type { World } from '../world.ts';

/** auth.test, api.test, oauth.v2.access, blocks.validate. */

function authTest(_args: Args, world: World): Reply {
  const { teamId, botUserId, botId } = world.credentials;
  return {
    ok: true,
    url: 'https://sandbox.slack.com/',
    team: 'Sandbox',
    user: world.users.get(botUserId)?.name ?? '',
    team_id: teamId,
    user_id: botUserId,
    bot_id: botId,
    is_enterprise_install: false,
  };
}

function apiTest(args: Args): Reply {
  const { token: _token, ...rest } = args;
  const error = textArg(args, 'error');
  return error === null ? { ok: true, args: rest } : refuse(error, { args: rest });
}

function oauthAccess(args: Args, world: World): Reply {
  if (textArg(args, 'client_id') === null) return refuse('invalid_client_id');
  if (textArg(args, 'client_secret') === null) return refuse('bad_client_secret');
  if (textArg(args, 'code') === null) return refuse('invalid_code');
  const { appId, botToken, botUserId, teamId } = world.credentials;
  return {
    ok: true,
    access_token: botToken,
    token_type: 'bot',
    scope: [...world.grants.scopes].join(','),
    bot_user_id: botUserId,
    app_id: appId,
    team: { id: teamId, name: 'Sandbox' },
    enterprise: null,
    authed_user: { id: 'U0ANA' },
    is_enterprise_install: false,
  };
}

function validate(args: Args, world: World): Reply {
  const problems = validateBlocks(jsonArg(args, 'blocks'), 'message', world.grants.scopes);
  return problems.length === 0 ? { ok: true } : refuseWithProblems('invalid_blocks', problems);
}

const none = scoped(null);

export const APP_METHODS: Record<string, Method> = {
  'auth.test': { token: 'bot', tier: 'special', scope: none, run: authTest },
  'api.test': { token: 'none', tier: 'special', scope: none, run: apiTest },
  'oauth.v2.access': { token: 'none', tier: 'tier4', scope: none, run: oauthAccess },
  'blocks.validate': { token: 'bot', tier: 'tier4', scope: none, run: validate },
};
