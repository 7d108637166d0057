import { createHash } from 'node:crypto';
import PostalMime, { type Email } from 'postal-mime';
import { normaliseAddress } from '../core/email-address.ts';
import { htmlText } from '../core/html-text.ts';
import type { InboundMail, MailPart } from '../core/inbound-mail.ts';
import { oneLine } from '../core/plain-text.ts';

export type ReadInbound = { ok: true; mail: InboundMail } | { ok: false; problem: string };

/** Bytes. What a mail server in front of us may hand on. */
export const MAX_MAIL_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 200 * 1024;
const MAX_HEADERS = 1_000;
/** RFC 5321, 6.3: a mail that came by more servers goes round in circles. */
const MAX_HOPS = 100;
const MAX_DEPTH = 50;
const MAX_TEXT = 200_000;
const MAX_PART = 100_000;
/**
 * How much of a mail is read: texts and reports stand before attachments. The parser keeps some hundred bytes for each line, so
 * that ten megabytes of line breaks would otherwise take all the memory there is.
 */
const READ = { bytes: 1024 * 1024, lines: 20_000, boundaries: 500 } as const;

const REPORT =
  /^(?:message\/(?:delivery-status|global-delivery-status|feedback-report|disposition-notification|rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/;

/**
 * MIME as it came off the wire → what the core decides by. Never throws for what a mail contains: what is too deep to be read is
 * told by its headers alone, and what is no mail, too large or goes round in circles is a `problem` for whoever sent it.
 */
export async function readInbound(raw: Buffer): Promise<ReadInbound> {
  if (raw.length > MAX_MAIL_BYTES) return { ok: false, problem: `it is larger than ${MAX_MAIL_BYTES} bytes` };
  const head = headOf(raw);
  if (head === null) return { ok: false, problem: `its headers are longer than ${MAX_HEADER_BYTES} bytes` };
  let email = await parse(beginningOf(raw));
  const unread = email === null ? 'its parts lie too deep in one another' : null;
  email ??= await parse(head);
  if (email === null || !email.headers.some(({ value }) => value !== ''))
    return { ok: false, problem: 'it has no headers: it is no mail' };
  if (email.headers.length > MAX_HEADERS) return { ok: false, problem: `it has more than ${MAX_HEADERS} headers` };
  if (email.headers.filter(({ key }) => key === 'received').length > MAX_HOPS)
    return { ok: false, problem: `it came by more than ${MAX_HOPS} mail servers and goes round in circles` };
  return { ok: true, mail: { hash: createHash('sha256').update(raw).digest('hex'), ...partsOf(email), unread } };
}

/** Up to the first empty line; null when there is too much before it. */
function headOf(raw: Buffer): Buffer | null {
  const end = ['\r\n\r\n', '\n\n']
    .map((gap) => raw.indexOf(gap))
    .filter((at) => at !== -1)
    .toSorted((a, b) => a - b)[0];
  const head = raw.subarray(0, end ?? raw.length);
  return head.length > MAX_HEADER_BYTES ? null : head;
}

function beginningOf(raw: Buffer): Buffer {
  let lines = 0;
  let boundaries = 0;
  const last = Math.min(raw.length, READ.bytes);
  for (let at = raw.indexOf(0x0a); at !== -1 && at < last; at = raw.indexOf(0x0a, at + 1)) {
    lines += 1;
    if (raw[at + 1] === 0x2d && raw[at + 2] === 0x2d) boundaries += 1;
    if (lines >= READ.lines || boundaries >= READ.boundaries) return raw.subarray(0, at + 1);
  }
  return raw.subarray(0, last);
}

async function parse(bytes: Buffer): Promise<Email | null> {
  try {
    return await PostalMime.parse(bytes, {
      forceRfc822Attachments: true,
      maxNestingDepth: MAX_DEPTH,
      maxHeadersSize: 2 * MAX_HEADER_BYTES,
    });
  } catch {
    return null;
  }
}

function partsOf(email: Email): Omit<InboundMail, 'hash' | 'unread'> {
  const address = normaliseAddress(email.from?.address ?? '');
  const plain = (email.text ?? '').slice(0, MAX_TEXT);
  return {
    headers: email.headers.map(({ key, value }) => ({ name: key, value: value.toWellFormed() })),
    from: address.ok ? address.address : null,
    fromName: oneLine((email.from?.name ?? '').slice(0, 500).toWellFormed()),
    subject: oneLine((email.subject ?? '').slice(0, 1_000).toWellFormed()),
    text: plain.trim() === '' ? htmlText(email.html ?? '').slice(0, MAX_TEXT) : plain,
    reports: email.attachments.flatMap(reportPart),
  };
}

function reportPart({ mimeType, content }: Email['attachments'][number]): MailPart[] {
  const type = mimeType.toLowerCase();
  if (!REPORT.test(type)) return [];
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
  return [{ type, text: bytes.subarray(0, MAX_PART).toString('utf8') }];
}
