import type { PostedMessage } from './workspace.ts';

/** The messages of one channel, found by their timestamps. A year of them must cost no more a look than a day. */
export type ChannelLog = {
  /** Oldest first; changed in place. */
  readonly messages: readonly PostedMessage[];
  /** Newest of all: timestamps never go back in a channel. */
  add: (message: PostedMessage) => void;
  remove: (message: PostedMessage) => void;
  find: (ts: string) => PostedMessage | null;
  /** Oldest first, without the message that they hang on. */
  replies: (threadTs: string) => readonly PostedMessage[];
  /** Index of the first message that is not older than `seconds`. */
  from: (seconds: number) => number;
};

export const isReply = ({ ts, thread_ts: thread }: PostedMessage): boolean => thread !== undefined && thread !== ts;

const NONE: readonly PostedMessage[] = [];

/** Index of the first message whose time is at least `seconds`. Six digits after the point fit a double until 2255. */
function firstFrom(messages: readonly PostedMessage[], seconds: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Number(messages[middle]?.ts) < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

function removeFrom(messages: PostedMessage[], message: PostedMessage): void {
  const index = firstFrom(messages, Number(message.ts));
  if (messages[index] === message) messages.splice(index, 1);
}

export function createChannelLog(): ChannelLog {
  const messages: PostedMessage[] = [];
  const byTs = new Map<string, PostedMessage>();
  const threads = new Map<string, PostedMessage[]>();
  return {
    messages,
    add: (message) => {
      messages.push(message);
      byTs.set(message.ts, message);
      if (message.thread_ts === undefined || !isReply(message)) return;
      const thread = threads.get(message.thread_ts);
      if (thread === undefined) threads.set(message.thread_ts, [message]);
      else thread.push(message);
    },
    remove: (message) => {
      byTs.delete(message.ts);
      removeFrom(messages, message);
      const thread = threads.get(message.thread_ts ?? '');
      if (thread !== undefined && isReply(message)) removeFrom(thread, message);
    },
    find: (ts) => byTs.get(ts) ?? null,
    replies: (threadTs) => threads.get(threadTs) ?? NONE,
    from: (seconds) => firstFrom(messages, seconds),
  };
}
