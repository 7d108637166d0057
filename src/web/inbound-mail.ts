import { z } from 'zod';
import { MAX_MAIL_BYTES } from '../email/read-inbound.ts';
import type { Context } from '../engine/context.ts';
import type { ReceiveResult } from '../engine/receive-mail.ts';
import { json } from './json-answer.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';
import { signedWebhook } from './signed-webhook.ts';
import { type GivenEnvelope, takeMail } from './take-mail.ts';

/** A mail of the largest size in base64, and the envelope around it. */
const MAX_BYTES = Math.ceil((MAX_MAIL_BYTES * 4) / 3) + 64 * 1024;

/**
 * `POST /webhooks/inbound-mail`: a mail that a provider or a mail server received for us, signed like the lead webhook but with
 * secrets of its own. Either `message/rfc822` (the mail's bytes; the envelope as `?from=…&to=…` or in `X-Envelope-From` and
 * `X-Envelope-To`) or `application/json`: `{ "raw": base64, "envelope"?: { "from"?: …, "to"?: … | […] } }`, where the signature
 * covers the envelope too. An empty `from` or `<>` is the null return path; one that is left out is not.
 *
 * - 202 `{ kind, matched, opted_out }` · 200 `{ duplicate: true }` for a mail that came in before
 * - 401, 413, 503 as of the lead webhook · 415 · 422 `{ error, problem, remedy }` for what cannot be read as a mail
 *
 * @param secrets `whsec_…`, several while they are rotated. @throws for one that is not base64, without showing it.
 */
export function inboundMailWebhook(ctx: Context, { secrets }: { secrets: readonly string[] }): Route {
  return signedWebhook({
    path: '/webhooks/inbound-mail',
    maxBytes: MAX_BYTES,
    secrets,
    name: 'inbound mail webhook',
    text: false,
    machine: ctx.machine,
    take: (_id, request) => take(ctx, request),
  });
}

async function take(ctx: Context, request: WebRequest): Promise<WebResponse> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const read =
    type === 'message/rfc822' ? readPlain(request) : type === 'application/json' ? readJson(request.body) : null;
  if (read === null) return json(415, { error: 'send message/rfc822 or application/json' });
  if (!read.ok) return refused(read.problem);
  const taken = await takeMail(ctx, read.raw, read.envelope, 'webhook');
  return taken.ok ? answer(taken.received) : refused(taken.problem);
}

function refused(problem: string): WebResponse {
  return json(422, { error: 'unreadable mail', problem, remedy: 'send the mail as it came in, headers first' });
}

function answer(received: ReceiveResult): WebResponse {
  if (received.result === 'duplicate') return json(200, { duplicate: true });
  const optedOut = received.result === 'unmatched' && received.optedOut;
  return json(202, { kind: received.kind, matched: received.result === 'recorded', opted_out: optedOut });
}

type Read = { ok: true; raw: Buffer; envelope: GivenEnvelope } | { ok: false; problem: string };

function readPlain({ body, headers, query }: WebRequest): Read {
  const from = query.get('from') ?? headers['x-envelope-from'];
  const to = query.has('to') ? query.getAll('to') : (headers['x-envelope-to'] ?? '').split(',');
  return { ok: true, raw: body, envelope: envelopeOf(from, to) };
}

const address = z.string().max(1_000);
const bodySchema = z.object({
  raw: z.string(),
  envelope: z
    .object({ from: address.nullish(), to: z.union([address, z.array(address).max(100)]).nullish() })
    .nullish(),
});

function readJson(body: Buffer): Read {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, problem: 'the body is not JSON' };
  }
  const checked = bodySchema.safeParse(parsed);
  if (!checked.success) return { ok: false, problem: 'the body is not { raw: base64, envelope?: { from?, to? } }' };
  const { raw, envelope } = checked.data;
  const bytes = Buffer.from(raw, 'base64');
  // The decoder passes over what is no base64: then there are fewer bytes than letters for them.
  if (bytes.length !== Math.floor((raw.replace(/[\s=]+/g, '').length * 3) / 4))
    return { ok: false, problem: 'raw is not base64' };
  return {
    ok: true,
    raw: bytes,
    envelope: envelopeOf(envelope?.from ?? undefined, [envelope?.to ?? []].flat()),
  };
}

function envelopeOf(from: string | undefined, to: readonly string[]): GivenEnvelope {
  const bare = from?.trim().replace(/^<(.*)>$/s, '$1');
  return { from: bare === '' ? null : bare, to: to.map((each) => each.trim()).filter(Boolean) };
}
