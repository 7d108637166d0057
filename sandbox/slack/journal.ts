import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { JournalEntry } from './workspace.ts';

/** Calls and deliveries, newest kept in memory, all of them on disk where a path is given. */
export type Journal = {
  /** `durable`: on disk before this returns, so that it is known even if everything dies now. */
  write: (entry: JournalEntry, durable: boolean) => void;
  entries: () => JournalEntry[];
  close: () => void;
};

const KEPT_IN_MEMORY = 2_500;

export function createJournal(path: string | undefined): Journal {
  const file = path === undefined ? null : openSync(path, 'a');
  const entries: JournalEntry[] = [];
  let open = true;
  return {
    write: (entry, durable) => {
      entries.push(entry);
      if (entries.length > 2 * KEPT_IN_MEMORY) entries.splice(0, entries.length - KEPT_IN_MEMORY);
      if (file === null || !open) return;
      writeSync(file, `${JSON.stringify(entry)}\n`);
      if (durable) fsyncSync(file);
    },
    entries: () => [...entries],
    close: () => {
      if (file !== null && open) closeSync(file);
      open = false;
    },
  };
}
