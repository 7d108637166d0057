import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../src/terminal/commands.ts';
import { standsAlone } from '../../src/terminal/standalone.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

let database: TestDatabase;
let world: TestWorld;
const folder = mkdtempSync(join(tmpdir(), 'maps-'));
const shipped = new URL('../../workflows/trial-onboarding.yaml', import.meta.url).pathname;

beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database);
  await enrolled(world, testWorkflow(), [
    { email: 'one@acme.example', company: 'Acme' },
    { email: 'two@acme.example' },
  ]);
  await world.drain();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.close();
});

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(['workflow', ...args], {
    context: async () => world.ctx,
    cwd: folder,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

const NAME = 'whitepaper-nurture';

test('list and show say what there is and what goes on in it', async () => {
  expect((await run('list')).out).toContain(`${NAME}  version 1, active\n`);
  const { exit, out } = await run('show', NAME);
  expect(exit).toBe(0);
  expect(out).toContain('2 leads under way, 0 went through, 0 left early');
  expect(out).toContain('  1. score  Score the lead  [AI decision]  <- most wait for people here\n');
  expect(out).toContain('     2 here, 2 waiting for people (oldest 0 s)');
});

test('leads says who is where', async () => {
  const { exit, out } = await run('leads', NAME, 'score');
  expect(exit).toBe(0);
  expect(out).toMatch(
    /^whitepaper-nurture, score: 2 leads under way\n {2}one@acme\.example {2}score {2}waits for people/,
  );
});

test('why, enroll and remove work by hand on one lead', async () => {
  expect((await run('why', 'one@acme.example')).out).toContain('Enrolled in whitepaper-nurture, version 1');
  expect(await run('remove', NAME, 'two@acme.example', 'left', 'the', 'firm')).toMatchObject({
    exit: 0,
    out: 'Removed two@acme.example from whitepaper-nurture; it was at score. Its card was withdrawn.\n',
  });
  expect((await run('why', 'two@acme.example')).out).toContain(
    'Left whitepaper-nurture: removed by hand: left the firm.',
  );
  expect(await run('enroll', NAME, 'two@acme.example')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('To enroll it all the same: --again'),
  });
  expect(await run('enroll', NAME, 'two@acme.example', '--again')).toMatchObject({ exit: 0 });
});

test('map writes the picture of a published workflow, or of a file without a database', async () => {
  expect(await run('map', NAME, '--svg', 'm.svg', '--png', 'm.png')).toEqual({
    exit: 0,
    out: 'm.svg\nm.png\n',
    err: '',
  });
  expect(readFileSync(join(folder, 'm.svg'), 'utf8')).toContain('aria-label="Map of the workflow whitepaper-nurture"');
  expect(readFileSync(join(folder, 'm.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(standsAlone(['workflow', 'map', shipped])).toBe(true);
  expect(standsAlone(['workflow', 'map', NAME])).toBe(false);
  const { exit, out } = await run('map', shipped);
  expect(exit).toBe(0);
  expect(out).toContain('Map of the workflow trial-onboarding.');
});

test.for([
  [['show'], 2, 'workflow show NAME'],
  [['show', 'whitepaper'], 1, 'Did you mean whitepaper-nurture?'],
  [['leads', NAME, 'scor'], 1, 'Did you mean score?'],
  [['leads', NAME, '--page', 'x'], 2, 'workflow leads NAME [STEP] [--page N]'],
  [['why', 'nobody@acme.example'], 1, 'There is no lead with the address nobody@acme.example.'],
  [['map', 'nowhere.yaml'], 1, 'nowhere.yaml can’t be read'],
  [['map', NAME, '--png'], 2, 'workflow map NAME|FILE.yaml'],
  [['map', NAME, '--png', 'no/such/folder.png'], 1, 'no/such/folder.png could not be written'],
] as const)('%j exits with %i and says “%s”', async ([args, exit, words]) => {
  expect(await run(...args)).toMatchObject({ exit, err: expect.stringContaining(words) });
});
