import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import { ACTIONS, BadAction } from './actions.ts';
import { loadAssets, PAGE_POLICY, type Asset } from './assets.ts';
import { createLive } from './live.ts';
import { MAIL_POLICY, mailDocument } from './mail-document.ts';
import { channelContent, mailContent, mailSummaries, workspaceContent, type Sources } from './snapshot.ts';
import { traffic, trafficDetail } from './traffic.ts';

export type PageOptions = Sources & {
  openai: OpenAiStandIn;
  /** Moves business time forward; absent where nobody gave a clock that can move. */
  advance?: (ms: number) => Promise<void>;
};

export type Page = {
  /** Serves `/`, `/page/*` and `/world/*`; false when the request is somebody else's. */
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
  changed: () => void;
  close: () => void;
};

const LARGEST_BODY = 256 * 1024;
const LONGEST_STEP = 31 * 86_400_000;
const MAILS_LISTED = 300;

/** The page and its API. Callers have checked `Host` and `Origin` before. */
export async function createPage(options: PageOptions): Promise<Page> {
  const assets = await loadAssets();
  const live = createLive();
  let moving = false;

  const move = async (fields: Record<string, unknown>): Promise<Answer> => {
    const ms = fields['ms'];
    if (!options.advance) return { status: 404, body: { error: 'Time cannot be moved here.' } };
    if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_STEP))
      return { status: 400, body: { error: 'Expected ms, at most 31 days.' } };
    if (moving) return { status: 409, body: { error: 'Time is already moving.' } };
    moving = true;
    try {
      await options.advance(ms);
    } finally {
      moving = false;
      live.changed();
    }
    return { status: 200, body: { now: options.time.now() } };
  };

  const act = async (name: string, fields: Record<string, unknown>): Promise<Answer> => {
    if (name === 'time') return await move(fields);
    if (name === 'unsubscribe') return await unsubscribe(options, fields);
    const action = ACTIONS[name];
    if (!action) return { status: 404, body: { error: `There is no ${name}.` } };
    const as = person(options, fields['as']);
    return { status: 200, body: await action(options.workspace, as, fields) };
  };

  const world = async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> => {
    const path = url.pathname.slice('/world/'.length);
    if (req.method === 'GET' && path === 'events') return live.serve(req, res);
    if (req.method === 'GET') {
      const document = /^mail\/([^/]+)\/html$/.exec(path);
      return document
        ? sendMailDocument(options, res, document[1] ?? '')
        : sendJson(res, look(options, path, url.searchParams));
    }
    if (req.method !== 'POST') return sendJson(res, { status: 405, body: { error: 'Only GET and POST.' } });
    if (!req.headers['content-type']?.startsWith('application/json'))
      return sendJson(res, { status: 415, body: { error: 'Send JSON.' } });
    sendJson(res, await act(path, await readJson(req)));
  };

  return {
    handle: async (req, res) => {
      const url = new URL(req.url ?? '/', 'http://sandbox');
      if (url.pathname.startsWith('/world/')) {
        await world(req, res, url).catch((error: unknown) => sendFailure(res, error));
        return true;
      }
      const asset = assets.get(url.pathname);
      if (asset === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
      sendAsset(req, res, asset);
      return true;
    },
    changed: () => {
      options.time.noteNew(options.workspace);
      live.changed();
    },
    close: live.close,
  };
}

type Answer = { status: number; body: unknown };

const ok = (body: unknown): Answer => ({ status: 200, body });

function look(options: PageOptions, path: string, query: URLSearchParams): Answer {
  const mail = /^mail\/([^/]+)$/.exec(path);
  if (mail) {
    const found = options.mail.messages().find(({ id }) => id === mail[1]);
    return found ? ok(mailContent(found)) : { status: 404, body: { error: 'There is no such mail.' } };
  }
  switch (path) {
    case 'workspace':
      return ok(workspaceContent(options, person(options, query.get('as'))));
    case 'channel': {
      const as = person(options, query.get('as'));
      const channel = options.workspace.channels().find(({ id }) => id === query.get('channel'));
      if (!channel?.members.includes(as)) return { status: 404, body: { error: 'You are not in such a channel.' } };
      return ok(
        channelContent(options, as, channel.id, Math.min(1_000, Math.max(1, Number(query.get('limit')) || 60))),
      );
    }
    case 'mail':
      return ok(mailSummaries(options.mail.messages(), MAILS_LISTED));
    case 'traffic':
      return ok(traffic(options));
    case 'traffic-detail':
      return ok(trafficDetail(options, query.get('key') ?? ''));
    default:
      return { status: 404, body: { error: `There is no ${path}.` } };
  }
}

function person(options: PageOptions, id: unknown): string {
  const user = options.workspace
    .users()
    .find((candidate) => candidate.id === id && !candidate.is_bot && !candidate.deleted);
  if (!user) throw new BadAction('expected the id of a person as `as`');
  return user.id;
}

/** What a mail provider does when its Unsubscribe button is pressed (RFC 8058): one POST, no cookies, no redirects. */
async function unsubscribe(options: PageOptions, fields: Record<string, unknown>): Promise<Answer> {
  const mail = options.mail.messages().find(({ id }) => id === fields['mail']);
  const url = mail ? mailContent(mail).unsubscribe : null;
  if (url === null) return { status: 404, body: { error: 'This mail has no unsubscribe address on this machine.' } };
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
      signal: AbortSignal.timeout(10_000),
    });
    return ok({ status: response.status });
  } catch (error) {
    return {
      status: 502,
      body: { error: `The app did not answer: ${error instanceof Error ? error.message : String(error)}` },
    };
  }
}

const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

function sendAsset(req: IncomingMessage, res: ServerResponse, asset: Asset): void {
  const headers = {
    ...SAFE_HEADERS,
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-cache',
    etag: asset.etag,
    vary: 'accept-encoding',
  };
  if (req.headers['if-none-match'] === asset.etag) {
    res.writeHead(304, headers).end();
    return;
  }
  const zipped = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
  const body = zipped ? gzipSync(asset.body) : Buffer.from(asset.body);
  res.writeHead(200, {
    ...headers,
    'content-type': asset.type,
    'content-length': String(body.length),
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

function sendMailDocument(options: PageOptions, res: ServerResponse, id: string): void {
  const mail = options.mail.messages().find((candidate) => candidate.id === id);
  if (!mail) return sendJson(res, { status: 404, body: { error: 'There is no such mail.' } });
  res.writeHead(200, {
    ...SAFE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': MAIL_POLICY,
    'cache-control': 'no-store',
  });
  res.end(mailDocument(mail.html, mail.text));
}

function sendJson(res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, {
    ...SAFE_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  res.end(JSON.stringify(answer.body));
}

function sendFailure(res: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (res.headersSent) res.destroy();
  else sendJson(res, { status: 400, body: { error: message } });
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new BadAction('the request is too large');
    chunks.push(chunk);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new BadAction('expected a JSON object');
  return { ...body };
}
