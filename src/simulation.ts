import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GOOD_QUALITY } from '../sandbox/openai/stand-in.ts';
import { startWorld, type World } from '../sandbox/world.ts';
import { type App, startApp } from './app.ts';
import { steppedClock } from './business-time.ts';
import { outsideFrom, readConfig } from './config.ts';
import type { SimulatedWeek, SimulationReport } from './core/simulated-week.ts';
import { openDatabase } from './db/client.ts';
import { automaticTexts, weekFacts } from './engine/week-facts.ts';
import { createLog } from './log.ts';
import type { SimulationOptions } from './terminal/simulation-options.ts';
import { seededBytes } from './seeded-bytes.ts';
import { createTimeline, type Doer, type Timeline } from './timeline.ts';

const WEEK = 7 * 86_400_000;
/** A Monday before anybody's office opens. Any would do; a fixed one makes runs alike. */
const BEGIN = new Date('2026-01-05T00:00:00Z');
/** What is due within a quarter of an hour is done together: a year passes in minutes and nobody's day looks different. */
const GRAIN = 15 * 60_000;
/** Share of answers without a mistake after the drift. */
const BAD_QUALITY = 0.8;

/** `npm run simulate`: the real app in the sandbox with simulated people, over its real protocols, on a clock that jumps. */
export async function simulate(
  options: SimulationOptions,
  onWeek: (week: SimulatedWeek) => void = () => undefined,
): Promise<SimulationReport> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-simulation-'));
  const stops: Array<() => Promise<unknown>> = [() => rm(folder, { recursive: true, force: true })];
  try {
    const { world, app, timeline } = await open(options, folder, stops);
    const weeks: SimulatedWeek[] = [];
    for (let week = 1; week <= options.weeks; week++) {
      if (week === options.driftAtWeek) world.openai.quality = BAD_QUALITY;
      const from = app.ctx.clock.now();
      await timeline.advance(WEEK);
      const done = await closeWeek(world, app, week, from);
      weeks.push(done);
      onWeek(done);
    }
    const { seed, perWeek, driftAtWeek } = options;
    return { seed, perWeek, driftAtWeek, weeks };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

type Running = { world: World; app: App; timeline: Timeline };

async function open(
  { seed, perWeek }: SimulationOptions,
  folder: string,
  stops: Array<() => Promise<unknown>>,
): Promise<Running> {
  const clock = steppedClock(BEGIN);
  const running: { app: App | null } = { app: null };
  const world = await startWorld({
    manifest: JSON.parse(await readFile(new URL('../manifest.json', import.meta.url), 'utf8')),
    pagePort: 0,
    seed,
    appUrl: () => running.app?.url ?? 'http://127.0.0.1:9',
    inboundSmtp: () => running.app?.inboundSmtp ?? null,
    time: { now: () => clock.now() },
    people: { leads: true, reviewers: true, visitor: false, perWeek, selfDriving: false },
  });
  stops.push(() => world.close());
  world.openai.quality = GOOD_QUALITY;
  const config = readConfig({
    PORT: '0',
    INBOUND_SMTP_PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    SECRET_KEY: createHmac('sha256', 'countersign simulation').update(String(seed)).digest('hex'),
    LEAD_WEBHOOK_SECRETS: world.env['LEAD_WEBHOOK_SECRETS'],
    INBOUND_MAIL_SECRETS: world.env['INBOUND_MAIL_SECRETS'],
  });
  const app = await startApp({
    config,
    outside: outsideFrom(world.env),
    log: createLog(config.logLevel, []),
    clock,
    bytes: seededBytes(`simulation/${seed}`),
    selfDriving: false,
    database: await openDatabase({ engine: 'pglite', template: null }),
  });
  stops.push(() => app.stop());
  running.app = app;
  return {
    world,
    app,
    timeline: createTimeline(clock, [
      { ...app, grainMs: GRAIN },
      { ...peopleDoer(world.people, clock), grainMs: GRAIN },
    ]),
  };
}

/** Simulated people beside the app on one timeline. */
export function peopleDoer(people: World['people'], clock: { now(): Date }): Doer {
  return {
    drain: () => people.act(clock.now().getTime()),
    nextDue: () => {
      const due = people.nextDue();
      return Promise.resolve(due === null ? null : new Date(due));
    },
  };
}

async function closeWeek(world: World, app: App, week: number, from: Date): Promise<SimulatedWeek> {
  const to = app.ctx.clock.now();
  const facts = await weekFacts(app.ctx, from, to);
  const automatic = await automaticTexts(app.ctx, from, to);
  const leaked = automatic.filter(({ text }) => (world.openai.mistakeIn(text) ?? null) !== null).length;
  const { decisions, mails, conversions, thresholds } = facts;
  return { week, decisions, automatic: facts.automatic, leaked, mails, conversions, thresholds };
}
