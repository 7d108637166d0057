import { contentHash } from './canonical-json.ts';
import { linkAllowed, type LinkSpan, linkSpans } from './links.ts';
import { type LinkMaker, trackedUrl } from './tracked-links.ts';

export const messageStatuses = ['approved', 'sending', 'sent', 'uncertain', 'failed', 'cancelled'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** Everything the recipient gets; the hash of this is what is approved, and what is compared before sending. */
export type RenderedMail = {
  to: string;
  toName: string;
  from: string;
  fromName: string;
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
  unsubscribeUrl: string;
  listId: string;
};

export type MailParts = {
  to: string;
  toName: string;
  sender: { name: string; email: string; reply_to?: string | undefined; company: string; postal_address: string };
  workflow: string;
  subject: string;
  body: string;
  why: string;
  allowedLinks: readonly string[];
  unsubscribeUrl: string;
  /** Where answers go, when not to the sender's own address. */
  replyTo?: string | null;
  /** With it, the links of the HTML part lead through this program, which counts the clicks. The way out is never counted. */
  clicks: LinkMaker | null;
};

/** The mail as it would leave: what the draft says, and the footer that the program alone writes. Text and HTML say the same. */
export function renderMail(parts: MailParts): RenderedMail {
  const { sender } = parts;
  const footer = [parts.why, `${sender.company}, ${oneLineAddress(sender.postal_address)}`];
  const text = `${parts.body}\n\n-- \n${footer.join('\n')}\nUnsubscribe: ${parts.unsubscribeUrl}\n`;
  const paragraphs = parts.body
    .split(/\n{2,}/)
    .map((paragraph) => `<p style="margin:0 0 1em">${withLinks(paragraph, parts).replaceAll('\n', '<br>\n')}</p>`);
  const html = [
    '<!doctype html>',
    `<html><head><meta charset="utf-8"><title>${escapeHtml(parts.subject)}</title></head>`,
    '<body style="font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif;font-size:15px;line-height:1.5;color:#1c1e21;max-width:38em;margin:0;padding:16px">',
    ...paragraphs,
    ...trap(parts),
    `<p style="margin:2em 0 0;padding-top:1em;border-top:1px solid #ddd;font-size:12px;color:#65676b">${footer.map(escapeHtml).join('<br>\n')}<br>\n<a href="${escapeHtml(parts.unsubscribeUrl)}" style="color:#65676b">Unsubscribe</a></p>`,
    '</body></html>\n',
  ].join('\n');
  return {
    to: parts.to,
    toName: parts.toName,
    from: sender.email,
    fromName: sender.name,
    replyTo: parts.replyTo ?? sender.reply_to ?? null,
    subject: parts.subject,
    text,
    html,
    unsubscribeUrl: parts.unsubscribeUrl,
    listId: `${parts.workflow}.${sender.email.slice(sender.email.lastIndexOf('@') + 1)}`,
  };
}

/** SHA-256 over the canonical JSON of the whole mail. The time of sending is not part of it: deferring is no change. */
export function mailHash(mail: RenderedMail): string {
  return contentHash(mail);
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

type LinkParts = Pick<MailParts, 'allowedLinks' | 'clicks'>;

/** Only listed links with a scheme become links; the text of a link is always its address. */
function withLinks(text: string, parts: LinkParts): string {
  let html = '';
  let done = 0;
  for (const { link, index } of listedLinks(text, parts)) {
    html += `${escapeHtml(text.slice(done, index))}${anchor(link, parts.clicks)}`;
    done = index + link.length;
  }
  return html + escapeHtml(text.slice(done));
}

function listedLinks(text: string, { allowedLinks }: LinkParts): LinkSpan[] {
  return linkSpans(text).filter(({ link }) => /^https?:/i.test(link) && linkAllowed(link, allowedLinks));
}

/** Mail programs warn of a link whose text is one address and whose target another: a tracked one shows its target without the scheme. */
function anchor(link: string, clicks: LinkMaker | null): string {
  const tracked = clicks === null ? null : trackedUrl(clicks, link);
  if (tracked === null) return `<a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`;
  return `<a href="${escapeHtml(tracked)}">${escapeHtml(link.replace(/^https?:\/\//i, ''))}</a>`;
}

/** A link that no person sees, hears or reaches with the keyboard: what opens it is a program, and it leads where the first link does. */
function trap(parts: MailParts): string[] {
  const { clicks } = parts;
  if (clicks === null) return [];
  const [url] = listedLinks(parts.body, parts)
    .map(({ link }) => trackedUrl(clicks, link, true))
    .filter((made) => made !== null);
  if (url === undefined) return [];
  return [`<a href="${escapeHtml(url)}" style="display:none;mso-hide:all" aria-hidden="true" tabindex="-1"></a>`];
}

function oneLineAddress(address: string): string {
  return address
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(', ');
}
