import PostalMime, { type Address } from 'postal-mime';
import type { RenderedMail } from '../core/message.ts';
import { bareMessageId, crlf, senderAddress } from './mime.ts';

const ALWAYS = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-id',
] as const;

/**
 * Reads the finished bytes back with another program than the one that wrote them: nothing but the headers we know, each
 * once, one recipient, and the texts that were approved. Returns what is wrong, without addresses or texts; empty when
 * all holds. Also notices a changed library that adds a recipient of its own.
 */
export async function verifyMime(
  mime: Buffer,
  mail: RenderedMail,
  expected: { messageId: string; signed: boolean },
): Promise<string[]> {
  const raw = mime.toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  if (end === -1) return ['the mail has no body'];
  return [
    ...wireProblems(raw),
    ...headerProblems(raw.slice(0, end), mail, expected.signed),
    ...(await readerProblems(mime, mail, expected.messageId)),
    ...bodyProblems(raw.slice(0, end), raw.slice(end + 4), mail),
  ];
}

function wireProblems(raw: string): string[] {
  const problems: string[] = [];
  if (/[^\t\r\n -~]/.test(raw)) problems.push('there are bytes outside printable ASCII');
  if (/\r(?!\n)|(?<!\r)\n/.test(raw)) problems.push('there are line breaks that are not CRLF');
  if (/[^\r\n]{999}/.test(raw)) problems.push('a line is longer than 998 bytes');
  return problems;
}

function headerProblems(head: string, mail: RenderedMail, signed: boolean): string[] {
  const wanted = [...ALWAYS, ...(mail.replyTo === null ? [] : ['reply-to']), ...(signed ? ['dkim-signature'] : [])];
  const lines = head.replace(/\r\n(?=[ \t])/g, '').split('\r\n');
  const headers = lines.map((line) => {
    const at = line.indexOf(':');
    return { name: line.slice(0, Math.max(at, 0)).toLowerCase(), value: line.slice(at + 1).trim() };
  });
  const problems: string[] = [];
  for (const name of wanted) {
    const count = headers.filter((header) => header.name === name).length;
    if (count !== 1) problems.push(`header ${name} stands ${count} times`);
  }
  for (const { name } of headers)
    if (!wanted.includes(name))
      problems.push(`there is an unexpected header${/^[a-z-]{1,40}$/.test(name) ? ` ${name}` : ''}`);
  const value = (name: string): string => headers.find((header) => header.name === name)?.value ?? '';
  if (value('list-unsubscribe') !== `<${mail.unsubscribeUrl}>`)
    problems.push('List-Unsubscribe is not the approved address');
  if (value('list-unsubscribe-post') !== 'List-Unsubscribe=One-Click')
    problems.push('List-Unsubscribe-Post is not one-click');
  if (value('list-id') !== `<${mail.listId}>`) problems.push('List-Id differs');
  if (signed) {
    const covered =
      /(?:^|;)\s*h=([^;]*)/.exec(value('dkim-signature'))?.[1]?.replace(/\s/g, '').toLowerCase().split(':') ?? [];
    for (const name of ['from', 'to', 'subject', 'list-unsubscribe', 'list-unsubscribe-post'])
      if (!covered.includes(name)) problems.push(`the signature does not cover ${name}`);
  }
  return problems;
}

async function readerProblems(mime: Buffer, mail: RenderedMail, messageId: string): Promise<string[]> {
  const read = await PostalMime.parse(mime);
  const problems: string[] = [];
  if (!isOnly(read.to, mail.to)) problems.push('To is not exactly the recipient');
  if (read.cc || read.bcc || read.sender) problems.push('there are further recipients or senders');
  if (!isOnly(read.from ? [read.from] : [], senderAddress('From', mail.from))) problems.push('From differs');
  if (mail.replyTo !== null && !isOnly(read.replyTo, senderAddress('Reply-To', mail.replyTo)))
    problems.push('Reply-To differs');
  if (read.subject !== mail.subject) problems.push('the subject differs from the approved one');
  if (read.messageId !== `<${bareMessageId(messageId)}>`) problems.push('Message-ID differs');
  if (read.attachments.length > 0) problems.push('there are attachments');
  return problems;
}

function isOnly(addresses: Address[] | undefined, wanted: string): boolean {
  return addresses?.length === 1 && addresses[0]?.address === wanted;
}

function bodyProblems(head: string, body: string, mail: RenderedMail): string[] {
  const boundary = /^content-type: multipart\/alternative;\s*boundary="([^"]+)"$/im.exec(head)?.[1];
  if (boundary === undefined) return ['the mail is not multipart/alternative'];
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  const [before, text, html, after] = pieces;
  if (pieces.length !== 4 || before !== '' || after?.trim() !== '--' || text === undefined || html === undefined)
    return ['the mail does not have exactly two parts'];
  const problems: string[] = [];
  if (decodePart(text, 'text/plain') !== crlf(mail.text)) problems.push('the text differs from the approved one');
  if (decodePart(html, 'text/html') !== crlf(mail.html)) problems.push('the HTML differs from the approved one');
  return problems;
}

/** The decoded content of one part, or null when it is not of this type in UTF-8. */
function decodePart(part: string, type: 'text/plain' | 'text/html'): string | null {
  const end = part.indexOf('\r\n\r\n');
  const head = part.slice(0, end).toLowerCase();
  if (end === -1 || !head.includes(`content-type: ${type}; charset=utf-8`)) return null;
  const encoding = /content-transfer-encoding: (\S+)/.exec(head)?.[1];
  const content = part.slice(end + 4);
  if (encoding === 'base64') return Buffer.from(content, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(content) : null;
}

function decodeQuotedPrintable(content: string): string {
  const bytes = content
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
