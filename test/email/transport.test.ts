import { afterAll, describe, test } from 'vitest';
import {
  createMailTransport,
  type MailSession,
  type MailTimeouts,
  type MailTransportSettings,
  type SendResult,
} from '../../src/email/transport.ts';
import { DATE, MESSAGE_ID, sampleMail } from './sample-mail.ts';
import { type Act, type Script, scriptedServer, type ScriptedServer } from './scripted-server.ts';

const servers: ScriptedServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

const drop: Act = { then: 'drop' };
const hang: Act = { then: 'hang' };

/** Short only where a test waits for silence to be noticed. */
function timeouts(script: Script): MailTimeouts {
  const silence = Object.values(script).some((act: Act) => typeof act === 'object' && act.then === 'hang')
    ? 300
    : 30_000;
  return { connect: 30_000, greeting: silence, socket: silence, delivery: 30_000 };
}

async function open(script: Script, settings: Partial<MailTransportSettings> = {}, credentials = '') {
  const server = await scriptedServer(script);
  servers.push(server);
  const url = `smtp://${credentials}127.0.0.1:${server.port}`;
  const opened = await createMailTransport({
    url,
    name: 'acme.example',
    timeouts: timeouts(script),
    ...settings,
  }).open();
  return { server, opened };
}

async function session(script: Script): Promise<{ server: ScriptedServer; session: MailSession }> {
  const { server, opened } = await open(script);
  if (!opened.ok) throw new Error(opened.detail);
  return { server, session: opened.session };
}

async function send(script: Script): Promise<{ result: SendResult; server: ScriptedServer }> {
  const { server, session: opened } = await session(script);
  const result = await opened.send(sampleMail(), MESSAGE_ID, DATE);
  opened.close();
  return { result, server };
}

describe.concurrent('before MAIL FROM', () => {
  const CASES: Array<{ when: string; script: Script; retryable: boolean; credentials?: string }> = [
    { when: 'the greeting is 4xx', script: { greeting: '421 busy' }, retryable: true },
    { when: 'the greeting is 5xx', script: { greeting: '554 go away' }, retryable: false },
    { when: 'the connection is lost instead of a greeting', script: { greeting: drop }, retryable: true },
    { when: 'the greeting never comes', script: { greeting: hang }, retryable: true },
    { when: 'EHLO is answered 4xx', script: { ehlo: '421 busy' }, retryable: true },
    { when: 'EHLO is answered 5xx', script: { ehlo: '550 go away' }, retryable: false },
    { when: 'the connection is lost at EHLO', script: { ehlo: drop }, retryable: true },
    { when: 'EHLO is never answered', script: { ehlo: hang }, retryable: true },
    { when: 'AUTH is answered 4xx', script: { auth: '454 later' }, retryable: true, credentials: 'ana:secret@' },
    {
      when: 'AUTH is answered 5xx',
      script: { auth: '535 wrong password' },
      retryable: false,
      credentials: 'ana:secret@',
    },
    { when: 'the connection is lost at AUTH', script: { auth: drop }, retryable: true, credentials: 'ana:secret@' },
    { when: 'AUTH is never answered', script: { auth: hang }, retryable: true, credentials: 'ana:secret@' },
  ];
  test.for(CASES)(
    '$when: nothing is sent, retryable $retryable',
    async ({ script, retryable, credentials }, { expect }) => {
      const { opened, server } = await open(script, {}, credentials);
      expect(opened).toMatchObject({ ok: false, retryable });
      expect(JSON.stringify(opened)).not.toContain('secret');
      expect(server.heard.some((line) => line.startsWith('MAIL'))).toBe(false);
    },
  );

  test('nobody listening is a reason to try later', async ({ expect }) => {
    const { opened, server } = await open({});
    if (opened.ok) opened.session.close();
    await server.close();
    const transport = createMailTransport({
      url: `smtp://127.0.0.1:${server.port}`,
      name: 'acme.example',
    });
    expect(await transport.open()).toMatchObject({ ok: false, retryable: true });
  });

  test('the password reaches the server decoded, after EHLO and before MAIL', async ({ expect }) => {
    const { opened, server } = await open({ ehlo: '250-test\r\n250 AUTH PLAIN' }, {}, 'ana%40acme:p%3Aw%2F@');
    expect(opened.ok).toBe(true);
    const auth = server.heard.find((line) => line.startsWith('AUTH PLAIN '));
    expect(Buffer.from(auth?.split(' ')[2] ?? '', 'base64').toString()).toBe('\0ana@acme\0p:w/');
    if (opened.ok) opened.session.close();
  });

  test.for(['http://x:25', 'smtp://', 'smtp://user@host', 'smtp://u:p@host/path', 'smtp://u:%zz@host', 'nonsense'])(
    'the address %s is refused when the program starts',
    (url, { expect }) => {
      expect(() => createMailTransport({ url, name: 'acme.example' })).toThrow();
    },
  );
});

