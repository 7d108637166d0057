import { expect, test } from 'vitest';
import { parseMarkdown } from '../../../sandbox/page/client/markdown.ts';
import {
  asWritten,
  parseInline,
  parseMrkdwn,
  plainText,
  safeUrl,
  type Inline,
  type Paragraph,
} from '../../../sandbox/page/client/mrkdwn.ts';

const text = (value: string): Inline => ({ kind: 'text', text: value });

test('marks become styles at the edges of words and stay as written inside them', () => {
  expect(parseInline('*bold* _it_ ~no~ `a*b*`')).toEqual([
    { kind: 'bold', children: [text('bold')] },
    text(' '),
    { kind: 'italic', children: [text('it')] },
    text(' '),
    { kind: 'strike', children: [text('no')] },
    text(' '),
    { kind: 'code', text: 'a*b*' },
  ]);
  expect(parseInline('snake_case_name 2*3*4 * not * **')).toEqual([text('snake_case_name 2*3*4 * not * **')]);
  expect(parseInline('*_both_*')).toEqual([{ kind: 'bold', children: [{ kind: 'italic', children: [text('both')] }] }]);
});

test('people, channels, groups, dates and links are references, not text', () => {
  expect(
    parseInline('<@U0ANA> <#C1|emails> <!subteam^S1> <!here> <!date^1795342200^{date_num}|soon>').filter(
      (n) => n.kind !== 'text',
    ),
  ).toEqual([
    { kind: 'user', id: 'U0ANA', label: null },
    { kind: 'channel', id: 'C1', label: 'emails' },
    { kind: 'usergroup', id: 'S1', label: null },
    { kind: 'broadcast', range: 'here' },
    { kind: 'date', at: 1_795_342_200_000, format: '{date_num}', fallback: 'soon' },
  ]);
  expect(parseInline('<https://x.example/?a=1&amp;b=2|see *this*>')).toEqual([
    { kind: 'link', url: 'https://x.example/?a=1&b=2', children: [text('see *this*')] },
  ]);
});

test('what a lead wrote stays words: markup, escaped mentions, strange addresses', () => {
  expect(parseInline('<img src=x onerror=alert(1)>')).toEqual([text('<img src=x onerror=alert(1)>')]);
  expect(parseInline('&lt;script&gt;alert(1)&lt;/script&gt;')).toEqual([text('<script>alert(1)</script>')]);
  expect(parseInline('&lt;@U0ANA&gt; &lt;!channel&gt;')).toEqual([text('<@U0ANA> <!channel>')]);
  expect(parseInline('&amp;lt;b&amp;gt;')).toEqual([text('&lt;b&gt;')]);
});

test.for([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  ' javascript:x',
  'file:///etc/passwd',
  '//x.example',
  'java\nscript:x',
])('%j never becomes a link', (url) => {
  expect(safeUrl(url)).toBeNull();
  const kinds = [...inlinesOf(parseMrkdwn(`<${url}|click>`)), ...inlinesOf(parseMarkdown(`[click](${url})`))].map(
    ({ kind }) => kind,
  );
  expect(kinds).not.toContain('link');
});

function inlinesOf(paragraphs: Paragraph[]): Inline[] {
  return paragraphs.flatMap((paragraph) => (paragraph.kind === 'paragraph' ? paragraph.children : []));
}

test('quotes, bullets and code blocks are paragraphs of their own', () => {
  expect(
    parseMrkdwn('before\n> a *quote*\n&gt; goes on\n• one\n• two\n```x < y\n*z*```\nafter').map(({ kind }) => kind),
  ).toEqual(['paragraph', 'quote', 'list', 'pre', 'paragraph']);
  expect(parseMrkdwn('```x &lt; y```')).toEqual([{ kind: 'pre', text: 'x < y' }]);
  expect(parseMrkdwn('an open ``` fence')).toEqual([{ kind: 'paragraph', children: [text('an open ``` fence')] }]);
});

test('emoji names that are known become signs; times of day do not', () => {
  expect(plainText(parseInline('done :white_check_mark: at 10:30:15 :no_such_thing:'))).toBe(
    'done ✅ at 10:30:15 :no_such_thing:',
  );
});

test('a markdown block has headings, lists, tables and styles, and the same care with links', () => {
  const parsed = parseMarkdown(
    '# Title\n\n**41 of 46** ~~x~~\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n\n> said\n\n---',
  );
  expect(parsed.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'table', 'quote', 'rule']);
  expect(parsed[3]).toEqual({
    kind: 'table',
    rows: [
      [[text('a')], [text('b')]],
      [[text('1')], [text('<b>2</b>')]],
    ],
  });
});

test('any text at all is read without losing its words or taking for ever', () => {
  const hostile = `${'*_~`<'.repeat(400)}${'<@'.repeat(400)}${'```'.repeat(51)}`;
  expect(() => parseMrkdwn(hostile)).not.toThrow();
  expect(() => parseMarkdown(hostile)).not.toThrow();
});

test('what a person writes carries no markup of Slack’s but the mention of somebody there is', () => {
  const users = [{ id: 'U0ANA', name: 'ana' }];
  expect(asWritten('@ana and @Ana, not @nobody or x@ana: <!channel> a & b', users)).toBe(
    '<@U0ANA> and <@U0ANA>, not @nobody or x@ana: &lt;!channel&gt; a &amp; b',
  );
  expect(plainText(parseInline(asWritten('<b> & <@U0BEN>', users)))).toBe('<b> & <@U0BEN>');
});
