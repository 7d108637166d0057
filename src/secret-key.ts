import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './engine/context.ts';

/** The secret of this installation, made once and kept beside the data with rights for its owner only. */
export async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret');
  await mkdir(dataDir, { recursive: true });
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    const secret = randomBytes(32).toString('hex');
    await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return secret;
  }
}

/** Several keys from one secret, so that none gives away another. */
export function keysFrom(secretKey: string): Context['secrets'] {
  const derive = (label: string) => createHmac('sha256', secretKey).update(label).digest('hex');
  return { addressKey: derive('address-hash'), coin: derive('spot-check-coin'), linkKey: derive('tracked-links') };
}
