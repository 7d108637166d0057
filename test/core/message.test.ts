import { expect, test } from 'vitest';
import { escapeHtml, mailHash, type MailParts, renderMail } from '../../src/core/message.ts';

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
