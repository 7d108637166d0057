import { markup, page } from './page.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';

/** The engine's side, bound to its context by whoever builds the routes. */
export type UnsubscribeVerbs = {
  known(token: string): Promise<boolean>;
  /** The page of a known token was asked for; must not throw. */
  looked?(token: string, request: WebRequest): Promise<void>;
  /** Idempotent; `ok` is false for a token that nobody was given. */
  unsubscribe(token: string, via: 'one_click' | 'page'): Promise<{ ok: true; alreadyOut: boolean } | { ok: false }>;
};

export type UnsubscribeSettings = {
  /** Whose mails these are, as people know them. */
  company?: string;
};

/** Room for a multipart body with some parameters that nobody asked for. */
const MAX_BYTES = 16 * 1024;
/** 128 random bits are 22 characters; what does not look like a token need not be looked for. */
const TOKEN = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * `GET /u/:token` shows a page with a button and changes nothing, however often mail scanners fetch it. `POST /u/:token` acts:
 * from that button, or as RFC 8058 one-click (`List-Unsubscribe=One-Click`, urlencoded or multipart; no cookies, no redirect).
 */
export function unsubscribeRoutes(verbs: UnsubscribeVerbs, settings: UnsubscribeSettings = {}): Route[] {
  const from = settings.company === undefined ? 'us' : settings.company;
  return [
    {
      method: 'GET',
      path: '/u/:token',
      maxBytes: 0,
      handle: async (request) => {
        const token = request.params['token'] ?? '';
        if (!TOKEN.test(token) || !(await verbs.known(token))) return unknownPage(from);
        await verbs.looked?.(token, request);
        return askPage(from);
      },
    },
    {
      method: 'POST',
      path: '/u/:token',
      maxBytes: MAX_BYTES,
      handle: async (request) => {
        const token = request.params['token'] ?? '';
        if (!TOKEN.test(token)) return unknownPage(from);
        const done = await verbs.unsubscribe(token, await via(request));
        return done.ok ? donePage(from, done.alreadyOut) : unknownPage(from);
      },
    },
  ];
}

/**
 * Who holds the link and posts to it wants out, whatever the body says; it only tells whether a mail program did it. A body
 * that cannot be read is no reason to keep mailing somebody who objected.
 */
async function via(request: WebRequest): Promise<'one_click' | 'page'> {
  try {
    const headers = { 'Content-Type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(request.body), { headers }).formData();
    const fields = [...form].filter(([name]) => name.toLowerCase() === 'list-unsubscribe');
    return fields.some(([, value]) => typeof value === 'string' && value.trim().toLowerCase() === 'one-click')
      ? 'one_click'
      : 'page';
  } catch {
    return 'page';
  }
}

function askPage(from: string): WebResponse {
  return page(
    200,
    'Stop these e-mails?',
    markup`<p>Press the button and you will get no more e-mails from ${from}.</p>
<form method="post">
<button type="submit" name="confirm" value="yes">Unsubscribe</button>
</form>
<p class="soft">Opened this by accident? Just close the page, nothing has changed.</p>`,
  );
}

function donePage(from: string, alreadyOut: boolean): WebResponse {
  return page(
    200,
    alreadyOut ? 'You were already unsubscribed' : 'You are unsubscribed',
    markup`<p>You will get no more e-mails from ${from}. There is nothing else to do.</p>
<p class="soft">If an e-mail was already on its way when you unsubscribed, it may still arrive. It is the last one.</p>`,
  );
}

function unknownPage(from: string): WebResponse {
  return page(
    404,
    'This link does not work',
    markup`<p>It may have been cut off on its way. Please open the unsubscribe link from the e-mail again, or copy the whole of it.</p>
<p>If that does not help, reply to any e-mail from ${from} with the word “unsubscribe”, and a person will take you off the list.</p>`,
  );
}
