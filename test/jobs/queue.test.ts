import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, transact } from '../../src/db/client.ts';
import type { Job, Log } from '../../src/engine/context.ts';
import { type Queue, startQueue } from '../../src/jobs/queue.ts';
import { engines, testDatabase, type TestDatabase } from '../support/database.ts';

describe.each(engines)('the job queue on %s', (engine) => {
  let database: TestDatabase;
  let queue: Queue;
  let done: string[];
  let errors: Array<Record<string, unknown>>;
  let fail: (id: string) => boolean;
  beforeAll(async () => {
    database = await testDatabase(engine);
    const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => void errors.push(fields) };
    const carryOut = (id: string) => {
      if (fail(id)) return Promise.reject(new Error(`could not do ${id}`));
      done.push(id);
      return Promise.resolve();
    };
    queue = await startQueue({
      jobs: database.jobs,
      backend: engine,
      log,
      handlers: () => ({ advance: (job) => carryOut(job.enrollmentId), deliver: (job) => carryOut(job.messageId) }),
      onWake: () => {},
    });
  });
  beforeEach(() => {
    done = [];
    errors = [];
    fail = () => false;
  });
  afterAll(async () => {
    await queue.stop();
    await database.close();
  });
  const send = (...jobs: Job[]) => transact(database.db, (tx) => queue.send(tx, jobs));

  test('jobs come with the commit that sent them, each once, in the order of their ids', async () => {
    await send({ name: 'advance', enrollmentId: 'b', version: 1 }, { name: 'advance', enrollmentId: 'a', version: 1 });
    await send({ name: 'deliver', messageId: 'm', version: 1 });
    expect(await queue.drain()).toBe(3);
    expect(done).toEqual(['a', 'b', 'm']);
    expect(await queue.drain()).toBe(0);
  });

  test('a rollback takes its jobs along', async () => {
    const rolledBack = transact(database.db, async (tx) => {
      await queue.send(tx, [{ name: 'advance', enrollmentId: 'never', version: 1 }]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await queue.drain()).toBe(0);
  });

  test('a job that throws is logged once with its id, is not tried again, and stops no other', async () => {
    fail = (id) => id === 'poison';
    await send(...['a', 'poison', 'z'].map((id): Job => ({ name: 'deliver', messageId: id, version: 1 })));
    expect(await queue.drain()).toBe(3);
    expect(done).toEqual(['a', 'z']);
    expect(errors).toMatchObject([
      { job: 'deliver', id: 'poison', error: expect.stringContaining('could not do poison') },
    ]);
    expect(await queue.drain()).toBe(0);
  });
});

test('processes that start at the same moment on a new database all get their queue, and jobs go through it', async () => {
  const database = await testDatabase('postgres');
  const errors: unknown[] = [];
  const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => void errors.push(fields) };
  const done: string[] = [];
  const others = await Promise.all(
    Array.from({ length: 5 }, () => openDatabase({ engine: 'postgres', url: database.url ?? '' })),
  );
  const started = await Promise.allSettled(
    [database, ...others].map(({ jobs }) =>
      startQueue({
        jobs,
        backend: 'postgres',
        log,
        handlers: () => ({
          advance: async (job) => void done.push(job.enrollmentId),
          deliver: async (job) => void done.push(job.messageId),
        }),
        onWake: () => {},
      }),
    ),
  );
  const queues = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    expect(started.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
    for (const [i, queue] of queues.entries())
      await transact(database.db, (tx) => queue.send(tx, [{ name: 'advance', enrollmentId: `e${i}`, version: 1 }]));
    await queues.at(-1)?.drain();
    expect(done.toSorted()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5']);
    expect(errors).toEqual([]);
  } finally {
    for (const queue of queues) await queue.stop();
    for (const other of others) await other.close();
    await database.close();
  }
});
