import { safeUrl, type Inline, type Paragraph } from './mrkdwn.ts';

/** The text of a `markdown` block: ordinary Markdown, into the same tree as mrkdwn. */
export function parseMarkdown(source: string): Paragraph[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const found: Paragraph[] = [];
  for (let at = 0; at < lines.length; ) {
    const [paragraph, end] = readParagraph(lines, at);
    if (paragraph) found.push(paragraph);
    at = Math.max(end, at + 1);
  }
  return found;
}

const ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;

function readParagraph(lines: string[], at: number): [Paragraph | null, number] {
  const line = lines[at] ?? '';
  const run = (belongs: (line: string) => boolean): number => {
    let end = at + 1;
    while (end < lines.length && belongs(lines[end] ?? '')) end += 1;
    return end;
  };
  if (line.trim() === '') return [null, at + 1];
  if (line.startsWith('```')) {
    const close = lines.indexOf('```', at + 1);
    const end = close < 0 ? lines.length : close;
    return [{ kind: 'pre', text: lines.slice(at + 1, end).join('\n') }, end + 1];
  }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading)
    return [
      { kind: 'heading', level: heading[1]?.length ?? 1, children: parseMarkdownInline(heading[2] ?? '') },
      at + 1,
    ];
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1];
  if (line.startsWith('>')) {
    const end = run((next) => next.startsWith('>'));
    const inner = lines
      .slice(at, end)
      .map((quoted) => quoted.replace(/^> ?/, ''))
      .join('\n');
    return [{ kind: 'quote', children: parseMarkdown(inner) }, end];
  }
  const item = ITEM.exec(line);
  if (item) return readList(lines, at, item);
  if (line.trimStart().startsWith('|') && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[at + 1] ?? '')) {
    const end = run((next) => next.trimStart().startsWith('|'));
    const rows = lines
      .slice(at, end)
      .filter((_, index) => index !== 1)
      .map(cells);
    return [{ kind: 'table', rows }, end];
  }
  const end = run((next) => next.trim() !== '' && !/^(```|#{1,6}\s|>)/.test(next) && !ITEM.test(next));
  return [{ kind: 'paragraph', children: parseMarkdownInline(lines.slice(at, end).join('\n')) }, end];
}

function readList(lines: string[], at: number, first: RegExpExecArray): [Paragraph, number] {
  const indent = first[1]?.length ?? 0;
  const ordered = first[2] !== undefined;
  const items: string[] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? '';
    const item = ITEM.exec(line);
    if (item && (item[1]?.length ?? 0) === indent && (item[2] !== undefined) === ordered)
      items.push(line.slice(item[0].length));
    else if (!item && line.trim() !== '' && /^\s/.test(line)) items.push(`${items.pop() ?? ''}\n${line.trim()}`);
    else break;
  }
  const list: Paragraph = {
    kind: 'list',
    ordered,
    start: Number(first[2] ?? 1),
    indent: Math.floor(indent / 2),
    items: items.map(parseMarkdownInline),
  };
  return [list, end];
}

const cells = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => parseMarkdownInline(cell.trim()));

type Rule = { pattern: RegExp; node: (match: RegExpExecArray) => Inline };

const link = (url: string, label: string): Inline => {
  const safe = safeUrl(url);
  return safe === null
    ? { kind: 'text', text: label }
    : { kind: 'link', url: safe, children: parseMarkdownInline(label) };
};

const RULES: Rule[] = [
  { pattern: /^\\([\\`*_{}[\]()#+.!~|>-])/, node: (match) => ({ kind: 'text', text: match[1] ?? '' }) },
  { pattern: /^`([^`\n]+)`/, node: (match) => ({ kind: 'code', text: match[1] ?? '' }) },
  { pattern: /^!\[([^\]\n]*)\]\([^)\s]*\)/, node: (match) => ({ kind: 'text', text: `[picture: ${match[1] ?? ''}]` }) },
  { pattern: /^\[([^\]\n]+)\]\(([^)\s]+)\)/, node: (match) => link(match[2] ?? '', match[1] ?? '') },
  { pattern: /^<(https?:[^>\s]+)>/, node: (match) => link(match[1] ?? '', match[1] ?? '') },
  {
    pattern: /^(\*\*|__)(?=\S)([\s\S]*?\S)\1/,
    node: (match) => ({ kind: 'bold', children: parseMarkdownInline(match[2] ?? '') }),
  },
  {
    pattern: /^~~(?=\S)([\s\S]*?\S)~~/,
    node: (match) => ({ kind: 'strike', children: parseMarkdownInline(match[1] ?? '') }),
  },
  {
    pattern: /^([*_])(?=\S)([^*_\n]*?\S)\1(?![\p{L}\p{N}])/u,
    node: (match) => ({ kind: 'italic', children: parseMarkdownInline(match[2] ?? '') }),
  },
  {
    pattern: /^https?:\/\/[^\s<>)\]"']+[^\s<>)\]"'.,;:!?]/,
    node: (match) => ({ kind: 'link', url: match[0], children: [{ kind: 'text', text: match[0] }] }),
  },
];

function parseMarkdownInline(source: string): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const afterWord = /[\p{L}\p{N}]/u.test(source[at - 1] ?? '');
    const match =
      /[\\`![<*_~h]/.test(rest[0] ?? '') && !(afterWord && /[_h]/.test(rest[0] ?? '')) ? firstMatch(rest) : null;
    if (match === null) {
      plain += rest[0] ?? '';
      at += 1;
      continue;
    }
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
    found.push(match.node);
    at += match.length;
  }
  if (plain !== '') found.push({ kind: 'text', text: plain });
  return found;
}

function firstMatch(rest: string): { node: Inline; length: number } | null {
  for (const { pattern, node } of RULES) {
    const match = pattern.exec(rest);
    if (match) return { node: node(match), length: match[0].length };
  }
  return null;
}
