import { describe, expect, test } from 'vitest';
import { bounceVerdict } from '../../src/core/delivery-status.ts';
import type { InboundMail, MailEnvelope } from '../../src/core/inbound-mail.ts';
import { headerValue } from '../../src/core/mail-headers.ts';
import { kindOfMail, type MailKind } from '../../src/core/mail-kind.ts';
import { readInbound } from '../../src/email/read-inbound.ts';
import {
  automatic,
  exchangeBounce,
  eximBounce,
  feedbackReport,
  gmailBounce,
  human,
  LEAD,
  OUR_ID,
  postfixBounce,
  qmailBounce,
  reply,
  US,
} from './inbound-samples.ts';

async function read(raw: Buffer | string): Promise<InboundMail> {
  const answer = await readInbound(Buffer.from(raw));
  if (!answer.ok) throw new Error(answer.problem);
  return answer.mail;
}

const fromLead: MailEnvelope = { from: LEAD, to: [US] };
const fromProgram: MailEnvelope = { from: null, to: [US] };
const senders = new Set([US]);

async function kindOf(raw: Buffer, envelope = fromLead): Promise<MailKind> {
  return kindOfMail(await read(raw), envelope, { senders, sentIt: false });
}

async function verdictOf(raw: Buffer): Promise<{ verdict: string; because: string; ids: string[] }> {
  const kind = await kindOf(raw, fromProgram);
  if (kind.type !== 'delivery_status') throw new Error(`it was taken for ${kind.type}`);
  const [report] = kind.reports;
  if (!report) throw new Error('there is no report');
  return { ...bounceVerdict(report), ids: kind.originalIds };
}

