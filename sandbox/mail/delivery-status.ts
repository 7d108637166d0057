import MimeNode from 'nodemailer/lib/mime-node';
import { addressIn, returnAddress, type Reader } from './reader.ts';
import type { StoredMail } from './stored-mail.ts';
import { drawFrom } from '../openai/seeded.ts';

export type BounceKind = 'hard' | 'soft';

type Verdict = { status: string; code: string; says: string };

/** What mail servers say about addresses that do not exist, and about boxes that are full. */
const VERDICTS: Record<BounceKind, readonly Verdict[]> = {
  hard: [
    { status: '5.1.1', code: '550', says: 'user unknown' },
    { status: '5.1.1', code: '550', says: 'The email account that you tried to reach does not exist' },
    {
      status: '5.1.10',
      code: '550',
      says: 'RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    },
    { status: '5.2.1', code: '550', says: 'The account has been disabled' },
  ],
  soft: [
    { status: '4.2.2', code: '452', says: 'The email account is over its storage quota' },
    { status: '4.4.1', code: '421', says: 'Connection timed out; giving up after several attempts' },
    { status: '4.3.2', code: '451', says: 'The system is not accepting messages at the moment; retries used up' },
  ],
};

const SUBJECTS: readonly string[] = [
  'Undelivered Mail Returned to Sender',
  'Delivery Status Notification (Failure)',
  'Mail delivery failed: returning message to sender',
];

export type ReportParts = { mail: StoredMail; reader: Reader; key: string; messageId: string; date: Date };

/**
 * A delivery status notification (RFC 3464) as the lead's mail server would send it. Like most, it answers nothing: only
 * the returned headers tell which mail came back.
 */
export async function buildDeliveryStatus(kind: BounceKind, parts: ReportParts): Promise<Buffer> {
  const { mail, reader } = parts;
  const draw = drawFrom(`bounce/${kind}/${parts.key}`);
  const verdict = draw.pick('verdict', VERDICTS[kind]);
  const host = `mx.${reader.domain}`;
  const report = reportNode('delivery-status', parts, {
    From: `Mail Delivery System <MAILER-DAEMON@${host}>`,
    To: returnAddress(mail),
    Subject: draw.pick('subject', SUBJECTS),
  });
  report
    .createChild('text/plain; charset=us-ascii')
    .setContent(
      `This is the mail system at host ${host}.\r\n\r\nYour message could not be delivered to one or more recipients.\r\n\r\n` +
        `<${reader.address}>: ${verdict.code} ${verdict.status} ${verdict.says}\r\n`,
    );
  report
    .createChild('message/delivery-status')
    .setContent(
      lines([
        `Reporting-MTA: dns; ${host}`,
        `Arrival-Date: ${mailDate(mail.at)}`,
        '',
        `Original-Recipient: rfc822;${reader.address}`,
        `Final-Recipient: rfc822;${reader.address}`,
        'Action: failed',
        `Status: ${verdict.status}`,
        `Remote-MTA: dns; ${host}`,
        `Diagnostic-Code: smtp; ${verdict.code} ${verdict.status} ${verdict.says}`,
      ]),
    );
  report.createChild('text/rfc822-headers').setContent(`${headersOf(mail)}\r\n`);
  return await report.build();
}

/** A feedback report (RFC 5965) as a mailbox provider sends it when somebody presses "Spam". Some leave out the address. */
export async function buildFeedbackReport(parts: ReportParts): Promise<Buffer> {
  const { mail, reader } = parts;
  const named = drawFrom(`complaint/${parts.key}`).unit('names the recipient') < 0.5;
  const report = reportNode('feedback-report', parts, {
    From: `Feedback Loop <feedback@fbl.${reader.domain}>`,
    To: returnAddress(mail),
    Subject: `FW: ${mail.subject}`,
  });
  report
    .createChild('text/plain; charset=us-ascii')
    .setContent(
      `This is an email abuse report for an email message received from your system on ${mailDate(mail.at)}.\r\n` +
        'The recipient marked it as spam. For more information about this format see RFC 5965.\r\n',
    );
  report
    .createChild('message/feedback-report')
    .setContent(
      lines([
        'Feedback-Type: abuse',
        'User-Agent: SandboxFeedbackLoop/1.0',
        'Version: 1',
        `Original-Mail-From: <${returnAddress(mail)}>`,
        ...(named ? [`Original-Rcpt-To: <${reader.address}>`] : []),
        `Arrival-Date: ${mailDate(mail.at)}`,
        'Source-IP: 127.0.0.1',
        `Reported-Domain: ${addressIn(mail.from).split('@').at(-1) ?? ''}`,
      ]),
    );
  report.createChild('message/rfc822').setContent(mail.raw);
  return await report.build();
}

function reportNode(
  type: 'delivery-status' | 'feedback-report',
  parts: ReportParts,
  head: Record<string, string>,
): MimeNode {
  const report = new MimeNode(`multipart/report; report-type=${type}`, {
    newline: 'win',
    baseBoundary: parts.messageId.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 40),
  });
  report.setHeader({
    ...head,
    Date: mailDate(parts.date.getTime()),
    'Message-ID': parts.messageId,
    'Auto-Submitted': type === 'delivery-status' ? 'auto-replied' : 'auto-generated',
    'MIME-Version': '1.0',
  });
  return report;
}

const lines = (fields: string[]): string => `${fields.join('\r\n')}\r\n`;

const mailDate = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

const headersOf = (mail: StoredMail): string => mail.raw.split(/\r?\n\r?\n/, 1)[0] ?? '';
