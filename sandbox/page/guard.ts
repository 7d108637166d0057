import type { IncomingMessage } from 'node:http';

/** Why a request is turned away; null lets it pass. */
export type Refusal = { status: 403 | 421; reason: string };

/**
 * The sandbox can post as anybody, so no other website may talk to it: a foreign `Host` is a rebound name, and a
 * foreign `Origin` is another page. Programs (the app's SDKs) send no Origin and pass.
 */
export function refuseForeign(req: IncomingMessage, port: number): Refusal | null {
  const own = ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const host = req.headers.host?.toLowerCase() ?? '';
  if (!own.includes(host)) return { status: 421, reason: 'This sandbox answers to localhost only.' };
  const origin = req.headers.origin;
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`))
    return { status: 403, reason: 'Requests from other sites are refused.' };
  const site = req.headers['sec-fetch-site'];
  const navigation = req.method === 'GET' && req.headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !navigation)
    return { status: 403, reason: 'Requests from other sites are refused.' };
  return null;
}
