import type { SlackWorkspace } from '../slack/workspace.ts';

/**
 * Slack stamps messages with the machine's clock, which never moves; the page shows business time, which can. This
 * notes the business time at which each message appeared, so that one from last (simulated) week reads as last week.
 */
export type BusinessTime = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** To be called whenever something changed in the workspace. */
  noteNew: (workspace: SlackWorkspace) => void;
  /** When the message with this timestamp or ephemeral id appeared. */
  of: (id: string, ts: string) => number;
};

export function createBusinessTime(now: () => number): BusinessTime {
  const appeared = new Map<string, number>();
  // New ones stand at the end, so looking stops at the first that is known: a long channel costs no more than a short one.
  const note = <T>(shown: readonly T[], idOf: (message: T) => string): void => {
    for (let index = shown.length - 1; index >= 0; index -= 1) {
      const message = shown[index];
      const id = message === undefined ? '' : idOf(message);
      if (appeared.has(id)) return;
      appeared.set(id, now());
    }
  };
  return {
    now,
    noteNew: (workspace) => {
      for (const channel of workspace.channels()) note(workspace.messages(channel.id), ({ ts }) => ts);
      for (const user of workspace.users()) note(workspace.ephemerals(user.id), ({ id }) => id);
    },
    of: (id, ts) => appeared.get(id) ?? Number(ts) * 1000,
  };
}
