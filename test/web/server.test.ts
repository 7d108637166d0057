import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Route, WebRequest } from '../../src/web/route.ts';
import { createWebServer } from '../../src/web/server.ts';
import { NOW, raw, type RunningWeb, startWeb } from './web-for-tests.ts';

const running: RunningWeb[] = [];
afterEach(async () => {
  for (const web of running.splice(0)) await web.close();
});

async function start(options: Parameters<typeof startWeb>[0]): Promise<RunningWeb> {
  const web = await startWeb(options);
  running.push(web);
  return web;
}

function route(method: 'GET' | 'POST', path: string, changes: Partial<Route> = {}): Route & { seen: WebRequest[] } {
  const seen: WebRequest[] = [];
  return {
    method,
    path,
    maxBytes: 1000,
    seen,
    handle: async (request) => {
      seen.push(request);
      return { status: 200, body: `${method} ${path}` };
    },
    ...changes,
  };
}

describe('routing', () => {
  test('hands over path, parameters, query, headers and body', async () => {
    const post = route('POST', '/things/:id/parts/:part');
    const { url } = await start({ routes: [post] });
    const answer = await fetch(`${url}/things/a%2Fb/parts/%C3%BC?q=1&q=2`, {
      method: 'POST',
      body: 'héllo',
      headers: { 'X-Own': 'yes' },
    });
    expect(await answer.text()).toBe('POST /things/:id/parts/:part');
    const [seen] = post.seen;
    expect(seen?.params).toEqual({ id: 'a/b', part: 'ü' });
    expect(seen?.query.getAll('q')).toEqual(['1', '2']);
    expect(seen?.headers['x-own']).toBe('yes');
    expect(seen?.body.toString()).toBe('héllo');
    expect(seen?.remoteAddress).toBe('127.0.0.1');
  });

  test.for([
    '/',
    '/nothing',
    '/things',
    '/things/',
    '/things/a/b',
    '//things/a',
    '/things/%zz',
    '/THINGS/a',
    '/__proto__',
    '/constructor',
  ])('there is nothing at %s', async (path) => {
    const { port } = await start({ routes: [route('GET', '/things/:id')] });
    expect(await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('a wrong method is told which ones are right', async () => {
    const { url } = await start({ routes: [route('GET', '/a'), route('POST', '/a'), route('POST', '/b')] });
    const put = await fetch(`${url}/a`, { method: 'PUT', body: 'x' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    const get = await fetch(`${url}/b`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('HEAD is answered like GET, without the body', async () => {
    const get = route('GET', '/a');
    const { url } = await start({ routes: [get] });
    const answer = await fetch(`${url}/a`, { method: 'HEAD' });
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '6']);
    expect(get.seen[0]?.method).toBe('HEAD');
  });

  test('every answer carries the security headers', async () => {
    const { url } = await start({ routes: [route('GET', '/a')] });
    for (const path of ['/a', '/nothing']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('two routes for the same thing are a mistake that shows at the start', () => {
    const build = () =>
      createWebServer({
        routes: [route('GET', '/a/:x'), route('GET', '/a/:y')],
        log: { error: () => undefined },
        machine: { now: () => NOW },
      });
    expect(build).toThrow(/two routes/);
  });
});

describe('when a handler fails', () => {
  test.for(['throws', 'answers with a header that cannot be sent'])(
    'and %s, it is logged once and answered without details',
    async (how) => {
      const failing = route('GET', '/u/:token', {
        handle: async () => {
          if (how === 'throws') throw new Error('the database password is hunter2');
          return { status: 200, headers: { 'X-Bad': 'a\r\nSet-Cookie: b' } };
        },
      });
      const web = await start({ routes: [failing] });
      const answer = await fetch(`${web.url}/u/secret-token`);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toMatch(/hunter2|Error/);
      expect(web.errors).toHaveLength(1);
      expect(web.errors[0]?.fields['route']).toBe('/u/:token');
      expect(JSON.stringify(web.errors)).not.toContain('secret-token');
    },
  );

  test('a client that hangs up in the middle is nobody’s failure', async () => {
    const post = route('POST', '/a');
    const web = await start({ routes: [post] });
    await new Promise<void>((resolve) => {
      const socket = connect(web.port, '127.0.0.1', () => {
        socket.write('POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await fetch(`${web.url}/a`, { method: 'POST', body: 'x' })).status).toBe(200);
    expect(web.errors).toEqual([]);
    expect(post.seen).toHaveLength(1);
  });
});

describe('a body', () => {
  test('of exactly the limit is taken, one byte more is not', async () => {
    const post = route('POST', '/a', { maxBytes: 10 });
    const { url } = await start({ routes: [post] });
    expect((await fetch(`${url}/a`, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
    expect((await fetch(`${url}/a`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    expect(post.seen).toHaveLength(1);
  });

  test('said to be a gigabyte is refused before it comes, and the connection ends', async () => {
    const post = route('POST', '/a');
    const { port } = await start({ routes: [post] });
    const answer = await raw(port, 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\nsome of it');
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close/i);
    expect(post.seen).toEqual([]);
  });

  test('whose length is not said is cut off at the limit, and the client still reads why', async () => {
    const post = route('POST', '/a');
    const { port } = await start({ routes: [post] });
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    const answer = await raw(
      port,
      'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...new Array<string>(50).fill(chunk),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(post.seen).toEqual([]);
  });

  test('of many megabytes is refused in a way that an ordinary client gets to read', async () => {
    const { url } = await start({ routes: [route('POST', '/a')] });
    for (let i = 0; i < 5; i += 1)
      expect((await fetch(`${url}/a`, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) })).status).toBe(413);
  });

  test('is asked for only when it fits', async () => {
    const { port } = await start({ routes: [route('POST', '/a')] });
    const ask = (length: number) =>
      `POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
    expect(await raw(port, ask(5000))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(port, ask(3), 'abc')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test('that is refused is never read as the next request', async () => {
    const post = route('POST', '/a', { maxBytes: 10 });
    const { port } = await start({ routes: [post, route('GET', '/b')] });
    const smuggled = 'GET /b HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await raw(
      port,
      `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test('with a doubtful length is refused', async () => {
    const { port } = await start({ routes: [route('POST', '/a')] });
    for (const lengths of [
      'Content-Length: 3\r\nContent-Length: 4',
      'Content-Length: -1',
      'Content-Length: 3\r\nTransfer-Encoding: chunked',
    ])
      expect(await raw(port, `POST /a HTTP/1.1\r\nHost: x\r\n${lengths}\r\n\r\nabc`)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a client that asks too often', () => {
  test('is told when to come back, alone and only on that route', async () => {
    let now = NOW;
    const limited = route('GET', '/a', { rate: { burst: 3, perSecond: 0.5 } });
    const web = await start({
      routes: [limited, route('GET', '/b')],
      machine: { now: () => now },
      limits: { proxies: 1 },
    });
    const ask = (path: string, from: string) => fetch(web.url + path, { headers: { 'X-Forwarded-For': from } });
    for (let i = 0; i < 3; i += 1) expect((await ask('/a', '203.0.113.7')).status).toBe(200);
    const refused = await ask('/a', '203.0.113.7');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    expect((await ask('/a', '198.51.100.1, 203.0.113.7')).status).toBe(429);
    expect((await ask('/a', '203.0.113.8')).status).toBe(200);
    expect((await ask('/b', '203.0.113.7')).status).toBe(200);
    now = new Date(NOW.getTime() + 2000);
    expect((await ask('/a', '203.0.113.7')).status).toBe(200);
    expect((await ask('/a', '203.0.113.7')).status).toBe(429);
  });

  test('cannot pass as another by a header that nobody of ours wrote', async () => {
    const web = await start({ routes: [route('GET', '/a', { rate: { burst: 1, perSecond: 0.1 } })] });
    expect((await fetch(`${web.url}/a`, { headers: { 'X-Forwarded-For': '203.0.113.1' } })).status).toBe(200);
    expect((await fetch(`${web.url}/a`, { headers: { 'X-Forwarded-For': '203.0.113.2' } })).status).toBe(429);
  });
});

describe('requests from Slack', () => {
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => response.end(`slack got ${body}`));
  };
  const at = (seconds: number) => ({ 'X-Slack-Request-Timestamp': String(NOW.getTime() / 1000 + seconds) });
  const post = (url: string, headers: Record<string, string>, body = 'payload=1') =>
    fetch(`${url}/slack/events`, { method: 'POST', headers, body });

  test('reach the listener untouched', async () => {
    const { url } = await start({ slack: listener });
    for (const seconds of [0, 299, -299])
      expect(await (await post(url, at(seconds))).text()).toBe('slack got payload=1');
  });

  test.for([
    { when: 'from the future', headers: at(301) },
    { when: 'from the far future', headers: at(86_400 * 365) },
    { when: 'from the past', headers: at(-301) },
    { when: 'without a time', headers: {} },
    { when: 'with a time in milliseconds', headers: { 'X-Slack-Request-Timestamp': String(NOW.getTime()) } },
    { when: 'with no number as time', headers: { 'X-Slack-Request-Timestamp': 'NaN' } },
    { when: 'with a time before 1970', headers: { 'X-Slack-Request-Timestamp': '-1' } },
  ])('$when are refused before the listener sees them', async ({ headers }) => {
    let asked = 0;
    const { url } = await start({ slack: (_request, response) => response.end(String((asked += 1))) });
    expect((await post(url, headers)).status).toBe(401);
    expect(asked).toBe(0);
  });

  test('longer than a megabyte are refused', async () => {
    const { url } = await start({ slack: listener });
    expect((await post(url, at(0), 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await post(url, at(0), 'x'.repeat(1024 * 1024))).status).toBe(200);
  });

  test('are only ever POST, and there are none when Slack is spoken to over a socket', async () => {
    const { url } = await start({ slack: listener });
    const get = await fetch(`${url}/slack/events`, { headers: at(0) });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const { url: without } = await start({});
    expect((await post(without, at(0))).status).toBe(404);
  });

  test('that make the listener throw are logged and answered', async () => {
    const web = await start({
      slack: () => {
        throw new Error('no such path');
      },
    });
    expect((await post(web.url, at(0))).status).toBe(500);
    expect(web.errors).toHaveLength(1);
  });
});

describe('stopping', () => {
  test('waits for the request in hand and takes no new one', async () => {
    let arrived = (): void => undefined;
    let finish = (): void => undefined;
    const inHand = new Promise<void>((resolve) => (arrived = resolve));
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slow = route('GET', '/slow', {
      handle: async () => {
        arrived();
        await finished;
        return { status: 200, body: 'done' };
      },
    });
    const web = createWebServer({ routes: [slow], log: { error: () => undefined }, machine: { now: () => NOW } });
    const url = `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}`;
    const answer = fetch(`${url}/slow`);
    await inHand;
    const closed = web.close(60_000);
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
    finish();
    expect(await (await answer).text()).toBe('done');
    await closed;
    await web.close();
  });

  test('a port that is taken is named', async () => {
    const { port } = await start({});
    const second = createWebServer({ routes: [], log: { error: () => undefined }, machine: { now: () => NOW } });
    await expect(second.listen(port, '127.0.0.1')).rejects.toThrow(`port ${port} is taken`);
  });
});
