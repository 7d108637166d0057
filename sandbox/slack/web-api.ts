import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Args, type Method, type Reply, textArg } from './call.ts';
import type { FaultQueue } from './faults.ts';
import type { Journal } from './journal.ts';
import { childRecord } from './json.ts';
import { APP_METHODS } from './methods/app.ts';
import { CHANNEL_METHODS } from './methods/channels.ts';
import { CHAT_METHODS } from './methods/chat.ts';
import { CONVERSATION_METHODS } from './methods/conversations.ts';
import { FILE_METHODS } from './methods/files.ts';
import { MARK_METHODS } from './methods/marks.ts';
import { PEOPLE_METHODS } from './methods/people.ts';
import { releaseScheduled, SCHEDULE_METHODS } from './methods/scheduled.ts';
import { VIEW_METHODS } from './methods/views.ts';
import { refuse, refuseArguments } from './posting.ts';
import type { RateLimiter } from './rate-limits.ts';
import { type ParsedBody, parseBody, readAll } from './request-body.ts';
import type { SocketServer } from './socket-transport.ts';
import type { Fault } from './workspace.ts';
import { findConversation, type World } from './world.ts';

/** `/slack/api/METHOD`: who calls, whether they may, what it does, and the account of it. */

export type WebApi = {
  world: World;
  faults: FaultQueue;
  journal: Journal;
  limiter: RateLimiter | null;
  sockets: SocketServer;
};

const METHODS: Record<string, Method> = {
  ...APP_METHODS,
  ...CHANNEL_METHODS,
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...FILE_METHODS,
  ...MARK_METHODS,
  ...PEOPLE_METHODS,
  ...SCHEDULE_METHODS,
  ...VIEW_METHODS,
};

function methodNamed(api: WebApi, name: string): Method | null {
  if (name === 'apps.connections.open')
    return {
      token: 'app',
      tier: 'tier1',
      scope: () => null,
      run: () => ({ ok: true, url: api.sockets.ticket() }),
    };
  return Object.hasOwn(METHODS, name) ? (METHODS[name] ?? null) : null;
}

/** The names of all methods, for whoever wants to know what there is. */
export const METHOD_NAMES: readonly string[] = [...Object.keys(METHODS), 'apps.connections.open'].sort();

function authorization(req: IncomingMessage): { scheme: string; said: string } {
  const [scheme = '', said = ''] = (req.headers.authorization ?? '').split(' ');
  return { scheme: scheme.toLowerCase(), said };
}

/** Client id and secret may come as Basic authorization; the calls that take them read them from their arguments. */
function withClient(req: IncomingMessage, args: Args): Args {
  const { scheme, said } = authorization(req);
  if (scheme !== 'basic') return args;
  const [id = '', secret = ''] = Buffer.from(said, 'base64').toString().split(':');
  return { client_id: id, client_secret: secret, ...args };
}

function tokenOf(req: IncomingMessage, parsed: ParsedBody): string | null {
  const { scheme, said } = authorization(req);
  const token = scheme === 'bearer' ? said : (parsed.token ?? '');
  return token === '' ? null : token;
}

function refuseToken(world: World, method: Method, token: string | null): Reply | null {
  if (method.token === 'none') return null;
  if (token === null) return refuse('not_authed');
  const { botToken, appToken } = world.credentials;
  if (token !== botToken && token !== appToken) return refuse('invalid_auth');
  if (world.revoked && token === botToken) return refuse('token_revoked');
  return token === (method.token === 'bot' ? botToken : appToken) ? null : refuse('not_allowed_token_type');
}

/** The scopes of which one is needed; none where the call needs none. */
function neededScopes(world: World, method: Method, args: Args): readonly string[] {
  const needed = method.scope(args, world);
  if (needed === null) return [];
  return typeof needed === 'string' ? [needed] : needed;
}

function refuseScope(world: World, method: Method, args: Args): Reply | null {
  const needed = neededScopes(world, method, args);
  if (needed.length === 0 || needed.some((scope) => world.grants.scopes.has(scope))) return null;
  return refuse('missing_scope', { needed: needed.join(','), provided: [...world.grants.scopes].join(',') });
}

