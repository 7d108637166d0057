import type { People } from './people.ts';

const LOOK_EVERY_MS = 1_000;

/** Lets people act when their time has come, while nobody moves the clock. Returns the way to stop. */
export function keepActing(people: People, now: () => number, moving: () => boolean): () => Promise<void> {
  let acting: Promise<unknown> = Promise.resolve();
  let busy = false;
  const look = async (): Promise<void> => {
    const due = people.nextDue();
    if (busy || moving() || due === null || due > now()) return;
    busy = true;
    try {
      await people.act(now());
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    acting = look();
  }, LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await acting;
  };
}
