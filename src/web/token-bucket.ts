import { isIPv6 } from 'node:net';
import type { Rate } from './route.ts';

export type TokenBuckets = {
  /** 0 when the request may go on, else after how many seconds it may be tried again. `nowMs`: machine time. */
  take(address: string, nowMs: number): number;
};

/** At most so many addresses are remembered: an attacker with many must not fill the memory. */
const REMEMBERED = 10_000;

/** In the memory of this process: it wards off floods, it counts nothing that has to be exact. */
export function createTokenBuckets(rate: Rate): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (address, nowMs) => {
      const key = network(address);
      const known = buckets.get(key);
      const earned = known ? (Math.max(0, nowMs - known.at) / 1000) * rate.perSecond : 0;
      const tokens = known ? Math.min(rate.burst, known.tokens + earned) : rate.burst;
      // Taken out and put back, so that the first in the map is the one not seen for longest.
      buckets.delete(key);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: nowMs });
      if (buckets.size > REMEMBERED) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / rate.perSecond));
    },
  };
}

/** Whoever has one IPv6 address has 2^64 of them: those count as one. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
  return `${groups.slice(0, 4).join(':')}::/64`;
}
