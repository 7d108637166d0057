import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Args, type Method, type Reply, textArg } from './call.ts';
import type { FaultQueue } from './faults.ts';
import type { Journal } from './journal.ts';
import { APP_METHODS } from './methods/app.ts';
import { CHAT_METHODS, releaseScheduled } from './methods/chat.ts';
import { CONVERSATION_METHODS } from './methods/conversations.ts';
import { FILE_METHODS } from './methods/files.ts';
import { PEOPLE_METHODS } from './methods/people.ts';
import { VIEW_METHODS } from './methods/views.ts';
import { refuse } from './posting.ts';
import type { RateLimiter } from './rate-limits.ts';
import { parseBody, readAll } from './request-body.ts';
import type { SocketServer } from './socket-transport.ts';
import type { Fault } from './workspace.ts';
import type { World } from './world.ts';

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
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...FILE_METHODS,
  ...PEOPLE_METHODS,
  ...VIEW_METHODS,
};

function openConnection(api: WebApi): Reply {
  const url = api.sockets.ticket();
  return url === null ? refuse('too_many_websockets') : { ok: true, url };
}

function methodNamed(api: WebApi, name: string): Method | null {
  if (name === 'apps.connections.open')
    return { token: 'app', tier: 'tier1', scope: () => null, run: () => openConnection(api) };
  return Object.hasOwn(METHODS, name) ? (METHODS[name] ?? null) : null;
}

function tokenOf(req: IncomingMessage, args: Args): string | null {
  const [scheme, token] = (req.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && token !== undefined ? token : textArg(args, 'token');
}

function refuseToken(world: World, method: Method, token: string | null): Reply | null {
  if (method.token === 'none') return null;
  if (token === null) return refuse('not_authed');
  const { botToken, appToken } = world.credentials;
  if (token !== botToken && token !== appToken) return refuse('invalid_auth');
  return token === (method.token === 'bot' ? botToken : appToken) ? null : refuse('not_allowed_token_type');
}

function refuseScope(world: World, method: Method, args: Args): Reply | null {
  const needed = method.scope(args, world);
  if (needed === null || world.grants.scopes.has(needed)) return null;
  return refuse('missing_scope', { needed, provided: [...world.grants.scopes].join(',') });
}

type Answered = { reply: Reply; status: number; retryAfter?: number };

function answer(api: WebApi, name: string, method: Method | null, token: string | null, args: Args): Answered {
  const ok = (reply: Reply): Answered => ({ reply, status: 200 });
  if (method === null) return ok(refuse('unknown_method', { req_method: name }));
  const refusedToken = refuseToken(api.world, method, token);
  if (refusedToken !== null) return ok(refusedToken);
  const retryAfter = api.limiter?.check(name, method.tier, textArg(args, 'channel') ?? '') ?? null;
  if (retryAfter !== null) return { reply: refuse('ratelimited'), status: 429, retryAfter };
  const refusedScope = refuseScope(api.world, method, args);
  return ok(refusedScope ?? method.run(args, api.world));
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

function write(res: ServerResponse, world: World, needed: string | null, answered: Answered): void {
  res.writeHead(answered.status, {
    'content-type': 'application/json; charset=utf-8',
    'x-oauth-scopes': [...world.grants.scopes].join(','),
    ...(needed === null ? {} : { 'x-accepted-oauth-scopes': needed }),
    ...(answered.retryAfter === undefined ? {} : { 'retry-after': String(answered.retryAfter) }),
  });
  res.end(JSON.stringify(answered.reply));
}

export async function serveWebApi(api: WebApi, name: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { world } = api;
  const url = new URL(req.url ?? '/', 'http://sandbox');
  const parsed = await parseBody(await readAll(req), req.headers['content-type'] ?? '', url.searchParams);
  if ('error' in parsed) return write(res, world, null, { reply: refuse(parsed.error), status: 200 });
  const { args } = parsed;
  const method = methodNamed(api, name);
  const fault = api.faults.take(name);
  if (fault?.kind === 'hang') await wait(fault.ms, undefined, { ref: false });
  releaseScheduled(world);
  const answered = faulty(fault) ?? answer(api, name, method, tokenOf(req, args), args);
  const { token: _secret, ...shown } = args;
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
  write(res, world, method?.scope(args, world) ?? null, answered);
}
