const LOCAL = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$|\?)/i;

/** True for addresses on this machine: the only ones the sandbox follows. */
export function isLocal(url: string): boolean {
  return LOCAL.test(url);
}

/** What the frame with a mail's HTML may do: show styles and inline pictures, open local links in a new tab, no more. */
export const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: http://127.0.0.1:* http://localhost:*; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/** A mail's HTML for that frame. Links that lead off this machine lose their target, so nothing leaves it by a click. */
export function mailDocument(html: string, text: string): string {
  const body = html === '' ? `<pre>${escapeHtml(text)}</pre>` : disarmLinks(html);
  const style =
    'html{color-scheme:light}body{font:15px/1.55 system-ui,sans-serif;margin:20px;color:#1d1c1d;background:#fff;overflow-wrap:anywhere}' +
    'img:not([src^="data:"]):not([src^="http://127.0.0.1"]):not([src^="http://localhost"]){display:none}' +
    'pre{white-space:pre-wrap;font:inherit}a:not([href]){color:#51606b;text-decoration:underline dotted;cursor:not-allowed}';
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${body}`;
}

function disarmLinks(html: string): string {
  return html.replaceAll(/<(a|area)\b([^>]*)>/gi, (_tag, name: string, attributes: string) => {
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes);
    const target = decodeEntities(href?.[1] ?? href?.[2] ?? href?.[3] ?? '').trim();
    const others = attributes.replaceAll(/\b(href|target|rel|ping|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '');
    if (isLocal(target))
      return `<${name}${others} href="${escapeHtml(target)}" target="_blank" rel="noopener noreferrer">`;
    return target === ''
      ? `<${name}${others}>`
      : `<${name}${others} title="${escapeHtml(`${target} (not opened from the sandbox)`)}">`;
  });
}

function decodeEntities(value: string): string {
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
