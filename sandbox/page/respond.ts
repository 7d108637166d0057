import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { BadAction } from './actions.ts';
import { PAGE_POLICY, type Asset } from './assets.ts';

export type Answer = { status: number; body: unknown };

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const failed = (status: number, error: string): Answer => ({ status, body: { error } });

const LARGEST_BODY = 256 * 1024;

const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export function sendAsset(req: IncomingMessage, res: ServerResponse, asset: Asset): void {
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

/** A document that the page shows in a frame, under a policy of its own. */
export function sendDocument(res: ServerResponse, policy: string, html: string): void {
  res.writeHead(200, {
    ...SAFE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
  });
  res.end(html);
}

export function sendJson(res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, {
    ...SAFE_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  res.end(JSON.stringify(answer.body));
}

export function sendFailure(res: ServerResponse, error: unknown): void {
  if (res.headersSent) res.destroy();
  else sendJson(res, failed(400, error instanceof Error ? error.message : String(error)));
}

export async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
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
