import { sql } from 'drizzle-orm';
import { openDatabase } from '../../src/db/client.ts';
import { parkAbandonedSendings } from '../../src/engine/abandoned-sendings.ts';
import { advance } from '../../src/engine/advance.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { tick } from '../../src/engine/tick.ts';
import { startQueue } from '../../src/jobs/queue.ts';
import { testContext } from '../support/context.ts';

/**
 * One of the processes of `npm run test:races`: the program's queue, tick and engine on a database that it shares, until SIGTERM.
 * What reaches the world outside goes into tables of its own, each in a transaction of its own, as a server outside would keep it.
 */
const { DATABASE_URL: url, WORKER: name, LEASE_MS: lease } = process.env;
if (!url || !name || !lease) throw new Error('DATABASE_URL, WORKER and LEASE_MS are needed');
const database = await openDatabase({ engine: 'postgres', url, poolSize: 8 });
const CALL_MS = 400;
const said = (level: string) => (fields: Record<string, unknown>, message: string) =>
  console.error(`${name} ${level}: ${message} ${JSON.stringify(fields).slice(0, 600)}`);
const log = { debug() {}, info() {}, warn: said('warn'), error: said('error') };
const queue = await startQueue({
  jobs: database.jobs,
  backend: 'postgres',
  log,
  handlers: () => ({ advance: (job) => advance(ctx, job), deliver: (job) => deliver(ctx, job) }),
  onWake() {},
});
const { ctx } = await testContext(
  database,
  {
    clock: { now: () => new Date() },
    log,
    queue,
    settings: {
      publicUrl: 'https://mail.example.com',
      leaseMs: Number(lease),
      sendLeaseMs: Number(lease),
      approvalHoldsMs: 7 * 86_400_000,
      modelTokensPerDay: null,
    },
    mail: {
      open: async () => ({
        ok: true,
        session: {
          async send(_mail, messageId) {
            await database.db.execute(
              sql`insert into outside_mails (message_id, worker) values (${messageId}, ${name})`,
            );
            return { type: 'sent', answer: '250 ok' };
          },
          close() {},
        },
      }),
    },
    webhooks: {
      async post({ id }) {
        await database.db.execute(sql`insert into outside_calls (call_id, worker) values (${id}, ${name})`);
        // A server takes its time: whoever is stopped has calls under way, and wakes with answers to what others have done since.
        await new Promise((resolve) => setTimeout(resolve, CALL_MS));
        return { type: 'done' };
      },
    },
  },
  `${name} ${process.pid} ${Date.now()}`,
);

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
// Whoever started it is gone.
process.once('disconnect', () => process.exit(1));
await queue.work();
process.send?.('ready');
while (!stop.signal.aborted) {
  const claimed = (await tick(ctx)) + (await parkAbandonedSendings(ctx));
  if (claimed > 0) queue.wake();
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await queue.stop();
await database.close();
process.exit(0);
