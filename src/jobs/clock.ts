import { schedule, type ScheduledTask } from 'node-cron';
import type { Context, Log } from '../engine/context.ts';
import { clockJobs } from './table.ts';

export type Clock = {
  /** Runs the jobs of `names` soon, once, however often it is called meanwhile. */
  nudge(name: string): void;
  stop(): Promise<void>;
};

/** node-cron in UTC as a plain tick; a job that still runs is not started again beside itself. */
export function startClock(ctx: Context, log: Log): Clock {
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let stopped = false;
  const start = (name: string): void => {
    const job = clockJobs.find((candidate) => candidate.name === name);
    if (!job) throw new Error(`no clock job ${name}`);
    if (stopped) return;
    if (running.has(name)) {
      again.add(name);
      return;
    }
    const work = (async () => {
      try {
        await job.run(ctx);
      } catch (error) {
        log.error(
          { job: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
          'a clock job failed',
        );
      } finally {
        running.delete(name);
        if (again.delete(name)) start(name);
      }
    })();
    running.set(name, work);
  };
  const tasks: ScheduledTask[] = clockJobs.map(({ name, cron }) =>
    schedule(cron, () => (running.has(name) ? undefined : start(name)), { timezone: 'UTC', noOverlap: true, name }),
  );
  return {
    nudge: start,
    async stop() {
      stopped = true;
      for (const task of tasks) await task.destroy();
      await Promise.all(running.values());
    },
  };
}
