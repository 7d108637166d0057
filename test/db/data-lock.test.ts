import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataDirectoryHeld, lockDataDirectory, runningHolder } from '../../src/db/data-lock.ts';

const lockFile = new URL('../../src/db/data-lock.ts', import.meta.url).href;

describe('the lock of an embedded database', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** A process of its own that takes the lock and stays until it is killed. */
  const holder = async () => {
    const code = `import(${JSON.stringify(lockFile)}).then(async (m) => { await m.lockDataDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    return {
      pid: child.pid,
      kill: () =>
        new Promise<void>((resolve) => {
          child.once('exit', () => resolve());
          child.kill('SIGKILL');
        }),
    };
  };

  test('a second process is refused and told who holds it; when that one is killed its lock is taken over', async () => {
    const other = await holder();
    try {
      const refused: unknown = await lockDataDirectory(directory).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(DataDirectoryHeld);
      expect(refused).toMatchObject({ pid: other.pid, message: expect.stringContaining(`process ${other.pid}`) });
      expect(await runningHolder(directory)).toMatchObject({ pid: other.pid });
    } finally {
      await other.kill();
    }
    expect(await runningHolder(directory)).toBeNull();
    const release = await lockDataDirectory(directory);
    expect(await runningHolder(directory)).toMatchObject({ pid: process.pid });
    await release();
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });

  test('the same process can’t open it twice either', async () => {
    const release = await lockDataDirectory(directory);
    await expect(lockDataDirectory(directory)).rejects.toThrow(DataDirectoryHeld);
    await release();
    await (await lockDataDirectory(directory))();
  });

  test('of many that find a dead holder’s lock one takes it, and nothing is left lying about', async () => {
    const dead = await holder();
    await dead.kill();
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDirectory(directory)));
    const won = taken.filter((result) => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['lock']);
    for (const result of won) await result.value();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a file that is no lock, or the lock of a dead process with our own pid, is taken over', async () => {
    writeFileSync(join(directory, 'lock'), '{"pid": 12');
    await (await lockDataDirectory(directory))();
    writeFileSync(
      join(directory, 'lock'),
      JSON.stringify({ pid: process.pid, startedAt: '', token: 'of another life', socket: null }),
    );
    const release = await lockDataDirectory(directory);
    expect(readFileSync(join(directory, 'lock'), 'utf8')).not.toContain('of another life');
    await release();
  });

  test('who gives back a lock that was taken over meanwhile takes nothing away', async () => {
    const release = await lockDataDirectory(directory);
    const theirs = JSON.stringify({ pid: process.pid, startedAt: '', token: 'theirs', socket: null });
    writeFileSync(join(directory, 'lock'), theirs);
    await release();
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(theirs);
  });
});
