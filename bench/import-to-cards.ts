import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startWorld } from '../sandbox/world.ts';
import { type App, startApp } from '../src/app.ts';
import { outsideFrom, readConfig } from '../src/config.ts';
import { importLeads } from '../src/engine/import-leads.ts';

/**
 * `npm run bench -- --file leads.csv --map "email={Prospect ID}@example.com"`: a whole file imported and enrolled, then the
 * first cards, drained as fast as they go: without Slack's pace of one message a second in a channel. Without a file 9,240 leads are made. Prints seconds and memory.
 */
const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    map: { type: 'string', multiple: true, default: [] },
    cards: { type: 'string', default: '200' },
    database: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
const file = values.file ?? (await madeFile(join(folder, 'leads.csv'), 9_240));
const cards = Number(values.cards);
const peak = { rss: 0 };
const watch = setInterval(() => {
  peak.rss = Math.max(peak.rss, process.memoryUsage.rss());
}, 50);

const running: { app: App | null } = { app: null };
const manifest: unknown = JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8'));
const world = await startWorld({ manifest, pagePort: 0, appUrl: () => running.app?.url ?? '' });
const workflow = await readFile(join(root, 'workflows/whitepaper-nurture.yaml'), 'utf8');
await writeFile(join(folder, 'whitepaper-nurture.yaml'), workflow.replace(/max_pending: \d+/, `max_pending: ${cards}`));
const config = readConfig({
  PORT: '0',
  DATA_DIR: folder,
  WORKFLOWS_DIR: folder,
  DATABASE_URL: values.database,
  SECRET_KEY: 'a-secret-key-for-benchmarks-0123456789',
});
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const outside = outsideFrom(world.env);
const app = await startApp({ config, outside, log, clock: { now: () => new Date() }, selfDriving: false });
running.app = app;
const before = process.memoryUsage.rss();

const importing = performance.now();
const report = await importLeads(app.ctx, {
  path: file,
  fileName: basename(file),
  mapping: values.map,
  source: 'bench',
  dryRun: false,
  by: null,
});
const imported = performance.now();
await app.drain();
const drained = performance.now();
clearInterval(watch);
const posted = world.slack.workspace.messages('#nurture-scores').length;
const seconds = (from: number, to: number) => Number(((to - from) / 1000).toFixed(2));
console.log(
  JSON.stringify(
    {
      database: config.databaseUrl ? 'postgres' : 'pglite',
      rows: report.total,
      created: report.created,
      rejected: report.rejected,
      enrolled: report.enrolled,
      importSeconds: seconds(importing, imported),
      cards: posted,
      decisionsToCardsSeconds: seconds(imported, drained),
      rssBeforeMb: Math.round(before / 1e6),
      peakRssMb: Math.round(peak.rss / 1e6),
    },
    null,
    2,
  ),
);
await app.stop();
await world.close();
await rm(folder, { recursive: true, force: true });

async function madeFile(path: string, rows: number): Promise<string> {
  const lines = Array.from(
    { length: rows },
    (_, i) => `lead${i}@firm${i % 3_000}.example,Lee${i},Firm ${i % 3_000},Head of Service,Germany`,
  );
  await writeFile(path, ['email,first_name,company,job_title,country', ...lines].join('\n'));
  return path;
}
