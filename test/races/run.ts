import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { verifyChain } from '../../src/db/audit.ts';
import { openDatabase, rows } from '../../src/db/client.ts';
import { enrolled } from '../support/fixtures.ts';
import { testContext } from '../support/context.ts';
import { freshDatabaseName, startPostgres } from '../support/postgres-server.ts';
import { mail, workflowOf } from '../engine/language-world.ts';

/**
 * `npm run test:races -- --steps 10000`: four processes of the program's queue and engine on one PostgreSQL. One after the other
 * is stopped (SIGSTOP) for three leases while it has work in its hands, and resumed: it wakes as a zombie whose work others have
 * done. At the end each step of each lead happened once, and each mail left once.
 */
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    lease: { type: 'string', default: '10000' },
    stops: { type: 'string', default: '3' },
  },
});
const [steps, lease, stops] = [values.steps, values.lease, values.stops].map(Number) as [number, number, number];
const STEPS = ['first-tag', 'call', 'second-tag', 'mail'];
const PROCESSES = 4;
/** Seconds without any progress after which the run is over. */
const QUIET_S = 180;
const count = Math.ceil(steps / STEPS.length);

const server = await startPostgres();
const admin = postgres(server.url, { max: 1, onnotice: () => {} });
const name = freshDatabaseName();
await admin.unsafe(`create database ${name}`);
const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
const database = await openDatabase({ engine: 'postgres', url });
await database.db.execute(sql`create table outside_mails (message_id text not null, worker text not null)`);
await database.db.execute(sql`create table outside_calls (call_id text not null, worker text not null)`);
const world = await testContext(database, { clock: { now: () => new Date(Date.now() - 1000) } }, 'races');
const workflow = workflowOf([
  { id: 'first-tag', update: { add_tags: ['first'] } },
  { id: 'call', webhook: { url: 'https://hooks.example.com/x' } },
  { id: 'second-tag', update: { add_tags: ['second'] } },
  { id: 'mail', send: mail('Hello') },
]);
await enrolled(
  world,
  workflow,
  Array.from({ length: count }, (_, i) => ({ email: `lead${i}@firm${i}.example`, firstName: 'Kim' })),
);
console.log(`${count} leads, ${count * STEPS.length} steps due, ${PROCESSES} processes, leases of ${lease} ms`);

const startedAt = performance.now();
const workers = await Promise.all(Array.from({ length: PROCESSES }, (_, i) => start(`worker ${i + 1}`)));
let halted = 0;
for (; halted < stops; halted++) {
  await pause(lease * 1.5);
  const victim = workers[halted % PROCESSES];
  if (!victim || (await left()) === 0) break;
  victim.kill('SIGSTOP');
  await pause(lease * 3);
  victim.kill('SIGCONT');
  console.log(`worker ${(halted % PROCESSES) + 1} was stopped for three leases; ${await left()} leads under way`);
}
// Nothing that is begun may stand still for ever either.
let before = await left();
for (let still = 0; before > 0 && still < QUIET_S; ) {
  await pause(1000);
  const now = await left();
  still = now < before ? 0 : still + 1;
  before = now;
}
// Zombies may still have something in their hands: they get the time to do harm.
await pause(lease * 2);
for (const worker of workers) worker.kill('SIGTERM');
await Promise.all(workers.map(gone));
const took = ((performance.now() - startedAt) / 1000).toFixed(1);
const violations = await judge();
const again = await calledAgain();
if (again === 0) violations.push('no process was stopped with a call in its hands: nothing was tested');
for (const violation of violations) console.error(`VIOLATION ${violation}`);
await database.close();
await admin.unsafe(`drop database ${name} with (force)`);
await admin.end();
await server.stop();
console.log(
  violations.length === 0
    ? `\n${count * STEPS.length} steps by ${PROCESSES} processes, ${halted} of them stopped for three leases, in ${took} s: each once (${again} calls were made again for a process that was stopped)`
    : `\n${violations.length} violations`,
);
process.exit(violations.length === 0 && halted > 0 ? 0 : 1);

function start(worker: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
    env: { PATH: process.env['PATH'], DATABASE_URL: url, WORKER: worker, LEASE_MS: String(lease) },
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`${worker} ended with ${code}`)));
  });
}

function gone(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Leads under way, and mails that have not ended. */
async function left(): Promise<number> {
  const [row] = await rows<{ left: number }>(
    database.db,
    sql`select ((select count(*) from enrollments where status in ('active', 'waiting'))
              + (select count(*) from messages where status in ('approved', 'sending')))::int as left`,
  );
  return row?.left ?? 0;
}

/** Calls that a process had under way when it was stopped, and that others made again with the same key. */
async function calledAgain(): Promise<number> {
  const found = await rows(database.db, sql`select call_id from outside_calls group by 1 having count(*) > 1`);
  return found.length;
}

/** What must hold whoever did what when; from the rows and from what the world outside saw. */
async function judge(): Promise<string[]> {
  const found: string[] = [];
  const none = async (what: string, query: ReturnType<typeof sql>): Promise<void> => {
    const bad = await rows(database.db, query);
    if (bad.length > 0) found.push(`${what}: ${bad.length}, such as ${JSON.stringify(bad[0])}`);
  };
  const all = async (what: string, wanted: number, query: ReturnType<typeof sql>): Promise<void> => {
    const [row] = await rows<{ count: number }>(database.db, query);
    if (row?.count !== wanted) found.push(`${what}: ${row?.count} instead of ${wanted}`);
  };
  await all(
    'leads that went through',
    count,
    sql`select count(*)::int as count from enrollments where status = 'done'`,
  );
  for (const [step, did] of [
    ['first-tag', 'updated'],
    ['call', 'called'],
    ['second-tag', 'updated'],
    ['mail', 'sent_fixed'],
  ])
    await all(
      `times that ${step} was carried out`,
      count,
      sql`select count(*)::int as count from enrollment_steps where step = ${step} and did = ${did}`,
    );
  await none(
    'steps carried out twice',
    sql`select enrollment_id, step from enrollment_steps where did in ('updated', 'called', 'sent_fixed') group by 1, 2 having count(*) > 1`,
  );
  await all('mails approved', count, sql`select count(*)::int as count from messages`);
  await none('mails that left twice', sql`select message_id from outside_mails group by 1 having count(*) > 1`);
  await none(
    'mails marked as sent that never left',
    sql`select id from messages m where status = 'sent' and not exists (select 1 from outside_mails o where o.message_id = m.message_id_header)`,
  );
  await none(
    'mails that left, or of which nobody knows, and are neither sent nor asked about',
    sql`select id, status from messages where status not in ('sent', 'uncertain')`,
  );
  // A call may be made again when its answer was lost; by its key its receiver knows it.
  await all('calls, each by its key', count, sql`select count(distinct call_id)::int as count from outside_calls`);
  const chain = await verifyChain(database.db, world.ctx.workspaceId);
  if (chain.problem !== null) found.push(`the audit chain: ${JSON.stringify(chain.problem)}`);
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
