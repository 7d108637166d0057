import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { createWebhookCaller, isPrivate } from '../../src/web/webhook-caller.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
const stops: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Taken = { method: string; headers: IncomingMessage['headers']; body: string };

async function receiver(answer: (taken: Taken) => number | { status: number; location: string } | 'hang') {
  const taken: Taken[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = { method: request.method ?? '', headers: request.headers, body };
      taken.push(one);
      const said = answer(one);
      if (said === 'hang') return;
      const { status, location } = typeof said === 'number' ? { status: said, location: undefined } : said;
      response.writeHead(status, location === undefined ? {} : { location }).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` };
}

function caller(change: Partial<Parameters<typeof createWebhookCaller>[0]> = {}) {
  const made = createWebhookCaller({
    secret: SECRET,
    allowPrivate: true,
    timeoutMs: 2_000,
    machine: { now: () => new Date() },
    ...change,
  });
  stops.push(() => made.close());
  return made;
}

const call = (url: string) => ({ url, id: 'e.tell.0', body: '{"a":1}' });

test('a call is a POST that the library of Standard Webhooks takes for genuine', async () => {
  const { taken, url } = await receiver(() => 204);
  expect(await caller().post(call(url))).toEqual({ type: 'done' });
  const [one] = taken;
  expect(one).toMatchObject({ method: 'POST', body: '{"a":1}' });
  expect(one?.headers['webhook-id']).toBe('e.tell.0');
  const verify = () => new Webhook(SECRET).verify(one?.body ?? '', one?.headers as Record<string, string>);
  expect(verify()).toEqual({ a: 1 });
  expect(() => new Webhook(SECRET).verify('{"a":2}', one?.headers as Record<string, string>)).toThrow();
});

const ANSWERS = [
  [200, 'done'],
  [204, 'done'],
  [400, 'refused'],
  [404, 'refused'],
  [410, 'refused'],
  [429, 'later'],
  [500, 'later'],
  [503, 'later'],
] as const;
test.for(ANSWERS)('an answer of %i means %s', async ([status, type]) => {
  const { url } = await receiver(() => status);
  expect(await caller().post(call(url))).toMatchObject({ type });
});

test('a redirect is not followed', async () => {
  const { taken, url } = await receiver(() => ({ status: 307, location: 'http://127.0.0.1:9/elsewhere' }));
  expect(await caller().post(call(url))).toEqual({ type: 'refused', detail: 'it answered 307' });
  expect(taken).toHaveLength(1);
});

test('silence and a closed port are worth another try', async () => {
  const { url } = await receiver(() => 'hang');
  expect(await caller({ timeoutMs: 200 }).post(call(url))).toMatchObject({ type: 'later' });
  expect(await caller().post(call('http://127.0.0.1:1/'))).toMatchObject({ type: 'later' });
});

test.for([
  'http://127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://[::1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f.1:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
])('%s is refused unless private addresses are allowed', async (place) => {
  const { taken, url } = await receiver(() => 200);
  const target = place.replace('PORT', new URL(url).port);
  expect(await caller({ allowPrivate: false }).post(call(target))).toMatchObject({
    type: 'refused',
    detail: expect.stringContaining('private network') as string,
  });
  expect(taken).toEqual([]);
});

test.for([
  ['8.8.8.8', false],
  ['93.184.216.34', false],
  ['2606:2800:220:1:248:1893:25c8:1946', false],
  ['10.1.2.3', true],
  ['172.20.0.1', true],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.100.0.1', true],
  ['224.0.0.1', true],
  ['::', true],
  ['fe80::1%eth0', true],
  ['fd00::1', true],
  ['::ffff:10.0.0.1', true],
  ['64:ff9b::a00:1', true],
  ['2002:a00:1::', true],
  ['nonsense', true],
] as const)('%s: private %s', ([address, expected]) => {
  expect(isPrivate(address)).toBe(expected);
});

test('without a secret no call is made, and a secret that is none stops the start', async () => {
  const { taken, url } = await receiver(() => 200);
  expect(await caller({ secret: null }).post(call(url))).toMatchObject({ type: 'refused' });
  expect(taken).toEqual([]);
  expect(() => caller({ secret: 'whsec_no' })).toThrow(/OUTGOING_WEBHOOK_SECRET/);
});