function refuseMissing(method: Method, args: Args): Reply | null {
  const missing = (method.requires ?? []).filter((name) => args[name] === undefined);
  if (missing.length === 0) return null;
  return refuseArguments(...missing.map((name) => ({ message: `missing required field: ${name}`, pointer: '' })));
}

const ARGUMENT_NAME = /^\w+$/;

function refuseNames(args: Args): Reply | null {
  const odd = Object.keys(args).find((name) => !ARGUMENT_NAME.test(name));
  if (odd === undefined) return null;
  return refuse(odd.includes('[') ? 'invalid_array_arg' : 'invalid_arg_name');
}

/** `#name` and the id are one channel to the limits. */
function channelKey(world: World, args: Args): string {
  const reference = textArg(args, 'channel') ?? '';
  return findConversation(world, reference)?.id ?? reference;
}

type Answered = { reply: Reply; status: number; retryAfter?: number };

function answer(api: WebApi, name: string, method: Method | null, token: string | null, args: Args): Answered {
  const ok = (reply: Reply): Answered => ({ reply, status: 200 });
  if (method === null) return ok(refuse('unknown_method', { req_method: name }));
  const refusedToken = refuseToken(api.world, method, token);
  if (refusedToken !== null) return ok(refusedToken);
  const retryAfter = api.limiter?.check(name, method.tier, channelKey(api.world, args)) ?? null;
  if (retryAfter !== null) return { reply: refuse('ratelimited'), status: 429, retryAfter };
  const refused = refuseNames(args) ?? refuseScope(api.world, method, args) ?? refuseMissing(method, args);
  return ok(refused ?? method.run(args, api.world));
}

function faulty(fault: Fault | null): Answered | null {
  switch (fault?.kind) {
    case 'ratelimited':
      return { reply: refuse('ratelimited'), status: 429, retryAfter: fault.retryAfter };
    case 'http':
      return { reply: refuse('internal_error'), status: fault.status };
    case 'error':
      return { reply: refuse(fault.error), status: 200 };
    case 'hang':
    case 'lost':
    case undefined:
      break;
  }
  return null;
}

/** Slack does what was asked and grumbles about how. */
function withWarnings(reply: Reply, warnings: readonly string[]): Reply {
  if (warnings.length === 0) return reply;
  const metadata = childRecord(reply, 'response_metadata');
  return Object.assign({ ...reply }, { warning: warnings.join(','), response_metadata: { ...metadata, warnings } });
}

function write(res: ServerResponse, world: World, needed: readonly string[], answered: Answered): void {
  res.writeHead(answered.status, {
    'content-type': 'application/json; charset=utf-8',
    'x-oauth-scopes': [...world.grants.scopes].join(','),
    ...(needed.length === 0 ? {} : { 'x-accepted-oauth-scopes': needed.join(',') }),
    ...(answered.retryAfter === undefined ? {} : { 'retry-after': String(answered.retryAfter) }),
  });
  res.end(JSON.stringify(answered.reply));
}

export async function serveWebApi(api: WebApi, name: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { world } = api;
  const url = new URL(req.url ?? '/', 'http://sandbox');
  const parsed = await parseBody(await readAll(req), req.headers['content-type'] ?? '', url.searchParams);
  if ('error' in parsed) {
    const detail = { args: {}, reply: refuse(parsed.error), status: 200 };
    api.journal.write({ at: world.now(), type: 'call', method: name, ok: false, detail }, false);
    return write(res, world, [], detail);
  }
  const method = methodNamed(api, name);
  const args = withClient(req, method?.formOnly === true ? parsed.formArgs : parsed.args);
  const fault = api.faults.take(name);
  if (fault?.kind === 'hang') await wait(fault.ms, undefined, { ref: false });
  releaseScheduled(world);
  const answered = faulty(fault) ?? answer(api, name, method, tokenOf(req, parsed), args);
  answered.reply = withWarnings(answered.reply, parsed.warnings);
  const { client_secret: _secret, ...shown } = args;
  api.journal.write(
    {
      at: world.now(),
      type: 'call',
      method: name,
      ok: answered.reply.ok,
      detail: { args: shown, reply: answered.reply, status: answered.status, ...(fault === null ? {} : { fault }) },
    },
    method?.durable === true,
  );
  if (fault?.kind === 'lost') {
    res.socket?.destroy();
    return;
  }
  write(res, world, method === null ? [] : neededScopes(world, method, args), answered);
}
