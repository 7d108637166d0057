const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
  oacute: 'ó',
  iacute: 'í',
  aacute: 'á',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  euro: '€',
};

/** Elements without an end, which therefore open nothing. */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
/** What no reader sees. */
const UNSEEN = new Set(['head', 'style', 'script', 'title', 'template', 'noscript', 'object', 'svg', 'math', 'select']);
const BREAKS = new Set(['p', 'div', 'tr', 'li', 'ul', 'ol', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'hr']);
const HIDDEN =
  /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d])/i;
const HIDDEN_ATTRIBUTE = /\shidden(?:[\s=/]|$)/i;
/** How mail programs mark the mail that is answered, as an element around it … */
const QUOTE = /gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|tutanota_quote/i;
/** … or as the last thing before it. */
const QUOTE_BEGINS = /id\s*=\s*["']?(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message|reply-intro|OLK_SRC)/i;

const MAX_HTML = 1_000_000;

/**
 * What a reader sees of an HTML mail, without what it quotes and what it hides, as plain text. Goes through the tags once, so
 * that no input makes it slow; nothing of it is ever shown as HTML.
 */
export function htmlText(html: string): string {
  const source = html.slice(0, MAX_HTML);
  const open: Array<{ name: string; skip: boolean }> = [];
  /** How many of a name are open: an end tag of none need not be looked for. */
  const count = new Map<string, number>();
  let skipped = 0;
  let text = '';
  let at = 0;
  while (at < source.length) {
    const tag = source.indexOf('<', at);
    const words = source.slice(at, tag === -1 ? source.length : tag);
    if (skipped === 0) text += decodeEntities(words.replace(/\s+/g, ' '));
    if (tag === -1) break;
    const end = endOfTag(source, tag);
    const markup = source.slice(tag + 1, end);
    at = end + 1;
    const name = /^\/?([a-z][a-z0-9:-]{0,30})/i.exec(markup)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    if (BREAKS.has(name) || name === 'br') text += skipped === 0 ? '\n' : '';
    if (markup.startsWith('/')) {
      if ((count.get(name) ?? 0) === 0) continue;
      for (const closed of open.splice(open.findLastIndex((element) => element.name === name))) {
        count.set(closed.name, (count.get(closed.name) ?? 0) - 1);
        if (closed.skip) skipped -= 1;
      }
      continue;
    }
    if (skipped === 0 && QUOTE_BEGINS.test(markup)) break;
    if (VOID.has(name) || markup.endsWith('/') || open.length > 100) continue;
    const skip = UNSEEN.has(name) || name === 'blockquote' || QUOTE.test(markup) || isHidden(markup);
    open.push({ name, skip });
    count.set(name, (count.get(name) ?? 0) + 1);
    if (skip) skipped += 1;
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function isHidden(markup: string): boolean {
  return HIDDEN.test(markup) || HIDDEN_ATTRIBUTE.test(markup.replace(/=\s*(?:"[^"]*"|'[^']*')/g, ''));
}

function endOfTag(source: string, tag: number): number {
  const closing = source.startsWith('<!--', tag) ? '-->' : '>';
  const end = source.indexOf(closing, tag);
  return end === -1 ? source.length : end + closing.length - 1;
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[\da-f]{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = Number.parseInt(name.replace(/^#x?/i, ''), /^#x/i.test(name) ? 16 : 10);
    return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  });
}
