import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** Who may import whom. A room may always import itself. Files that stand at the top of `src` wire the program. */
const ALLOWED: Record<string, readonly string[]> = {
  core: [],
  db: ['core'],
  ai: ['core'],
  email: ['core'],
  engine: ['core', 'db'],
  slack: ['core', 'engine'],
  web: ['core', 'engine', 'email'],
  jobs: ['engine'],
  terminal: ['core', 'db', 'engine', 'pictures'],
  pictures: ['core'],
  '.': ['core', 'db', 'ai', 'email', 'engine', 'slack', 'web', 'jobs', 'terminal', 'pictures'],
};

/** What the pure core may use from outside: small, pure, no I/O. `node:crypto` and `node:url` for hashes and host names only. */
const CORE_PACKAGES = ['zod', 'yaml', 'croner', 'disposable-email-domains-js', 'node:crypto', 'node:url'];
/** Rooms without clock, chance, waiting or I/O. */
const PURE = ['src/core', 'src/slack/cards', 'src/slack/views', 'src/slack/messages', 'src/ai/prompts'];

type Import = { file: string; room: string; target: string; typeOnly: boolean };

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\s\S]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function roomOf(file: string): string {
  const [first, second] = relative(src, file).split('/');
  return second === undefined ? '.' : (first ?? '.');
}

function importsOf(folder: string): Import[] {
  return files(folder).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => {
      const target = match[2] ?? match[3] ?? '';
      return {
        file: relative(root, file),
        room: roomOf(file),
        target: target.startsWith('.') ? relative(root, resolve(dirname(file), target)) : target,
        typeOnly: match[1] !== undefined,
      };
    }),
  );
}

const all = importsOf(src);

describe('the architecture', () => {
  test('has a rule for every room', () => {
    const rooms = readdirSync(src, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(rooms.filter((room) => !(room in ALLOWED))).toEqual([]);
  });

  test('lets a room import only what its rule names', () => {
    const wrong = all.filter(({ room, target }) => {
      if (!target.startsWith('src/')) return false;
      const to = roomOf(join(root, target));
      return to !== room && !(ALLOWED[room] ?? []).includes(to);
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('lets nothing but start.ts and the simulation see the sandbox, and the sandbox see nothing of src', () => {
    const seeing = all.filter(({ target }) => target.startsWith('sandbox/')).map(({ file }) => file);
    expect([...new Set(seeing)].toSorted()).toEqual(['src/simulation.ts', 'src/start.ts']);
    const back = importsOf(join(root, 'sandbox')).filter(({ target }) => target.startsWith('src/'));
    expect(back.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('keeps packages with I/O out of the core', () => {
    const wrong = all.filter(
      ({ room, target }) => room === 'core' && !target.startsWith('src/') && !CORE_PACKAGES.includes(target),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('keeps tables behind engine and db', () => {
    const wrong = all.filter(({ room, target }) => target === 'src/db/schema.ts' && !['db', 'engine'].includes(room));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test('reads the environment in the configuration alone', () => {
    const readers = files(src)
      .filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    expect(readers.toSorted()).toEqual(['src/cli.ts', 'src/simulate.ts', 'src/start.ts']);
  });

  test.for(PURE)('keeps clock, chance and waiting out of %s', (folder) => {
    const impure = /\bawait\b|\basync\b|Date\.now\(|new Date\(\)|Math\.random\(|setTimeout|randomUUID|randomBytes/;
    const wrong = files(join(root, folder)).filter((file) => impure.test(withoutComments(readFileSync(file, 'utf8'))));
    expect(wrong.map((file) => relative(root, file))).toEqual([]);
  });

  test('has no grab-bag rooms or files', () => {
    const names = /(?:^|[/-])(?:utils?|helpers?|common|shared|lib|manager|service|processor|misc)(?:\.ts|\/|-|$)/;
    const found = [...files(src), ...files(join(root, 'sandbox'))]
      .map((file) => relative(root, file))
      .filter((file) => names.test(file));
    expect(found).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
