import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startWorld, type World } from '../../sandbox/world.ts';
import { freshDatabaseName, startPostgres } from '../support/postgres-server.ts';
import { judge, type Acked } from './oracle.ts';
import { catchUp, prepare } from './prepare.ts';

/**
 * `npm run test:crash -- --kills 50`: the real program against a real PostgreSQL, killed with SIGKILL at random moments
 * while approved mails go out and people click. The sandbox lives in this process, so that what Slack and the mail server
 * saw survives; an oracle that knows nothing of the program's code but its tables judges the end.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    mails: { type: 'string', default: '500' },
    clicks: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [kills, mails, clicks, seed] = [values.kills, values.mails, values.clicks, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const random = mulberry32(seed);
const folder = await mkdtemp(join(tmpdir(), 'countersign-crash-'));
const server = await startPostgres();
const admin = postgres(server.url, { max: 1, onnotice: () => {} });
const name = freshDatabaseName();
await admin.unsafe(`create database ${name}`);
const databaseUrl = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
const port = 20_000 + Math.floor(Math.random() * 20_000);
const world = await startWorld({
  manifest: JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8')),
  pagePort: 0,
  appUrl: () => `http://127.0.0.1:${port}`,
  journalDir: folder,
});
const env = {
  ...world.env,
  OPENAI_MODEL: 'templates',
  SMTP_NAME: 'localhost',
  SECRET_KEY: 'a-secret-key-for-the-crash-test-0123456789',
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  PORT: String(port),
  DATABASE_URL: databaseUrl,
  WORKFLOWS_DIR: folder,
  LOG_LEVEL: 'warn',
};
console.log(
  `seed ${seed}: ${kills} kills, ${mails} approved mails, ${clicks} clicks, on ${databaseUrl.replace(/\/\/.*@/, '//')}`,
);

await writeFile(join(folder, 'one-mail.yaml'), await oneMail());
await prepare({ env, world, mails, clicks });
// A mail server that takes its time: mails are on the wire at many of the kills, not at the first few only.
world.mail.faults.next({ phase: 'message', kind: 'stall', ms: 250 }, Number.POSITIVE_INFINITY);
console.log('prepared: the mails are approved, the cards are posted');

const startedAt = performance.now();
const acked: Acked[] = [];
let app = start();
let killed = 0;
const people = clickAll(world);
while (killed < kills) {
  await pause(80 + Math.floor(random() * 6_000));
  app.kill('SIGKILL');
  await gone(app);
  killed += 1;
  if (killed % 10 === 0)
    console.log(`${killed} kills, ${world.mail.messages().length} mails arrived, ${acked.length} clicks acked`);
  app = start();
}
await people;
const bootedAt = performance.now();
const quiet = await settleDown(databaseUrl);
console.log(`no mail on its way ${seconds(bootedAt)} s after the last start; ${seconds(startedAt)} s in all`);
app.kill('SIGTERM');
await gone(app);
// Cards follow at Slack's pace, one a second; the rest of them is brought here without waiting.
await catchUp(env);
const report = await judge({ databaseUrl, world, acked, mails, clicks, kills });
console.log(JSON.stringify({ ...report.counts, quiet }, null, 2));
for (const violation of report.violations.slice(0, 20)) console.error(`VIOLATION ${violation}`);
await world.close();
await admin.unsafe(`drop database ${name} with (force)`);
await admin.end();
await server.stop();
await rm(folder, { recursive: true, force: true });
console.log(
  report.violations.length === 0
    ? `\n${kills} kills: nothing lost, doubled or unapproved`
    : `\n${report.violations.length} violations (seed ${seed})`,
);
process.exit(report.violations.length === 0 ? 0 : 1);

function start(): ChildProcess {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n'))
      if (line.includes('"level":50')) console.error(`app: ${line.slice(0, 400)}`);
  });
  child.stderr?.on('data', (chunk: Buffer) => console.error(`app: ${chunk.toString().slice(0, 400)}`));
  return child;
}

function gone(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
}

/** People approve every card, and click again while nobody answers. */
async function clickAll({ slack }: World): Promise<void> {
  const { workspace } = slack;
  const cards = workspace
    .messages('#nurture-emails')
    .filter(({ blocks }) => JSON.stringify(blocks).includes('decision.approve'));
  if (cards.length < clicks) throw new Error(`${cards.length} cards were posted, ${clicks} are needed`);
  for (const [i, card] of cards.slice(0, clicks).entries()) {
    const user = i % 3 === 0 ? 'U0BEN' : 'U0ANA';
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const now = workspace.messages('#nurture-emails').find(({ ts }) => ts === card.ts);
      if (!JSON.stringify(now?.blocks).includes('decision.approve')) break;
      const delivery = await workspace.click({
        user,
        channel: '#nurture-emails',
        ts: card.ts,
        actionId: 'decision.approve',
      });
      if (delivery.acked) {
        acked.push({ ts: card.ts, user });
        break;
      }
      await pause(50);
    }
    await pause(Math.floor(random() * 700));
  }
}

/** Until no mail is on its way: the program's own sweeps have to bring that about. */
async function settleDown(url: string): Promise<boolean> {
  const db = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (let i = 0; i < 1_200; i++) {
      const [row] = await db`select count(*)::int as mails from messages where status in ('approved', 'sending')`;
      if (row?.['mails'] === 0) return true;
      await pause(250);
    }
    return false;
  } finally {
    await db.end();
  }
}

async function oneMail(): Promise<string> {
  const shipped = await readFile(join(root, 'workflows/whitepaper-nurture.yaml'), 'utf8');
  const steps = /steps:\n[\s\S]*?\n\n/;
  return shipped
    .replace('name: whitepaper-nurture', 'name: one-mail')
    .replace(steps, 'steps:\n  - id: first-mail\n    decide: email_draft\n    brief: Thank them for the download.\n\n')
    .replace('undo_window: 1m', 'undo_window: 0s')
    .replace('max_pending: 200', 'max_pending: 5000')
    .replace(/^quiet_hours.*$/m, '');
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A small seeded generator, so that a run can be told to a colleague by its seed. */
function mulberry32(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
