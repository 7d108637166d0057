import { isUtf8 } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { json } from './json-answer.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';
import { keyOf, verifiedId } from './signed-webhook.ts';

export type ApiKeys = {
  /** `whsec_…`, for requests signed as Standard Webhooks says; several while they are rotated. */
  secrets: readonly string[];
  /** For clients that can't sign: sent as the user name of Basic authentication, or as a Bearer token. */
  writeKeys: readonly string[];
};

export type ApiDoor = ApiKeys & {
  path: string;
  /** Of the body, in bytes. */
  maxBytes: number;
  /** Machine time. */
  machine: { now(): Date };
  /** `key`: under which the whole request is taken once: `webhook-id`, or the header `idempotency-key`; null without. */
  take: (body: unknown, key: string | null) => Promise<WebResponse>;
};

/**
 * A `POST` of JSON, signed or with a write key. 503 while neither is configured, 413 for too much, 401 for any doubt about who
 * asks, without details, 400 for a body that is not JSON.
 *
 * @throws for a secret that is not base64, without showing it.
 */
export function apiDoor({ path, maxBytes, secrets, writeKeys, machine, take }: ApiDoor): Route {
  const keys = secrets.map((secret, i) => keyOf(secret, `secret ${i + 1} of the events API`));
  const known = writeKeys.map(digest);
  return {
    method: 'POST',
    path,
    maxBytes,
    async handle(request) {
      if (keys.length === 0 && known.length === 0) return json(503, { error: 'not configured' });
      if (request.body.length > maxBytes) return json(413, { error: `at most ${maxBytes} bytes` });
      const signedId = keys.length === 0 ? null : verifiedId(request, keys, machine.now());
      if (signedId === null && !hasWriteKey(request, known)) return json(401, { error: 'unauthorized' });
      const body = isUtf8(request.body) ? parsed(request.body.toString('utf8')) : undefined;
      if (body === undefined) return json(400, { error: 'the body is not JSON' });
      return take(body, signedId ?? idempotencyKey(request));
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** All keys are compared, in constant time. */
function hasWriteKey({ headers }: WebRequest, known: readonly Buffer[]): boolean {
  const given = keyGiven(headers['authorization'] ?? '');
  if (given === null || known.length === 0) return false;
  const sent = digest(given);
  let valid = false;
  for (const key of known) if (timingSafeEqual(key, sent)) valid = true;
  return valid;
}

function keyGiven(authorization: string): string | null {
  if (authorization.length > 1024) return null;
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const [user = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 1);
  return user === '' ? null : user;
}

function idempotencyKey({ headers }: WebRequest): string | null {
  const key = (headers['idempotency-key'] ?? '').trim();
  return key !== '' && key.length <= 256 ? key : null;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
