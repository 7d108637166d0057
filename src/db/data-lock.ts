import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Two processes on one embedded database lose data without a word, so the second is refused. */
export class DataDirectoryHeld extends Error {
  readonly pid: number;
  constructor(directory: string, pid: number) {
    super(
      `The embedded database in ${directory} is in use by process ${pid}. Stop that process first, or set DATABASE_URL to a PostgreSQL server, which several processes can share.`,
    );
    this.name = 'DataDirectoryHeld';
    this.pid = pid;
  }
}

type Holder = { pid: number; startedAt: string; token: string; socket: string | null };

/**
 * Path of the local socket on which the holder takes verbs from the command line. Systems refuse socket paths of more than
 * about 100 characters; a longer one goes to the temporary folder.
 */
export function commandSocketPath(directory: string): string {
  const full = resolve(directory);
  const name = `countersign-${createHash('sha256').update(full).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const path = join(full, 'command.sock');
  return path.length <= 100 ? path : join(tmpdir(), `${name}.sock`);
}

/**
 * Takes the lock file of a data directory (created when missing) and answers with the function that gives it back.
 * A file left by a dead process is taken over: by renaming it away first, so that only one of two newcomers succeeds.
 */
export async function lockDataDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'lock');
  const holder: Holder = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    token: randomUUID(),
    socket: commandSocketPath(directory),
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await claimPath(path, JSON.stringify(holder), holder.token)) {
      heldHere.add(holder.token);
      return async () => {
        heldHere.delete(holder.token);
        const now = await readHolder(path);
        if (now?.token === holder.token) await rm(path, { force: true });
      };
    }
    await removeIfDead(directory, path);
  }
  throw new DataDirectoryHeld(directory, (await readHolder(path))?.pid ?? 0);
}

/** Tokens of the locks this very process holds: in a container the dead one before us had our pid. */
const heldHere = new Set<string>();

/** Puts the whole file in place at once (a link to a finished one), so that nobody ever reads half of it. */
async function claimPath(path: string, content: string, token: string): Promise<boolean> {
  const draft = `${path}.${token}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Who holds the directory, or null. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** The running holder of a data directory, for the command line; null when nobody runs. */
export async function runningHolder(directory: string): Promise<{ pid: number; socket: string } | null> {
  const holder = await readHolder(join(directory, 'lock'));
  if (!holder || !alive(holder.pid)) return null;
  return { pid: holder.pid, socket: holder.socket ?? commandSocketPath(directory) };
}

async function removeIfDead(directory: string, path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder && (holder.pid === process.pid ? heldHere.has(holder.token) : alive(holder.pid)))
    throw new DataDirectoryHeld(directory, holder.pid);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return; // another newcomer was quicker; the next round sees its file
  }
  // What was renamed may be the file of a newcomer that took over in between: put it back.
  const moved = await readHolder(aside);
  if (moved && moved.token !== holder?.token) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
