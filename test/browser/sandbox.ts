import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorld, type World } from '../../sandbox/world.ts';
import { type App, startApp } from '../../src/app.ts';
import { movableClock } from '../../src/business-time.ts';
import { outsideFrom, readConfig } from '../../src/config.ts';
import type { Database } from '../../src/db/client.ts';
import { importLeads } from '../../src/engine/import-leads.ts';
import { peopleDoer } from '../../src/simulation.ts';
import { createTimeline, type Doer } from '../../src/timeline.ts';
import { seededBytes } from '../support/seeded.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The whole program as `npm start` runs it, driving itself, with the page a browser opens. */
export type Sandbox = {
  /** `http://127.0.0.1:PORT` of the page. */
  url: string;
  app: App;
  world: World;
  /** Moves business time on, as the page's buttons do. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
};

export type SandboxOptions = {
  /** As a CSV file. */
  leads: string;
  /** Business time at the start; from there it goes on as the machine's does, and by what the page moves. */
  from: Date;
  /** Time stands still but for jumps, and the app does nothing until it is told to `drain`: two runs are alike. */
  standing?: boolean;
  /** What the links in mails begin with; the app's own address when left out. */
  publicUrl?: string;
  seed?: string;
  /** An empty one that is open already; a new one when left out. */
  database?: Database;
};

export async function startSandbox({
  leads,
  from,
  standing = false,
  publicUrl,
  seed = 'browser',
  database,
}: SandboxOptions): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-page-'));
  const startedAt = Date.now();
  const clock = movableClock(() => new Date(from.getTime() + (standing ? 0 : Date.now() - startedAt)));
  const running: { app: App | null } = { app: null };
  const theApp: Doer = {
    drain: async () => (await running.app?.drain()) ?? 0,
    nextDue: async () => (await running.app?.nextDue()) ?? null,
  };
  // By then there is a world: nothing moves time before the page is open.
  const thePeople: Doer = {
    drain: () => peopleDoer(world.people, clock).drain(),
    nextDue: () => peopleDoer(world.people, clock).nextDue(),
  };
  const timeline = createTimeline(clock, [theApp, thePeople]);
  const world = await startWorld({
    manifest: JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8')),
    pagePort: 0,
    appUrl: () => running.app?.url ?? 'http://127.0.0.1:9',
    inboundSmtp: () => running.app?.inboundSmtp ?? null,
    time: {
      now: () => clock.now(),
      controls: {
        pause: () => clock.pause(),
        resume: () => clock.resume(),
        paused: () => clock.paused(),
        advance: (ms) => timeline.advance(ms),
        step: () => timeline.step(),
      },
    },
    people: { leads: false, reviewers: false, visitor: true, perWeek: 20, selfDriving: !standing },
  });
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    WORKFLOWS_DIR: join(root, 'workflows'),
    LOG_LEVEL: 'silent',
    SECRET_KEY: 'a-secret-key-for-tests-only-0123456789',
    LEAD_WEBHOOK_SECRETS: world.env['LEAD_WEBHOOK_SECRETS'],
    INBOUND_MAIL_SECRETS: world.env['INBOUND_MAIL_SECRETS'],
    INBOUND_SMTP_PORT: '0',
    ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }),
  });
  const app = await startApp({
    config,
    outside: outsideFrom(world.env),
    log: silent,
    clock,
    bytes: seededBytes(seed),
    newSlack: true,
    selfDriving: !standing,
    ...(database === undefined ? {} : { database }),
  });
  running.app = app;
  await importLeads(app.ctx, {
    stream: (async function* () {
      yield Buffer.from(leads);
    })(),
    fileName: 'leads.csv',
    mapping: [],
    source: 'sample',
    dryRun: false,
    by: null,
  });
  return {
    url: world.url,
    app,
    world,
    advance: (ms) => timeline.advance(ms),
    async close() {
      await app.stop();
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
