import { createServer, Server } from 'node:http';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { createSlackStandIn, type SlackStandIn, type SlackStandInOptions } from '../../../sandbox/slack/stand-in.ts';

/** A real Bolt app and a real WebClient against the stand-in, over the wire. */

export const MANIFEST = {
  display_information: { name: 'Countersign' },
  features: {
    app_home: { home_tab_enabled: true },
    bot_user: { display_name: 'Countersign' },
    slash_commands: [{ command: '/workflow', description: 'Workflows', usage_hint: 'status', should_escape: false }],
  },
  oauth_config: {
    scopes: {
      bot: ['chat:write', 'commands', 'users:read', 'usergroups:read', 'im:write', 'app_mentions:read', 'files:write'],
      bot_optional: ['channels:read', 'channels:history'],
    },
  },
  settings: {
    event_subscriptions: { bot_events: ['app_home_opened', 'app_mention'] },
    interactivity: { is_enabled: true },
  },
};

/** The manifest with more scopes and events, and with other features or settings. */
export function manifestWith(more: {
  scopes?: string[];
  events?: string[];
  features?: Record<string, unknown>;
  interactivity?: Record<string, unknown>;
}): unknown {
  const { features, oauth_config: oauth, settings } = MANIFEST;
  return {
    ...MANIFEST,
    features: { ...features, ...more.features },
    oauth_config: { scopes: { ...oauth.scopes, bot: [...oauth.scopes.bot, ...(more.scopes ?? [])] } },
    settings: {
      event_subscriptions: { bot_events: [...settings.event_subscriptions.bot_events, ...(more.events ?? [])] },
      interactivity: { ...settings.interactivity, ...more.interactivity },
    },
  };
}

/** How a call was refused: what `rejects.toMatchObject` compares with. */
export const refusedWith = (error: string, more: object = {}) => ({ data: { ok: false, error, ...more } });

type Overrides = Partial<SlackStandInOptions>;

export type Bench = {
  slack: SlackStandIn;
  api: string;
  client: (options?: WebClientOptions & { token?: string }) => WebClient;
  close: () => Promise<void>;
};

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** The stand-in alone, with a client of the app's. `appUrl` is where interactions go. */
export async function startSlack(overrides: Overrides = {}, appUrl = () => 'http://127.0.0.1:9'): Promise<Bench> {
  // Limits are tested where they are meant; a list of eighty refusals would meet them by itself.
  const slack = createSlackStandIn({
    manifest: MANIFEST,
    delivery: { mode: 'http', url: appUrl },
    rateLimits: false,
    ...overrides,
  });
  const server = createServer((req, res) => {
    void slack.handle(req, res).then((mine) => {
      if (!mine) res.writeHead(404).end();
    });
  });
  server.on('upgrade', (req, socket, head) => {
    if (!slack.upgrade(req, socket, head)) socket.destroy();
  });
  const port = await listen(server);
  const api = `http://127.0.0.1:${port}/slack/api/`;
  return {
    slack,
    api,
    client: ({ token = slack.credentials.botToken, ...options } = {}) =>
      new WebClient(token, {
        slackApiUrl: api,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        logger: quiet,
        ...options,
      }),
    close: async () => {
      await slack.close();
      await stop(server);
    },
  };
}

export type AppBench = Bench & { app: App };

/** A Bolt app over `transport`, with the listeners that `register` adds. */
export async function startApp(
  transport: 'http' | 'socket',
  register: (app: App) => void,
  overrides: Overrides & { signingSecret?: string } = {},
): Promise<AppBench> {
  const { signingSecret, ...options } = overrides;
  let appPort = 0;
  const bench = await startSlack(
    { ...(transport === 'socket' ? { delivery: { mode: 'socket' } } : {}), ...options },
    () => `http://127.0.0.1:${appPort}/slack/events`,
  );
  const { credentials } = bench.slack;
  const receiver =
    transport === 'http'
      ? new HTTPReceiver({ signingSecret: signingSecret ?? credentials.signingSecret, logger: quiet })
      : new SocketModeReceiver({
          appToken: credentials.appToken,
          logger: quiet,
          installerOptions: { clientOptions: { slackApiUrl: bench.api } },
        });
  const app = new App({
    token: credentials.botToken,
    receiver,
    logger: quiet,
    deferInitialization: true,
    convoStore: false,
    clientOptions: { slackApiUrl: bench.api, retryConfig: { retries: 0 } },
  });
  await app.init();
  register(app);
  const started = await app.start({ port: 0, host: '127.0.0.1' });
  if (started instanceof Server) appPort = portOf(started);
  return {
    ...bench,
    app,
    close: async () => {
      await app.stop();
      await bench.close();
    },
  };
}
