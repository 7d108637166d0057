import { EMOJI } from './emoji.ts';

/**
 * Slack's mrkdwn as a tree. Text in it is text and nothing else: whoever draws the tree puts it into text nodes, and a
 * link is there only when its address may be opened.
 */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; children: Inline[] }
  | { kind: 'user' | 'channel' | 'usergroup'; id: string; label: string | null }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; at: number; format: string; fallback: string }
  | { kind: 'emoji'; name: string; sign: string };

export type Paragraph =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'quote'; children: Paragraph[] }
  | { kind: 'list'; ordered: boolean; start: number; indent: number; items: Inline[][] }
  | { kind: 'pre'; text: string }
  | { kind: 'rule' }
  | { kind: 'table'; rows: Inline[][][] };

/** An address that may become a link, or null: no `javascript:`, no `data:`, nothing that is not an address. */
export function safeUrl(url: string): string | null {
  try {
    const { protocol } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? url : null;
  } catch {
    return null;
  }
}

/** Slack escapes three characters and no others; anything else that looks like an entity is plain text. */
function unescapeSlack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What a person wrote, as Slack's own client sends it: nothing in it is markup but the mention of somebody there is. */
export function asWritten(text: string, users: ReadonlyArray<{ id: string; name: string }>): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll(/(^|[\s(])@([\w.-]*\w)/g, (whole, before: string, name: string) => {
    const user = users.find((candidate) => candidate.name === name.toLowerCase());
    return user ? `${before}<@${user.id}>` : whole;
  });
}

export function parseMrkdwn(source: string): Paragraph[] {
  const found: Paragraph[] = [];
  let from = 0;
  for (const fence of source.matchAll(/```([\s\S]+?)```/g)) {
    found.push(...parseLines(source.slice(from, fence.index), from > 0));
    found.push({ kind: 'pre', text: unescapeSlack((fence[1] ?? '').replaceAll(/^\n|\n$/g, '')) });
    from = fence.index + fence[0].length;
  }
  found.push(...parseLines(source.slice(from), from > 0));
  return found;
}

const QUOTE = /^(?:>|&gt;) ?/;
const BULLET = /^(\s*)[•◦▪‣] ?/;

function parseLines(source: string, afterFence: boolean): Paragraph[] {
  const lines = (afterFence ? source.replace(/^\n/, '') : source).split('\n');
  const paragraphs: Paragraph[] = [];
  for (let at = 0; at < lines.length; ) {
    const kind = lineKind(lines[at] ?? '');
    let end = at + 1;
    while (end < lines.length && lineKind(lines[end] ?? '') === kind) end += 1;
    const run = lines.slice(at, end);
    at = end;
    if (kind === 'quote') {
      paragraphs.push({ kind, children: parseLines(run.map((line) => line.replace(QUOTE, '')).join('\n'), false) });
    } else if (kind === 'list') {
      const items = run.map((line) => parseInline(line.replace(BULLET, '')));
      const indent = Math.floor((BULLET.exec(run[0] ?? '')?.[1]?.length ?? 0) / 2);
      paragraphs.push({ kind, ordered: false, start: 1, indent, items });
    } else if (run.some((line) => line !== '')) {
      paragraphs.push({ kind, children: parseInline(run.join('\n')) });
    }
  }
  return paragraphs;
}

function lineKind(line: string): 'quote' | 'list' | 'paragraph' {
  if (QUOTE.test(line)) return 'quote';
  return BULLET.test(line) ? 'list' : 'paragraph';
}

const STYLES: Record<string, 'bold' | 'italic' | 'strike'> = { '*': 'bold', _: 'italic', '~': 'strike' };
const BARE_URL = /^https?:\/\/[^\s<>|"'`]+[^\s<>|"'`.,;:!?)\]]/;

export function parseInline(source: string): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const push = (node: Inline): void => {
    if (plain !== '') found.push({ kind: 'text', text: unescapeSlack(plain) });
    plain = '';
    found.push(node);
  };
  for (let at = 0; at < source.length; ) {
    const next = special(source, at);
    if (next === null) {
      plain += source[at] ?? '';
      at += 1;
    } else {
      push(next.node);
      at = next.end;
    }
  }
  if (plain !== '') found.push({ kind: 'text', text: unescapeSlack(plain) });
  return found;
}

