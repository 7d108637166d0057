/** Business time that can be moved, for the sandbox: the machine's time plus what was skipped. Never runs backwards. */
export type MovableClock = { now(): Date; jumpTo(at: Date): void };

export function movableClock(machine: () => Date): MovableClock {
  let skipped = 0;
  return {
    now: () => new Date(machine().getTime() + skipped),
    jumpTo(at) {
      skipped = Math.max(skipped, at.getTime() - machine().getTime());
    },
  };
}
