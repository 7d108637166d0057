import { createHmac, timingSafeEqual } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { json } from './json-answer.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';

/** Seconds, both ways: a message from the future can't be replayed later either. */
const TOLERANCE = 300;
const PREFIX = 'whsec_';

export type SignedWebhook = {
  path: string;
  /** Of the body, in bytes. */
  maxBytes: number;
  /** `whsec_…`, several while they are rotated; none: the door is shut. */
  secrets: readonly string[];
  /** For whoever reads that a secret is none: `lead webhook`. */
  name: string;
  /** False where a body may hold bytes that are no UTF-8 text. */
  text?: boolean;
  /** Machine time. */
  machine: { now(): Date };
  /** `id`: the message's own, by which its sender tells it from others and repeats it. */
  take: (id: string, request: WebRequest) => Promise<WebResponse>;
};

/**
 * A `POST` that is signed as Standard Webhooks says (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp`,
 * `webhook-signature`. 503 while no secret is configured, 413 for too much, 401 for any doubt, without details.
 *
 * @throws for a secret that is not base64, without showing it.
 */
export function signedWebhook({ path, maxBytes, secrets, name, text, machine, take }: SignedWebhook): Route {
  const keys = secrets.map((secret, i) => keyOf(secret, `secret ${i + 1} of the ${name}`));
  return {
    method: 'POST',
    path,
    maxBytes,
    async handle(request) {
      if (keys.length === 0) return json(503, { error: 'not configured' });
      if (request.body.length > maxBytes) return json(413, { error: `at most ${maxBytes} bytes` });
      const id = verifiedId(request, keys, machine.now());
      // Bytes that are not text would be read as what they are replaced by.
      if (id === null || (text !== false && !isUtf8(request.body))) return json(401, { error: 'unauthorized' });
      return take(id, request);
    },
  };
}

/** @throws for a secret that is not base64, without showing it. */
export function keyOf(secret: string, what: string): Buffer {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(base64, 'base64');
  if (key.length === 0 || key.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    throw new Error(`${what} is not a Standard Webhooks secret: it must be "whsec_" and base64`);
  return key;
}

/** The message's id, or null. Signs the bytes as they came, so that a mail in any encoding can be signed. */
export function verifiedId({ headers, body }: WebRequest, keys: readonly Buffer[], now: Date): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !timestamp || !signatures || id.length > 256 || signatures.length > 4096) return null;
  if (!/^\d{1,12}$/.test(timestamp) || String(Number(timestamp)) !== timestamp) return null;
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > TOLERANCE) return null;
  const given = signatures.split(' ').map((signature) => Buffer.from(signature));
  let valid = false;
  for (const key of keys) {
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const expected = Buffer.from(`v1,${mac}`);
    for (const signature of given)
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) valid = true;
  }
  return valid ? id : null;
}
