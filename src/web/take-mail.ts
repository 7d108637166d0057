import type { MailEnvelope } from '../core/inbound-mail.ts';
import { readInbound } from '../email/read-inbound.ts';
import type { Context } from '../engine/context.ts';
import { type MailSource, receiveMail, type ReceiveResult } from '../engine/receive-mail.ts';

export type TakeMailResult = { ok: true; received: ReceiveResult } | { ok: false; problem: string };

/** What is not known of an envelope is read from the mail itself, where `null` would mean the null return path. */
export type GivenEnvelope = { from: string | null | undefined; to: readonly string[] };

/** A mail as it came off the wire, by whatever way, is read and taken in. Throws only where the database fails. */
export async function takeMail(
  ctx: Context,
  raw: Buffer,
  envelope: GivenEnvelope,
  source: MailSource,
): Promise<TakeMailResult> {
  const read = await readInbound(raw);
  if (!read.ok) {
    ctx.log.warn({ source, bytes: raw.length, problem: read.problem }, 'a mail was refused');
    return read;
  }
  const { mail } = read;
  const full: MailEnvelope = {
    from: envelope.from === undefined ? (mail.from ?? '') : envelope.from,
    to: envelope.to.length > 0 ? envelope.to : recipientsIn(mail.headers),
  };
  return { ok: true, received: await receiveMail(ctx, mail, full, source) };
}

const RECIPIENTS = new Set(['to', 'cc', 'delivered-to', 'x-original-to', 'envelope-to']);

/** Whoever forwards a mail without its envelope: a signed address proves itself wherever it stands. */
function recipientsIn(headers: readonly { name: string; value: string }[]): string[] {
  return headers
    .filter(({ name }) => RECIPIENTS.has(name))
    .flatMap(({ value }) => value.slice(0, 20_000).match(/[^\s<>,;:"()]{1,64}@[A-Za-z0-9.-]{1,255}/g) ?? [])
    .slice(0, 50);
}
