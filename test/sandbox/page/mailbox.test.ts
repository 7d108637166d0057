import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailStandIn, type MailStandIn } from '../../../sandbox/mail/stand-in.ts';
import { startWorld, type World } from '../../../sandbox/world.ts';

const manifest: unknown = JSON.parse(await readFile(new URL('../../../manifest.json', import.meta.url), 'utf8'));
const NOW = 1_900_000_000_000;

let app: Server;
let asked: string[];
let inbound: MailStandIn | null;
let world: World;

beforeEach(async () => {
  asked = [];
  app = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      asked.push(`${req.method ?? ''} ${req.url ?? ''} ${Buffer.concat(chunks).toString('utf8')}`.trim());
      if (req.url?.startsWith('/c/')) res.writeHead(302, { location: 'https://elsewhere.example/paper' });
      res.end('<form method="post"><button name="confirm" value="yes">Unsubscribe</button></form>');
    });
  });
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done));
  inbound = await createMailStandIn();
  world = await startWorld({
    manifest,
    pagePort: 0,
    appUrl: () => 'http://127.0.0.1:9',
    inboundSmtp: () => inbound?.url ?? null,
    time: { now: () => new Date(NOW) },
  });
});

afterEach(async () => {
  await world.close();
  await inbound?.close();
  app.closeAllConnections();
  await new Promise((done) => app.close(done));
});

type Answer = { status: number; body: Record<string, unknown> };

async function ask(path: string, post?: unknown): Promise<Answer> {
  const response = await fetch(`${world.url}${path}`, {
    ...(post === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(post) }),
  });
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body };
}

const act = (mail: string, fields: Record<string, unknown>): Promise<Answer> =>
  ask('/world/mail-act', { mail, ...fields });

const appUrl = (): string => {
  const address = app.address();
  if (address === null || typeof address === 'string') throw new Error('the app does not listen on a port');
  return `http://127.0.0.1:${address.port}`;
};

