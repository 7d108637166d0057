import { createHash } from 'node:crypto';

/** Bytes that follow from a seed: SHA-256 of seed and block number, block after block. */
export function seededBytes(seed: string): (size: number) => Buffer {
  let block = 0;
  return (size) => {
    const parts: Buffer[] = [];
    for (let have = 0; have < size; have += 32) parts.push(createHash('sha256').update(`${seed}:${block++}`).digest());
    return Buffer.concat(parts).subarray(0, size);
  };
}
