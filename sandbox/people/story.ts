export type Told = { at: number; who: string; what: string };

export type Story = {
  tell(who: string, what: string): void;
  /** Newest last, at most 500. */
  told(): Told[];
};

const KEPT = 500;

export function createStory(now: () => number): Story {
  const told: Told[] = [];
  return {
    tell: (who, what) => {
      told.push({ at: now(), who, what });
      if (told.length > 2 * KEPT) told.splice(0, told.length - KEPT);
    },
    told: () => told.slice(-KEPT),
  };
}

/** What went wrong, in one line for the story. */
export function trouble(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
