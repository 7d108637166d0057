import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadEnvFile } from 'node:process';
import { GOOD_QUALITY } from '../sandbox/openai/stand-in.ts';
import { startWorld, type World } from '../sandbox/world.ts';
import { type App, startApp } from './app.ts';
import { movableClock } from './business-time.ts';
import { startCommandSocket } from './terminal/command-socket.ts';
import { type Config, ConfigError, outsideFrom, type OutsideConfig, readConfig } from './config.ts';
import { DataDirectoryHeld } from './db/data-lock.ts';
import { rows } from './db/client.ts';
import { sql } from 'drizzle-orm';
import { InstallationMismatch } from './engine/installation.ts';
import { importLeads } from './engine/import-leads.ts';
import { createLog } from './log.ts';
import { peopleDoer } from './simulation.ts';
import { StartError } from './start-error.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** `npm start`: configuration → (sandbox, if no Slack token) → app → jobs → listen; stops in reverse on SIGTERM. */
export async function run(): Promise<void> {
  try {
    if (existsSync('.env')) loadEnvFile('.env');
    const config = readConfig(process.env);
    await (config.outside === null ? runInSandbox(config) : runOutside(config, config.outside));
  } catch (error) {
    const expected = [ConfigError, DataDirectoryHeld, InstallationMismatch, StartError].some(
      (kind) => error instanceof kind,
    );
    console.error(expected && error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function runOutside(config: Config, given: OutsideConfig): Promise<void> {
  const log = createLog(config.logLevel, secretsOf(given, config));
  const app = await startApp({ config, outside: given, log, clock: { now: () => new Date() } });
  stopOnSignal(log, [await commandSocket(app, config), () => app.stop()]);
}

async function runInSandbox(config: Config): Promise<void> {
  const clock = movableClock(() => new Date());
  const running: { app: App | null; timeline: Timeline | null } = { app: null, timeline: null };
  const world = await openWorld({
    manifest: JSON.parse(await readFile(new URL('../manifest.json', import.meta.url), 'utf8')),
    pagePort: config.sandbox.port,
    seed: config.sandbox.seed,
    appUrl: () => running.app?.url ?? `http://127.0.0.1:${config.port}`,
    inboundSmtp: () => running.app?.inboundSmtp ?? null,
    time: {
      now: () => clock.now(),
      controls: {
        pause: () => clock.pause(),
        resume: () => clock.resume(),
        paused: () => clock.paused(),
        advance: async (ms) => running.timeline?.advance(ms),
        step: async () => running.timeline?.step(),
      },
    },
    people: { leads: true, reviewers: true, visitor: true, perWeek: NEWCOMERS_A_WEEK },
  });
  world.openai.quality = GOOD_QUALITY;
  try {
    const outside = outsideFrom(world.env);
    const settings = sandboxSettings(config, world);
    const log = createLog(config.logLevel, secretsOf(outside, settings));
    const app = await startApp({ config: settings, outside, log, clock, newSlack: true });
    running.app = app;
    running.timeline = createTimeline(clock, [app, peopleDoer(world.people, clock)]);
    const closeSocket = await commandSocket(app, settings);
    stopOnSignal(log, [closeSocket, () => app.stop(), () => world.close()]);
    await importSample(app);
    greet(world, app);
  } catch (error) {
    await world.close();
    throw error;
  }
}

/** So many new leads come to the sandbox in a week: enough for a story, few enough to read every card. */
const NEWCOMERS_A_WEEK = 20;

/** What was set for the app holds; what the world has to share with it is added. */
function sandboxSettings(config: Config, { env }: World): Config {
  const { LEAD_WEBHOOK_SECRETS, INBOUND_MAIL_SECRETS } = env;
  const shared = readConfig({ LEAD_WEBHOOK_SECRETS, INBOUND_MAIL_SECRETS, INBOUND_SMTP_PORT: '0' });
  return {
    ...config,
    leadWebhookSecrets: [...config.leadWebhookSecrets, ...shared.leadWebhookSecrets],
    inboundMail: { ...shared.inboundMail, ...config.inboundMail },
  };
}

/** The sandbox's own errors are plain ones: it knows nothing of this program. */
async function openWorld(options: Parameters<typeof startWorld>[0]): Promise<World> {
  try {
    return await startWorld(options);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Port '))
      throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** The shipped leads, into a database that has none. */
async function importSample(app: App): Promise<void> {
  const [found] = await rows<{ count: number }>(app.ctx.db, sql`select count(*)::int as count from leads`);
  if ((found?.count ?? 0) > 0) return;
  const path = new URL('../sandbox/people/leads.csv', import.meta.url).pathname;
  const report = await importLeads(app.ctx, {
    path,
    fileName: 'leads.csv',
    mapping: [],
    source: 'sample',
    dryRun: false,
    by: null,
  });
  app.ctx.log.info({ created: report.created, rejected: report.rejected }, 'imported the sample leads');
}

function greet(world: World, app: App): void {
  console.log(`
  Countersign runs in its sandbox: no accounts, nothing leaves this machine.

    Open   ${world.url.replace('127.0.0.1', 'localhost')}     the workspace: channels, cards, the mailbox
    App    ${app.url}     webhooks, unsubscribe pages, health
    Stop   Ctrl+C

  The drafts are written from templates by a stand-in, not by a language model.
`);
}

function secretsOf(outside: OutsideConfig, config: Config): string[] {
  return [
    outside.slack.botToken,
    outside.slack.signingSecret,
    outside.slack.appToken ?? '',
    outside.openai.apiKey,
    config.secretKey ?? '',
    ...config.leadWebhookSecrets,
    ...(config.inboundMail.secrets ?? []),
  ];
}

/** Beside an embedded database the command line hands its verbs to this process. */
async function commandSocket(app: App, config: Config): Promise<() => Promise<void>> {
  return config.databaseUrl === null ? startCommandSocket(app.ctx, config.dataDir) : async () => {};
}

function stopOnSignal(log: ReturnType<typeof createLog>, stops: Array<() => Promise<unknown>>): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    // Whatever hangs must not keep the process for ever: rows and leases carry on with the next one.
    setTimeout(() => process.exit(1), 15_000).unref();
    void (async () => {
      for (const one of stops) await one();
      process.exit(0);
    })();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}
