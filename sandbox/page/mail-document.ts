import { decodeEntities } from '../mail/browser.ts';
import { isLocal } from '../mail/this-machine.ts';

/** What the frame with a mail's HTML may do: show styles and inline pictures, open local links in a new tab, no more. */
export const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/**
 * A mail's HTML for that frame. A link goes where `follow` says; without a word from it, links on this machine stay and
 * those that lead off it lose their target, so that nothing leaves it by a click.
 */
export function mailDocument(html: string, text: string, follow: (href: string) => string | null): string {
  const body = html === '' ? `<pre>${escapeHtml(text)}</pre>` : redirectLinks(html, follow);
  const style =
    'html{color-scheme:light}body{font:15px/1.55 system-ui,sans-serif;margin:20px;color:#1d1c1d;background:#fff;overflow-wrap:anywhere}' +
    'img:not([src^="data:"]):not([src^="http://127.0.0.1"]):not([src^="http://localhost"]){display:none}' +
    'pre{white-space:pre-wrap;font:inherit}a:not([href]){color:#51606b;text-decoration:underline dotted;cursor:not-allowed}';
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${body}`;
}

/** What a click in that frame came to: the app was asked, and where it leads is told and not opened. */
export function clickedDocument(clicked: { href: string; status: number; location: string | null }): string {
  const { href, status, location } = clicked;
  const asked = status === 0 ? 'This link leads out of the sandbox.' : `The app answered ${status}.`;
  const leads = location === null || status === 0 ? '' : ` It leads to <b>${escapeHtml(location)}</b>.`;
  const away = location === null ? '' : '<p>Nothing leaves this computer, so that page is not opened.</p>';
  const style =
    'html{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:40em;margin:12vh auto;padding:0 20px;overflow-wrap:anywhere}small{opacity:.7}';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Clicked</title><style>${style}</style><p>${asked}${leads}</p>${away}<p><small>${escapeHtml(href)}</small></p><p>You can close this tab.</p>`;
}

function redirectLinks(html: string, follow: (href: string) => string | null): string {
  return html.replaceAll(/<(a|area)\b([^>]*)>/gi, (_tag, name: string, attributes: string) => {
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes);
    const target = decodeEntities(href?.[1] ?? href?.[2] ?? href?.[3] ?? '').trim();
    const others = attributes.replaceAll(/\b(href|target|rel|ping|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '');
    const to = follow(target) ?? (isLocal(target) ? target : null);
    if (to !== null) return `<${name}${others} href="${escapeHtml(to)}" target="_blank" rel="noopener noreferrer">`;
    return target === ''
      ? `<${name}${others}>`
      : `<${name}${others} title="${escapeHtml(`${target} (not opened from the sandbox)`)}">`;
  });
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
