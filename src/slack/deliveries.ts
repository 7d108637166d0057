import { type Logger, LogLevel } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../engine/context.ts';

/** Where Slack is, when it is not slack.com: a stand-in. */
export type SlackAddress = { botToken: string; apiUrl: string | null };

const INTERACTIVE_TIMEOUT_MS = 2_500;
const LOOKUP_TIMEOUT_MS = 1_500;
const DELIVERY_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 10_000;

/**
 * Options of one client. Made anew for each, and without `headers`: clients write into the object they are given, and a
 * second one would call with the first one's token. No retries: the SDK's would post twice after a lost answer and hold
 * other calls back after a 429; our own rows and sweeps repeat what may be repeated.
 */
function options(apiUrl: string | null, timeout: number, logger: Logger): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger,
    allowAbsoluteUrls: false,
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  };
}

/** For what a person waits for: modals and ephemeral answers. */
export function interactiveClient({ botToken, apiUrl }: SlackAddress, logger: Logger): WebClient {
  return new WebClient(botToken, options(apiUrl, INTERACTIVE_TIMEOUT_MS, logger));
}

/** For questions that a verdict waits for: who somebody is. */
export function lookupClient({ botToken, apiUrl }: SlackAddress, logger: Logger): WebClient {
  return new WebClient(botToken, options(apiUrl, LOOKUP_TIMEOUT_MS, logger));
}

/** For cards, updates, digests and notices, one call at a time out of our own rows. */
export function deliveryClient({ botToken, apiUrl }: SlackAddress, logger: Logger): WebClient {
  return new WebClient(botToken, options(apiUrl, DELIVERY_TIMEOUT_MS, logger));
}

/** For the client that Bolt makes by itself. */
export function boltClientOptions(apiUrl: string | null, logger: Logger): WebClientOptions {
  return options(apiUrl, INTERACTIVE_TIMEOUT_MS, logger);
}

/** For opening sockets, which changes nothing and may be repeated: without retries one 503 would end it for good. */
export function socketClientOptions(apiUrl: string | null, logger: Logger): WebClientOptions {
  return {
    retryConfig: { retries: 100, factor: 1.3, minTimeout: 500, maxTimeout: 30_000 },
    timeout: SOCKET_TIMEOUT_MS,
    logger,
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  };
}

/** Slack's packages log through ours. Their debug lines hold whole payloads, and are dropped whatever our level is. */
export function slackLogger(log: Log): Logger {
  const line = (parts: unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ from: 'slack sdk' }, line(parts)),
    error: (...parts) => log.error({ from: 'slack sdk' }, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
