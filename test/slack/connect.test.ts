import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createSlackStandIn } from '../../sandbox/slack/stand-in.ts';
import manifest from '../../manifest.json' with { type: 'json' };
import { connectSlack, SLACK_PATH, type SlackConnection } from '../../src/slack/connect.ts';
import { createDrain } from '../../src/slack/drain.ts';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const deps = { log: silent, clock: { now: () => new Date() }, machine: { now: () => new Date() } };

async function slackAt(
  refused: readonly string[] = [],
): Promise<{ apiUrl: string; credentials: ReturnType<typeof createSlackStandIn>['credentials'] }> {
  const standIn = createSlackStandIn({
    manifest,
    refusedScopes: refused,
    delivery: { mode: 'http', url: () => 'http://127.0.0.1:9' },
  });
  closing.push(() => standIn.close());
  const url = await open(createServer((request, response) => void standIn.handle(request, response)));
  return { apiUrl: `${url}/slack/api/`, credentials: standIn.credentials };
}

describe('at start', () => {
  test('a token that Slack does not know is named', async () => {
    const { apiUrl } = await slackAt();
    await expect(
      connectSlack({ botToken: 'xoxb-wrong', signingSecret: 's', appToken: null, apiUrl }, deps),
    ).rejects.toThrow('SLACK_BOT_TOKEN does not work: invalid_auth');
  });

  test('a missing permission is named', async () => {
    const { apiUrl, credentials } = await slackAt(['usergroups:read']);
    await expect(
      connectSlack({ botToken: credentials.botToken, signingSecret: 's', appToken: null, apiUrl }, deps),
    ).rejects.toThrow('SLACK_BOT_TOKEN lacks usergroups:read');
  });

  test('without a signing secret nothing starts', async () => {
    const { apiUrl, credentials } = await slackAt();
    await expect(
      connectSlack({ botToken: credentials.botToken, signingSecret: ' ', appToken: null, apiUrl }, deps),
    ).rejects.toThrow('SLACK_SIGNING_SECRET is empty');
  });

  test('a Slack that is not there is named', async () => {
    await expect(
      connectSlack({ botToken: 'x', signingSecret: 's', appToken: null, apiUrl: 'http://127.0.0.1:9/api/' }, deps),
    ).rejects.toThrow('Slack did not answer at start');
  });
});

describe('requests', () => {
  const body = new URLSearchParams({
    command: '/workflow',
    text: 'help',
    user_id: 'U0ANA',
    team_id: 'T1',
    channel_id: 'C1',
    trigger_id: 't',
    response_url: 'http://127.0.0.1:9',
  }).toString();
  let connection: SlackConnection;
  let secret = '';

  async function app(): Promise<string> {
    const { apiUrl, credentials } = await slackAt();
    secret = credentials.signingSecret;
    connection = await connectSlack(
      { botToken: credentials.botToken, signingSecret: secret, appToken: null, apiUrl },
      deps,
    );
    connection.listen({} as Parameters<SlackConnection['listen']>[0]);
    const listener = connection.requestListener;
    if (listener === null) throw new Error('no listener');
    return `${await open(createServer(listener))}${SLACK_PATH}`;
  }

  async function send(
    url: string,
    change: { secret?: string; age?: number; sent?: string; unsigned?: boolean } = {},
  ): Promise<number> {
    const timestamp = String(Math.floor(Date.now() / 1000) - (change.age ?? 0));
    const signature = `v0=${createHmac('sha256', change.secret ?? secret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex')}`;
    const signed = change.unsigned ? {} : { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...signed },
      body: change.sent ?? body,
    });
    return response.status;
  }

  test('only what Slack signed in the last five minutes is heard', async () => {
    const url = await app();
    expect(await send(url)).toBe(200);
    expect(await send(url, { age: 310 })).toBe(401);
    expect(await send(url, { age: -310 })).toBe(401);
    expect(await send(url, { secret: 'another' })).toBe(401);
    expect(await send(url, { sent: body.replace('help', 'halp') })).toBe(401);
    expect(await send(url, { unsigned: true })).toBe(401);
    expect(await send(url, { sent: 'x'.repeat(1_000_001) })).toBe(413);
  });

  test('while it stops nothing new is taken, and Slack hears that', async () => {
    const url = await app();
    expect(await connection.stop()).toBe(true);
    expect(await send(url)).toBe(500);
  });
});

describe('stopping', () => {
  test('waits for what is in flight', async () => {
    const drain = createDrain();
    let finish = (): void => {};
    const work = drain.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const stopped = drain.stop(60_000);
    expect(drain.inFlight()).toBe(1);
    finish();
    await work;
    expect(await stopped).toBe(true);
    await expect(drain.run(async () => {})).rejects.toThrow('stopping');
  });

  test('gives up after its patience and says so', async () => {
    const drain = createDrain();
    void drain.run(() => new Promise<void>(() => {}));
    expect(await drain.stop(1)).toBe(false);
  });
});
