import { type Args, flagArg, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { isRecord } from '../json.ts';
import { refuse, refuseArguments } from '../posting.ts';
import type { Problem } from '../schema.ts';
import { hasPicture } from '../uploads.ts';
import { validateBlocks } from '../validate-blocks.ts';
import { validateView } from '../validate-view.ts';
import type { World } from '../world.ts';

/** The app itself: auth.test, auth.revoke, api.test, oauth.v2.access, blocks.validate. */

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

function authRevoke(args: Args, world: World): Reply {
  const real = !flagArg(args, 'test');
  if (real) world.revoked = true;
  return { ok: true, revoked: real };
}

function apiTest(args: Args): Reply {
  const error = textArg(args, 'error');
  return error === null ? { ok: true, args } : refuse(error, { args });
}

const CODE_LIFE_MS = 10 * 60_000;

/** A code of the installation page for a token: https://docs.slack.dev/authentication/installing-with-oauth */
function oauthAccess(args: Args, world: World): Reply {
  const { appId, botToken, botUserId, teamId, clientId, clientSecret } = world.credentials;
  if (textArg(args, 'client_id') !== clientId) return refuse('invalid_client_id');
  if (textArg(args, 'client_secret') !== clientSecret) return refuse('bad_client_secret');
  const code = world.installCodes.get(textArg(args, 'code') ?? '');
  if (code === undefined || world.now() - code.at > CODE_LIFE_MS) return refuse('invalid_code');
  if (code.used) return refuse('code_already_used');
  if (textArg(args, 'redirect_uri') !== code.redirectUri) return refuse('bad_redirect_uri');
  code.used = true;
  world.revoked = false;
  return {
    ok: true,
    access_token: botToken,
    token_type: 'bot',
    scope: [...world.grants.scopes].join(','),
    bot_user_id: botUserId,
    app_id: appId,
    team: { id: teamId, name: 'Sandbox' },
    enterprise: null,
    authed_user: { id: code.user },
    is_enterprise_install: false,
  };
}

/** Problems as blocks.validate tells them: apart, not as lines of text. */
function refuseStructured(error: string, problems: readonly Problem[]): Reply {
  return refuse(error, {
    errors: problems.map(({ pointer, message, constraint }) => ({
      pointer,
      code: 'failed_constraint',
      message,
      ...(constraint === undefined ? {} : { constraint: { type: 'enum', ...constraint } }),
    })),
  });
}

/** Says what posting would say, without posting: https://docs.slack.dev/reference/methods/blocks.validate */
function validate(args: Args, world: World): Reply {
  const given = ['blocks', 'message', 'view'].filter((name) => jsonArg(args, name) !== undefined);
  if (given.length !== 1)
    return refuseArguments({ message: 'provide exactly one of blocks, view, or message', pointer: '' });
  const { scopes } = world.grants;
  const pictures = { hasPicture: (reference: string) => hasPicture(world, reference) };
  const view = jsonArg(args, 'view');
  if (view !== undefined) {
    const surface = isRecord(view) && view.type === 'home' ? 'home' : 'modal';
    const found = validateView(view, surface, scopes, { ...pictures, at: '' });
    if (found === null) return { ok: true };
    const tooLarge = [{ message: 'must be less than 250001 bytes', pointer: '' }];
    return refuseStructured('invalid_view', found.error === 'view_too_large' ? tooLarge : found.problems);
  }
  const message = jsonArg(args, 'message');
  if (message === undefined) {
    const problems = validateBlocks(jsonArg(args, 'blocks'), 'message', scopes, { ...pictures, at: '' });
    return problems.length === 0 ? { ok: true } : refuseStructured('invalid_blocks', problems);
  }
  if (!isRecord(message)) return refuseArguments({ message: 'must provide an object', pointer: '/message' });
  const problems = message.blocks === undefined ? [] : validateBlocks(message.blocks, 'message', scopes, pictures);
  return problems.length === 0 ? { ok: true } : refuseStructured('invalid_message', problems);
}

const none = scoped(null);

export const APP_METHODS: Record<string, Method> = {
  'auth.test': { token: 'bot', tier: 'special', scope: none, run: authTest },
  'auth.revoke': { token: 'bot', tier: 'tier3', scope: none, formOnly: true, durable: true, run: authRevoke },
  'api.test': { token: 'none', tier: 'tier4', scope: none, run: apiTest },
  'oauth.v2.access': { token: 'none', tier: 'tier4', scope: none, formOnly: true, run: oauthAccess },
  'blocks.validate': { token: 'bot', tier: 'special', scope: none, run: validate },
};
