import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertAllAcked, person, type Person } from '../../sandbox/slack/driver.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { type App, startApp } from '../../src/app.ts';
import { outsideFrom, readConfig } from '../../src/config.ts';
import { createTimeline } from '../../src/timeline.ts';
import { importLeads, type ImportReport } from '../../src/engine/import-leads.ts';
import { noon } from './context.ts';
import { type Engine, testDatabase, type TestDatabase } from './database.ts';
import { seededBytes } from './seeded.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Of the lead webhook, as Standard Webhooks writes them. */
export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The unchanged app in a sandbox of its own: real Bolt, OpenAI client and SMTP over the wire, a real database, a clock that is set. */
export type LiveWorld = {
  app: App;
  world: World;
  database: TestDatabase;
  as(who: string): Person;
  importCsv(text: string): Promise<ImportReport>;
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
};

export type LiveOptions = {
  engine?: Engine;
  seed?: string;
  mode?: 'http' | 'socket';
  workflow?: (yaml: string) => string;
};

export async function liveWorld({
  engine = 'pglite',
  seed = 'flow',
  mode = 'http',
  workflow = (yaml) => yaml,
}: LiveOptions = {}): Promise<LiveWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-live-'));
  await writeFile(
    join(folder, 'whitepaper-nurture.yaml'),
    workflow(await readFile(join(root, 'workflows/whitepaper-nurture.yaml'), 'utf8')),
  );
  const time = { now: noon };
  const clock = { now: () => time.now, jumpTo: (at: Date) => void (time.now = at) };
  const running: { app: App | null } = { app: null };
  const world = await startWorld({
    manifest: JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')),
    pagePort: 0,
    mode,
    rateLimits: true,
    time: clock,
    inboundSmtp: () => running.app?.inboundSmtp ?? null,
    appUrl: () => running.app?.url ?? 'http://127.0.0.1:9',
  });
  const database = await testDatabase(engine);
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    WORKFLOWS_DIR: folder,
    PUBLIC_URL: 'https://mail.fieldlark.example',
    LOG_LEVEL: 'silent',
    SECRET_KEY: 'a-secret-key-for-tests-only-0123456789',
    LEAD_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    INBOUND_SMTP_PORT: '0',
  });
  const outside = outsideFrom(world.env);
  const app = await startApp({
    config,
    outside,
    log: silent,
    clock,
    bytes: seededBytes(seed),
    selfDriving: false,
    database,
  });
  running.app = app;
  const timeline = createTimeline(clock, [app]);
  return {
    app,
    world,
    database,
    as: (who) => person(world.slack.workspace, who),
    importCsv: (text) =>
      importLeads(app.ctx, {
        stream: (async function* () {
          yield Buffer.from(text);
        })(),
        fileName: 'test.csv',
        mapping: [],
        source: 'test',
        dryRun: false,
        by: null,
      }),
    passTime: (ms) => timeline.advance(ms),
    async close() {
      await app.stop();
      await world.close();
      await rm(folder, { recursive: true, force: true });
      // Of every test: whatever a person did in Slack was answered once and in time.
      assertAllAcked(world.slack.workspace);
    },
  };
}
