import { request as overHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { isLocal } from './this-machine.ts';

/** What came back. `location`: where a redirect leads that was not followed, or null. */
export type Visited = { status: number; location: string | null; url: string; body: string };

const PATIENCE_MS = 10_000;
const MOST_REDIRECTS = 10;
const LARGEST_PAGE = 512 * 1024;

/** What a browser sends along when a person opens an address; `fetch` cannot, it calls itself a script. */
function headersOf(userAgent: string, site: 'cross-site' | 'same-origin'): Record<string, string> {
  return {
    'upgrade-insecure-requests': '1',
    'user-agent': userAgent,
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'sec-fetch-site': site,
    'sec-fetch-mode': 'navigate',
    'sec-fetch-user': '?1',
    'sec-fetch-dest': 'document',
    'accept-language': 'en-GB,en;q=0.9',
  };
}

/** Opens an address as a click in a mail does, and follows redirects as long as they stay on this machine. */
export async function visit(url: string, userAgent: string): Promise<Visited> {
  let at = url;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    if (!isLocal(at)) return { status: 0, location: at, url: at, body: '' };
    const answer = await ask(at, { method: 'GET', headers: headersOf(userAgent, 'cross-site') });
    const location = redirectOf(answer, at);
    if (location === null || !isLocal(location)) return { ...answer, location, url: at };
    at = location;
  }
  throw new Error(`${url} redirects in a circle`);
}

/** Presses the button of the page's form, as a browser sends it. Null when the page has none that posts. */
export async function submitForm(page: Visited, userAgent: string): Promise<Visited | null> {
  const form = postForm(page);
  if (form === null) return null;
  if (!isLocal(form.action)) return { status: 0, location: form.action, url: form.action, body: '' };
  return await post(form.action, form.body, {
    ...headersOf(userAgent, 'same-origin'),
    origin: new URL(page.url).origin,
    referer: page.url,
  });
}

/** What a mail gateway does at delivery: it calls itself a browser, but sends nothing of what one sends along. */
export async function scan(url: string): Promise<void> {
  if (!isLocal(url)) return;
  const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0';
  await ask(url, { method: 'GET', headers: { 'user-agent': agent, accept: '*/*' } });
}

/** What a mail provider's own Unsubscribe button does (RFC 8058): one POST, no cookies, no redirects. */
export async function oneClick(url: string): Promise<Visited> {
  if (!isLocal(url)) throw new Error(`${url} is not on this machine`);
  return await post(url, 'List-Unsubscribe=One-Click', { 'user-agent': 'Mailbox-Provider/1.0' });
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<Visited> {
  const type = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
  const answer = await ask(url, { method: 'POST', headers: { ...headers, ...type } }, body);
  return { ...answer, location: redirectOf(answer, url), url };
}

type Answer = { status: number; header: string | null; body: string };

async function ask(url: string, options: RequestOptions, body = ''): Promise<Answer> {
  const send = url.startsWith('https:') ? overHttps : overHttp;
  return await new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(new Error(`${new URL(url).host} did not answer: ${error.message}`, { cause: error }));
    const req = send(url, { ...options, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (res) => {
      read(res).then(
        (text) => resolve({ status: res.statusCode ?? 0, header: res.headers.location ?? null, body: text }),
        failed,
      );
    });
    req.on('error', failed);
    req.end(body);
  });
}

async function read(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of res as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_PAGE) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function redirectOf(answer: Answer, from: string): string | null {
  if (answer.status < 300 || answer.status >= 400 || answer.header === null) return null;
  return URL.canParse(answer.header, from) ? new URL(answer.header, from).href : answer.header;
}

/** The first form of the page that posts, with what its hidden fields and its first button say. */
function postForm(page: Visited): { action: string; body: string } | null {
  for (const [, attributes = '', inside = ''] of page.body.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)) {
    if (attribute(attributes, 'method').toLowerCase() !== 'post') continue;
    const fields = new URLSearchParams();
    for (const [, hidden = ''] of inside.matchAll(/<input\b([^>]*)>/gi))
      if (attribute(hidden, 'type').toLowerCase() === 'hidden')
        fields.append(attribute(hidden, 'name'), attribute(hidden, 'value'));
    const button = /<button\b([^>]*)>|<input\b([^>]*type\s*=\s*["']?submit[^>]*)>/i.exec(inside);
    const pressed = button?.[1] ?? button?.[2] ?? '';
    if (attribute(pressed, 'name') !== '') fields.append(attribute(pressed, 'name'), attribute(pressed, 'value'));
    const action = attribute(attributes, 'action');
    return { action: action === '' ? page.url : new URL(action, page.url).href, body: fields.toString() };
  }
  return null;
}

/** The value of an attribute in the inside of a tag, decoded; '' when it is not there. */
export function attribute(tag: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
  return decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim();
}

export function decodeEntities(value: string): string {
  return value
    .replaceAll(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (entity, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