describe('a delivery status notification', () => {
  test.for<[string, Buffer, string, string]>([
    ['Exchange Online', exchangeBounce, 'hard', '5.1.10'],
    ['Gmail', gmailBounce, 'hard', '5.1.1'],
    ['qmail, which writes no report', qmailBounce, 'hard', '5.1.1'],
    ['Exim, which refuses by policy', eximBounce, 'soft', '5.7.1'],
    [
      'Postfix, no such user',
      postfixBounce({ status: '5.1.1', diagnostic: '550 5.1.1 User unknown' }),
      'hard',
      '5.1.1',
    ],
    [
      'Postfix, an account that was disabled',
      postfixBounce({ status: '5.2.1', diagnostic: '550 5.2.1 The account has been disabled' }),
      'hard',
      '5.2.1',
    ],
    [
      'Postfix, a domain that does not exist',
      postfixBounce({ status: '5.4.4', diagnostic: 'Host or domain name not found. Name service error' }),
      'hard',
      '5.4.4',
    ],
    [
      'a full mailbox, however final it looks',
      postfixBounce({ status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full' }),
      'soft',
      '5.2.2',
    ],
    [
      'a refusal for the reputation of the sender',
      postfixBounce({
        status: '5.7.1',
        diagnostic: '554 5.7.1 Service unavailable; client blocked using zen.spamhaus.org',
      }),
      'soft',
      '5.7.1',
    ],
    [
      'a refusal by policy, whatever its words say of the mailbox',
      postfixBounce({ status: '5.7.1', diagnostic: '550 5.7.1 Mailbox unavailable to you' }),
      'soft',
      '5.7.1',
    ],
    [
      'a refusal without a code of its own, by the words',
      postfixBounce({ status: '5.0.0', diagnostic: '554 Message rejected under suspicion of SPAM' }),
      'soft',
      '5.0.0',
    ],
    [
      'a failure for good without further words',
      postfixBounce({ status: '5.0.0', diagnostic: '550 Requested action not taken: mailbox unavailable' }),
      'hard',
      '5.0.0',
    ],
    [
      'an address of ours that the other side does not like',
      postfixBounce({ status: '5.1.8', diagnostic: '550 5.1.8 Sender address has null MX' }),
      'soft',
      '5.1.8',
    ],
    [
      'a mail that was too large',
      postfixBounce({ status: '5.3.4', diagnostic: '552 5.3.4 Message too big for system' }),
      'soft',
      '5.3.4',
    ],
    [
      'five days without a connection',
      postfixBounce({ status: '4.4.1', diagnostic: 'connect to mx.brightpipes.example: Connection timed out' }),
      'soft',
      '4.4.1',
    ],
    [
      'a delay',
      postfixBounce({ status: '4.4.1', action: 'delayed', diagnostic: 'connect to mx: Connection timed out' }),
      'delayed',
      '4.4.1',
    ],
    ['a delivery', postfixBounce({ status: '2.0.0', action: 'delivered', diagnostic: '250 OK' }), 'delivered', '2.0.0'],
    ['a relaying', postfixBounce({ status: '2.0.0', action: 'relayed', diagnostic: '250 OK' }), 'delivered', '2.0.0'],
  ])('by %s is understood', async ([, raw, verdict, because]) => {
    expect(await verdictOf(raw)).toEqual({ verdict, because, ids: [OUR_ID] });
  });

  test('names the addresses it is about', async () => {
    const forwarded = postfixBounce({
      status: '5.1.1',
      diagnostic: '550 5.1.1 no',
      recipient: 'Gone@Elsewhere.example',
      original: LEAD,
    });
    const kind = await kindOf(forwarded, fromProgram);
    expect(kind).toMatchObject({
      reports: [{ finalRecipient: 'gone@elsewhere.example', originalRecipient: LEAD, action: 'failed' }],
    });
  });

  test('that is cut off before its report is still one, and condemns no address', async () => {
    const raw = exchangeBounce.toString().replace(/Content-Type: message\/delivery-status[\s\S]*/, '');
    expect(await kindOf(Buffer.from(raw))).toMatchObject({ type: 'delivery_status', reports: [{ status: null }] });
    expect((await verdictOf(Buffer.from(raw))).verdict).toBe('soft');
  });
});

describe('a feedback report', () => {
  test('is a complaint about the mail that it carries', async () => {
    expect(await kindOf(feedbackReport())).toMatchObject({
      type: 'complaint',
      feedback: 'abuse',
      originalIds: [OUR_ID],
    });
  });

  test.for(['not-spam', 'auth-failure'])('of the type %s is none', async (type) => {
    expect((await kindOf(feedbackReport({ type }))).type).not.toBe('complaint');
  });

  test('of a type that nobody knows is one all the same, under a name of ours', async () => {
    expect(await kindOf(feedbackReport({ type: 'karen@example' }))).toMatchObject({ feedback: 'other' });
  });
});

describe('an answer', () => {
  test.for(automatic)('of a program is told apart: %s', async ([, raw, reason]) => {
    expect(await kindOf(raw)).toMatchObject({ type: 'automatic', reasons: expect.arrayContaining([reason]) });
  });

  test('of a program that says nothing but writes from nowhere is told apart', async () => {
    expect(await kindOf(reply(), fromProgram)).toEqual({ type: 'automatic', reasons: ['null_return_path'] });
    expect(await kindOf(reply({ headers: 'Return-Path: <>' }))).toMatchObject({ type: 'automatic' });
  });

  test.for(human)('of a person is one: %s', async ([, raw]) => {
    expect(await kindOf(raw)).toEqual({ type: 'human' });
  });

  test('from our own address is our own, also as a report', async () => {
    expect(await kindOf(reply({ from: 'Nora <NORA@fieldlark.example>' }))).toEqual({ type: 'own' });
    expect(kindOfMail(await read(reply()), fromLead, { senders, sentIt: true })).toEqual({ type: 'own' });
  });
});

describe('reading', () => {
  test('finds sender, subject and text of an ordinary mail', async () => {
    const mail = await read(
      reply({ subject: '=?utf-8?B?R3LDvMOfZQ==?=', from: '=?utf-8?Q?K=C3=A4ren?= <Karen.Osei@BrightPipes.example>' }),
    );
    expect(mail).toMatchObject({
      from: 'Karen.Osei@brightpipes.example',
      fromName: 'Kären',
      subject: 'Grüße',
      unread: null,
      reports: [],
    });
    expect(mail.text).toContain('yes, let us talk on Tuesday');
  });

  test('reads the HTML where there is no text, without what it quotes and hides', async () => {
    const html =
      '<html><head><style>p{}</style></head><body><p>Yes &amp; gladly,<br>Karen</p><div style="display:none">set my score</div><div class="gmail_quote">On Tue Nora wrote: <blockquote>old</blockquote></div></body></html>';
    const raw = `From: ${LEAD}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`;
    expect((await read(raw)).text).toBe('Yes & gladly,\nKaren');
  });

  test('reads other character sets', async () => {
    const head = `From: ${LEAD}\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n`;
    expect((await read(Buffer.concat([Buffer.from(head), Buffer.from('Gr\xfc\xdfe', 'latin1')]))).text).toContain(
      'Grüße',
    );
  });

  test('a header cannot be smuggled into another', async () => {
    const mail = await read(
      `From: ${LEAD}\r\nSubject: hi\r\n\tAuto-Submitted: auto-replied\r\nX: =?utf-8?Q?a=0D=0AAuto-Submitted:_auto-replied?=\r\n\r\nHello`,
    );
    expect(headerValue(mail.headers, 'auto-submitted')).toBe('');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(kindOfMail(mail, fromLead, { senders, sentIt: false })).toEqual({ type: 'human' });
  });

  test.for<[string, string]>([
    ['no sender', 'Subject: hi\r\n\r\nHello'],
    ['two at-signs', 'From: a@b@c.example\r\n\r\nHello'],
    ['a group', 'From: Team: ana@acme.example, ben@acme.example;\r\n\r\nHello'],
    ['a line break', 'From: "x\r\n\ty" <evil@acme.example\r\n\t>\r\n\r\nHello'],
    ['a thousand brackets', `From: ${'<"('.repeat(1000)}\r\n\r\nHello`],
  ])('with %s for a sender breaks nothing', async ([, raw]) => {
    expect(['string', 'object']).toContain(typeof (await read(raw)).from);
  });

  test('what cannot be stored is not in it', async () => {
    const mail = await read(`From: ${LEAD}\r\nSubject: a\0b =?utf-8?B?7aCA?=\r\n\r\nHello`);
    expect(mail.subject.isWellFormed()).toBe(true);
    expect(mail.subject).not.toContain('\0');
  });
});

describe('mail that means harm', () => {
  const big = 11 * 1024 * 1024;
  test.for<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'no mail'],
    ['bytes', Buffer.from([0, 255, 254, 1, 2, 3]), 'no mail'],
    ['no headers', Buffer.from('hello'), 'no mail'],
    ['more than ten megabytes', Buffer.alloc(big, 'a'), 'larger than'],
    ['headers without end', Buffer.from('X-A: b\r\n'.repeat(100_000)), 'headers are longer'],
    ['a thousand and one headers', Buffer.from(`${'X: y\r\n'.repeat(1001)}\r\nHello`), 'more than 1000 headers'],
    [
      'a way that goes round in circles',
      Buffer.from(
        `${'Received: from a by b; Tue, 10 Mar 2026 12:00:00 +0000\r\n'.repeat(101)}From: ${LEAD}\r\n\r\nHello`,
      ),
      'circles',
    ],
  ])('%s is a problem that is told', async ([, raw, problem]) => {
    const answer = await readInbound(raw);
    expect(answer.ok ? 'read' : answer.problem).toContain(problem);
  });

  test('parts in parts in parts leave the headers to go by', async () => {
    let raw = `From: ${LEAD}\r\nIn-Reply-To: ${OUR_ID}\r\n`;
    for (let i = 0; i < 300; i++) raw += `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`;
    const mail = await read(`${raw}\r\nHello`);
    expect(mail).toMatchObject({ from: LEAD, text: '', unread: 'its parts lie too deep in one another' });
    expect(headerValue(mail.headers, 'in-reply-to')).toBe(OUR_ID);
  });

  const head = `From: ${LEAD}\r\nIn-Reply-To: ${OUR_ID}\r\n`;
  const MB = 10 * 1024 * 1024 - 1000;
  test.for<[string, string]>([
    ['ten megabytes of line breaks', `${head}\r\n${'\n'.repeat(MB)}`],
    ['ten megabytes of text', `${head}\r\n${`${'x'.repeat(76)}\r\n`.repeat(MB / 78)}`],
    [
      'a hundred thousand parts',
      `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`,
    ],
    ['ten megabytes of tags', `${head}Content-Type: text/html\r\n\r\n${'<b>x</b>&amp;'.repeat(MB / 13)}`],
    ['end tags of nothing', `${head}Content-Type: text/html\r\n\r\n${'<a>'.repeat(90)}${'</b>'.repeat(MB / 5)}`],
    ['tags without end', `${head}Content-Type: text/html\r\n\r\n${'<'.repeat(MB)}`],
    ['a hundred thousand recipients', `${head}To: ${'a@b.example, '.repeat(15_000)}\r\n\r\nHello`],
    ['a hundred thousand encoded words', `${head}Subject: ${'=?utf-8?q?a?= '.repeat(14_000)}\r\n\r\nHello`],
  ])('%s are read in little time and memory', async ([, raw]) => {
    const bytes = Buffer.from(raw);
    const from = process.cpuUsage();
    const before = process.memoryUsage().heapUsed;
    expect((await readInbound(bytes)).ok).toBe(true);
    const used = process.cpuUsage(from);
    // A parser that takes the bait needs minutes, or all memory there is; this is generous for a slow machine.
    expect((used.user + used.system) / 1e6).toBeLessThan(10);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 1024 * 1024);
  });
});
