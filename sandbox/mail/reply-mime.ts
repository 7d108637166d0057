import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Reader } from './reader.ts';
import { answerAddress, headerOf, nameIn } from './reader.ts';
import type { StoredMail } from './stored-mail.ts';

export type ReplyParts = {
  mail: StoredMail;
  reader: Reader;
  text: string;
  /** Stands in the HTML where nobody sees it, and in the text part, which mail programs make from the HTML. */
  hidden: string | null;
  /** Answered by the mail program alone: headers of RFC 3834, and no quotation. */
  automatic: boolean;
  messageId: string;
  /** Business time. */
  date: Date;
};

/** A reply as the reader's mail program writes it: threaded, signed, with the original quoted in that program's manner. */
export async function buildReply(parts: ReplyParts): Promise<Buffer> {
  const { mail, reader, automatic } = parts;
  const signature = automatic ? '' : signatureOf(reader);
  const said = [parts.text, parts.hidden].filter((part) => part !== null).join('\n\n');
  const quote = automatic ? { text: '', html: '' } : quoted(mail, reader);
  const hidden =
    parts.hidden === null
      ? ''
      : `<div style="display:none;font-size:0;color:#ffffff">${escapeHtml(parts.hidden)}</div>`;
  const to = answerAddress(mail);
  const composer = new MailComposer({
    from: { name: reader.name, address: reader.address },
    to: { name: nameIn(mail.from), address: to },
    subject: replySubject(mail, automatic),
    messageId: parts.messageId,
    inReplyTo: mail.messageId,
    references: [headerOf(mail, 'references'), mail.messageId].join(' ').trim(),
    date: parts.date,
    text: `${said}${signature}${quote.text}`.replaceAll('\n', '\r\n'),
    html: `<html><body><div dir="ltr">${asHtml(parts.text)}</div>${hidden}${asHtml(signature)}${quote.html}</body></html>`,
    headers: [...clientHeaders(reader), ...(automatic ? automaticHeaders(reader) : [])],
    baseBoundary: createHash('sha256').update(parts.messageId).digest('hex').slice(0, 32),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

export function replySubject(mail: StoredMail, automatic: boolean): string {
  if (automatic) return `Automatic reply: ${mail.subject}`;
  return /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
}

type Header = { key: string; value: string };

function clientHeaders({ client }: Reader): Header[] {
  switch (client) {
    case 'gmail':
      return [];
    case 'outlook':
      return [
        { key: 'X-Mailer', value: 'Microsoft Outlook 16.0' },
        { key: 'Thread-Topic', value: 'Re' },
      ];
    case 'apple':
      break;
  }
  return [{ key: 'X-Mailer', value: 'Apple Mail (2.3864.200.81.1.6)' }];
}

/** What programs that answer alone put into their mails (RFC 3834), and what Exchange and older ones add. */
function automaticHeaders({ client }: Reader): Header[] {
  return [
    { key: 'Auto-Submitted', value: 'auto-replied' },
    { key: 'Precedence', value: client === 'gmail' ? 'bulk' : 'auto_reply' },
    ...(client === 'outlook' ? [{ key: 'X-Auto-Response-Suppress', value: 'All' }] : []),
  ];
}

function signatureOf(reader: Reader): string {
  switch (reader.client) {
    case 'gmail':
      return `\n\n-- \n${reader.name || reader.address}\nwww.${reader.domain}`;
    case 'outlook':
      return `\n\nKind regards\n\n${reader.name || reader.firstName}\nE-mail: ${reader.address} | www.${reader.domain}`;
    case 'apple':
      break;
  }
  return '\n\nSent from my iPhone';
}

function quoted(mail: StoredMail, reader: Reader): { text: string; html: string } {
  const original = mail.text.trimEnd();
  const body = mail.html === '' ? `<pre>${escapeHtml(original)}</pre>` : bodyOf(mail.html);
  const cited = original
    .split(/\r?\n/)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
  const day = format(mail.at, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const time = format(mail.at, { hour: '2-digit', minute: '2-digit' });
  switch (reader.client) {
    case 'gmail': {
      const wrote = `On ${day} at ${time}, ${mail.from} wrote:`;
      return {
        text: `\n\n${wrote}\n\n${cited}\n`,
        html: `<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escapeHtml(wrote)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${body}</blockquote></div>`,
      };
    }
    case 'outlook': {
      const head: Array<[string, string]> = [
        ['From', mail.from],
        ['Sent', `${day} ${time}`],
        ['To', mail.to],
        ['Subject', mail.subject],
      ];
      return {
        text: `\n\n________________________________\n${head.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${original}\n`,
        html: `<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">${head.map(([name, value]) => `<b>${name}:</b> ${escapeHtml(value)}`).join('<br>')}</div><div>&nbsp;</div><div>${body}</div>`,
      };
    }
    case 'apple':
      break;
  }
  const wrote = `On ${format(mail.at, { day: 'numeric', month: 'short', year: 'numeric' })}, at ${time}, ${mail.from} wrote:`;
  return {
    text: `\n\n> ${wrote}\n>\n${cited}\n`,
    html: `<div><br><blockquote type="cite"><div>${escapeHtml(wrote)}</div><br class="Apple-interchange-newline"><div>${body}</div></blockquote></div>`,
  };
}

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(at);
}

const bodyOf = (html: string): string => /<body\b[^>]*>(.*)<\/body>/is.exec(html)?.[1] ?? html;

const asHtml = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>');

function escapeHtml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
