/** Counts work in flight, and lets a stop wait for it: neither transport of Bolt does. */
export type Drain = {
  /** @throws Stopping once a stop has begun: what Slack hears is a failure, so the person tries again. */
  run<T>(work: () => Promise<T>): Promise<T>;
  inFlight(): number;
  /** Refuses new work and waits for the old; answers whether it all ended within `patienceMs` (machine time). */
  stop(patienceMs: number): Promise<boolean>;
};

export class Stopping extends Error {
  override name = 'Stopping';
}

export function createDrain(): Drain {
  let running = 0;
  let stopping = false;
  const waiting = new Set<() => void>();
  const finished = (): void => {
    running -= 1;
    if (running === 0) for (const wake of waiting) wake();
  };
  return {
    async run(work) {
      if (stopping) throw new Stopping('the program is stopping');
      running += 1;
      try {
        return await work();
      } finally {
        finished();
      }
    },
    inFlight: () => running,
    async stop(patienceMs) {
      stopping = true;
      if (running === 0) return true;
      return new Promise((resolve) => {
        const done = (empty: boolean) => (): void => {
          clearTimeout(timer);
          waiting.delete(idle);
          resolve(empty);
        };
        const idle = done(true);
        const timer = setTimeout(done(false), patienceMs);
        waiting.add(idle);
      });
    },
  };
}
