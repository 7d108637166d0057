import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json, SharedFile } from './content.ts';
import { record, text } from './fields.ts';

/** Pictures on this machine are shown; others appear as their description, since nothing is loaded from elsewhere. */
export function picture(element: Json, className: string): ComponentChildren {
  const url = text(element['image_url']) || fileUrl(record(element['slack_file']));
  const description = text(element['alt_text']);
  if (isLocal(url)) return html`<img class=${className} src=${url} alt=${description} loading="lazy" />`;
  return html`<span class=${`${className} picture-instead`} role="img" aria-label=${description} title=${url}>🖼 ${description}</span>`;
}

/** A file that was put into a channel: a picture is shown, anything else can be opened. */
export function sharedFile(file: SharedFile): ComponentChildren {
  const url = `/slack/files/${encodeURIComponent(file.id)}`;
  const title = file.title || file.name;
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.mimetype))
    return html`<figure class="shared"><figcaption>${title}</figcaption><img class="picture" src=${url} alt=${title} loading="lazy" /></figure>`;
  return html`<p class="file">📄 <a href=${url} target="_blank" rel="noopener noreferrer">${title}</a></p>`;
}

function fileUrl(file: Json): string {
  const id = text(file['id']);
  return text(file['url']) || (id === '' ? '' : `/slack/files/${encodeURIComponent(id)}`);
}

/** True for what is on this machine: the only addresses that this page loads or opens. */
export function isLocal(url: string): boolean {
  if (url.startsWith('/slack/files/') || /^data:image\/(png|jpeg|gif|webp);/.test(url)) return true;
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
  } catch {
    return false;
  }
}

const HUES = [162, 205, 262, 24, 336, 96, 48, 190];

/** A person's initials on a colour of their own; the app's mark for the bot. */
export function avatar(id: string, name: string, isBot: boolean): ComponentChildren {
  if (isBot)
    return html`<span class="avatar bot" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="M5 12.5l4.2 4.2L19 7" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" /></svg></span>`;
  const hue =
    HUES[Array.from(id).reduce((mix, sign) => (mix * 17 + (sign.codePointAt(0) ?? 0)) % 9973, 0) % HUES.length] ?? 0;
  const initials = name
    .split(/\s+/)
    .map((part) => part.charAt(0))
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return html`<span class="avatar" aria-hidden="true" style=${{ '--hue': String(hue) }}>${initials}</span>`;
}
