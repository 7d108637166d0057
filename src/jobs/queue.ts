import { sql } from 'drizzle-orm';
import { type Db as JobDatabase, fromDrizzle, PgBoss } from 'pg-boss';
import type { Job, JobQueue, Log } from '../engine/context.ts';

const names = ['advance', 'deliver'] as const satisfies readonly Job['name'][];
type Name = Job['name'];

/** How many jobs of a name run side by side in this process. Drafts wait for a model, mails for a server. */
const CONCURRENCY: Record<Name, number> = { advance: 4, deliver: 3 };

const NO_JOB = '00000000-0000-0000-0000-000000000000';

export type JobHandlers = { [N in Name]: (job: Extract<Job, { name: N }>) => Promise<void> };

export type Queue = JobQueue & {
  /** Takes jobs as they come, until `stop`. */
  work(): Promise<void>;
  /** Runs what is queued now, one after the other in order of ids, and answers with how many ran. */
  drain(): Promise<number>;
  /** Takes no more jobs and waits for those that run. */
  stop(): Promise<void>;
};

export type QueueOptions = {
  jobs: JobDatabase;
  backend: 'pglite' | 'postgres';
  log: Log;
  handlers: () => JobHandlers;
  /** Called after a commit that made something due. */
  onWake: () => void;
};

/**
 * pg-boss over the same database. Jobs are hands: no retries of its own (the row's lease runs out and the next tick sends a
 * new one), no business time, nothing kept for long.
 */
export async function startQueue(options: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    db: options.jobs,
    backend: options.backend,
    schema: 'jobs',
    schedule: false,
    persistWarnings: false,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => options.log.error({ error: String(error) }, 'the job store reports an error'));
  await boss.start();
  for (const name of names) {
    await boss.createQueue(name, {
      retryLimit: 0,
      deleteAfterSeconds: 3600,
      retentionSeconds: 86_400,
      expireInSeconds: 300,
    });
    // A send inside a transaction would wait for ever on PGlite if the queue had to be looked up first: asking for a job that
    // is not there puts the queue into the store's cache.
    await boss.getJobById(name, NO_JOB);
  }
  const running = new Set<Promise<void>>();
  const workers: string[] = [];

  const run = async (job: Job): Promise<void> => {
    try {
      const handlers = options.handlers();
      if (job.name === 'advance') await handlers.advance(job);
      else await handlers.deliver(job);
    } catch (error) {
      // The edge of the job runner: logged once; the row's lease brings the work back.
      options.log.error(
        {
          job: job.name,
          id: idOf(job),
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
        'a job failed',
      );
    }
  };
  const track = async (work: Promise<void>): Promise<void> => {
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  };

  return {
    async send(tx, jobs) {
      const db = fromDrizzle(tx as unknown as Parameters<typeof fromDrizzle>[0], sql);
      for (const name of names) {
        const mine = jobs.filter((job) => job.name === name);
        if (mine.length > 0)
          await boss.insert(
            name,
            mine.map((data) => ({ data })),
            { db },
          );
      }
    },
    wake() {
      options.onWake();
      for (const worker of workers) boss.notifyWorker(worker);
    },
    async work() {
      for (const name of names)
        for (let i = 0; i < CONCURRENCY[name]; i++)
          workers.push(
            await boss.work<Job>(
              name,
              { pollingIntervalSeconds: 1, batchSize: 5, burstWhenBatchFull: true },
              async (batch) => {
                for (const { data } of batch) await track(run(data));
              },
            ),
          );
    },
    async drain() {
      let ran = 0;
      for (const name of names) {
        const fetched = await boss.fetch<Job>(name, { batchSize: 1000 });
        for (const { data } of fetched.toSorted((a, b) => (idOf(a.data) < idOf(b.data) ? -1 : 1)))
          await track(run(data));
        if (fetched.length > 0)
          await boss.complete(
            name,
            fetched.map(({ id }) => id),
          );
        ran += fetched.length;
      }
      await Promise.all(running);
      return ran;
    },
    async stop() {
      for (const name of names) await boss.offWork(name, { wait: true });
      await Promise.all(running);
      await boss.stop({ graceful: true, close: false, timeout: 10_000 });
    },
  };
}

function idOf(job: Job): string {
  return job.name === 'advance' ? job.enrollmentId : job.messageId;
}
