import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { normaliseAddress } from '../core/email-address.ts';
import type { RenderedMail } from '../core/message.ts';
import { headerText, refuseUnfit } from './header-text.ts';

/**
 * The mail as it goes over the wire, before a signature. The same arguments give the same bytes. `messageId` with or
 * without angle brackets. Throws when an address is not exactly one we may write to, or a header could be broken out of.
 */
export async function buildMime(mail: RenderedMail, messageId: string, date: Date): Promise<Buffer> {
  refuseUnfitHeaders(mail);
  if (mail.text === '' || mail.html === '') throw new Error('the mail lacks its text or its HTML part');
  const id = bareMessageId(messageId);
  const composer = new MailComposer({
    from: { name: mail.fromName, address: senderAddress('From', mail.from) },
    to: { name: mail.toName, address: recipientAddress(mail.to) },
    ...(mail.replyTo === null ? {} : { replyTo: { name: '', address: senderAddress('Reply-To', mail.replyTo) } }),
    messageId: `<${id}>`,
    date,
    text: crlf(mail.text),
    html: crlf(mail.html),
    headers: [
      { key: 'Subject', value: { prepared: true, value: headerText(mail.subject) } },
      { key: 'List-Unsubscribe', value: { prepared: true, value: `<${unsubscribeUri(mail.unsubscribeUrl)}>` } },
      { key: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
      { key: 'List-Id', value: { prepared: true, value: `<${listId(mail.listId)}>` } },
    ],
    encoding: transferEncoding(mail),
    // From the Message-ID and not by chance: a mail that is built twice is the same mail.
    baseBoundary: createHash('sha256').update(id).digest('hex').slice(0, 32),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** The one address this mail may go to: byte for byte what normalising it gives, or it throws. */
export function recipientAddress(address: string): string {
  const normalised = normaliseAddress(address);
  if (!normalised.ok) throw new Error(`To is not an address: ${normalised.problem}`);
  if (normalised.address !== address) throw new Error('To is not written the way addresses are stored');
  return address;
}

/** From and Reply-To come from the workflow file, where `Ana@Acme.Example` is no mistake. */
export function senderAddress(header: 'From' | 'Reply-To', address: string): string {
  const normalised = normaliseAddress(address);
  if (!normalised.ok) throw new Error(`${header} is not an address: ${normalised.problem}`);
  return normalised.address;
}

export function bareMessageId(messageId: string): string {
  const id = /^<(.*)>$/s.exec(messageId)?.[1] ?? messageId;
  if (!/^[A-Za-z0-9._+-]{1,128}@[A-Za-z0-9.-]{1,255}$/.test(id))
    throw new Error('Message-ID is not of the form <id@host>');
  return id;
}

/** Bodies travel with CRLF; a lone LF in what was approved means the same line break. */
export function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

function refuseUnfitHeaders(mail: RenderedMail): void {
  refuseUnfit('To', mail.to);
  refuseUnfit('the name in To', mail.toName);
  refuseUnfit('From', mail.from);
  refuseUnfit('the name in From', mail.fromName);
  refuseUnfit('Reply-To', mail.replyTo ?? '');
  refuseUnfit('Subject', mail.subject);
  refuseUnfit('List-Unsubscribe', mail.unsubscribeUrl);
  refuseUnfit('List-Id', mail.listId);
  if (mail.subject.trim() === '') throw new Error('Subject is empty');
}

function unsubscribeUri(url: string): string {
  // Angle brackets, commas and blanks would end the address or begin a second one (RFC 2369).
  const fits = /^https?:\/\/[!-~]+$/.test(url) && !/[<>,"\\]/.test(url) && URL.canParse(url) && url.length <= 900;
  if (!fits) throw new Error('List-Unsubscribe is not one http(s) address');
  return url;
}

function listId(id: string): string {
  if (!/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/.test(id) || id.length > 255)
    throw new Error('List-Id is not of the form name.domain');
  return id;
}

/** Quoted-printable keeps trailing blanks and long lines; only a lone carriage return, which it would turn into a line break, needs base64. */
function transferEncoding(mail: RenderedMail): 'quoted-printable' | 'base64' {
  return [mail.text, mail.html].some((part) => /\r(?!\n)/.test(part)) ? 'base64' : 'quoted-printable';
}