type Found = { node: Inline; end: number } | null;

const READERS: Partial<Record<string, (source: string, at: number) => Found>> = {
  '<': (source, at) => angle(source, at),
  '`': (source, at) => code(source, at),
  ':': (source, at) => emoji(source, at),
  h: (source, at) => bareUrl(source, at),
  '*': (source, at) => styled(source, at),
  _: (source, at) => styled(source, at),
  '~': (source, at) => styled(source, at),
};

function special(source: string, at: number): Found {
  return READERS[source[at] ?? '']?.(source, at) ?? null;
}

function angle(source: string, at: number): Found {
  const end = source.indexOf('>', at);
  const inner = end < 0 ? '' : source.slice(at + 1, end);
  if (inner === '' || inner.includes('<') || inner.includes('\n')) return null;
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : unescapeSlack(inner.slice(bar + 1));
  const node = reference(target, label);
  return node === null ? null : { node, end: end + 1 };
}

function reference(target: string, label: string | null): Inline | null {
  if (/^@[UW]\w+$/.test(target)) return { kind: 'user', id: target.slice(1), label };
  if (/^#[CGD]\w+$/.test(target)) return { kind: 'channel', id: target.slice(1), label };
  if (target.startsWith('!subteam^')) return { kind: 'usergroup', id: target.slice('!subteam^'.length), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: target.slice(1) };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^.*)?$/.exec(target);
  if (date) return { kind: 'date', at: Number(date[1]) * 1000, format: date[2] ?? '', fallback: label ?? '' };
  const url = safeUrl(unescapeSlack(target));
  if (url !== null)
    return { kind: 'link', url, children: [{ kind: 'text', text: label ?? url.replace(/^mailto:/, '') }] };
  return label === null ? null : { kind: 'text', text: label };
}

function code(source: string, at: number): Found {
  const end = source.indexOf('`', at + 1);
  const text = end < 0 ? '' : source.slice(at + 1, end);
  return text === '' || text.includes('\n')
    ? null
    : { node: { kind: 'code', text: unescapeSlack(text) }, end: end + 1 };
}

function emoji(source: string, at: number): Found {
  const match = /^:([a-z0-9_+-]+):/.exec(source.slice(at, at + 40));
  const name = match?.[1] ?? '';
  const sign = EMOJI[name];
  return match && sign !== undefined ? { node: { kind: 'emoji', name, sign }, end: at + match[0].length } : null;
}

function bareUrl(source: string, at: number): Found {
  if (!/^https?:/.test(source.slice(at, at + 6)) || wordAt(source, at - 1)) return null;
  const written = BARE_URL.exec(source.slice(at))?.[0];
  const url = written === undefined ? null : safeUrl(unescapeSlack(written));
  if (written === undefined || url === null) return null;
  return { node: { kind: 'link', url, children: [{ kind: 'text', text: url }] }, end: at + written.length };
}

/** `*bold*` needs its marks at the edges of words, on one line, and something between them. */
function styled(source: string, at: number): Found {
  const mark = source[at] ?? '';
  const kind = STYLES[mark];
  const next = source[at + 1] ?? ' ';
  if (kind === undefined || wordAt(source, at - 1) || next === mark || /\s/.test(next)) return null;
  for (let end = source.indexOf(mark, at + 2); end > 0; end = source.indexOf(mark, end + 1)) {
    const inner = source.slice(at + 1, end);
    if (inner.includes('\n')) return null;
    if (/\s$/.test(inner) || wordAt(source, end + 1) || insideAngle(inner)) continue;
    return { node: { kind, children: parseInline(inner) }, end: end + 1 };
  }
  return null;
}

const wordAt = (source: string, at: number): boolean => /[\p{L}\p{N}]/u.test(source[at] ?? '');
const insideAngle = (inner: string): boolean => inner.lastIndexOf('<') > inner.lastIndexOf('>');

/** The tree's words without any marks, for labels and previews. */
export function plainText(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      if ('children' in node) return plainText(node.children);
      if ('text' in node) return node.text;
      return 'sign' in node ? node.sign : '';
    })
    .join('');
}
