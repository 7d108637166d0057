import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './request-body.ts';
import type { WebResponse } from './route.ts';

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Writes the whole answer; does nothing when one was written before. A request that was not read ends its connection. */
export function answer(request: IncomingMessage, response: ServerResponse, answered: WebResponse): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(answered.body ?? '');
  // What is left of a request that was not read must not be taken for the next one.
  const unread = hasBody(request) && !request.complete;
  response.writeHead(answered.status, {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    ...answered.headers,
    'Content-Length': body.length,
    ...(unread ? { Connection: 'close' } : {}),
  });
  if (request.method !== 'HEAD' && body.length > 0) response.write(body);
  if (unread) linger(request, response);
  else response.end();
}

/** How long a client that is refused in mid-sentence may go on talking, so that it gets to read why. */
const LINGER_MS = 500;

/** A connection closed with bytes unread is reset, and a reset can overtake the answer. */
function linger(request: IncomingMessage, response: ServerResponse): void {
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => {
    response.end();
    request.destroy();
  }, LINGER_MS);
  response.flushHeaders();
  request.once('end', finish);
  request.once('close', finish);
  request.on('error', () => undefined);
  request.resume();
}
