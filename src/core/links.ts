/**
 * A run of anything after a scheme, `//`, or `www.`: up to white space or angle brackets, because some mail programs link
 * that much. Quotes and brackets belong to it, or `https://good.example'@evil.example` would read as a good link.
 */
const WITH_SCHEME =
  /(?<![\p{L}\d])(?:[a-z][a-z\d+.-]{0,20}:(?:\/|\\)+|(?:https?|ftp):(?=[^\s/])|www\d{0,3}[.。．｡])[^\s<>]+|(?<![\p{L}\d:/\\])(?:\/\/|\\\\)[\p{L}\d][^\s<>]*/giu;
/** Schemes that do something without slashes. “the data: it shows” is prose, “data:text/html” is not. */
const ACTIVE_SCHEME =
  /(?<![\p{L}\d])(?:(?:javascript|vbscript|livescript|view-source|intent|blob|file|about)\s?:|(?:data|mailto|tel|sms|callto|skype|whatsapp|tg|facetime|ms-[a-z]+):(?=[^\s]))/iu;
/** Anything with a dot between labels that a mail program may turn into a link; what is no host is sorted out below. */
const BARE_HOST =
  /(?<![\p{L}\p{M}\d])(?:[\p{L}\d](?:[\p{L}\p{M}\d_-]{0,62})[.．｡。]){1,10}(?:xn--[a-z\d-]{1,59}|[\p{L}\p{M}]{2,63})(?![\p{L}\p{M}\d]|-[\p{L}\d])[.．｡。]?(?::\d{1,5})?(?:[/\\?#][^\s<>]*)?/giu;
const BARE_IP =
  /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?[\w-])(?::\d{1,5})?(?:[/\\][^\s<>]*)?/g;
/** Written so that a person, not a program, reads a host: `evil[.]example`, `evil (dot) example`, `evil dot com`. */
const SPELT_OUT =
  /[\p{L}\d]\s?[[({]\s?(?:\.|dot)\s?[\])}]\s?[\p{L}\d]{1,63}|(?<![\p{L}\d-])[\p{L}\d-]{1,63} dot (?:com|net|org|io|co|info|biz)\b/giu;
const ADDRESS = /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g;
/** Last labels that are no top-level domain: file names and the abbreviations of prose. */
const NO_HOST =
  /\.(?:pdf|docx?|xlsx?|pptx?|csv|txt|png|jpe?g|gif|svg|html?|css|js|ts|jsx|tsx|json|xml|yaml|yml|exe|dwg|ics|eml|mp[34]|bzw|usw)$/i;
/** Abbreviations whose last part has two letters. */
const PROSE = /^(?:b\.sc|m\.sc|b\.eng|z\.hd)$/i;

/** Mail programs leave punctuation at the end out of a link; a closing bracket stays when the link itself opened one. */
function trimmed(link: string): string {
  let end = link;
  for (;;) {
    const last = end.at(-1) ?? '';
    const closes =
      last === ')' ? !end.includes('(') : last === ']' ? !end.includes('[') : '.,;:!?"\'”’»*_}'.includes(last);
    if (last === '' || !closes) return end;
    end = end.slice(0, -1);
  }
}

/** A link as it stands in the text, and where. */
export type LinkSpan = { link: string; index: number };

/** Links in a text as a mail program would find them, in their order: with a scheme, with www, bare hosts and bare IPs. */
export function linkSpans(text: string): LinkSpan[] {
  const spans: LinkSpan[] = [];
  const blank = (hit: string) => ' '.repeat(hit.length);
  let rest = text.replace(WITH_SCHEME, (hit: string, index: number) => {
    spans.push({ link: trimmed(hit), index });
    return blank(hit);
  });
  rest = rest.replace(ADDRESS, blank);
  for (const match of [...rest.matchAll(BARE_HOST), ...rest.matchAll(BARE_IP), ...rest.matchAll(SPELT_OUT)]) {
    const link = trimmed(match[0]);
    const host = link.split(/[/\\?#:]/, 1)[0] ?? '';
    if (!NO_HOST.test(host) && !PROSE.test(host) && looksLikeHost(host)) spans.push({ link, index: match.index });
  }
  return spans.sort((a, b) => a.index - b.index);
}

/** An ideographic full stop ends a sentence between two words of Chinese; between Latin letters it is a disguised dot. */
function looksLikeHost(host: string): boolean {
  return !/[。｡]/.test(host) || /^[\x21-\x7e。｡]+$/.test(host);
}

export function linksIn(text: string): string[] {
  return linkSpans(text).map(({ link }) => link);
}

/** A scheme that runs or calls something (`javascript:`, `mailto:`, `tel:`), or null. */
export function activeScheme(text: string): string | null {
  return ACTIVE_SCHEME.exec(text)?.[0] ?? null;
}

/** The text with each address and each link that shows its scheme or www replaced by as many dots; bare hosts stay. */
export function withoutLinks(text: string): string {
  const dots = (hit: string) => '·'.repeat(hit.length);
  return text.replace(WITH_SCHEME, dots).replace(ADDRESS, dots);
}

/** Parsed as a browser would, or null where it is not a plain http(s) address that every program reads alike. */
function plainUrl(url: string): URL | null {
  // Programs disagree on backslashes, quotes, blanks and anything outside ASCII in an address.
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(url) || /[\\"'`<>^{|}[\]]/.test(url) || /^https?:\/\/\//i.test(url))
    return null;
  try {
    const parsed = new URL(url);
    if (parsed.username !== '' || parsed.password !== '' || /^https?:\/\/[^/?#]*@/i.test(url)) return null;
    return parsed;
  } catch {
    return null;
  }
}

/** What may follow a listed path: plain segments. An encoded slash or a second address inside could lead elsewhere. */
const PLAIN_REST = /^(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*\/?)?$/;
const CAMPAIGN_QUERY = /^\?(?:utm_[a-z]{1,20}=[\w.-]{0,80})(?:&utm_[a-z]{1,20}=[\w.-]{0,80})*$/;
const PLAIN_HASH = /^#[\w-]{0,80}$/;

/**
 * Exactly the links the workflow lists: same scheme, host and port, a path that is the listed one or lies under it, and the
 * listed query or one of campaign parameters only, so that no redirect on the listed host can be used.
 */
export function linkAllowed(url: string, allowed: readonly string[]): boolean {
  const target = plainUrl(url);
  if (target === null) return false;
  return allowed.some((entry) => {
    const listed = plainUrl(entry);
    if (listed === null || listed.protocol !== target.protocol || listed.host !== target.host) return false;
    if (listed.href === target.href) return true;
    const base = listed.pathname.endsWith('/') ? listed.pathname : `${listed.pathname}/`;
    const under = target.pathname.startsWith(base) && PLAIN_REST.test(target.pathname.slice(base.length));
    if (target.pathname !== listed.pathname && !under) return false;
    if (target.search !== '' && target.search !== listed.search && !CAMPAIGN_QUERY.test(target.search)) return false;
    return target.hash === '' || target.hash === listed.hash || PLAIN_HASH.test(target.hash);
  });
}