async function receive(): Promise<string> {
  const transport = createTransport(world.mail.url);
  await transport.sendMail({
    from: 'Nora <nora@fieldlark.example>',
    to: 'Karen Osei <karen@brightwater.example>',
    subject: 'The paper',
    text: 'Hello',
    html: `<p>Hello <a href="${appUrl()}/c/1">paper</a> <a href="https://elsewhere.example/x">away</a></p><p><a href="${appUrl()}/u/t">Unsubscribe</a></p>`,
    headers: { 'List-Unsubscribe': `<${appUrl()}/u/t>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  });
  transport.close();
  return world.mail.messages().at(-1)?.id ?? '';
}

const list = async (): Promise<unknown> => (await ask('/world/mail')).body;

test('a mail is unread until somebody opens it, and the list says what was done with it last', async () => {
  const id = await receive();
  expect(await list()).toMatchObject([{ id, unread: true, doing: '' }]);
  expect((await act(id, { act: 'open' })).body).toEqual({ text: 'You opened it', answer: '' });
  expect(await list()).toMatchObject([{ id, unread: false, doing: '' }]);
  await act(id, { act: 'reply', kind: 'angry' });
  expect(await list()).toMatchObject([{ doing: 'Replied: angry' }]);
});

test('what can be done with a mail is told with it', async () => {
  const id = await receive();
  expect((await ask(`/world/mail/${id}`)).body).toMatchObject({
    unread: true,
    links: [
      { href: `${appUrl()}/c/1`, words: 'paper', isLocal: true },
      { href: 'https://elsewhere.example/x', words: 'away', isLocal: false },
    ],
    hasUnsubscribePage: true,
    hasOneClick: true,
    doings: [],
  });
  expect(asked).toEqual([]);
});

test('a click answers what the app answered and where it leads', async () => {
  const id = await receive();
  const clicked = await act(id, { act: 'click', href: `${appUrl()}/c/1` });
  expect(clicked.body['answer']).toBe('HTTP 302, leads to https://elsewhere.example/paper');
  expect(asked).toEqual(['GET /c/1']);
});

test('only links of the mail can be clicked', async () => {
  const id = await receive();
  for (const href of [`${appUrl()}/admin`, `${appUrl()}/u/t`, 7])
    expect((await act(id, { act: 'click', href })).status).toBe(400);
  expect(asked).toEqual([]);
});

test('a link pressed in the shown mail is clicked by the page, which tells where it leads and goes nowhere', async () => {
  const id = await receive();
  const shown = await (await fetch(`${world.url}/world/mail/${id}/html`)).text();
  const [first = '', second = ''] = [...shown.matchAll(/href="(\/world\/mail[^"]*)"/g)].map(([, href = '']) => href);
  const clicked = await fetch(`${world.url}${first}`, { redirect: 'manual' });
  expect(clicked.status).toBe(200);
  expect(clicked.headers.get('content-security-policy')).toContain("default-src 'none'");
  const told = await clicked.text();
  expect(told).toContain('The app answered 302');
  expect(told).not.toContain('href=');
  expect(asked).toEqual(['GET /c/1']);
  expect(await (await fetch(`${world.url}${second}`)).text()).toContain('leads out of the sandbox');
  expect((await ask(`/world/mail/${id}`)).body['doings']).toMatchObject([
    { text: `You clicked ${appUrl()}/c/1` },
    { text: expect.stringContaining('was not opened') },
  ]);
});

test('another website cannot guess the address behind which a click happens', async () => {
  const id = await receive();
  expect((await fetch(`${world.url}/world/mail/${id}/click/guess/0`)).status).toBe(404);
  expect(asked).toEqual([]);
});

test('a reply can be read before it is sent, and sent as it is or edited', async () => {
  const id = await receive();
  const { body: draft } = await ask(`/world/mail/${id}/reply?kind=interested`);
  expect(draft).toMatchObject({ to: 'nora@fieldlark.example', subject: 'Re: The paper' });
  const sent = await act(id, { act: 'reply', kind: 'interested' });
  expect(sent.body).toEqual({ text: 'You replied: interested', answer: expect.stringMatching(/^250 /) });
  expect(inbound?.messages()[0]?.text).toContain(String(draft['text']).split('\n')[0]);
  await act(id, { act: 'reply', kind: 'not_now', text: 'My own words.' });
  expect(inbound?.messages()[1]?.text).toMatch(/^My own words\./);
  await act(id, { act: 'reply', text: 'No kind at all.' });
  expect(inbound?.messages()[2]?.text).toMatch(/^No kind at all\./);
});

test('an unsubscribe goes the way that was chosen', async () => {
  const id = await receive();
  expect((await act(id, { act: 'unsubscribe', how: 'page' })).body['answer']).toBe('HTTP 200');
  expect(asked).toEqual(['GET /u/t', 'POST /u/t confirm=yes']);
  expect((await act(id, { act: 'unsubscribe', how: 'one_click' })).body['answer']).toBe('HTTP 200');
  expect(asked.at(-1)).toBe('POST /u/t List-Unsubscribe=One-Click');
});

test('a bounce and a complaint reach the app’s mail server', async () => {
  const id = await receive();
  expect((await act(id, { act: 'bounce', how: 'hard' })).body['text']).toBe('Bounced: the address does not exist');
  expect((await act(id, { act: 'complain' })).body['text']).toBe('You marked it as spam');
  const types = inbound?.messages().map(({ raw }) => /report-type="?([a-z-]+)/.exec(raw)?.[1]);
  expect(types).toEqual(['delivery-status', 'feedback-report']);
});

test('where the app takes no mail, or refuses one, the page is told so', async () => {
  const id = await receive();
  inbound?.faults.next({ phase: 'mail', kind: 'code', code: 451, text: 'come back later' });
  const refused = await act(id, { act: 'reply', kind: 'angry' });
  expect(refused).toMatchObject({ status: 502, body: { error: expect.stringContaining('451 come back later') } });
  await inbound?.close();
  inbound = null;
  const off = await act(id, { act: 'complain' });
  expect(off).toMatchObject({ status: 502, body: { error: expect.stringContaining('takes no mail') } });
});

test.for([
  [{ act: 'forward' }],
  [{ act: 'reply' }],
  [{ act: 'reply', kind: 'furious' }],
  [{ act: 'reply', text: ' ' }],
  [{ act: 'reply', text: 'x'.repeat(20_001) }],
  [{ act: 'unsubscribe', how: 'twice' }],
  [{ act: 'bounce' }],
  [{}],
] as const)('%j makes no sense and does nothing', async ([fields]) => {
  const id = await receive();
  expect((await act(id, { ...fields })).status).toBe(400);
  expect((await act('mail-999999', { ...fields })).status).toBe(404);
  expect(inbound?.messages()).toEqual([]);
  expect(asked).toEqual([]);
});

test('an open page hears of what a lead did with a mail', async () => {
  const id = await receive();
  const response = await fetch(`${world.url}/world/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const told = async (): Promise<string> => (await reader?.read())?.value ?? '';
  const before = await told();
  await world.program.open(id);
  const after = await told();
  expect(after).toMatch(/^event: change\n/);
  expect(after).not.toBe(before);
  await reader?.cancel();
});
