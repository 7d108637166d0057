import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';

/** What a failed call means for whatever it was to do. */
export type Failure =
  /** Surely not done; may be done after so many milliseconds. */
  | { type: 'later'; afterMs: number; detail: string }
  /** It will not work until somebody changes something. */
  | { type: 'refused'; code: string; detail: string }
  /** The answer was lost or says that it may have happened. */
  | { type: 'unknown'; detail: string };

const SOON_MS = 5_000;
const BUSY_MS = 30_000;

/** Slack says of these that some of it may have happened (https://docs.slack.dev/reference/methods/chat.postMessage#errors). */
const PERHAPS_DONE = new Set(['fatal_error', 'internal_error']);
const TRY_LATER = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
]);
/** The connection was never made, so nothing was asked. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What to do about the refusals that an operator can end. */
const REMEDIES: Record<string, string> = {
  is_archived: 'the channel is archived',
  not_in_channel: 'the app is not in the channel: invite it there',
  channel_not_found: 'there is no such channel, or the app was not invited into it',
  restricted_action: 'a workspace setting forbids the app to post there',
  token_revoked: "the app's token was revoked: install the app again",
  token_expired: "the app's token has expired",
  invalid_auth: "the app's token is not valid",
  not_authed: 'no token was given',
  account_inactive: 'the app was removed from the workspace, or the workspace was deleted',
  missing_scope: 'the app lacks a permission: install it again with the scopes of manifest.json',
  invalid_blocks: 'Slack did not accept its blocks',
  message_not_found: 'the message was deleted',
  cant_update_message: 'the message is not ours',
};

/** Sorts every way in which a call to Slack can fail; what is not understood counts as unknown, never as not done. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError)
    return {
      type: 'later',
      afterMs: Math.max(1, error.retryAfter) * 1000,
      detail: `Slack asks to wait ${error.retryAfter} s`,
    };
  if (error instanceof WebAPIPlatformError) return platformFailure(error);
  if (error instanceof WebAPIHTTPError) {
    if (error.statusCode >= 500) return { type: 'unknown', detail: `Slack answered HTTP ${error.statusCode}` };
    return { type: 'refused', code: `http_${error.statusCode}`, detail: `Slack answered HTTP ${error.statusCode}` };
  }
  const original = error instanceof WebAPIRequestError ? error.original : error;
  const code = networkCode(original);
  if (code !== null && NOT_SENT.has(code))
    return { type: 'later', afterMs: SOON_MS, detail: `Slack can't be reached (${code})` };
  const message = original instanceof Error ? original.message : String(original);
  // The SDK has no class for a 429 whose Retry-After it cannot read.
  if (message.includes('Retry header did not contain'))
    return { type: 'later', afterMs: BUSY_MS, detail: 'Slack asks to wait' };
  return { type: 'unknown', detail: `the answer was lost (${code ?? message})` };
}

function platformFailure(error: WebAPIPlatformError): Failure {
  const code = error.data.error;
  const metadata = error.data.response_metadata;
  if (TRY_LATER.has(code))
    return {
      type: 'later',
      afterMs: metadata?.retryAfter ? metadata.retryAfter * 1000 : BUSY_MS,
      detail: `Slack answered ${code}`,
    };
  if (PERHAPS_DONE.has(code)) return { type: 'unknown', detail: `Slack answered ${code}` };
  // An answer that is not Slack's (a proxy's page) is put into `error` whole.
  if (!/^[a-z0-9_:]{2,80}$/i.test(code)) return { type: 'unknown', detail: 'the answer was not from Slack' };
  const needed = 'needed' in error.data && typeof error.data.needed === 'string' ? ` (${error.data.needed})` : '';
  const complaints = metadata?.messages?.join('; ').slice(0, 500);
  return { type: 'refused', code, detail: [`${code}${needed}`, REMEDIES[code], complaints].filter(Boolean).join(': ') };
}

/** The code of the deepest cause that has one: fetch hides it under "fetch failed". */
function networkCode(error: unknown): string | null {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause.name === 'TimeoutError') return 'timeout';
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return null;
}

/** The error code Slack answered with, or null when the call failed in another way. */
export function slackCode(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}
