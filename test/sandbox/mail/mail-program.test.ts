import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createTransport } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailProgram, type MailPrograms } from '../../../sandbox/mail/mail-program.ts';
import { readerOf, type MailClient } from '../../../sandbox/mail/reader.ts';
import { REPLY_KINDS, writeReply } from '../../../sandbox/mail/reply-texts.ts';
import { createMailStandIn, type MailStandIn } from '../../../sandbox/mail/stand-in.ts';
import type { StoredMail } from '../../../sandbox/mail/stored-mail.ts';
import { isLocal } from '../../../sandbox/mail/this-machine.ts';

const NOW = Date.UTC(2027, 2, 1, 9, 30);
const UNSUBSCRIBE_PAGE =
  '<form method="post"><input type="hidden" name="token" value="a &amp; b"><button type="submit" name="confirm" value="yes">Unsubscribe</button></form>';

type Asked = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Answer = { status: number; location?: string; body?: string };

let app: Server;
let origin: string;
let asked: Asked[];
let answers: Record<string, Answer>;
let outgoing: MailStandIn;
let inbound: MailStandIn;
let program: MailPrograms;

beforeEach(async () => {
  asked = [];
  answers = {};
  app = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method = '', url = '', headers } = req;
      asked.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const answer = answers[`${method} ${url}`] ?? { status: 404 };
      res.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location });
      res.end(answer.body);
    });
  });
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done));
  const address = app.address();
  if (address === null || typeof address === 'string') throw new Error('the app does not listen on a port');
  origin = `http://127.0.0.1:${address.port}`;
  outgoing = await createMailStandIn({ now: () => NOW - 3_600_000 });
  inbound = await createMailStandIn();
  program = programWith();
});

afterEach(async () => {
  await outgoing.close();
  await inbound.close();
  app.closeAllConnections();
  await new Promise((done) => app.close(done));
});

const programWith = (options: { seed?: number; inboundSmtp?: () => string | null } = {}): MailPrograms =>
  createMailProgram({
    mail: outgoing,
    inboundSmtp: options.inboundSmtp ?? (() => inbound.url),
    now: () => NOW,
    seed: options.seed ?? 7,
  });

const bodyHtml = (): string =>
  `<!doctype html><html><body><p>Hello Karen, read <a href="${origin}/c/paper?a=1&amp;b=2">the paper</a> or <a href="https://elsewhere.example/x">this</a>.</p>` +
  `<div style="display:none"><a href="${origin}/c/trap">trap</a></div><a href="${origin}/c/empty" hidden></a>` +
  `<a href="mailto:x@y.example">mail</a> <a href="${origin}/c/paper?a=1&amp;b=2">again</a>` +
  `<img src="${origin}/pixel.png"><img src="https://elsewhere.example/p.png">` +
  `<p><a href="${origin}/u/token">Unsubscribe</a></p></body></html>`;

