import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWorld, type World, type WorldTime } from '../../../sandbox/world.ts';

const manifest: unknown = JSON.parse(await readFile(new URL('../../../manifest.json', import.meta.url), 'utf8'));

let world: World;
let app: Server;
let received: Array<{ method: string; url: string; body: string }>;
let businessNow: number;
let advanced: number[];
let holdTime: Promise<void>;

const time: WorldTime = {
  now: () => new Date(businessNow),
  controls: {
    advance: async (ms) => {
      advanced.push(ms);
      await holdTime;
      businessNow += ms;
    },
  },
};

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

beforeEach(async () => {
  received = [];
  advanced = [];
  holdTime = Promise.resolve();
  businessNow = 1_900_000_000_000;
  app = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      received.push({ method: req.method ?? '', url: req.url ?? '', body: Buffer.concat(chunks).toString('utf8') });
      res.end();
    });
  });
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done));
  world = await startWorld({ manifest, pagePort: 0, appUrl: () => `http://127.0.0.1:${portOf(app)}`, time });
});

afterEach(async () => {
  await world.close();
  app.closeAllConnections();
  await new Promise((done) => app.close(done));
});

type Got = { status: number; headers: IncomingHttpHeaders; body: string };

/** node:http and not fetch, since fetch does not let a test set Host and Origin. */
async function get(path: string, headers: Record<string, string> = {}, post?: unknown): Promise<Got> {
  return await new Promise((resolve, reject) => {
    const req = request(
      new URL(path, world.url),
      {
        method: post === undefined ? 'GET' : 'POST',
        headers: { ...(post === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    req.on('error', reject);
    req.end(post === undefined ? undefined : JSON.stringify(post));
  });
}

const json = async (path: string, post?: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
  const { status, body } = await get(path, {}, post);
  const parsed: Record<string, unknown> = JSON.parse(body);
  return { status, body: parsed };
};

async function slackApi(method: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await get(
    `/slack/api/${method}`,
    { authorization: `Bearer ${world.env['SLACK_BOT_TOKEN'] ?? ''}` },
    body,
  );
  const parsed: Record<string, unknown> = JSON.parse(response.body);
  expect(parsed).toMatchObject({ ok: true });
  return parsed;
}

const channelId = (name: string): string =>
  world.slack.workspace.channels().find((channel) => channel.name === name)?.id ?? '';

const card = {
  text: 'A draft waits',
  blocks: [
    {
      type: 'actions',
      block_id: 'verdict',
      elements: [{ type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' }, value: 'd1' }],
    },
  ],
};

test('the page and every module it imports are served, and weigh less than 300 kB', async () => {
  const page = await get('/');
  expect(page.status).toBe(200);
  const map: { imports: Record<string, string> } = JSON.parse(
    /<script type="importmap">(.*?)<\/script>/.exec(page.body)?.[1] ?? '{}',
  );
  const seen = new Map<string, number>([['/', page.body.length]]);
  const queue = ['/page/style.css', '/page/icon.svg', '/page/main.ts'];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    const file = await get(path);
    expect([path, file.status]).toEqual([path, 200]);
    seen.set(path, Buffer.byteLength(file.body));
    if (/\.(ts|js)$/.test(path)) expect(file.headers['content-type']).toMatch(/^text\/javascript/);
    for (const [, specifier = ''] of file.body.matchAll(/\bfrom\s*["']([^"']+)["']/g))
      queue.push(
        specifier.startsWith('.')
          ? new URL(specifier, `${world.url}${path}`).pathname
          : (map.imports[specifier] ?? `unmapped ${specifier}`),
      );
  }
  expect(seen.size).toBeGreaterThan(25);
  expect([...seen.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
});

test('the policy lets only this server’s own files run, and the one inline script by its hash', async () => {
  const page = await get('/');
  const policy = String(page.headers['content-security-policy']);
  const inline = /<script type="importmap">(.*?)<\/script>/.exec(page.body)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`);
  expect(policy).not.toMatch(/unsafe|https:|\*(?!;| |$)/);
  expect(page.body).not.toMatch(/https?:\/\//);
});

test.for(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost:1'])(
  'a request for host %j is refused everywhere',
  async (host) => {
    for (const path of ['/', '/world/workspace?as=U0ANA', '/slack/api/auth.test', '/openai/v1/models'])
      expect((await get(path, { host })).status).toBe(421);
  },
);

test('localhost is answered under each of its names', async () => {
  const port = new URL(world.url).port;
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
    expect((await get('/', { host })).status).toBe(200);
});

test('another website may neither post nor read, however it asks', async () => {
  const body = { as: 'U0ANA', channel: channelId('general'), text: 'from elsewhere' };
  expect((await get('/world/say', { origin: 'https://evil.example' }, body)).status).toBe(403);
  expect((await get('/world/say', { origin: 'null' }, body)).status).toBe(403);
  expect((await get('/slack/api/auth.test', { origin: 'https://evil.example' }, {})).status).toBe(403);
  expect((await get('/world/workspace?as=U0ANA', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await get('/world/say', { 'content-type': 'text/plain' }, body)).status).toBe(415);
  expect(world.slack.workspace.messages('#general')).toEqual([]);
  expect((await get('/world/say', { origin: world.url }, body)).status).toBe(200);
  expect(world.slack.workspace.messages('#general')).toHaveLength(1);
});

test('a card that the app posts can be seen and clicked by the person one acts as', async () => {
  const posted = await slackApi('chat.postMessage', { channel: channelId('nurture-emails'), ...card });
  const seen = await json(`/world/channel?as=U0BEN&channel=${channelId('nurture-emails')}`);
  expect(seen.body['messages']).toMatchObject([{ ts: posted['ts'], text: 'A draft waits' }]);
  const clicked = await json('/world/click', {
    as: 'U0BEN',
    channel: channelId('nurture-emails'),
    ts: posted['ts'],
    actionId: 'approve',
  });
  expect(clicked.body).toMatchObject({ acked: true, error: null });
  const payload = new URLSearchParams(received[0]?.body).get('payload') ?? '';
  expect(JSON.parse(payload)).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0BEN' },
    actions: [{ action_id: 'approve', value: 'd1' }],
  });
});

test('a click carries all that is chosen, and what was filled in around it', async () => {
  const plain = (text: string): object => ({ type: 'plain_text', text });
  const options = ['one', 'two', 'three'].map((value) => ({ text: plain(value), value }));
  const posted = await slackApi('chat.postMessage', {
    channel: channelId('nurture-emails'),
    text: 'Choose',
    blocks: [
      { type: 'actions', block_id: 'why', elements: [{ type: 'static_select', action_id: 'why', options }] },
      { type: 'actions', block_id: 'what', elements: [{ type: 'checkboxes', action_id: 'what', options }] },
    ],
  });
  const clicked = await json('/world/click', {
    as: 'U0BEN',
    channel: channelId('nurture-emails'),
    ts: posted['ts'],
    actionId: 'what',
    blockId: 'what',
    value: ['one', 'three'],
    values: { why: 'two' },
  });
  expect(clicked.body).toMatchObject({ acked: true, error: null });
  expect(JSON.parse(new URLSearchParams(received[0]?.body).get('payload') ?? '')).toMatchObject({
    actions: [{ action_id: 'what', selected_options: [{ value: 'one' }, { value: 'three' }] }],
    state: { values: { why: { why: { selected_option: { value: 'two' } } } } },
  });
});

test('a file for a form is kept, and its id is what the form holds', async () => {
  const bytes = Buffer.from('email\nx@y.example\n');
  const kept = await json('/world/file', { as: 'U0BEN', name: 'leads.csv', base64: bytes.toString('base64') });
  expect(kept.status).toBe(200);
  expect((await get(`/slack/files/${String(kept.body['id'])}`)).body).toBe(bytes.toString());
  expect((await json('/world/file', { as: 'U0NOBODY', name: 'a', base64: '' })).status).toBe(400);
});

test('a message is shown at the business time it was posted, also after time has moved', async () => {
  await slackApi('chat.postMessage', { channel: channelId('nurture-emails'), ...card });
  await json('/world/time', { ms: 7 * 86_400_000 });
  await slackApi('chat.postMessage', { channel: channelId('nurture-emails'), ...card });
  const { body } = await json(`/world/channel?as=U0ANA&channel=${channelId('nurture-emails')}`);
  const shown = Array.isArray(body['messages']) ? body['messages'].map((message: { at: number }) => message.at) : [];
  expect(shown).toEqual([1_900_000_000_000, 1_900_000_000_000 + 7 * 86_400_000]);
});

test('a guest sees only the channels they are in', async () => {
  const { body } = await json('/world/workspace?as=U0GUEST');
  expect(body['channels']).toMatchObject([{ name: 'nurture-emails' }]);
  expect((await json(`/world/channel?as=U0GUEST&channel=${channelId('nurture-scores')}`)).status).toBe(404);
});

test('nobody acts as the app or as somebody who does not exist', async () => {
  for (const as of ['U0NOBODY', world.slack.credentials.botUserId, '', 7])
    expect((await json('/world/slash', { as, channel: channelId('general'), text: '/workflow' })).status).toBe(400);
});

test('time moves through the clock that was given, one step at a time, and not too far', async () => {
  let release = (): void => undefined;
  holdTime = new Promise((done) => {
    release = done;
  });
  const step = json('/world/time', { ms: 3_600_000 });
  while (advanced.length === 0) await new Promise((turn) => setImmediate(turn));
  expect((await json('/world/time', { ms: 1 })).status).toBe(409);
  release();
  expect((await step).body).toEqual({ now: 1_900_003_600_000, moved: 3_600_000 });
  for (const ms of [0, -1, 365 * 86_400_000, 'x']) expect((await json('/world/time', { ms })).status).toBe(400);
  expect(advanced).toEqual([3_600_000]);
});

test('without such a clock there is nothing to move', async () => {
  const still = await startWorld({ manifest, pagePort: 0, appUrl: () => 'http://127.0.0.1:9' });
  const response = await fetch(`${still.url}/world/time`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"ms":1000}',
  });
  expect(response.status).toBe(404);
  await still.close();
});

const html =
  '<p onclick="x()">Hi</p><a href="http://127.0.0.1:1/u/1" onclick="x()">out</a> <a href="https://elsewhere.example/?a=1">site</a><script>x()</script>';
const sendMail = async (): Promise<string> => {
  const transport = createTransport(world.mail.url);
  const leave = `http://127.0.0.1:${portOf(app)}/u/token`;
  await transport.sendMail({
    from: 'a@x.example',
    to: 'b@x.example',
    subject: 'Hello',
    text: 'Hi',
    html,
    headers: { 'List-Unsubscribe': `<${leave}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  });
  transport.close();
  return world.mail.messages()[0]?.id ?? '';
};

test('a mail’s HTML runs nothing, and its links leave this machine in no way', async () => {
  const id = await sendMail();
  const { headers, body } = await get(`/world/mail/${id}/html`);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).toMatch(/sandbox allow-popups allow-popups-to-escape-sandbox$/);
  for (const [, href = ''] of body.matchAll(/href="([^"]*)"/g))
    expect(href).toMatch(/^(\/world\/mail\/|http:\/\/127\.0\.0\.1:)/);
  expect(body).not.toContain('href="https://elsewhere');
  expect(body).not.toMatch(/<a[^>]*onclick/);
});

test('an open page hears of every change', async () => {
  const response = await fetch(`${world.url}/world/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const told = async (): Promise<string> => (await reader?.read())?.value ?? '';
  expect(await told()).toContain('event: change\ndata: 0');
  await slackApi('chat.postMessage', { channel: channelId('general'), text: 'x' }).catch(() => undefined);
  await slackApi('chat.postMessage', { channel: channelId('nurture-emails'), ...card });
  expect(await told()).toContain('event: change\ndata: 1');
  await reader?.cancel();
});

test('the settings it hands out work, and a port that is taken is named with its remedy', async () => {
  expect(Object.keys(world.env)).toEqual([
    'SLACK_API_URL',
    'SLACK_BOT_TOKEN',
    'SLACK_SIGNING_SECRET',
    'OPENAI_BASE_URL',
    'OPENAI_API_KEY',
    'OPENAI_MODEL',
    'SMTP_URL',
    'SMTP_NAME',
    'LEAD_WEBHOOK_SECRETS',
    'INBOUND_MAIL_SECRETS',
  ]);
  const models = await fetch(`${world.env['OPENAI_BASE_URL'] ?? ''}/models`, {
    headers: { authorization: `Bearer ${world.env['OPENAI_API_KEY'] ?? ''}` },
  });
  expect(models.status).toBe(200);
  const port = Number(new URL(world.url).port);
  await expect(startWorld({ manifest, pagePort: port, appUrl: () => '' })).rejects.toThrow(
    new RegExp(`Port ${port} is taken.*SANDBOX_PORT`),
  );
});
