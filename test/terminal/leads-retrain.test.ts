import { afterAll, beforeAll, expect, test } from 'vitest';
import { leadScoreModels } from '../../src/db/schema.ts';
import { runCommand } from '../../src/terminal/commands.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let world: TestWorld;
beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database);
});
afterAll(() => database.close());

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(['leads', 'retrain', ...args], {
    context: async () => world.ctx,
    cwd: '.',
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

test('leads retrain says why nothing was learned, and writes it down', async () => {
  expect(await run()).toEqual({
    exit: 1,
    out: 'Leads are scored as before: to learn it takes 200 leads whose outcome is known.\n',
    err: '',
  });
  expect(await world.ctx.db.select().from(leadScoreModels)).toMatchObject([
    { status: 'not_learned', because: 'too_few', actor: 'cli', name: 'none', version: null },
  ]);
});

test('leads retrain takes nothing else', async () => {
  expect(await run('now')).toEqual({
    exit: 2,
    out: '',
    err: 'leads retrain takes nothing else; not understood: now\n',
  });
});
