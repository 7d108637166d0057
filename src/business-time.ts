/** Business time that can be moved, for the sandbox. Never runs backwards, also not when the machine's clock is set back. */
export type MovableClock = {
  now(): Date;
  jumpTo(at: Date): void;
  /** Stands still until `resume`; jumps still move it. */
  pause(): void;
  resume(): void;
  paused(): boolean;
};

/** The machine's time plus what was skipped, minus what it stood still. */
export function movableClock(machine: () => Date): MovableClock {
  let ahead = 0;
  let stoodAt: number | null = null;
  let latest = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    latest = Math.max(latest, stoodAt ?? machine().getTime() + ahead);
    return latest;
  };
  return {
    now: () => new Date(now()),
    jumpTo(at) {
      const target = Math.max(now(), at.getTime());
      if (stoodAt === null) ahead = target - machine().getTime();
      else stoodAt = target;
    },
    pause() {
      stoodAt ??= now();
    },
    resume() {
      if (stoodAt === null) return;
      ahead = stoodAt - machine().getTime();
      stoodAt = null;
    },
    paused: () => stoodAt !== null,
  };
}

/** A clock that moves by jumps alone: two runs over it see the same times. */
export function steppedClock(from: Date): { now(): Date; jumpTo(at: Date): void } {
  let now = from.getTime();
  return {
    now: () => new Date(now),
    jumpTo(at) {
      now = Math.max(now, at.getTime());
    },
  };
}
