import { createPublicKey, createHash, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { createSigner } from '../../src/email/dkim.ts';
import { buildMime, crlf } from '../../src/email/mime.ts';
import { verifyMime } from '../../src/email/verify-mime.ts';
import { DATE, MESSAGE_ID, sampleMail } from './sample-mail.ts';

const expected = { messageId: MESSAGE_ID, signed: false };

describe('a built mail', () => {
  test('carries exactly the headers it should', async () => {
    const mime = (await buildMime(sampleMail(), MESSAGE_ID, DATE)).toString();
    const head = mime.slice(0, mime.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ');
    expect(head.split('\r\n').toSorted()).toEqual([
      expect.stringMatching(/^Content-Type: multipart\/alternative; boundary="[^"]+"$/),
      'Date: Mon, 02 Mar 2026 09:10:00 +0000',
      'From: =?UTF-8?Q?Ana_D=C3=ADaz?= <ana@acme.example>',
      'List-ID: <whitepaper-nurture.acme.example>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      'List-Unsubscribe: <https://mail.acme.example/u/Zm9vYmFyYmF6cXV4MTIzNA>',
      'MIME-Version: 1.0',
      `Message-ID: ${MESSAGE_ID}`,
      'Reply-To: team@acme.example',
      'Subject: Your whitepaper, and one question',
      'To: Lena Fischer <lena.fischer@example.org>',
    ]);
  });

  test('is the same mail when it is built again', async () => {
    const [first, second] = await Promise.all([
      buildMime(sampleMail(), MESSAGE_ID, DATE),
      buildMime(sampleMail(), MESSAGE_ID, DATE),
    ]);
    expect(first.equals(second)).toBe(true);
  });

  test('has no Reply-To when the workflow names none', async () => {
    const mail = sampleMail({ replyTo: null });
    const mime = await buildMime(mail, MESSAGE_ID, DATE);
    expect(mime.toString()).not.toMatch(/^reply-to/im);
    expect(await verifyMime(mime, mail, expected)).toEqual([]);
  });

  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary' }) },
    fc.constantFrom(
      '.',
      '..',
      '\n',
      '\n.\n',
      '\r\n',
      '\r',
      ' \n',
      '\t\n',
      '=\n',
      '=3D',
      '-- \n',
      '\n--',
      '--_NmP-',
      'é',
      '日本語',
      '👩‍🚀',
      '\ufeff',
      '\u2028',
      '\0',
      'x'.repeat(1200),
      ' '.repeat(90),
      'From ',
    ),
  );
  const body = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((pieces) => pieces.join('').toWellFormed())
    .filter((text) => text !== '');
  const subject = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          ' ',
          '  ',
          '=?',
          '=?UTF-8?Q?evil?=',
          '?=',
          'é',
          '日本語',
          '👩‍🚀',
          'word '.repeat(30),
          ':',
          '<a@b.example>',
          ',',
        ),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((pieces) =>
      pieces
        .join('')
        .toWellFormed()
        .replace(/[\p{Cc}\u2028\u2029]/gu, ''),
    )
    .filter((text) => text.trim() !== '');

  test('says byte for byte what was approved, whatever that is', async () => {
    await fc.assert(
      fc.asyncProperty(body, body, subject, subject, async (text, html, title, toName) => {
        const mail = sampleMail({ text, html, subject: title, toName });
        const mime = await buildMime(mail, MESSAGE_ID, DATE);
        expect(await verifyMime(mime, mail, expected)).toEqual([]);
        const read = await PostalMime.parse(mime);
        expect(read.to).toEqual([expect.objectContaining({ address: mail.to })]);
        expect(read.subject).toBe(title);
      }),
      { numRuns: 150 },
    );
  });

  test('reads the same in a program that knows nothing of ours', async () => {
    const text = 'Grüße,\n.\n..dots\ntrailing   \n日本語 👩‍🚀\n' + 'long '.repeat(300) + '\nend\n';
    const read = await PostalMime.parse(await buildMime(sampleMail({ text }), MESSAGE_ID, DATE));
    // That program counts the line break in front of a boundary (RFC 2046: part of the boundary) to the text.
    expect(read.text).toBe(`${text}\n`);
    expect(read.html).toBe(`${sampleMail().html}\n`);
  });
});

