import { readTrackedLink } from '../core/tracked-links.ts';
import type { Context } from '../engine/context.ts';
import { recordClick, recordUnsubscribeLook, type Request } from '../engine/record-click.ts';
import { markup, page } from './page.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';
import { network } from './token-bucket.ts';

/** Nobody waits longer than this for our bookkeeping, machine milliseconds; it goes on behind their back. */
const PATIENCE_MS = 1_500;

/**
 * `GET /c/:token` sends the reader on to where the link of the mail leads, and counts it. The way on is in the signed token:
 * it needs no database. What was not signed here leads nowhere.
 */
export function clickRoutes(ctx: Context, { patienceMs = PATIENCE_MS } = {}): Route[] {
  const route = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, maxBytes: 0, handle });
  return [
    route('/c/:token', async (request) => {
      const link = readTrackedLink(ctx.secrets.linkKey, request.params['token'] ?? '');
      if (link === null) return unknownPage();
      const { decisionId: decision, trap } = link;
      await noted(ctx, recordClick(ctx, link, requestOf(request)), { decision, trap }, patienceMs);
      return {
        status: 302,
        headers: {
          Location: link.target,
          'Cache-Control': 'no-store',
          'Referrer-Policy': 'no-referrer',
          'X-Robots-Tag': 'noindex, nofollow',
        },
      };
    }),
    // A link that was cut off right here.
    route('/c/', async () => unknownPage()),
    route('/c', async () => unknownPage()),
  ];
}

/** The page of a mail's way out was asked for. Whatever becomes of this note, the page is shown. */
export async function noteUnsubscribeLook(ctx: Context, token: string, request: WebRequest): Promise<void> {
  await noted(ctx, recordUnsubscribeLook(ctx, token, requestOf(request)), { page: 'unsubscribe' }, PATIENCE_MS);
}

/** Waits for the note, but not for long, and a note that fails is only logged. */
async function noted(ctx: Context, work: Promise<void>, about: Record<string, unknown>, ms: number): Promise<void> {
  const kept = work.catch((error: unknown) => {
    ctx.log.error({ ...about, err: error }, 'a hit on a link could not be stored');
  });
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([kept, enough]);
  clearTimeout(timer);
}

/** What is kept of a request: no nearer to a person than the network it came from. */
function requestOf({ method, headers, remoteAddress }: WebRequest): Request {
  const purpose = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']].join(' ');
  const agent = (headers['user-agent'] ?? '').trim().slice(0, 200);
  return {
    method,
    userAgent: agent === '' ? null : agent,
    prefetch: /prefetch|prerender|preview/i.test(purpose),
    network: networkOf(remoteAddress),
  };
}

/** `/24` of an IPv4 address, `/48` of an IPv6 one; null for what is neither. */
function networkOf(address: string): string | null {
  const known = network(address);
  if (known.endsWith('::/64')) return `${known.split(':').slice(0, 3).join(':')}::/48`;
  return /^\d+\.\d+\.\d+\.\d+$/.test(known) ? known.replace(/\d+$/, '0/24') : null;
}

function unknownPage(): WebResponse {
  return page(
    404,
    'This link does not work',
    markup`<p>It may have been cut off on its way. Please open the link from the e-mail again, or copy the whole of it.</p>
<p>If that does not help, reply to the e-mail, and a person will send you what you were looking for.</p>`,
  );
}
