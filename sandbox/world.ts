import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAppWebhooks } from './app-webhooks.ts';
import { createMailProgram, type MailProgram } from './mail/mail-program.ts';
import { createMailStandIn, type MailStandIn } from './mail/stand-in.ts';
import { createOpenAiStandIn, type OpenAiStandIn } from './openai/stand-in.ts';
import { createBusinessTime } from './page/business-time.ts';
import { readCommands } from './page/commands.ts';
import { refuseForeign } from './page/guard.ts';
import { createPage, type Page } from './page/server.ts';
import type { TimeControls } from './page/time-control.ts';
import { keepActing } from './people/live.ts';
import { createPeople, type People, type PeopleOptions } from './people/people.ts';
import { createSlackStandIn, type SlackStandIn } from './slack/stand-in.ts';

/** Business time, given by whoever owns the clock, and what the page may do with it. */
export type WorldTime = { now(): Date; controls?: TimeControls };

export type WorldPeople = {
  leads: boolean;
  reviewers: boolean;
  /** Whether somebody sits at the page as Ana. Else she reviews like the others. */
  visitor: boolean;
  /** New leads a week. */
  perWeek: number;
  /** `false`: whoever drives the clock lets them act. */
  selfDriving?: boolean;
};

export type WorldOptions = {
  /** The parsed `manifest.json`. */
  manifest: unknown;
  /** The page and everything that speaks HTTP; 3000, or 0 for any free port. */
  pagePort?: number;
  /** 0, the default, is any free port. */
  smtpPort?: number;
  /** Seeds tokens, ids and what the model writes. */
  seed?: number;
  /** Where the app listens, such as `http://127.0.0.1:3001`; asked each time something is sent to it. */
  appUrl: () => string;
  /** How Slack reaches the app. */
  mode?: 'http' | 'socket';
  /** Where the app takes mail: `smtp://127.0.0.1:2525`, or null while it takes none. */
  inboundSmtp?: () => string | null;
  /** Left out: the machine's time, and the page has no buttons that move it. */
  time?: WorldTime;
  /** Left out: nobody is simulated. */
  people?: WorldPeople;
  /** Directory for `slack.jsonl` and `mail.jsonl`, which survive whatever is killed. */
  journalDir?: string;
  rateLimits?: boolean;
};

export type World = {
  /** `http://127.0.0.1:PORT` */
  url: string;
  slack: SlackStandIn;
  openai: OpenAiStandIn;
  mail: MailStandIn;
  /** What leads do with their mail. */
  program: MailProgram;
  people: People;
  /** The settings an app needs to live in this world. */
  env: Record<string, string>;
  close(): Promise<void>;
};

export const PAGE_PORT = 3000;
const DEFAULT_SEED = 1;

/** Starts the world outside: Slack, the model and the mail server, and the page that shows them. Machine-local. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const seed = options.seed ?? DEFAULT_SEED;
  const mode = options.mode ?? 'http';
  const { server, port } = await listen(options.pagePort ?? PAGE_PORT);
  const url = `http://127.0.0.1:${port}`;
  const opened: Array<() => Promise<void> | void> = [() => closeServer(server)];
  try {
    const time = createBusinessTime(() => options.time?.now().getTime() ?? Date.now());
    const mail = await createMailStandIn({
      port: options.smtpPort ?? 0,
      now: time.now,
      ...(options.journalDir === undefined ? {} : { journal: join(options.journalDir, 'mail.jsonl') }),
    });
    opened.push(() => mail.close());
    const openai = createOpenAiStandIn({ seed });
    opened.push(() => openai.close());
    const slack = createSlackStandIn({
      manifest: options.manifest,
      seed,
      delivery: mode === 'http' ? { mode, url: () => `${options.appUrl()}/slack/events` } : { mode },
      rateLimits: options.rateLimits ?? false,
      businessNow: time.now,
      eventRetries: 'timer',
      baseUrl: () => url,
      ...(options.journalDir === undefined ? {} : { journal: join(options.journalDir, 'slack.jsonl') }),
    });
    opened.push(() => slack.close());
    const program = createMailProgram({ mail, inboundSmtp: options.inboundSmtp ?? (() => null), now: time.now, seed });
    const secrets = webhookSecrets(seed);
    const people = peopleOf(options, { seed, slack: slack.workspace, mail, program, openai, now: time.now }, secrets);
    const moves = watched(options.time?.controls ?? {});
    if (options.people && options.people.selfDriving !== false) opened.push(keepActing(people, time.now, moves.moving));
    const page = await createPage({
      workspace: slack.workspace,
      botUserId: slack.credentials.botUserId,
      mail,
      openai,
      program,
      ...(options.people ? { people } : {}),
      time,
      ...readCommands(options.manifest),
      canMoveTime: moves.controls.advance !== undefined,
      ...moves.controls,
    });
    opened.push(page.close, slack.workspace.on('change', page.changed), mail.on('mail', page.changed));
    serve(server, port, { page, slack, openai });
    return {
      url,
      slack,
      openai,
      mail,
      program,
      people,
      env: { ...settings(url, mode, { slack, openai, mail }), ...secrets },
      close: () => closeAll(opened),
    };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** What outside programs sign with when they call the app's webhooks. */
