import { attribute, decodeEntities } from './browser.ts';
import { headerOf } from './reader.ts';
import type { StoredMail } from './stored-mail.ts';
import { isLocal } from './this-machine.ts';

/** Elements that never close, so that they do not count as being inside something. */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
const UNSEEN =
  /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)/i;

/** An address, and the words that lead there. */
export type MailLink = { href: string; words: string };

/** The http(s) links of a mail that a reader can see and click, one an address, without the ways out of the list. */
export function readableLinks(mail: StoredMail): MailLink[] {
  const out = new Set(unsubscribeAddresses(mail));
  const anchors = mail.html === '' ? fromText(mail.text) : visibleAnchors(mail.html);
  const found = new Map<string, MailLink>();
  for (const { href, words } of anchors) {
    if (!/^https?:\/\//i.test(href) || out.has(href) || /unsubscribe/i.test(words) || found.has(href)) continue;
    found.set(href, { href, words: decodeEntities(words).replaceAll(/\s+/g, ' ').trim() });
  }
  return [...found.values()];
}

/** Every address in the mail, also those that no person sees, and the way out. */
export function allLinks(mail: StoredMail): string[] {
  const tags = [...mail.html.matchAll(/<a\b([^>]*)>/gi)].map(([, tag = '']) => attribute(tag, 'href'));
  const found = mail.html === '' ? fromText(mail.text).map(({ href }) => href) : tags;
  return [...new Set([...found, ...unsubscribeAddresses(mail)])].filter((href) => /^https?:\/\//i.test(href));
}

/** The page behind the mail's own "Unsubscribe", or the address in its header; null when neither is on this machine. */
export function unsubscribePage(mail: StoredMail): string | null {
  const anchors = mail.html === '' ? [] : visibleAnchors(mail.html);
  const named = anchors.filter(({ words }) => /unsubscribe/i.test(words)).map(({ href }) => href);
  return [...named, ...unsubscribeAddresses(mail)].find(isLocal) ?? null;
}

/** Where the header invites one POST (RFC 8058), or null. */
export function oneClickAddress(mail: StoredMail): string | null {
  if (!/^list-unsubscribe=one-click$/i.test(headerOf(mail, 'list-unsubscribe-post').trim())) return null;
  return unsubscribeAddresses(mail).find(isLocal) ?? null;
}

/** Pictures that showing the mail would load, on this machine only. */
export function remotePictures(mail: StoredMail): string[] {
  const sources = [...mail.html.matchAll(/<img\b([^>]*)>/gi)].map(([, tag = '']) => attribute(tag, 'src'));
  return [...new Set(sources.filter(isLocal))];
}

function unsubscribeAddresses(mail: StoredMail): string[] {
  return [...headerOf(mail, 'list-unsubscribe').matchAll(/<(https?:[^>\s]+)>/gi)].map(([, url = '']) => url);
}

function fromText(text: string): MailLink[] {
  // "Unsubscribe: https://…" says in its line what it is.
  return text
    .split('\n')
    .filter((line) => !/unsubscribe/i.test(line))
    .flatMap((line) => [...line.matchAll(/https?:\/\/[^\s<>"]+/gi)])
    .map(([url]) => url.replace(/[.,;:!?)\]'’”]+$/, ''))
    .map((href) => ({ href, words: href }));
}

/** Links in document order that neither they nor anything around them hides: a trap for robots is not clicked by people. */
function visibleAnchors(html: string): MailLink[] {
  const open: Array<{ name: string; hidden: boolean; anchor: MailLink | null }> = [];
  const found: MailLink[] = [];
  const source = html.replaceAll(/<!--.*?-->|<(style|script|title|template)\b.*?<\/\1>/gis, '');
  let from = 0;
  const say = (words: string): void => {
    for (const { anchor } of open) if (anchor) anchor.words += words;
  };
  for (const match of source.matchAll(/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/gi)) {
    const [tag, slash, written = '', inside = ''] = match;
    say(source.slice(from, match.index));
    from = match.index + tag.length;
    const name = written.toLowerCase();
    if (slash === '/') {
      const at = open.findLastIndex((element) => element.name === name);
      if (at >= 0) open.splice(at);
      continue;
    }
    const hidden = open.some((element) => element.hidden) || hides(inside);
    const href = name === 'a' ? attribute(inside, 'href') : '';
    const anchor = href === '' || hidden ? null : { href, words: '' };
    if (anchor) found.push(anchor);
    if (!VOID.has(name)) open.push({ name, hidden, anchor });
  }
  return found;
}

const hides = (tag: string): boolean =>
  /(?:^|\s)hidden(?:\s|=|\/|$)/i.test(tag) || UNSEEN.test(attribute(tag, 'style'));
