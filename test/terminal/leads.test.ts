import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { importBatches, leads } from '../../src/db/schema.ts';
import { leadsCommand } from '../../src/terminal/leads.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let world: TestWorld;
let cwd: string;
beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database, { machine: { now: () => new Date('2026-03-10T12:00:00Z') } });
});
afterAll(() => database.close());
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'leads-'));
});
afterEach(() => rm(cwd, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await leadsCommand(args, {
    context: async () => world.ctx,
    cwd,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { code, ...said };
}

const bad = 'email,Plan\nana@terminal.example,Pro\nbo(at)terminal,=1+1\n';

test('says what was imported, what was rejected and why, and what happens next', async () => {
  await writeFile(join(cwd, 'spring.csv'), bad);
  const { code, out } = await run('spring.csv', '--source', 'Fair');
  expect(code).toBe(0);
  expect(out.replace(cwd, 'FOLDER')).toMatchInlineSnapshot(`
    "Imported spring.csv: 2 rows in 0.0 s

      Columns
        email       ← email
        1 further column: Plan

      Created 1 · merged 0 · unchanged 0 · rejected 1

      Rejected
        line 3, column "email": "bo(at)terminal" has no single @ — write it as name@company.com, or remove the row
        All of them are in FOLDER/spring.rejects.csv: correct it and import it.

      No lead was enrolled: no workflow asks for leads of this source (see “trigger” in workflows/, and --source).
    "
  `);
  const rejects = join(cwd, 'spring.rejects.csv');
  expect(await readFile(rejects, 'utf8')).toBe(
    `\ufeffemail,Plan,import_line,import_problem\r\nbo(at)terminal,'=1+1,3,"line 3, column ""email"": ""bo(at)terminal"" has no single @ — write it as name@company.com, or remove the row"\r\n`,
  );
  expect((await stat(rejects)).mode & 0o777).toBe(0o600);
});

test('a rejects file that somebody may be correcting is never written over', async () => {
  await writeFile(join(cwd, 'spring.csv'), bad);
  await writeFile(join(cwd, 'spring.rejects.csv'), 'half corrected');
  await run('spring.csv');
  expect((await readdir(cwd)).toSorted()).toEqual(['spring.csv', 'spring.rejects-2.csv', 'spring.rejects.csv']);
  expect(await readFile(join(cwd, 'spring.rejects.csv'), 'utf8')).toBe('half corrected');
});

test('a dry run writes neither rows nor files', async () => {
  const before = [await database.db.$count(leads), await database.db.$count(importBatches)];
  await writeFile(join(cwd, 'dry.csv'), 'email\nnew@dry.example\nbad\n');
  const { code, out } = await run('dry.csv', '--dry-run');
  expect(code).toBe(0);
  expect(out).toMatch(/Would be created 1 .* rejected 1/);
  expect(out).toMatch(/Nothing was written\. Run it without --dry-run to import\./);
  expect(await readdir(cwd)).toEqual(['dry.csv']);
  expect([await database.db.$count(leads), await database.db.$count(importBatches)]).toEqual(before);
});

test('an address is made from a column', async () => {
  await writeFile(join(cwd, 'crm.csv'), 'Prospect ID,City\n7927b2df,Ulm\n');
  const { out } = await run('crm.csv', '--map', 'email={Prospect ID}@example.com', '--by', 'U0ANA');
  expect(out).toMatch(/email {7}← {Prospect ID}@example.com/);
});

test.for<[string, string[], string | null, RegExp]>([
  ['no file', [], null, /Which file\?/],
  ['two files', ['a.csv', 'b.csv'], null, /One file at a time; not understood: b.csv/],
  ['an option that is none', ['a.csv', '--sauce', 'x'], null, /--sauce/],
  ['a person’s name where an id belongs', ['a.csv', '--by', 'Ana Müller'], null, /--by takes an id such as U0ANA/],
])('%s is not understood', async ([, args, , words]) => {
  expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) });
});

test.for<[string, string[], string | null, RegExp]>([
  ['a file that is not there', ['none.csv'], null, /There is no file none.csv.\nNothing was imported.\n/],
  ['a folder', ['.'], null, /\. is a folder, not a file\./],
  [
    'a field that leads do not have',
    ['x.csv', '--map', 'mail=email'],
    'email\na@b.de\n',
    /field “mail” .* fields are: email, first_name/,
  ],
  [
    'a column that the file does not have',
    ['x.csv', '--map', 'email=Mial'],
    'email\na@b.de\n',
    /column “Mial” .* its columns are: email/,
  ],
])('%s is told, and nothing is imported', async ([, args, content, words]) => {
  if (content !== null) await writeFile(join(cwd, 'x.csv'), content);
  expect(await run(...args)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(words) });
});

test('help tells the rule for duplicates and the way to map columns, and needs no database', async () => {
  let out = '';
  const code = await leadsCommand(['--help'], {
    context: () => Promise.reject(new Error('opened')),
    cwd,
    out: (text) => void (out += text),
    err() {},
  });
  expect(code).toBe(0);
  expect(out).toMatch(
    /--map FIELD=COLUMN[^]*email={Prospect ID}@example\.com[^]*same address, ignoring case, is one lead/,
  );
});
