import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../src/terminal/commands.ts';
import { earnFirstRung, standing } from '../engine/cell-fixtures.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

let database: TestDatabase;
let world: TestWorld;

beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database);
  await enrolled(world, testWorkflow(), []);
  await earnFirstRung(world.ctx);
});
afterAll(() => database.close());

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(['autonomy', ...args], {
    context: async () => world.ctx,
    cwd: '.',
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

const PLACE = 'whitepaper-nurture/first-mail';

test('show says where every step stands', async () => {
  const { exit, out } = await run('show');
  expect(exit).toBe(0);
  expect(out).toContain(`${PLACE}  email_draft, epoch 1
  stands     rung 1 of 5: the safest 36 % without asking, risk up to 0.3
  next       69 of about 110 clean checks needed.
  checked    50 % of what could go without asking
  automatic  0 of 0 in 7 days, 0 of 0 in 28
  changed    2026-03-10T12:00:00.000Z
`);
  expect(out).toContain('whitepaper-nurture/score  lead_score, epoch 1\n  stands     people decide everything');
});

test('show --json is for programs, and a name that is not there gets the one that was meant', async () => {
  const { out } = await run('show', 'whitepaper-nurture', '--json');
  expect(JSON.parse(out)).toMatchObject([{ address: PLACE, rung: 1, tau: 0.3 }, {}, {}]);
  expect(await run('show', 'whitepaper')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('Did you mean whitepaper-nurture?'),
  });
  expect((await run('show', 'a', 'b')).exit).toBe(2);
});

test('a step is steered from here too, and says who did it', async () => {
  expect(await run('cap', PLACE, '0.3', 'until', 'the', 'fair')).toEqual({
    exit: 0,
    out: `${PLACE}: Capped at risk 0.3 by the command line (until the fair): nothing above it is approved without asking.\n`,
    err: '',
  });
  expect((await standing(world.ctx)).cap).toMatchObject({ tau: 0.3, by: 'cli', reason: 'until the fair' });
  expect((await run('show')).out).toContain('next       Capped at risk 0.3 by the command line (until the fair).');
  expect(await run('restore', PLACE, '2', 'it is time')).toMatchObject({
    exit: 1,
    err: `${PLACE}: That is above its cap: lift the cap first. autonomy uncap ${PLACE} WHY\n`,
  });
});

test.for([
  [['cap', PLACE], 2, 'At which risk?'],
  [['freeze', PLACE], 2, 'Say why'],
  [['freeze', 'first-mai', 'x'], 1, `Did you mean ${PLACE}?`],
  [['freez', PLACE, 'x'], 2, 'Did you mean autonomy freeze?'],
  [['replay', '--vectors', 'nowhere.json'], 2, "nowhere.json can't be read"],
] as const)('%j exits with %i and says “%s”', async ([args, exit, words]) => {
  expect(await run(...args)).toMatchObject({ exit, err: expect.stringContaining(words) });
});

test('simulate runs the shipped policy', async () => {
  const { exit, out } = await run('simulate', '--scenario', 'good', '--runs', '2', '--decisions', '200', '--json');
  expect(exit).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ scenario: 'good', runs: 2 });
});

test('help is help', async () => {
  expect(await run('--help')).toMatchObject({ exit: 0, out: expect.stringContaining('autonomy replay [--json]') });
  expect((await run()).exit).toBe(2);
});

test('the replay of every log is what is stored, and a row that was changed by hand is found', async () => {
  expect(await run('replay')).toEqual({ exit: 0, out: `${PLACE}: 121 events, as stored\n`, err: '' });
  await database.db.execute(
    sql`update cells set standing = jsonb_set(standing, '{bands,0,losses}', '3') where step = 'first-mail'`,
  );
  const { exit, out } = await run('replay');
  expect(exit).toBe(1);
  expect(out).toMatch(
    /^whitepaper-nurture\/first-mail: 121 events, 1 DIFFERENCES\n {2}bands is stored as \[.*"losses":3.*, its replay gives /,
  );
  const { cells } = JSON.parse((await run('replay', '--json')).out) as { cells: Array<{ differences: object[] }> };
  expect(cells[0]?.differences).toHaveLength(1);
});
