import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unsubscribeRoutes } from '../../src/web/unsubscribe.ts';
import { type RunningWeb, startWeb } from './web-for-tests.ts';

const TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNA';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = 'application/x-www-form-urlencoded';

let web: RunningWeb;
let out: string[];
let asked: string[];
beforeEach(async () => {
  out = [];
  asked = [];
  web = await startWeb({
    routes: unsubscribeRoutes(
      {
        known: async (token) => {
          asked.push(token);
          return token === TOKEN;
        },
        unsubscribe: async (token, via) => {
          asked.push(token);
          if (token !== TOKEN) return { ok: false };
          out.push(via);
          return { ok: true, alreadyOut: out.length > 1 };
        },
      },
      { company: 'Acme & <Söhne>' },
    ),
    limits: { rate: { burst: 100_000, perSecond: 1 } },
  });
});
afterEach(() => web.close());

const link = (token = TOKEN) => `${web.url}/u/${token}`;
const post = (body: string | FormData, type?: string, url = link()) =>
  fetch(url, { method: 'POST', body, redirect: 'manual', ...(type ? { headers: { 'Content-Type': type } } : {}) });

describe('looking at the link', () => {
  test('a thousand times, with GET and HEAD, unsubscribes nobody', async () => {
    for (let i = 0; i < 500; i += 1) {
      expect((await fetch(link())).status).toBe(200);
      expect((await fetch(link(), { method: 'HEAD' })).status).toBe(200);
    }
    await fetch(`${link()}?${ONE_CLICK}`);
    await fetch(link(), { headers: { Purpose: 'prefetch' } });
    expect(out).toEqual([]);
  });

  test('shows a form with a real button and nothing that could press it', async () => {
    const html = await (await fetch(link())).text();
    expect(html).toMatch(/<form method="post">\s*<button type="submit"/);
    expect(html).not.toMatch(/<script|onload|http-equiv|<img|<link|autofocus/i);
    expect(html).toMatch(/<html lang="en">[\s\S]*<main>[\s\S]*<h1>/);
    expect(html).not.toContain(TOKEN);
  });

  test('escapes what it is told to show', async () => {
    const html = await (await fetch(link())).text();
    expect(html).toContain('Acme &amp; &lt;Söhne&gt;');
  });

  test.for(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s does nothing either', async (method) => {
    expect((await fetch(link(), { method })).status).toBe(405);
    expect(out).toEqual([]);
  });
});

describe('one-click', () => {
  test('as a form works, without cookies and without a redirect', async () => {
    const answer = await post(ONE_CLICK, FORM);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
      200,
      null,
      null,
    ]);
    expect(out).toEqual(['one_click']);
  });

  test('as multipart works', async () => {
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    form.set('something', 'else');
    expect((await post(form)).status).toBe(200);
    expect(out).toEqual(['one_click']);
  });

  test.for([
    `${ONE_CLICK}&utm_source=x`,
    `a=b&${ONE_CLICK}`,
    'List-Unsubscribe=One%2DClick',
    'list-unsubscribe=one-click',
    `${ONE_CLICK}\r\n`,
  ])('as %j works', async (body) => {
    expect((await post(body, `${FORM}; charset=utf-8`)).status).toBe(200);
    expect(out).toEqual(['one_click']);
  });

  test('twice is answered 200 twice', async () => {
    const [first, second] = [await post(ONE_CLICK, FORM), await post(ONE_CLICK, FORM)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await first.text()).toContain('You are unsubscribed');
    expect(await second.text()).toContain('already unsubscribed');
  });

  test('with further parameters in the address works', async () => {
    expect((await post(ONE_CLICK, FORM, `${link()}?utm_source=x&List-Unsubscribe=no`)).status).toBe(200);
    expect(out).toEqual(['one_click']);
  });
});

describe('the button', () => {
  test('unsubscribes and says that a mail may still be on its way', async () => {
    const answer = await post('confirm=yes', FORM);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/already on its way/);
    expect(out).toEqual(['page']);
  });

  test.for([
    { what: 'no body', body: '', type: FORM },
    { what: 'a body of another kind', body: '{"a":1}', type: 'application/json' },
    { what: 'broken multipart', body: '--x\r\nnonsense', type: 'multipart/form-data; boundary=x' },
    { what: 'multipart without boundary', body: 'x', type: 'multipart/form-data' },
    { what: 'no type at all', body: ONE_CLICK, type: 'nonsense' },
  ])('who posts $what has objected all the same', async ({ body, type }) => {
    expect((await post(body, type)).status).toBe(200);
    expect(out).toEqual(['page']);
  });

  test('nobody gets far with a body that does not end', async () => {
    expect((await post('x'.repeat(17 * 1024), FORM)).status).toBe(413);
    expect(out).toEqual([]);
  });
});

describe('a link that nobody was given', () => {
  test('is answered with a page that helps, for GET and POST', async () => {
    for (const answer of [
      await fetch(link('Zm9vYmFyYmF6cXV4MTIzNB')),
      await post(ONE_CLICK, FORM, link('Zm9vYmFyYmF6cXV4MTIzNB')),
    ]) {
      expect(answer.status).toBe(404);
      expect(await answer.text()).toMatch(/cut off[\s\S]*reply to any e-mail/);
    }
  });

  test('is never guessed in a thousand tries', async () => {
    for (let i = 0; i < 1000; i += 1)
      expect((await post(ONE_CLICK, FORM, link(randomBytes(16).toString('base64url')))).status).toBe(404);
    expect(out).toEqual([]);
  });

  const XSS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    '</style><script>',
    '{{7*7}}',
    '${7*7}',
    '\u202e<svg/onload=alert(1)>',
  ];
  test.for([...XSS, '../admin', '..%2f', "' OR 1=1 --", '%00', 'a', 'x'.repeat(5000), `${TOKEN}=`, `${TOKEN} `])(
    'or that is no token at all (%j) asks the database nothing and comes back nowhere',
    async (token) => {
      const url = link(encodeURIComponent(token));
      for (const answer of [await fetch(url), await post(ONE_CLICK, FORM, url)]) {
        expect(answer.status).toBe(404);
        expect(await answer.text()).not.toMatch(/<script|<img|<svg|onerror|alert\(/);
      }
      expect(asked).toEqual([]);
    },
  );
});

test('when the database fails the answer is an honest 500', async () => {
  const failing = await startWeb({
    routes: unsubscribeRoutes({
      known: async () => true,
      unsubscribe: async () => {
        throw new Error('connection refused');
      },
    }),
  });
  const answer = await post(ONE_CLICK, FORM, `${failing.url}/u/${TOKEN}`);
  expect([answer.status, failing.errors.length]).toEqual([500, 1]);
  await failing.close();
});
