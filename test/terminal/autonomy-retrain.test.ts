import { afterAll, beforeAll, expect, test } from 'vitest';
import { riskModels } from '../../src/db/schema.ts';
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
  const exit = await runCommand(['autonomy', 'retrain', ...args], {
    context: async () => world.ctx,
    cwd: '.',
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

test('retrain says why nothing was learned, and writes it down', async () => {
  expect(await run('email_draft')).toEqual({
    exit: 1,
    out: 'The risk of each e-mail draft is scored as before: to learn it takes 200 judged decisions.\n',
    err: '',
  });
  expect(await world.ctx.db.select().from(riskModels)).toMatchObject([
    { kind: 'email_draft', status: 'not_learned', because: 'too_few', actor: 'cli', name: 'none' },
  ]);
});

test.for([[[]], [['mails']], [['email_draft', 'now']]] as const)(
  'retrain %j asks which kind is meant',
  async ([args]) => {
    expect(await run(...args)).toEqual({
      exit: 2,
      out: '',
      err: 'Of which kind is the risk to be learned? autonomy retrain lead_score|email_draft\n',
    });
  },
);
