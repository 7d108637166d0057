import { randomBytes } from 'node:crypto';
import type { Ids } from './engine/context.ts';

/**
 * UUIDs of version 7: milliseconds, then a counter, then random bits, so that ids made in one process ascend. `bytes` is the
 * source of chance; with a seeded one and a given clock the same run makes the same ids.
 */
export function createIds(now: () => Date, bytes: (size: number) => Buffer = randomBytes): Ids {
  let last = 0;
  let counter = 0;
  return {
    id() {
      const time = Math.max(now().getTime(), last);
      counter = time === last ? counter + 1 : 0;
      last = time;
      if (counter > 0xfff) {
        last += 1;
        counter = 0;
      }
      const raw = bytes(16);
      raw.writeUIntBE(last, 0, 6);
      raw.writeUInt16BE(0x7000 | counter, 6);
      raw.writeUInt8(0x80 | (raw.readUInt8(8) & 0x3f), 8);
      const hex = raw.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    token: () => bytes(16).toString('base64url'),
  };
}
