import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailStandIn, type MailStandIn } from '../../sandbox/mail/stand-in.ts';
import { createMailTransport, type SendResult } from '../../src/email/transport.ts';
import { DATE, MESSAGE_ID, sampleMail } from './sample-mail.ts';

let mailbox: MailStandIn;
beforeEach(async () => {
  mailbox = await createMailStandIn({ port: 0 });
});
afterEach(() => mailbox.close());

async function send(): Promise<SendResult> {
  const opened = await createMailTransport({ url: mailbox.url, name: 'acme.example' }).open();
  if (!opened.ok) throw new Error(opened.detail);
  const result = await opened.session.send(sampleMail(), MESSAGE_ID, DATE);
  opened.session.close();
  return result;
}

test('the mail that arrives is the mail that was approved', async () => {
  expect((await send()).type).toBe('sent');
  const [mail] = mailbox.messages();
  const { from, to, subject, unsubscribeUrl } = sampleMail();
  expect(mail).toMatchObject({ envelopeFrom: from, envelopeTo: [to], subject, messageId: MESSAGE_ID });
  expect(mail?.headers).toContainEqual({ key: 'List-Unsubscribe', value: `<${unsubscribeUrl}>` });
});

test('a server that keeps the mail and dies before it says so leaves it unknown', async () => {
  mailbox.faults.next({ phase: 'message', kind: 'drop', stored: true });
  expect((await send()).type).toBe('unknown');
  expect(mailbox.messages()).toHaveLength(1);
});

test('so does one that dies without keeping it: from here nobody can tell', async () => {
  mailbox.faults.next({ phase: 'message', kind: 'drop', stored: false });
  expect((await send()).type).toBe('unknown');
  expect(mailbox.messages()).toHaveLength(0);
});

test('a mail put off at the last moment can be sent again, and arrives once', async () => {
  mailbox.faults.next({ phase: 'message', kind: 'code', code: 451, text: 'disk full' });
  expect((await send()).type).toBe('later');
  expect((await send()).type).toBe('sent');
  expect(mailbox.messages()).toHaveLength(1);
});