let sent = 0;
async function receive(fields: Record<string, unknown> = {}): Promise<StoredMail> {
  sent += 1;
  const transport = createTransport(outgoing.url);
  await transport.sendMail({
    from: 'Nora Feldmann <nora@fieldlark.example>',
    to: 'Karen Osei <karen@brightwater.example>',
    replyTo: 'answers@fieldlark.example',
    envelope: { from: 'bounce+1@fieldlark.example', to: 'karen@brightwater.example' },
    messageId: `<mail-${sent}@fieldlark.example>`,
    subject: 'Grüße, one thing from the paper',
    text: `Hello Karen,\n\nread ${origin}/c/paper?a=1&b=2\n\n-- \nUnsubscribe: ${origin}/u/token\n`,
    html: bodyHtml(),
    headers: {
      'List-Unsubscribe': `<mailto:out@fieldlark.example>, <${origin}/u/token>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    ...fields,
  });
  transport.close();
  const mail = outgoing.messages().at(-1);
  if (!mail) throw new Error('the mail was not kept');
  return mail;
}

/** The latest mail that was handed in, as received and as read. */
async function handedIn(): Promise<{ stored: StoredMail; read: Email; header: (name: string) => string | undefined }> {
  const stored = inbound.messages().at(-1);
  if (!stored) throw new Error('nothing was handed in');
  const read = await PostalMime.parse(stored.raw, { forceRfc822Attachments: true, attachmentEncoding: 'utf8' });
  const header = (name: string): string | undefined => read.headers.find(({ key }) => key === name)?.value;
  return { stored, read, header };
}

function part(read: Email, type: string): string {
  const content = read.attachments.find(({ mimeType }) => mimeType === type)?.content;
  return typeof content === 'string' ? content.replaceAll('\r\n', '\n') : '';
}

const agentOf = (mail: StoredMail): string => readerOf(mail, 7).userAgent;

/** A mail to somebody who reads with this program. */
async function receiveWith(client: MailClient): Promise<StoredMail> {
  for (let nth = 0; nth < 60; nth += 1) {
    const to = `lead${nth}@brightwater.example`;
    const mail = await receive({ to: `Karen Osei <${to}>`, envelope: { from: 'b@fieldlark.example', to } });
    if (readerOf(mail, 7).client === client) return mail;
  }
  throw new Error(`nobody reads with ${client}`);
}

test('a reply is threaded to the mail it answers and goes where the mail wants answers', async () => {
  const mail = await receive();
  await program.reply(mail.id, 'interested');
  const { stored, read, header } = await handedIn();
  expect(stored.envelopeFrom).toBe('karen@brightwater.example');
  expect(stored.envelopeTo).toEqual(['answers@fieldlark.example']);
  expect(read.from).toMatchObject({ name: 'Karen Osei', address: 'karen@brightwater.example' });
  expect(read.to?.[0]).toMatchObject({ address: 'answers@fieldlark.example' });
  expect(read.subject).toBe('Re: Grüße, one thing from the paper');
  expect(header('in-reply-to')).toBe(mail.messageId);
  expect(header('references')).toBe(mail.messageId);
  expect(header('date')).toBe('Mon, 01 Mar 2027 09:30:00 +0000');
  expect(header('auto-submitted')).toBeUndefined();
  expect(header('message-id')).toMatch(/^<[0-9a-f]{32}@mail\.brightwater\.example>$/);
});

test('references grow along a thread, and Re: stands only once', async () => {
  const mail = await receive({ subject: 'Re: the paper', references: '<first@fieldlark.example>' });
  await program.reply(mail.id, { text: 'Fine.' });
  const { read, header } = await handedIn();
  expect(read.subject).toBe('Re: the paper');
  expect(header('references')).toBe(`<first@fieldlark.example> ${mail.messageId}`);
});

test('a mail without Reply-To is answered at its From', async () => {
  const mail = await receive({ replyTo: undefined });
  await program.reply(mail.id, 'not_now');
  expect((await handedIn()).stored.envelopeTo).toEqual(['nora@fieldlark.example']);
});

test.for([
  [
    'gmail',
    /\n-- \nKaren Osei\n.*\n\nOn Mon, 1 Mar 2027 at 08:30, Nora Feldmann <nora@fieldlark\.example> wrote:\n\n> Hello Karen,/s,
    'gmail_quote',
  ],
  [
    'outlook',
    /\n_{20,}\nFrom: Nora Feldmann <nora@fieldlark\.example>\nSent: .*\nTo: .*\nSubject: Grüße.*\n\nHello Karen,/s,
    'divRplyFwdMsg',
  ],
  [
    'apple',
    /\nSent from my iPhone\n\n> On 1 Mar 2027, at 08:30, .* wrote:\n>\n> Hello Karen,/s,
    'blockquote type="cite"',
  ],
] as const)(
  'a reply from %s is signed and quotes in that program’s manner, in text and HTML',
  async ([client, text, html]) => {
    const mail = await receiveWith(client);
    await program.reply(mail.id, { text: 'Fine <b>by</b> me.\nTuesday?' });
    const { read } = await handedIn();
    expect(read.text?.replaceAll('\r\n', '\n')).toMatch(/^Fine <b>by<\/b> me\.\nTuesday\?\n/);
    expect(read.text?.replaceAll('\r\n', '\n')).toMatch(text);
    expect(read.html).toContain('Fine &lt;b&gt;by&lt;/b&gt; me.<br>Tuesday?');
    expect(read.html).toContain(html);
    expect(read.html).toContain('Hello Karen, read');
  },
);

test('an answer sent by the mail program says so, quotes nothing and may not be answered', async () => {
  const mail = await receive();
  const { text } = program.draft(mail.id, 'out_of_office');
  await program.reply(mail.id, 'out_of_office');
  const { stored, read, header } = await handedIn();
  expect(stored.envelopeFrom).toBe('');
  expect(header('auto-submitted')).toBe('auto-replied');
  expect(header('precedence')).toMatch(/^(bulk|auto_reply)$/);
  expect(read.subject).toBe('Automatic reply: Grüße, one thing from the paper');
  expect(header('in-reply-to')).toBe(mail.messageId);
  expect(read.text?.trim().replaceAll('\r\n', '\n')).toBe(text);
});

test.for(REPLY_KINDS)('what is shown before sending is what is sent: %s', async (kind) => {
  const mail = await receive();
  const draft = program.draft(mail.id, kind);
  await program.reply(mail.id, kind);
  const { read, stored } = await handedIn();
  expect(read.text?.replaceAll('\r\n', '\n').startsWith(draft.text)).toBe(true);
  expect(read.subject).toBe(draft.subject);
  expect(stored.envelopeTo).toEqual([draft.to]);
});

test('leads have several ways to say a thing, and a second reply is another one than the first', async () => {
  for (const kind of REPLY_KINDS) {
    const names = { sender: 'Nora', lead: 'Karen' };
    const texts = Array.from({ length: 60 }, (_, nth) => writeReply(kind, `key-${nth}`, names, NOW).text);
    expect(new Set(texts).size).toBeGreaterThanOrEqual(5);
    expect(texts.join(' ')).not.toMatch(/undefined|\[object|NaN/);
  }
  const mail = await receive();
  await program.reply(mail.id, 'interested');
  const first = await handedIn();
  await program.reply(mail.id, 'interested');
  expect((await handedIn()).header('message-id')).not.toBe(first.header('message-id'));
});

test('an injection may hide from its reader, and stands then in both parts of the mail', async () => {
  const mail = await receive();
  const seed = Array.from({ length: 100 }, (_, index) => index).find(
    (index) => programWith({ seed: index }).draft(mail.id, 'injection').hidden !== null,
  );
  const sly = programWith({ seed: seed ?? 0 });
  const { hidden, text } = sly.draft(mail.id, 'injection');
  if (hidden === null) throw new Error('no seed hides an injection');
  expect(text).not.toContain(hidden);
  await sly.reply(mail.id, { text: 'Edited by hand.', kind: 'injection' });
  const { read } = await handedIn();
  expect(read.text).toContain('Edited by hand.');
  expect(read.text).toContain(hidden);
  expect(read.html).toMatch(/<div style="display:none[^"]*">/);
});

test('the same seed and time give the same bytes, another seed another letter', async () => {
  const mail = await receive();
  const raws: string[] = [];
  for (const seed of [3, 3, 4]) {
    await programWith({ seed }).reply(mail.id, 'interested');
    raws.push((await handedIn()).stored.raw);
  }
  expect(raws[1]).toBe(raws[0]);
  expect(raws[2]).not.toBe(raws[0]);
});

test.for([
  ['hard', /^Status: 5\.\d+\.\d+$/m, /^Diagnostic-Code: smtp; 550 /m],
  ['soft', /^Status: 4\.\d+\.\d+$/m, /^Diagnostic-Code: smtp; 4\d\d /m],
] as const)(
  'a %s bounce is a delivery report that only its returned headers tie to the mail',
  async ([how, status, code]) => {
    const mail = await receive();
    await program.bounce(mail.id, how);
    const { stored, read, header } = await handedIn();
    expect(stored.envelopeFrom).toBe('');
    expect(stored.envelopeTo).toEqual(['bounce+1@fieldlark.example']);
    expect(header('content-type')).toMatch(/^multipart\/report; report-type=delivery-status; boundary=/);
    expect(header('auto-submitted')).toBe('auto-replied');
    expect(header('in-reply-to')).toBeUndefined();
    expect(header('references')).toBeUndefined();
    const report = part(read, 'message/delivery-status');
    expect(report).toMatch(/^Reporting-MTA: dns; mx\.brightwater\.example\n(?:.+\n)+\n/);
    expect(report).toMatch(/^Final-Recipient: rfc822;karen@brightwater\.example$/m);
    expect(report).toMatch(/^Action: failed$/m);
    expect(report).toMatch(status);
    expect(report).toMatch(code);
    expect(part(read, 'text/rfc822-headers')).toContain(`Message-ID: ${mail.messageId}\n`);
    expect(read.text).toContain('could not be delivered');
    expect(program.isRead(mail.id)).toBe(false);
  },
);

test('a complaint is a feedback report with the mail it is about', async () => {
  const mail = await receive();
  await program.complain(mail.id);
  const { stored, read, header } = await handedIn();
  expect(stored.envelopeFrom).toBe('feedback@fbl.brightwater.example');
  expect(header('content-type')).toMatch(/^multipart\/report; report-type=feedback-report; boundary=/);
  const report = part(read, 'message/feedback-report');
  expect(report).toMatch(/^Feedback-Type: abuse$/m);
  expect(report).toMatch(/^Version: 1$/m);
  expect(report).toMatch(/^User-Agent: \S+/m);
  expect(report).toMatch(/^Original-Mail-From: <bounce\+1@fieldlark\.example>$/m);
  const about = await PostalMime.parse(part(read, 'message/rfc822'));
  expect(about.messageId).toBe(mail.messageId);
});

test('a click is a browser’s request, and where it leads off this machine is told and not opened', async () => {
  const mail = await receive();
  const href = `${origin}/c/paper?a=1&b=2`;
  answers['GET /c/paper?a=1&b=2'] = { status: 302, location: 'https://elsewhere.example/paper' };
  expect(await program.click(mail.id, href)).toEqual({ status: 302, location: 'https://elsewhere.example/paper' });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'GET', url: '/c/paper?a=1&b=2' });
  expect(asked[0]?.headers).toMatchObject({
    'user-agent': agentOf(mail),
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'upgrade-insecure-requests': '1',
  });
  expect(agentOf(mail)).toMatch(/^Mozilla\/5\.0 \(/);
});

test('redirects on this machine are followed, but not in a circle', async () => {
  const mail = await receive();
  answers['GET /a'] = { status: 302, location: '/b' };
  answers['GET /b'] = { status: 301, location: `${origin}/c` };
  answers['GET /c'] = { status: 200, body: 'here' };
  expect(await program.click(mail.id, `${origin}/a`)).toEqual({ status: 200, location: null });
  expect(asked.map(({ url }) => url)).toEqual(['/a', '/b', '/c']);
  answers['GET /c'] = { status: 302, location: '/a' };
  await expect(program.click(mail.id, `${origin}/a`)).rejects.toThrow('redirects in a circle');
});

test('a link off this machine is never asked for', async () => {
  const mail = await receive();
  expect(await program.click(mail.id, 'https://elsewhere.example/x')).toEqual({
    status: 0,
    location: 'https://elsewhere.example/x',
  });
  expect(asked).toEqual([]);
  expect(program.doings(mail.id)[0]?.what).toContain('was not opened');
});

test('a reader sees each link once, and neither traps for robots nor the way out', async () => {
  const mail = await receive();
  expect(program.links(mail.id)).toEqual([`${origin}/c/paper?a=1&b=2`, 'https://elsewhere.example/x']);
  const plain = await receive({ html: undefined });
  expect(program.links(plain.id)).toEqual([`${origin}/c/paper?a=1&b=2`]);
});

test('a mail scanner looks into everything, traps and way out too, does not look like a person, and reads nothing', async () => {
  const mail = await receive();
  await program.scan(mail.id);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /c/paper?a=1&b=2',
    'GET /c/trap',
    'GET /c/empty',
    'GET /u/token',
  ]);
  for (const { headers } of asked) expect(headers['sec-fetch-mode']).toBeUndefined();
  expect(program.isRead(mail.id)).toBe(false);
  expect(program.doings(mail.id)).toMatchObject([{ what: 'A mail scanner looked into 5 links' }]);
});

test('the unsubscribe page is opened and its button pressed, as a browser does it', async () => {
  const mail = await receive();
  answers['GET /u/token'] = { status: 200, body: UNSUBSCRIBE_PAGE };
  answers['POST /u/token'] = { status: 200, body: 'done' };
  expect(await program.unsubscribe(mail.id, 'page')).toEqual({ status: 200 });
  expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/u/token', ''],
    ['POST', '/u/token', 'token=a+%26+b&confirm=yes'],
  ]);
  expect(asked[1]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    origin,
    referer: `${origin}/u/token`,
    'user-agent': agentOf(mail),
  });
});

test('a page without a button is reported as what it is', async () => {
  const mail = await receive();
  answers['GET /u/token'] = { status: 404, body: UNSUBSCRIBE_PAGE };
  expect(await program.unsubscribe(mail.id, 'page')).toEqual({ status: 404 });
  expect(asked).toHaveLength(1);
  expect(program.doings(mail.id)).toMatchObject([
    { what: 'Opened the unsubscribe page', answer: 'HTTP 404, no button to press' },
  ]);
});

test('one click is one POST with the agreed body, without cookies, and follows nothing', async () => {
  const mail = await receive();
  answers['POST /u/token'] = { status: 302, location: '/elsewhere' };
  expect(await program.unsubscribe(mail.id, 'one_click')).toEqual({ status: 302 });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/u/token', body: 'List-Unsubscribe=One-Click' });
  expect(asked[0]?.headers.cookie).toBeUndefined();
});

test('a mail that offers no one-click has none', async () => {
  const mail = await receive({ headers: { 'List-Unsubscribe': `<${origin}/u/token>` } });
  await expect(program.unsubscribe(mail.id, 'one_click')).rejects.toThrow('no one-click address');
  expect(asked).toEqual([]);
});

test('opening marks a mail as read once, and loads pictures of this machine only', async () => {
  const mail = await receive();
  answers['GET /pixel.png'] = { status: 200 };
  expect(program.isRead(mail.id)).toBe(false);
  await program.open(mail.id);
  await program.open(mail.id);
  expect(program.isRead(mail.id)).toBe(true);
  expect(asked.map(({ url }) => url)).toEqual(['/pixel.png']);
  expect(program.doings(mail.id)).toEqual([{ at: NOW, what: 'Opened', by: 'lead' }]);
});

test('what the lead did and what was done by hand stand in one list, with what the app answered', async () => {
  const mail = await receive();
  await program.open(mail.id);
  await program.byHand.reply(mail.id, 'interested');
  await program.byHand.reply(mail.id, { text: 'A long answer of my own' });
  expect(program.doings(mail.id)).toEqual([
    { at: NOW, what: 'Opened', by: 'lead' },
    { at: NOW, what: 'Replied: interested', by: 'you', answer: expect.stringMatching(/^250 /) },
    { at: NOW, what: 'Replied: “A long answer of my own”', by: 'you', answer: expect.stringMatching(/^250 /) },
  ]);
});

test('where the app takes no mail, that is said and nothing is noted', async () => {
  const mail = await receive();
  const closed = programWith({ inboundSmtp: () => null });
  for (const act of [
    () => closed.reply(mail.id, 'angry'),
    () => closed.bounce(mail.id, 'hard'),
    () => closed.complain(mail.id),
  ])
    await expect(act()).rejects.toThrow('The app takes no mail: its inbound mail server is off');
  expect(closed.doings(mail.id)).toEqual([]);
});

test('a refusal of the app is handed on in its own words', async () => {
  const mail = await receive();
  inbound.faults.next({ phase: 'rcpt', kind: 'code', code: 550, text: 'no such mailbox here' });
  await expect(program.reply(mail.id, 'angry')).rejects.toThrow(/refused it: 550 .*no such mailbox here/);
  expect(program.doings(mail.id)[0]?.answer).toMatch(/^refused: 550 /);
});

test('mail is handed in on this machine only', async () => {
  const mail = await receive();
  const astray = programWith({ inboundSmtp: () => 'smtp://mx.elsewhere.example:25' });
  await expect(astray.reply(mail.id, 'angry')).rejects.toThrow('is not on this machine');
});

test('a mail that does not exist is named', async () => {
  expect(() => program.links('mail-999999')).toThrow('There is no mail mail-999999.');
});

test.for([
  ['http://127.0.0.1:3001/c/x', true],
  ['https://localhost', true],
  ['http://[::1]:80/?a', true],
  ['HTTP://LOCALHOST/', true],
  ['http://127.0.0.1.evil.example/', false],
  ['http://localhost@evil.example/', false],
  ['http://evil.example\\@localhost/', false],
  ['http://evil.example/#localhost', false],
  ['http://localhost.evil.example/', false],
  ['javascript:alert(1)', false],
  ['//localhost/x', false],
  ['', false],
] as const)('%s is on this machine: %s', ([url, local]) => {
  expect(isLocal(url)).toBe(local);
});