describe.concurrent('a delivery', () => {
  const later = { type: 'later' };
  const failed = (phase: string) => ({ type: 'failed', phase });
  const unknown = { type: 'unknown' };
  const CASES: Array<{ when: string; script: Script; means: object }> = [
    { when: 'all is well', script: {}, means: { type: 'sent', answer: '250 queued as 1' } },
    { when: 'the last answer has many lines', script: { message: '250-thank\r\n250 you' }, means: { type: 'sent' } },
    { when: 'MAIL FROM 4xx', script: { mail: '451 later' }, means: later },
    { when: 'MAIL FROM 421', script: { mail: '421 closing' }, means: later },
    { when: 'MAIL FROM 5xx', script: { mail: '550 who are you' }, means: failed('mail') },
    { when: 'MAIL FROM, connection lost', script: { mail: drop }, means: later },
    { when: 'MAIL FROM, silence', script: { mail: hang }, means: later },
    { when: 'RCPT TO 4xx', script: { rcpt: '450 greylisted' }, means: later },
    { when: 'RCPT TO 421', script: { rcpt: '421 closing' }, means: later },
    { when: 'RCPT TO 5xx', script: { rcpt: '550 no such user' }, means: failed('rcpt') },
    { when: 'RCPT TO, connection lost', script: { rcpt: drop }, means: later },
    { when: 'RCPT TO, silence', script: { rcpt: hang }, means: later },
    { when: 'RCPT TO, half a refusal', script: { rcpt: { say: '550 no su', then: 'drop' } }, means: later },
    { when: 'DATA 4xx', script: { data: '451 later' }, means: later },
    { when: 'DATA 421', script: { data: '421 closing' }, means: later },
    { when: 'DATA 5xx', script: { data: '554 no' }, means: failed('data') },
    { when: 'DATA, connection lost', script: { data: drop }, means: later },
    { when: 'DATA, silence', script: { data: hang }, means: later },
    { when: 'message 4xx', script: { message: '451 disk full' }, means: later },
    { when: 'message 421', script: { message: '421 closing' }, means: later },
    { when: 'message 5xx', script: { message: '554 spam' }, means: failed('message') },
    { when: 'message, connection lost after the dot', script: { message: drop }, means: unknown },
    { when: 'message, silence after the dot', script: { message: hang }, means: unknown },
    { when: 'message, lost after its first byte', script: { firstByte: drop }, means: unknown },
    { when: 'message, silence after its first byte', script: { firstByte: hang }, means: unknown },
    { when: 'message, half of a 250', script: { message: { say: '250 que', then: 'drop' } }, means: unknown },
    {
      when: 'message, the first line of a 250',
      script: { message: { say: '250-thank\r\n', then: 'drop' } },
      means: unknown,
    },
    { when: 'message, half of a 5xx', script: { message: { say: '554 spa', then: 'drop' } }, means: unknown },
    { when: 'message, half of a 4xx', script: { message: { say: '451 dis', then: 'hang' } }, means: unknown },
    { when: 'message answered 354', script: { message: '354 again' }, means: unknown },
    { when: 'message answered with garbage', script: { message: 'hello' }, means: unknown },
    { when: 'one answer too many at MAIL FROM', script: { mail: '250 ok\r\n250 ok' }, means: unknown },
    { when: 'DATA answered 250', script: { data: '250 ok' }, means: unknown },
  ];
  for (const pipelining of [false, true])
    test.for(CASES)(`$when means $means.type (pipelining ${pipelining})`, async ({ script, means }, { expect }) => {
      const { result, server } = await send({
        ...script,
        ehlo: pipelining ? '250-test\r\n250 PIPELINING' : '250 test',
      });
      expect(result).toMatchObject(means);
      expect(server.heard.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
      expect(server.heard.filter((line) => line.startsWith('RCPT')).length).toBeLessThanOrEqual(1);
      if (result.type === 'sent') expect(server.received).toHaveLength(1);
    });

  test('a refused sender is known even when the server hangs up at once', async ({ expect }) => {
    const script = { ehlo: '250-test\r\n250 PIPELINING', mail: { say: '550 no\r\n', then: 'drop' } } as const;
    expect((await send(script)).result).toMatchObject({ type: 'failed', phase: 'mail' });
  });

  test('goes to exactly one recipient, and says so in the envelope', async ({ expect }) => {
    const { server } = await send({});
    expect(server.heard.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<ana@acme.example>',
      'RCPT TO:<lena.fischer@example.org>',
    ]);
  });

  test.for([
    { at: 'MAIL FROM', script: { mail: hang }, until: /^MAIL/, type: 'later' },
    { at: 'DATA', script: { data: hang }, until: /^DATA/, type: 'later' },
    { at: 'the message', script: { firstByte: hang }, until: /^first byte/, type: 'unknown' },
  ])('a session that we close at $at is answered $type at once', async ({ script, until, type }, { expect }) => {
    const { session: opened, server } = await session(script);
    const sending = opened.send(sampleMail(), MESSAGE_ID, DATE);
    await expect.poll(() => server.heard.some((line) => until.test(line)), { interval: 2 }).toBe(true);
    opened.close();
    expect((await sending).type).toBe(type);
  });

  test('a server that trickles half an answer is given up on after the time of one delivery', async ({ expect }) => {
    const { opened } = await open({ message: hang }, { timeouts: { delivery: 100 } });
    if (!opened.ok) throw new Error(opened.detail);
    expect(await opened.session.send(sampleMail(), MESSAGE_ID, DATE)).toMatchObject({ type: 'unknown' });
  });

  test('a connection that the server ended between opening and sending means later', async ({ expect }) => {
    const { session: opened, server } = await session({});
    await server.close();
    expect((await opened.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('later');
  });

  test('a second mail may follow a sent one, and nothing follows any other answer', async ({ expect }) => {
    const { session: good, server } = await session({});
    expect((await good.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('sent');
    expect((await good.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('sent');
    good.close();
    expect(server.received).toHaveLength(2);
    const { session: bad, server: refusing } = await session({ rcpt: '550 no such user' });
    expect((await bad.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('failed');
    expect((await bad.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('later');
    expect(refusing.heard.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
  });
});
