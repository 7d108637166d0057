import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MailFault, Phase } from '../../../sandbox/mail/faults.ts';
import { createMailStandIn, type MailStandIn } from '../../../sandbox/mail/stand-in.ts';

let dir: string;
let sink: MailStandIn;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mail-stand-in-'));
  sink = await createMailStandIn({ journal: join(dir, 'mail.jsonl'), now: () => 1_800_000_000_000 });
});

afterEach(async () => {
  await sink.close();
  await rm(dir, { recursive: true });
});

const mail = {
  from: { name: 'Mara Lind', address: 'mara@fieldwise.example' },
  to: { name: 'Jürgen Weiß', address: 'j.weiss@aufzug.example' },
  subject: 'Grüße an Aufzug Weiß',
  text: 'Guten Tag, Jürgen.',
  html: '<p>Guten Tag, Jürgen.</p>',
  messageId: '<one@fieldwise.example>',
  headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
};

const send = async (over: Record<string, unknown> = {}): Promise<unknown> => {
  const transport = createTransport(sink.url);
  try {
    return await transport.sendMail({ ...mail, ...over });
  } finally {
    transport.close();
  }
};
const refused = async (): Promise<Record<string, unknown>> => {
  try {
    await send();
  } catch (error) {
    if (error instanceof Error) return Object.fromEntries(Object.entries(error));
  }
  throw new Error('the mail was expected to be refused');
};
const journalLines = async (): Promise<string[]> =>
  (await readFile(join(dir, 'mail.jsonl'), 'utf8')).split('\n').filter(Boolean);

test('a mail is kept as it was sent, readable, and told to whoever listens', async () => {
  const told: string[] = [];
  const stop = sink.on('mail', ({ id }) => told.push(id));
  await send();
  stop();
  await send({ messageId: '<two@fieldwise.example>' });
  const [first] = sink.messages();
  expect(first).toMatchObject({
    id: 'mail-000001',
    at: 1_800_000_000_000,
    envelopeFrom: 'mara@fieldwise.example',
    envelopeTo: ['j.weiss@aufzug.example'],
    from: 'Mara Lind <mara@fieldwise.example>',
    to: 'Jürgen Weiß <j.weiss@aufzug.example>',
    subject: 'Grüße an Aufzug Weiß',
    text: 'Guten Tag, Jürgen.\n',
    messageId: '<one@fieldwise.example>',
  });
  expect(first?.html).toContain('<p>Guten Tag, Jürgen.</p>');
  expect(first?.headers).toContainEqual({ key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' });
  expect(told).toEqual(['mail-000001']);
  expect(sink.messages()).toHaveLength(2);
});

test('the line is in the journal when the 250 comes, and a new process reads it back', async () => {
  await send();
  expect(await journalLines()).toHaveLength(1);
  const next = await createMailStandIn({ journal: join(dir, 'mail.jsonl') });
  expect(next.messages().map(({ subject }) => subject)).toEqual(['Grüße an Aufzug Weiß']);
  await next.close();
});

test.for<Phase>(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'message'])(
  'a 451 at %s reaches the client, and nothing is kept',
  async (phase) => {
    sink.faults.next({ phase, kind: 'code', code: 451, text: 'come back later' });
    expect(await refused()).toMatchObject({ responseCode: 451 });
    expect(sink.messages()).toEqual([]);
    await send();
    expect(sink.messages()).toHaveLength(1);
  },
);

test.for<Phase>(['connect', 'ehlo', 'mail', 'rcpt', 'data'])(
  'a connection dropped at %s gives the client no answer',
  async (phase) => {
    sink.faults.next({ phase, kind: 'drop' });
    expect(await refused()).not.toHaveProperty('responseCode');
    expect(sink.messages()).toEqual([]);
  },
);

test.for<[string, MailFault, number]>([
  ['kept before', { phase: 'message', kind: 'drop' }, 1],
  ['not kept before', { phase: 'message', kind: 'drop', stored: false }, 0],
])('a connection can drop after the final dot with the mail %s', async ([, fault, kept]) => {
  sink.faults.next(fault);
  expect(await refused()).not.toHaveProperty('responseCode');
  expect(sink.messages()).toHaveLength(kept);
  expect(await journalLines()).toHaveLength(kept);
});

test('a stall delays the answer and changes nothing else', async () => {
  sink.faults.next({ phase: 'rcpt', kind: 'stall', ms: 5 });
  await send();
  expect(sink.messages()).toHaveLength(1);
  expect(sink.transcript().map(({ event }) => event)).toEqual(
    expect.arrayContaining(['connect', 'ehlo', 'mail_from', 'rcpt_to', 'fault', 'data', 'message']),
  );
});

test('a 550 for one of two recipients leaves the other', async () => {
  sink.faults.next({ phase: 'rcpt', kind: 'code', code: 550, text: 'no such user' });
  await send({ to: ['gone@aufzug.example', 'here@aufzug.example'] });
  expect(sink.messages()[0]?.envelopeTo).toEqual(['here@aufzug.example']);
});

test('a client killed in mid-message leaves nothing behind, and the server goes on', async () => {
  const client = connect(sink.port, '127.0.0.1');
  for (const line of ['EHLO x', 'MAIL FROM:<a@x.example>', 'RCPT TO:<b@x.example>', 'DATA', 'Subject: half']) {
    await once(client, 'data');
    client.write(`${line}\r\n`);
  }
  client.resetAndDestroy();
  await once(client, 'close');
  await send();
  expect(sink.messages().map(({ subject }) => subject)).toEqual(['Grüße an Aufzug Weiß']);
});

test('a fault lasts as often as asked, and clear ends it', async () => {
  sink.faults.next({ phase: 'mail', kind: 'code', code: 421, text: 'busy' }, Number.POSITIVE_INFINITY);
  await refused();
  await refused();
  sink.faults.clear();
  await send();
  expect(sink.messages()).toHaveLength(1);
});

test('a port that is taken is named in the error', async () => {
  await expect(createMailStandIn({ port: sink.port })).rejects.toThrow(String(sink.port));
});
