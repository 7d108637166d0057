import { createHmac } from 'node:crypto';
import { type LookupAddress, lookup as resolveHost } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import type { WebhookAnswer, Webhooks } from '../engine/context.ts';

export type CallerOptions = {
  /** `whsec_…` as Standard Webhooks has it; null: no call is made. */
  secret: string | null;
  /** Also to addresses that are not on the open internet: a service in one's own network. */
  allowPrivate: boolean;
  /** Of the whole call, machine milliseconds. */
  timeoutMs: number;
  /** Machine time, which is signed. */
  machine: { now(): Date };
  /** Connects; the network's own when left out. */
  dispatcher?: Dispatcher;
};

const PREFIX = 'whsec_';

/**
 * Makes the calls of workflow steps: POST with a body of JSON, signed as Standard Webhooks says (https://www.standardwebhooks.com).
 * Redirects are not followed, the answer's body is not read. Where a name leads is looked at when the connection is made, so that
 * no name can lead into our own network.
 *
 * @throws for a secret that is not base64, without showing it.
 */
export function createWebhookCaller(options: CallerOptions): Webhooks & { close(): Promise<void> } {
  const key = options.secret === null ? null : keyOf(options.secret);
  const agent = new Agent({
    connect: { lookup: options.allowPrivate ? resolveHost : publicLookup, timeout: options.timeoutMs },
  });
  return {
    async post({ url, id, body }) {
      if (key === null)
        return { type: 'refused', detail: 'no secret to sign calls with is set (OUTGOING_WEBHOOK_SECRET)' };
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
      // An address needs no look-up, so the look-up can't refuse it.
      if (!options.allowPrivate && isIP(host) !== 0 && isPrivate(host)) return { type: 'refused', detail: PRIVATE };
      const timestamp = Math.floor(options.machine.now().getTime() / 1000);
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      try {
        const answer = await request(url, {
          method: 'POST',
          body,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'Countersign',
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': `v1,${signature}`,
          },
          dispatcher: options.dispatcher ?? agent,
          signal: AbortSignal.timeout(options.timeoutMs),
        });
        await answer.body.dump({ limit: 16_384 }).catch(() => undefined);
        return meaningOf(answer.statusCode);
      } catch (error) {
        return meaningOfError(error);
      }
    },
    close: () => agent.close(),
  };
}

function meaningOf(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { type: 'done' };
  const detail = `it answered ${status}`;
  // 410 and the like are final; what a server says when it is busy or broken is not.
  return status >= 500 || [408, 409, 425, 429].includes(status)
    ? { type: 'later', detail }
    : { type: 'refused', detail };
}

function meaningOfError(error: unknown): WebhookAnswer {
  const code = codeOf(error);
  if (code === PRIVATE_CODE) return { type: 'refused', detail: PRIVATE };
  return { type: 'later', detail: `it could not be reached (${code})` };
}

function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : 'no connection';
}

const PRIVATE = 'its address lies in a private network (OUTGOING_WEBHOOK_PRIVATE allows that)';
const PRIVATE_CODE = 'ERR_PRIVATE_ADDRESS';

/** The system's look-up, which refuses a name as soon as one of its addresses is not public. */
const publicLookup: LookupFunction = (host, options, callback) => {
  resolveHost(host, { all: true }, (error, found: LookupAddress[]) => {
    if (error) return callback(error, []);
    if (found.length === 0 || found.some(({ address }) => isPrivate(address)))
      return callback(Object.assign(new Error(`${host} is not public`), { code: PRIVATE_CODE }), []);
    const [first] = found;
    return options.all === true ? callback(null, found) : callback(null, first?.address ?? '', first?.family);
  });
};

/** Loopback, private, link-local (where clouds keep their secrets), carrier-grade, multicast, reserved, documentation. */
const NOT_PUBLIC = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, 'ipv4');
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6');
/** Of the global ones those that stand for something else: 6to4 and Teredo hide a v4 address, and documentation. */
const HIDDEN_V6 = new BlockList();
HIDDEN_V6.addSubnet('2002::', 16, 'ipv6');
HIDDEN_V6.addSubnet('2001::', 23, 'ipv6');
HIDDEN_V6.addSubnet('2001:db8::', 32, 'ipv6');

/** Whether an address is not one of the open internet. What can't be read is not. */
export function isPrivate(address: string): boolean {
  if (isIP(address) === 4) return NOT_PUBLIC.check(address, 'ipv4');
  if (isIP(address) !== 6) return true;
  const [plain = ''] = address.split('%', 1);
  return !GLOBAL_V6.check(plain, 'ipv6') || HIDDEN_V6.check(plain, 'ipv6');
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (text === '' || key.length < 16 || key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    throw new Error(
      'OUTGOING_WEBHOOK_SECRET is not a Standard Webhooks secret: whsec_ and at least 16 bytes in base64',
    );
  return key;
}
