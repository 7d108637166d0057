import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver, type Logger } from '@slack/bolt';
import type { Directory, Log, SlackSurface } from '../engine/context.ts';
import {
  boltClientOptions,
  deliveryClient,
  interactiveClient,
  lookupClient,
  slackLogger,
  socketClientOptions,
} from './deliveries.ts';
import { createDirectory } from './directory.ts';
import { createDrain } from './drain.ts';
import { answerError } from './listeners/answer-error.ts';
import { registerListeners } from './listeners/register.ts';
import { identify, type SlackIdentity } from './identity.ts';
import { createSlackSurface } from './slack-surface.ts';
import type { SlackVerbs } from './verbs.ts';

export const SLACK_PATH = '/slack/events';

export type SlackSettings = {
  botToken: string;
  /** Not needed, and not looked at, where an app token is set. */
  signingSecret: string;
  /** With one, Slack is reached by a socket and nothing has to reach us. */
  appToken: string | null;
  /** Of a stand-in; null for slack.com. */
  apiUrl: string | null;
};

export type SlackDeps = {
  log: Log;
  /** Business time: what is shown as "12 s ago". */
  clock: { now(): Date };
  machine: { now(): Date };
};

type SlackHealth = {
  transport: 'http' | 'socket';
  /** Always true over HTTP, where there is no connection to lose. */
  connected: boolean;
  /** Since the last pong of the socket; null over HTTP or before the first. */
  pongAgeMs: number | null;
  inFlight: number;
};

export type SlackConnection = {
  identity: SlackIdentity;
  surface: SlackSurface;
  directory: Directory;
  /** For `POST /slack/events` of our own server; null over a socket. */
  requestListener: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Registers every listener; before `start`, once. */
  listen(verbs: SlackVerbs): void;
  /** Opens the socket; nothing over HTTP. */
  start(): Promise<void>;
  /** Takes nothing new, waits for what is in flight, closes the socket. Answers whether all of it ended in time. */
  stop(patienceMs?: number): Promise<boolean>;
  health(): SlackHealth;
};

const BODY_LIMIT = 1_000_000;
/** Slack gives up after 3 s; whoever has no answer by then hears a failure from us, not silence. */
const ANSWER_BY_MS = 2_700;
const FUTURE_LIMIT_S = 300;
const STOP_PATIENCE_MS = 10_000;

/**
 * Connects to Slack: checks the token, makes the clients, the surface and the directory, and a Bolt app that has no server
 * of its own. @throws Error that names the setting that is wrong.
 */
export async function connectSlack(settings: SlackSettings, deps: SlackDeps): Promise<SlackConnection> {
  if (settings.appToken === null && settings.signingSecret.trim() === '')
    throw new Error('SLACK_SIGNING_SECRET is empty: without it anybody could send us clicks');
  const logger = slackLogger(deps.log);
  const delivery = deliveryClient(settings, logger);
  const identity = await identify(delivery);
  const interactive = interactiveClient(settings, logger);
  const drain = createDrain();
  const transport =
    settings.appToken === null
      ? httpTransport(settings, deps, logger)
      : socketTransport(settings.appToken, settings, deps, logger);
  const app = new App({
    token: settings.botToken,
    botId: identity.botId,
    botUserId: identity.botUserId,
    // `identify` has asked already; `init` then makes no call of its own.
    tokenVerificationEnabled: false,
    receiver: transport.receiver,
    clientOptions: boltClientOptions(settings.apiUrl, logger),
    logger,
    convoStore: false,
    extendedErrorHandler: true,
    deferInitialization: true,
  });
  await app.init();
  app.error(async ({ error, body }: { error: Error & { original?: unknown }; body: unknown }) =>
    answerError({ interactive, log: deps.log }, error, body),
  );
  app.use(async ({ next }) => drain.run(next));
  return {
    identity,
    surface: createSlackSurface({ delivery, botUserId: identity.botUserId, log: deps.log }),
    directory: createDirectory({
      lookup: lookupClient(settings, logger),
      teamId: identity.teamId,
      enterpriseId: identity.enterpriseId,
      machine: deps.machine,
    }),
    requestListener: transport.requestListener,
    listen: (verbs) => registerListeners(app, { verbs, interactive, ...deps }),
    start: () => transport.start(),
    async stop(patienceMs = STOP_PATIENCE_MS) {
      const ended = await drain.stop(patienceMs);
      await transport.stop();
      return ended;
    },
    health: () => ({ ...transport.health(), inFlight: drain.inFlight() }),
  };
}

type Transport = {
  receiver: HTTPReceiver | SocketModeReceiver;
  requestListener: SlackConnection['requestListener'];
  start(): Promise<void>;
  stop(): Promise<void>;
  health(): Omit<SlackHealth, 'inFlight'>;
};

function httpTransport(settings: SlackSettings, deps: SlackDeps, logger: Logger): Transport {
  const fail = (response: ServerResponse, status: number): void => {
    if (response.headersSent) return;
    response.writeHead(status);
    response.end();
  };
  const receiver = new HTTPReceiver({
    signingSecret: settings.signingSecret,
    endpoints: SLACK_PATH,
    logger,
    bodyLimit: BODY_LIMIT,
    unhandledRequestTimeoutMillis: ANSWER_BY_MS,
    unhandledRequestHandler: ({ response }) => {
      deps.log.error({}, 'an interaction was not answered in time; Slack was told that it failed');
      fail(response, 503);
    },
    // Logged by the app's error handler; here only whoever waits is answered, at once.
    processEventErrorHandler: async ({ response }) => {
      fail(response, 500);
      return true;
    },
  });
  return {
    receiver,
    requestListener: (request, response) => {
      // Bolt refuses old timestamps only; one from the future would make a stolen request good for longer.
      const stamp = Number(request.headers['x-slack-request-timestamp']);
      if (stamp > deps.machine.now().getTime() / 1000 + FUTURE_LIMIT_S) {
        request.resume();
        return fail(response, 401);
      }
      receiver.requestListener(request, response);
    },
    start: async () => {},
    stop: async () => {},
    health: () => ({ transport: 'http', connected: true, pongAgeMs: null }),
  };
}

function socketTransport(appToken: string, settings: SlackSettings, deps: SlackDeps, logger: Logger): Transport {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    installerOptions: { clientOptions: socketClientOptions(settings.apiUrl, logger) },
    // Logged by the app's error handler; no ack, so that Slack tells the person that it failed.
    processEventErrorHandler: async () => false,
  });
  let connected = false;
  let lastPong: Date | null = null;
  receiver.client.on('connected', () => {
    connected = true;
  });
  for (const state of ['disconnected', 'reconnecting', 'connecting']) {
    receiver.client.on(state, () => {
      connected = false;
    });
  }
  const pong = (): void => {
    lastPong = deps.machine.now();
  };
  return {
    receiver,
    requestListener: null,
    start: async () => {
      subscribe('undici:websocket:pong', pong);
      await receiver.start();
    },
    stop: async () => {
      unsubscribe('undici:websocket:pong', pong);
      await receiver.client.disconnect();
    },
    health: () => ({
      transport: 'socket',
      connected,
      pongAgeMs: lastPong === null ? null : deps.machine.now().getTime() - lastPong.getTime(),
    }),
  };
}
