import { describe, expect, test } from 'vitest';
import { linkAllowed, linksIn } from '../../src/core/links.ts';
import { escapeHtml, mailHash, type MailParts, renderMail } from '../../src/core/message.ts';
import { readTrackedLink } from '../../src/core/tracked-links.ts';

const parts = (over: Partial<MailParts> = {}): MailParts => ({
  to: 'ana@x.example',
  toName: 'Ana Petrov',
  sender: {
    name: 'Mara Lind',
    email: 'mara@mail.fieldplan.example',
    company: 'Fieldplan GmbH',
    postal_address: 'Hafenstr. 1\n 20457 Hamburg \nGermany',
  },
  workflow: 'whitepaper-nurture',
  subject: 'A <question>',
  body: 'Hi Ana,\n\nsee https://www.fieldplan.example/paper.\nThanks & bye',
  why: 'You downloaded our paper.',
  allowedLinks: ['https://www.fieldplan.example/paper'],
  unsubscribeUrl: 'https://m.fieldplan.example/u/abc',
  clicks: null,
  ...over,
});
/** What a person reads in the HTML part. */
const read = (html: string) =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<br>\n?/g, '\n')
    .replace(/<\/p>/g, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();

test('text and HTML say the same, footer included', () => {
  for (const body of [
    'Hi Ana,\n\nsee https://www.fieldplan.example/paper.\nThanks & bye',
    '<b>bold</b> & "quoted"',
    'https://www.fieldplan.example/paper https://www.fieldplan.example/paper',
    "it's 5 < 6\n\n\n\nend",
  ]) {
    const mail = renderMail(parts({ body }));
    const text = mail.text
      .replace('\n-- \n', '\n')
      .replace(`Unsubscribe: ${mail.unsubscribeUrl}`, 'Unsubscribe')
      .replace(/\s+/g, ' ')
      .trim();
    expect(read(mail.html)).toBe(text);
  }
});

test('the footer is the program’s: why, who, where, and the way out', () => {
  const { text } = renderMail(parts());
  expect(
    text.endsWith(
      '\n\n-- \nYou downloaded our paper.\nFieldplan GmbH, Hafenstr. 1, 20457 Hamburg, Germany\nUnsubscribe: https://m.fieldplan.example/u/abc\n',
    ),
  ).toBe(true);
});

test('only a listed link becomes one, where it stands, and its text is its target', () => {
  const hrefs = (body: string) =>
    [...renderMail(parts({ body })).html.matchAll(/<a href="([^"]*)"[^>]*>([^<]*)<\/a>/g)]
      .map(([, href, text]) => [href, text])
      .slice(0, -1);
  const good = 'https://www.fieldplan.example/paper';
  expect(hrefs(`${good}.`)).toEqual([[good, good]]);
  expect(hrefs('https://evil.example www.evil.example evil.example javascript:alert(1)')).toEqual([]);
  expect(hrefs(`${good}?utm_source=a&utm_medium=b`)).toEqual([
    [`${good}?utm_source=a&amp;utm_medium=b`, `${good}?utm_source=a&amp;utm_medium=b`],
  ]);
  // A listed link hidden in the beginning of another one is not linked in its place.
  expect(renderMail(parts({ body: `${good}.evil.example and ${good}` })).html).toContain(
    `${good}.evil.example and <a href="${good}">`,
  );
});

test('nothing in subject, body or names becomes markup', () => {
  const evil = '</title><script>alert("1")</script><img src=x onerror=\'y\'>';
  const { html } = renderMail(
    parts({
      subject: evil,
      body: `${evil} https://www.fieldplan.example/paper"onmouseover="x`,
      why: evil,
      sender: { ...parts().sender, company: evil, postal_address: evil },
    }),
  );
  expect(html).not.toMatch(/<script|<img|onmouseover="/i);
  expect(escapeHtml(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&#39;');
});

test('the hash changes with everything the recipient gets, and with nothing else', () => {
  const mail = renderMail(parts());
  expect(mailHash(renderMail(parts()))).toBe(mailHash(mail));
  for (const over of [
    { to: 'b@x.example' },
    { toName: 'B' },
    { subject: 'b' },
    { body: 'b' },
    { why: 'b b b b b b' },
    { unsubscribeUrl: 'https://m.fieldplan.example/u/x' },
    { workflow: 'other' },
    { sender: { ...parts().sender, email: 'b@fieldplan.example' } },
    { sender: { ...parts().sender, name: 'b' } },
    { sender: { ...parts().sender, reply_to: 'b@fieldplan.example' } },
    { sender: { ...parts().sender, postal_address: 'Elsewhere 1, Rome' } },
  ])
    expect(mailHash(renderMail(parts(over)))).not.toBe(mailHash(mail));
});

test('the list has a name of its own below the sender’s domain', () => {
  expect(renderMail(parts()).listId).toBe('whitepaper-nurture.mail.fieldplan.example');
});

describe('with clicks counted', () => {
  const clicks = {
    publicUrl: 'https://m.fieldplan.example',
    key: 'a key',
    decisionId: '0197f3a2-4b1c-7d00-8aaa-0123456789ab',
  };
  const paper = 'https://www.fieldplan.example/paper';
  const body = `Hi Ana,\n\nsee ${paper} or ${paper}/short?utm_source=a&utm_medium=b.\nNot https://evil.example.\n\nBye`;
  const tracked = (change: Partial<MailParts> = {}) => renderMail(parts({ body, clicks, ...change }));
  const anchors = (html: string) =>
    [...html.matchAll(/<a href="([^"]*)"([^>]*)>([^<]*)<\/a>/g)].map(([, href = '', more = '', text = '']) => ({
      href,
      more,
      text,
    }));
  const target = (href: string) =>
    readTrackedLink(clicks.key, href.slice('https://m.fieldplan.example/c/'.length))?.target ?? null;

  test('each listed link of the HTML part leads through the program to where it says', () => {
    const visible = anchors(tracked().html).filter(({ more }) => !more.includes('display:none'));
    expect(visible.map(({ href, text }) => [target(href), text])).toEqual([
      [paper, 'www.fieldplan.example/paper'],
      [`${paper}/short?utm_source=a&utm_medium=b`, 'www.fieldplan.example/paper/short?utm_source=a&amp;utm_medium=b'],
      [null, 'Unsubscribe'],
    ]);
  });

  test('the way out is as it is without, and so are text, headers and what guardrails read', () => {
    const { html, ...rest } = tracked();
    const { html: plainHtml, ...plain } = renderMail(parts({ body }));
    expect(rest).toEqual(plain);
    const footer = (page: string) => page.slice(page.indexOf('<p style="margin:2em'));
    expect(footer(html)).toBe(footer(plainHtml));
    expect(linksIn(rest.text).filter((link) => linkAllowed(link, parts().allowedLinks))).toHaveLength(2);
  });

  test('text and HTML say the same to a reader', () => {
    const said = (text: string) =>
      text
        .replace(/https?:\/\//g, '')
        .replace(/\s+/g, ' ')
        .trim();
    const mail = tracked();
    const text = mail.text.replace('\n-- \n', '\n').replace(`Unsubscribe: ${mail.unsubscribeUrl}`, 'Unsubscribe');
    expect(said(read(mail.html))).toBe(said(text));
  });

  test('one link is there that nobody sees, hears or tabs to, and it leads where the first one does', () => {
    const [trap, ...more] = anchors(tracked().html).filter(({ text }) => text === '');
    expect(more).toEqual([]);
    expect(trap?.more).toBe(' style="display:none;mso-hide:all" aria-hidden="true" tabindex="-1"');
    expect(readTrackedLink(clicks.key, trap?.href.split('/c/')[1] ?? '')).toEqual({
      decisionId: clicks.decisionId,
      target: paper,
      trap: true,
    });
  });

  test('a mail without listed links has none', () => {
    const { html } = tracked({ body: 'Hi Ana, see https://evil.example and www.fieldplan.example/paper' });
    expect(html).not.toContain('/c/');
    expect(html).toBe(
      renderMail(parts({ body: 'Hi Ana, see https://evil.example and www.fieldplan.example/paper' })).html,
    );
  });

  test('a link too long for mail programs stays as it is', () => {
    const long = `${paper}/${'a'.repeat(1_000)}`;
    expect(anchors(tracked({ body: `see ${long}` }).html).map(({ href }) => href)).toEqual([
      long,
      'https://m.fieldplan.example/u/abc',
    ]);
  });

  test('the same decision has the same bytes, whenever it is rendered; another decision has others', () => {
    expect(mailHash(tracked())).toBe(mailHash(tracked({ clicks: { ...clicks } })));
    expect(tracked().html).not.toBe(
      tracked({ clicks: { ...clicks, decisionId: clicks.decisionId.replace('0', '1') } }).html,
    );
    expect(mailHash(tracked())).not.toBe(mailHash(tracked({ clicks: null })));
  });
});