describe('reading a built mail back', () => {
  const TAMPERED: Array<{ what: string; change: (mime: string) => string; problem: RegExp }> = [
    { what: 'a Bcc', change: (mime) => `Bcc: evil@example.net\r\n${mime}`, problem: /unexpected header bcc/ },
    { what: 'a Cc', change: (mime) => `Cc: evil@example.net\r\n${mime}`, problem: /unexpected header cc/ },
    { what: 'a second To', change: (mime) => `To: evil@example.net\r\n${mime}`, problem: /header to stands 2 times/ },
    {
      what: 'a second recipient',
      change: (mime) => mime.replace(/^To: .*$/m, 'To: a@example.net, lena.fischer@example.org'),
      problem: /To is not exactly/,
    },
    {
      what: 'another recipient',
      change: (mime) => mime.replace('lena.fischer@', 'lena.fisher@'),
      problem: /To is not exactly/,
    },
    {
      what: 'a group',
      change: (mime) => mime.replace(/^To: .*$/m, 'To: all: lena.fischer@example.org;'),
      problem: /To is not exactly/,
    },
    {
      what: 'another subject',
      change: (mime) => mime.replace('one question', 'two questions'),
      problem: /subject differs/,
    },
    { what: 'another text', change: (mime) => mime.replace('thank you', 'thank_you'), problem: /text differs/ },
    { what: 'another HTML', change: (mime) => mime.replace('<p>', '<b>'), problem: /HTML differs/ },
    {
      what: 'a third part',
      change: (mime) => mime.replace(/(----_NmP[^\r]*)--\r\n$/, '$1\r\nContent-Type: text/plain\r\n\r\nx\r\n$1--\r\n'),
      problem: /two parts/,
    },
    {
      what: 'another unsubscribe link',
      change: (mime) => mime.replace('/u/Zm9', '/u/Xm9'),
      problem: /List-Unsubscribe is not/,
    },
    { what: 'a tracking header', change: (mime) => `X-Track: 1\r\n${mime}`, problem: /unexpected header x-track/ },
    { what: 'a bare line feed', change: (mime) => mime.replace('\r\n', '\n'), problem: /not CRLF/ },
    {
      what: 'raw 8-bit bytes',
      change: (mime) => mime.replace('thank', 'th\u00e4nk'),
      problem: /outside printable ASCII/,
    },
  ];
  test.for(TAMPERED)('finds $what', async ({ change, problem }) => {
    const mime = (await buildMime(sampleMail(), MESSAGE_ID, DATE)).toString('latin1');
    const changed = change(mime);
    expect(changed).not.toBe(mime);
    const problems = await verifyMime(Buffer.from(changed, 'latin1'), sampleMail(), expected);
    expect(problems.join('\n')).toMatch(problem);
  });
});

describe('a DKIM signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const settings = { domainName: 'acme.example', keySelector: 'k1', privateKey: pem };

  test('holds, and covers both list headers', async () => {
    const mail = sampleMail({ text: 'trailing  \n\n.dot\n\n\n' });
    const mime = await createSigner(settings)(await buildMime(mail, MESSAGE_ID, DATE));
    expect(await verifyMime(mime, mail, { messageId: MESSAGE_ID, signed: true })).toEqual([]);
    const { holds, covered } = checkSignature(
      mime.toString('latin1'),
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    );
    expect(holds).toBe(true);
    expect(covered).toEqual(
      expect.arrayContaining(['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post', 'list-id']),
    );
  });

  test('is missed when it is not there', async () => {
    const mime = await buildMime(sampleMail(), MESSAGE_ID, DATE);
    expect(await verifyMime(mime, sampleMail(), { messageId: MESSAGE_ID, signed: true })).toContain(
      'header dkim-signature stands 0 times',
    );
  });

  test.for([
    { what: 'no key at all', privateKey: 'nonsense' },
    {
      what: 'a key of a kind that would leave mails unsigned',
      privateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  ])('with $what is refused when the program starts', ({ privateKey: bad }) => {
    expect(() => createSigner({ ...settings, privateKey: bad })).toThrow(/DKIM private key/);
  });
});

/** RFC 6376, relaxed/relaxed, written from the RFC and not from the library that signs. */
function checkSignature(mime: string, publicKey: string): { holds: boolean; covered: string[] } {
  const end = mime.indexOf('\r\n\r\n');
  const headers = mime
    .slice(0, end)
    .split(/\r\n(?![ \t])/)
    .map((line) => ({
      name: line.slice(0, line.indexOf(':')).toLowerCase(),
      value: line.slice(line.indexOf(':') + 1),
    }));
  const relaxed = (name: string, value: string): string =>
    `${name}:${value
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  const signature = headers.find(({ name }) => name === 'dkim-signature')?.value ?? '';
  const tag = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(signature)?.[1]?.replace(/\s/g, '') ?? '';
  const lines = mime
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.at(-1) === '') lines.pop();
  const bodyHash = createHash('sha256')
    .update(`${lines.join('\r\n')}\r\n`, 'latin1')
    .digest('base64');
  const covered = tag('h').split(':');
  const signed = covered.map((wanted) => {
    const found = headers.find(({ name }) => name === wanted);
    return found ? relaxed(found.name, found.value) : '';
  });
  const input = [...signed, relaxed('dkim-signature', signature.replace(/(;\s*b=)[\s\S]*$/, '$1'))].join('\r\n');
  const good = verify(
    'sha256',
    Buffer.from(input, 'latin1'),
    createPublicKey(publicKey),
    Buffer.from(tag('b'), 'base64'),
  );
  return { holds: good && bodyHash === tag('bh'), covered };
}

test('CRLF stays and a lone LF becomes one', () => {
  expect(crlf('a\nb\r\nc\n\n')).toBe('a\r\nb\r\nc\r\n\r\n');
});