function webhookSecrets(seed: number): Record<'LEAD_WEBHOOK_SECRETS' | 'INBOUND_MAIL_SECRETS', string> {
  const secret = (name: string): string =>
    `whsec_${createHash('sha256').update(`sandbox/${seed}/${name}`).digest('base64')}`;
  return { LEAD_WEBHOOK_SECRETS: secret('leads'), INBOUND_MAIL_SECRETS: secret('mail') };
}

function peopleOf(
  { people, appUrl }: WorldOptions,
  world: Pick<PeopleOptions, 'seed' | 'slack' | 'mail' | 'program' | 'openai' | 'now'>,
  secrets: { LEAD_WEBHOOK_SECRETS: string },
): People {
  const hooks = createAppWebhooks({ appUrl, secret: secrets.LEAD_WEBHOOK_SECRETS });
  return createPeople({
    ...world,
    leadEvent: (event) => hooks.leadEvent(event),
    newcomers: { perWeek: people?.perWeek ?? 0, add: (lead) => hooks.addLead(lead) },
    ...(people?.visitor === false ? { team: ['ana', 'ben', 'carla'] } : {}),
    on: { leads: people?.leads ?? false, reviewers: people?.reviewers ?? false },
  });
}

/** The controls of time, and whether it is being moved right now. */
function watched(controls: TimeControls): { controls: TimeControls; moving: () => boolean } {
  let moving = false;
  const { advance, step } = controls;
  const during = async (go: () => Promise<void>): Promise<void> => {
    moving = true;
    try {
      await go();
    } finally {
      moving = false;
    }
  };
  return {
    controls: {
      ...controls,
      ...(advance ? { advance: (ms: number) => during(() => advance(ms)) } : {}),
      ...(step ? { step: () => during(step) } : {}),
    },
    moving: () => moving,
  };
}

async function closeAll(opened: Array<() => Promise<void> | void>): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

type Served = { page: Page; slack: SlackStandIn; openai: OpenAiStandIn };

function serve(server: Server, port: number, served: Served): void {
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    answer(req, res, port, served).catch((error: unknown) => {
      if (res.headersSent) res.destroy();
      else sendText(res, 500, `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (refuseForeign(req, port) || !served.slack.upgrade(req, socket, head)) socket.destroy();
  });
}

async function answer(req: IncomingMessage, res: ServerResponse, port: number, served: Served): Promise<void> {
  const foreign = refuseForeign(req, port);
  if (foreign) return sendText(res, foreign.status, foreign.reason);
  for (const part of [served.slack, served.openai, served.page]) if (await part.handle(req, res)) return;
  sendText(res, 404, 'Nothing is served here.');
}

function sendText(res: ServerResponse, status: number, text: string): void {
  res
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
    .end(`${text}\n`);
}

function settings(
  url: string,
  mode: 'http' | 'socket',
  parts: Pick<World, 'slack' | 'openai' | 'mail'>,
): Record<string, string> {
  const { botToken, appToken, signingSecret } = parts.slack.credentials;
  return {
    SLACK_API_URL: `${url}/slack/api/`,
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    ...(mode === 'socket' ? { SLACK_APP_TOKEN: appToken } : {}),
    OPENAI_BASE_URL: `${url}/openai/v1`,
    OPENAI_API_KEY: parts.openai.apiKey,
    OPENAI_MODEL: 'countersign-sandbox-templates',
    SMTP_URL: parts.mail.url,
    SMTP_NAME: 'localhost',
  };
}

async function listen(wanted: number): Promise<{ server: Server; port: number }> {
  // A client that reuses a connection at the moment it is closed takes the model for unreachable.
  const server = createServer({ keepAliveTimeout: 75_000 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(
              `Port ${wanted} is taken, so the sandbox cannot serve its page there. Set SANDBOX_PORT to a free port.`,
              { cause: error },
            )
          : error,
      );
    });
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`the sandbox does not listen on port ${wanted}`);
  return { server, port: address.port };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
