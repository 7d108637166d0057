import { and, desc, eq, inArray, isNotNull } from 'drizzle-orm';
import { addressKey, normaliseAddress } from '../core/email-address.ts';
import type { InboundMail, MailEnvelope } from '../core/inbound-mail.ts';
import { headerValue, messageIdsIn } from '../core/mail-headers.ts';
import type { MailKind } from '../core/mail-kind.ts';
import { decisionOfReplyAddress, withoutPlus } from '../core/reply-address.ts';
import type { DbOrTx } from '../db/client.ts';
import { decisions, messages, unsubscribeLinks } from '../db/schema.ts';
import { senderAddresses } from '../db/workflows.ts';
import type { Context } from './context.ts';

export type OurMessage = typeof messages.$inferSelect;

/** The mail of ours that an incoming one is about, and by what it was recognised. */
export type Match = { by: 'message_id' | 'reply_address' | 'unsubscribe_link'; message: OurMessage };

/** Keys of all addresses of ours, as written in the workflows and as the wire has them. */
export async function ourAddresses(ctx: Context, db: DbOrTx): Promise<Set<string>> {
  const written = await senderAddresses(db, ctx.workspaceId);
  return new Set(
    written.flatMap((address) => {
      const normalised = normaliseAddress(address);
      return normalised.ok ? [addressKey(normalised.address)] : [];
    }),
  );
}

/** Whether mail to this address is for us: one of our senders', with or without something behind a plus sign. */
export async function takesMailFor(ctx: Context, recipient: string): Promise<boolean> {
  const address = normaliseAddress(recipient);
  if (!address.ok) return false;
  const ours = await ourAddresses(ctx, ctx.db);
  return ours.has(addressKey(address.address)) || ours.has(addressKey(withoutPlus(address.address)));
}

/** Whether one of our own mails came round to us. */
export async function isOurOwn(ctx: Context, db: DbOrTx, mail: InboundMail): Promise<boolean> {
  const ids = messageIdsIn(headerValue(mail.headers, 'message-id'));
  return ids.length > 0 && (await byMessageId(ctx, db, ids)) !== null;
}

/**
 * Only what the lead cannot have guessed tells which mail is meant: a Message-ID of ours, the signed address that the mail
 * is answered to, or the way out that a complaint carries along. Never a subject, never From alone.
 */
export async function matchMail(
  ctx: Context,
  db: DbOrTx,
  mail: InboundMail,
  envelope: MailEnvelope,
  kind: MailKind,
): Promise<Match | null> {
  const named = kind.type === 'delivery_status' || kind.type === 'complaint' ? kind.originalIds : [];
  // The mail that is answered comes before those it followed.
  const answered = messageIdsIn(headerValue(mail.headers, 'in-reply-to'));
  const followed = messageIdsIn(headerValue(mail.headers, 'references')).toReversed();
  for (const ids of [named, answered, followed]) {
    const message = await byMessageId(ctx, db, ids);
    if (message) return { by: 'message_id', message };
  }
  for (const recipient of envelope.to) {
    const decisionId = decisionOfReplyAddress(ctx.secrets.linkKey, recipient);
    const message = decisionId === null ? null : await ofDecision(ctx, db, decisionId);
    if (message) return { by: 'reply_address', message };
  }
  if (kind.type !== 'complaint') return null;
  const message = await byUnsubscribeLink(ctx, db, kind.original);
  return message ? { by: 'unsubscribe_link', message } : null;
}

/** Of several, the one that stands first in the list. */
async function byMessageId(ctx: Context, db: DbOrTx, ids: readonly string[]): Promise<OurMessage | null> {
  if (ids.length === 0) return null;
  const found = await db
    .select()
    .from(messages)
    .where(and(eq(messages.workspaceId, ctx.workspaceId), inArray(messages.messageIdHeader, [...ids])));
  return found.toSorted((a, b) => ids.indexOf(a.messageIdHeader) - ids.indexOf(b.messageIdHeader))[0] ?? null;
}

/** The newest mail of a decision that was ever on the wire. */
async function ofDecision(ctx: Context, db: DbOrTx, decisionId: string): Promise<OurMessage | null> {
  const [found] = await db
    .select({ messages })
    .from(messages)
    .innerJoin(decisions, eq(decisions.id, messages.decisionId))
    .where(and(eq(decisions.id, decisionId), eq(decisions.workspaceId, ctx.workspaceId), isNotNull(messages.sendingAt)))
    .orderBy(desc(messages.sendingAt), desc(messages.id))
    .limit(1);
  return found?.messages ?? null;
}

async function byUnsubscribeLink(ctx: Context, db: DbOrTx, original: string): Promise<OurMessage | null> {
  const tokens = [...original.slice(0, 50_000).matchAll(/\/u\/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/g)].map(
    ([, token]) => token ?? '',
  );
  if (tokens.length === 0) return null;
  const [link] = await db
    .select({ decisionId: unsubscribeLinks.decisionId })
    .from(unsubscribeLinks)
    .where(and(eq(unsubscribeLinks.workspaceId, ctx.workspaceId), inArray(unsubscribeLinks.token, tokens.slice(0, 5))))
    .limit(1);
  return link?.decisionId ? await ofDecision(ctx, db, link.decisionId) : null;
}
