import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RenderedMail } from '../../src/core/message.ts';
import { createMailTransport, type SendResult } from '../../src/email/transport.ts';
import { DATE, MESSAGE_ID, sampleMail } from './sample-mail.ts';
import { scriptedServer, type ScriptedServer } from './scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await scriptedServer({});
});
afterAll(() => server.close());
beforeEach(() => {
  server.heard.length = 0;
  server.received.length = 0;
});

async function send(changes: Partial<RenderedMail>, messageId = MESSAGE_ID): Promise<SendResult> {
  const opened = await createMailTransport({ url: `smtp://127.0.0.1:${server.port}`, name: 'acme.example' }).open();
  if (!opened.ok) throw new Error(opened.detail);
  try {
    return await opened.session.send(sampleMail(changes), messageId, DATE);
  } finally {
    opened.session.close();
  }
}

const VICTIM = 'victim@example.net';
const ADDRESSES = [
  '',
  ' ',
  '@',
  'a',
  'a@',
  '@b.example',
  'a@b',
  'a@@b.example',
  'a@b@c.example',
  'a b@c.example',
  ' a@b.example',
  'a@b.example ',
  '\ta@b.example',
  'a@b.example\n',
  'a@b.example\r\n',
  'a\r\n@b.example',
  'a@b.example\0',
  'a\0@b.example',
  `a@b.example, ${VICTIM}`,
  `a@b.example,${VICTIM}`,
  `a@b.example;${VICTIM}`,
  `a@b.example ${VICTIM}`,
  `a@b.example>${VICTIM}`,
  `<a@b.example>`,
  `A <a@b.example>`,
  `"A" <a@b.example>`,
  `<a@b.example> <${VICTIM}>`,
  `a@b.example> NOTIFY=NEVER`,
  `a@b.example>\r\nRCPT TO:<${VICTIM}`,
  `a@b.example\r\nBcc: ${VICTIM}`,
  `a@b.example\nBcc: ${VICTIM}`,
  `a@b.example%0aBcc:${VICTIM}`,
  `"a"@b.example`,
  `"a@evil.example"@b.example`,
  `"a\\"b"@c.example`,
  `"${VICTIM}>"@b.example`,
  'a(comment)@b.example',
  'a@b.example(comment)',
  '(c)a@b.example',
  'user%victim@relay.example',
  'relay!user@b.example',
  '@relay.example:a@b.example',
  'a@[127.0.0.1]',
  'a@[IPv6:::1]',
  'a@127.0.0.1',
  'a@1.2.3.4',
  '.a@b.example',
  'a.@b.example',
  'a..b@c.example',
  'a@.b.example',
  'a@b..example',
  'a@b.example.',
  'a@-b.example',
  'a@b-.example',
  'a@b_c.example',
  'ä@b.example',
  'a@bücher.example',
  'a@B.EXAMPLE',
  'a@b.exam\u2028ple',
  'a\u2029@b.example',
  'а@b.example',
  'a\u200b@b.example',
  'a@b.example\ufeff',
  'a＠b.example',
  'a@b。example',
  `${'a'.repeat(65)}@b.example`,
  `a@${'b'.repeat(64)}.example`,
  `a@${'b.'.repeat(130)}example`,
  'undefined',
  'null',
  '[object Object]',
  'group: a@b.example;',
  'mailto:a@b.example',
  'a@b.example?cc=x@y.example',
];

