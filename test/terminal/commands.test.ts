import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandSocketPath } from '../../src/db/data-lock.ts';
import { sendCommand, startCommandSocket } from '../../src/terminal/command-socket.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

let database: TestDatabase;
let world: TestWorld;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database);
  await enrolled(world, testWorkflow(), [{ email: 'lee@acme.example' }]);
  await world.drain();
  folder = await mkdtemp(join(tmpdir(), 'countersign-terminal-'));
  close = await startCommandSocket(world.ctx, folder);
});
afterAll(async () => {
  await close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await sendCommand(
    commandSocketPath(folder),
    { args, cwd: folder },
    { out: (text) => void (said.out += text), err: (text) => void (said.err += text) },
  );
  return { exit, ...said };
}

test('a command is carried out by the process that holds the database', async () => {
  expect(await run('workflow', 'status')).toMatchObject({
    exit: 0,
    out: expect.stringContaining('whitepaper-nurture  version 1, active'),
  });
});

test('the audit chain is verified, and its length said', async () => {
  expect(await run('audit', 'verify')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^The audit chain holds: \d+ rows/),
  });
});

test('pausing twice says that it was paused already, and resuming undoes it', async () => {
  expect((await run('workflow', 'pause', 'all')).out).toBe('all is paused now.\n');
  expect((await run('workflow', 'pause', 'all')).out).toBe('all was paused already.\n');
  expect((await run('workflow', 'status')).out).toContain('EVERYTHING IS PAUSED');
  expect((await run('workflow', 'resume', 'all')).out).toBe('all is running now.\n');
});

test('a name that is not there is answered with those that are', async () => {
  expect(await run('workflow', 'pause', 'whitepaper')).toMatchObject({
    exit: 1,
    err: 'There is no workflow “whitepaper”. There is: whitepaper-nurture.\n',
  });
});

test('what is not a command is answered with all that are', async () => {
  expect(await run('lead', 'import')).toMatchObject({ exit: 2, err: expect.stringContaining('leads import FILE.csv') });
});

test('a file that is not there is an error in words, and the process lives on', async () => {
  expect(await run('leads', 'import', 'nowhere.csv')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('nowhere.csv'),
  });
  expect((await run('audit', 'verify')).exit).toBe(0);
});
