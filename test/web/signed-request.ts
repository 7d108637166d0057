import { Webhook } from 'standardwebhooks';
import type { WebRequest } from '../../src/web/route.ts';

/** Secrets as Standard Webhooks writes them. */
export const secretOf = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`;
export const SECRET = secretOf('the secret that both sides know.');
export const machineNow = new Date('2026-03-10T12:00:00.500Z');

export type Signed = { id?: string; secret?: string; at?: Date; headers?: Record<string, string>; query?: string };
let next = 0;

/** A request as the web server would hand it to a route, signed by the package that senders use. */
export function signedRequest(
  path: string,
  body: string | Buffer,
  { id = `msg_${next++}`, secret = SECRET, at = machineNow, headers = {}, query = '' }: Signed = {},
): WebRequest {
  const bytes = Buffer.from(body);
  return {
    method: 'POST',
    path,
    params: {},
    query: new URLSearchParams(query),
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, bytes),
      ...headers,
    },
    body: bytes,
    remoteAddress: '127.0.0.1',
  };
}
