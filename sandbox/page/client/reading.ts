import type { ChannelSummary } from './content.ts';

/** Up to where each person has read each channel, kept in this browser. */
const KEY = 'sandbox-read';

type Read = Record<string, string>;

function load(): Read {
  try {
    const kept: Read = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return kept;
  } catch {
    return {};
  }
}

const read: Read = load();

export function markRead(person: string, channel: string, ts: string | undefined): void {
  if (ts === undefined || read[`${person}/${channel}`] === ts) return;
  read[`${person}/${channel}`] = ts;
  localStorage.setItem(KEY, JSON.stringify(read));
}

export function unread(person: string, channel: ChannelSummary): number {
  // A sandbox that was started anew has earlier timestamps in no channel; what was read of the old one does not count.
  const upTo = Number(read[`${person}/${channel.id}`] ?? 0);
  return channel.recent.filter((ts) => Number(ts) > upTo).length;
}