describe('an address that is not byte for byte a stored one', () => {
  test('comes in at least sixty shapes here', () => expect(new Set(ADDRESSES).size).toBeGreaterThanOrEqual(60));

  test.for(ADDRESSES)('%j never reaches MAIL FROM', async (to) => {
    await expect(send({ to })).rejects.toThrow(/refused before MAIL FROM, nothing was sent/);
    expect(server.heard.filter((line) => !/^(EHLO|QUIT)/.test(line))).toEqual([]);
  });

  const NOT_TEXT: Array<{ to: unknown }> = [
    { to: { address: VICTIM } },
    { to: [VICTIM] },
    { to: ['lena.fischer@example.org', VICTIM] },
    { to: { toString: () => VICTIM } },
    { to: null },
    { to: undefined },
    { to: 7 },
  ];
  test.for(NOT_TEXT)('something that is no text at all ($to) never reaches MAIL FROM', async ({ to }) => {
    await expect(send({ to: to as string })).rejects.toThrow();
    expect(server.heard.filter((line) => !/^(EHLO|QUIT)/.test(line))).toEqual([]);
  });

  test.for([
    'a+b@c.example',
    "o'hara@example.org",
    'UPPER.Local@example.org',
    'a@xn--bcher-kva.example',
    `${'a'.repeat(64)}@b.example`,
    'a{b}|~^`_=?/*&$#!'.replace('!', '@b.example'),
  ])('but the odd and valid %s gets its mail', async (to) => {
    expect((await send({ to })).type).toBe('sent');
    expect(server.heard.filter((line) => line.startsWith('RCPT'))).toEqual([`RCPT TO:<${to}>`]);
  });
});

describe('a header that somebody tries to break out of', () => {
  const BREAKS = ['\r\n', '\n', '\r', '\0', '\u2028', '\u2029', '\u0085', '\v', '\f', '\r\n\r\n', '\n.\r\n', '\r\n '];
  const FIELDS: Array<keyof RenderedMail> = [
    'toName',
    'fromName',
    'from',
    'replyTo',
    'subject',
    'unsubscribeUrl',
    'listId',
  ];
  const PAYLOADS = FIELDS.flatMap((field) =>
    BREAKS.map((lineBreak) => ({ field, lineBreak, shown: JSON.stringify(lineBreak) })),
  );

  test.for(PAYLOADS)('$field with $shown is refused', async ({ field, lineBreak }) => {
    const value = `${sampleMail()[field]}${lineBreak}Bcc: ${VICTIM}`;
    await expect(send({ [field]: value })).rejects.toThrow(/nothing was sent/);
    expect(server.received).toEqual([]);
  });

  test.for(['<a@b>\r\nBcc: x@y.example', 'a b@c', '<a@b.example><c@d.example>', '', '<>', 'a@b.example\u2028'])(
    'the Message-ID %j is refused',
    async (messageId) => {
      await expect(send({}, messageId)).rejects.toThrow(/nothing was sent/);
      expect(server.received).toEqual([]);
    },
  );

  test.for([
    'https://a.example/u/x>, <https://evil.example',
    'javascript:alert(1)',
    'https://a.example/u/x y',
    'https://a.example/ü',
    'mailto:a@b.example',
    '',
  ])('the unsubscribe address %j is refused', async (unsubscribeUrl) => {
    await expect(send({ unsubscribeUrl })).rejects.toThrow(/List-Unsubscribe/);
  });

  test.for([
    'Bcc: x@y.example',
    '=?UTF-8?Q?=0D=0ABcc:_x@y.example?=',
    '"><script>',
    'a, b <c@d.example>',
    '"',
    '\\',
    '<',
    'lena@example.org',
    'x\u202egpj.exe',
    'a'.repeat(300),
  ])('the name %j is only ever a name', async (name) => {
    expect((await send({ toName: name, fromName: name })).type).toBe('sent');
    const head = server.received[0]?.split('\r\n\r\n')[0] ?? '';
    expect(head).not.toMatch(/^bcc/im);
    expect(server.heard.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<lena.fischer@example.org>']);
  });

  test('a name that fits on no line is refused', async () => {
    await expect(send({ toName: 'a'.repeat(1000) })).rejects.toThrow(/line is longer/);
  });

  test('an error names the mail and the header, and no address', async () => {
    const error = await send({ to: `lena@example.org, ${VICTIM}` }).catch((caught: unknown) => caught);
    expect(String(error)).toContain(MESSAGE_ID);
    expect(String(error)).not.toContain(VICTIM);
  });
});
