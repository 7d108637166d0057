import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { answer } from './answer.ts';
import { createRouter, type Router } from './match-route.ts';
import { ClientGone, readBody } from './request-body.ts';
import type { Rate, Route } from './route.ts';
import { slackRefusal } from './slack-door.ts';
import { createTokenBuckets, type TokenBuckets } from './token-bucket.ts';

export type WebLimits = {
  /** Of one address on one route that names no rate of its own. */
  rate: Rate;
  /** Until the headers of a request are there, milliseconds. */
  headersMs: number;
  /** Until the whole request is there, milliseconds. */
  requestMs: number;
  connections: number;
  /** How many proxies of ours stand in front and add to X-Forwarded-For; 0: the header is not believed. */
  proxies: number;
};

export type WebServerOptions = {
  routes: readonly Route[];
  /** Gets the untouched requests to POST /slack/events; checks their signature itself. */
  slack?: RequestListener;
  log: { error(fields: Record<string, unknown>, message: string): void };
  /** Machine time. */
  machine: { now(): Date };
  limits?: Partial<WebLimits>;
};

export type WebServer = {
  server: Server;
  /** Resolves with the port, which differs from the one asked for when that is 0. */
  listen(port: number, host?: string): Promise<number>;
  /** Takes no new requests and waits for those in hand, at most `graceMs`. */
  close(graceMs?: number): Promise<void>;
};

const LIMITS: WebLimits = {
  // Mailbox providers send one-click requests for many people from few addresses: far above what they need.
  rate: { burst: 200, perSecond: 50 },
  headersMs: 5_000,
  requestMs: 10_000,
  connections: 2_000,
  proxies: 0,
};

const SLACK_PATH = '/slack/events';

type Door = Omit<WebServerOptions, 'limits' | 'routes'> & {
  limits: WebLimits;
  router: Router;
  buckets: Map<Route, TokenBuckets>;
};

export function createWebServer(options: WebServerOptions): WebServer {
  const limits = { ...LIMITS, ...options.limits };
  const buckets = new Map(options.routes.map((route) => [route, createTokenBuckets(route.rate ?? limits.rate)]));
  const door: Door = { ...options, limits, buckets, router: createRouter(options.routes) };
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16 * 1024,
  });
  server.maxConnections = limits.connections;
  const take: RequestListener = (request, response) => {
    // Draining: the client must not send the next request on this connection.
    if (!server.listening) response.setHeader('Connection', 'close');
    response.once('finish', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    receive(door, request, response).catch((error: unknown) => {
      door.log.error({ err: error }, 'a web request could not be answered');
      response.destroy();
    });
  };
  server.on('request', take);
  // Asked first, a client with too long a body never sends it.
  server.on('checkContinue', take);
  return {
    server,
    listen: (port, host) => listen(server, port, host),
    close: (graceMs = 5_000) => close(server, graceMs),
  };
}

async function receive(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  const { path, query } = target(request.url ?? '/');
  if (path === SLACK_PATH && door.slack) return receiveFromSlack(door, door.slack, request, response);
  const match = door.router(request.method ?? '', path);
  switch (match.type) {
    case 'none':
      return answer(request, response, { status: 404, body: 'Not found\n' });
    case 'method':
      return answer(request, response, { status: 405, headers: { Allow: match.allow }, body: 'Method not allowed\n' });
    case 'route':
      return await serve(door, match, { path, query }, request, response);
  }
}

async function serve(
  door: Door,
  { route, params }: { route: Route; params: Record<string, string> },
  { path, query }: { path: string; query: URLSearchParams },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const remoteAddress = clientAddress(request, door.limits.proxies);
  const wait = door.buckets.get(route)?.take(remoteAddress, door.machine.now().getTime()) ?? 0;
  if (wait > 0) {
    const headers = { 'Retry-After': String(wait) };
    return answer(request, response, { status: 429, headers, body: 'Too many requests; try again later\n' });
  }
  try {
    const body = await readBodyAfterConsent(request, response, route.maxBytes);
    if (body === null) return answer(request, response, { status: 413, body: 'Too long\n' });
    const method = request.method ?? '';
    answer(
      request,
      response,
      await route.handle({ method, path, params, query, headers: flatHeaders(request), body, remoteAddress }),
    );
  } catch (error) {
    if (error instanceof ClientGone) return;
    // The route and not the path: tokens stand in paths.
    door.log.error({ err: error, method: route.method, route: route.path }, 'a web request failed');
    answer(request, response, { status: 500, body: 'Something went wrong on our side; please try again later\n' });
  }
}

async function readBodyAfterConsent(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<Buffer | null> {
  const asks = request.headers.expect?.toLowerCase() === '100-continue';
  if (asks && Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  if (asks) response.writeContinue();
  return await readBody(request, maxBytes);
}

function receiveFromSlack(
  door: Door,
  slack: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'POST')
    return answer(request, response, { status: 405, headers: { Allow: 'POST' }, body: 'Method not allowed\n' });
  const refusal = slackRefusal(request, door.machine.now().getTime());
  if (refusal !== null) return answer(request, response, { status: refusal, body: 'Refused\n' });
  try {
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    slack(request, response);
  } catch (error) {
    door.log.error({ err: error, route: SLACK_PATH }, "Slack's receiver failed");
    if (!response.headersSent) answer(request, response, { status: 500, body: 'Something went wrong on our side\n' });
  }
}

function target(url: string): { path: string; query: URLSearchParams } {
  const local = /^https?:\/\//i.test(url) && URL.canParse(url) ? url.slice(new URL(url).origin.length) : url;
  const [path = '/', ...rest] = local.replace(/#.*$/s, '').split('?');
  return { path, query: new URLSearchParams(rest.join('?')) };
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

function clientAddress(request: IncomingMessage, proxies: number): string {
  const direct = request.socket.remoteAddress ?? '';
  if (proxies === 0) return direct;
  const header = request.headers['x-forwarded-for'] ?? '';
  const hops = (Array.isArray(header) ? header.join(',') : header).split(',').map((hop) => hop.trim());
  // Each of our proxies appends whom it saw; everything further left was written by whoever likes.
  return hops.at(-proxies) || direct;
}

function listen(server: Server, port: number, host = '0.0.0.0'): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error): void => {
      const taken = 'code' in cause && cause.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} is taken; set PORT to another one`, { cause }) : cause);
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
