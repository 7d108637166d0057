import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/terminal/commands.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

const shipped = new URL('../../workflows/whitepaper-nurture.yaml', import.meta.url);
let database: TestDatabase;
let world: TestWorld;
let folder: string;
let yaml: string;

beforeAll(async () => {
  database = await testDatabase();
  world = await testContext(database);
  folder = await mkdtemp(join(tmpdir(), 'countersign-workflow-'));
  yaml = await readFile(shipped, 'utf8');
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await writeFile(join(folder, 'w.yaml'), yaml);
});

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(args, {
    context: () => Promise.resolve(world.ctx),
    cwd: folder,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

const change = (from: string, to: string) => writeFile(join(folder, 'w.yaml'), yaml.replace(from, to));

describe('workflow check', () => {
  test('is content with a file that is as it should be, and needs no database for it', async () => {
    expect(await run('workflow', 'check', 'w.yaml')).toEqual({
      exit: 0,
      out: '1 file checked: nothing to complain about.\n',
      err: '',
    });
  });

  test('names the place and the remedy of each finding, and fails for an error', async () => {
    await change('wait: 1h', 'wait: 1h\n    next: follow-up');
    const { exit, out } = await run('workflow', 'check', 'w.yaml');
    expect(exit).toBe(1);
    expect(out).toMatch(/w\.yaml:\d+:9 error unreachable_step\n {4}No lead ever comes to step “first-mail”\./);
    expect(out).toContain('1 file checked: 2 errors, 0 warnings.');
  });

  test('a warning fails only a strict check', async () => {
    await change('cohort: { ai: 100, baseline: 0, holdout: 0 }\n', '');
    expect((await run('workflow', 'check', 'w.yaml')).exit).toBe(0);
    expect((await run('workflow', 'check', '--strict', 'w.yaml')).exit).toBe(1);
    expect(JSON.parse((await run('workflow', 'check', '--json', 'w.yaml')).out)).toMatchObject({
      ok: true,
      unreadable: [],
      findings: [{ file: 'w.yaml', severity: 'warning', code: 'baseline_unused' }],
    });
  });

  test('reads every file of a folder, and says which can’t be read', async () => {
    await change('wait: 1h', 'wait: soon');
    const { exit, out } = await run('workflow', 'check', '.');
    expect(exit).toBe(1);
    expect(out).toMatch(/^w\.yaml:\d+:11 steps\.1\.wait: expected a duration/);
    expect((await run('workflow', 'check', 'gone.yaml')).out).toContain('There is no file gone.yaml.');
  });

  test('knows the segments of the workspace where it is asked to', async () => {
    await change('when: { event: converted }', 'when: { segment: nobody-saved-this }');
    expect((await run('workflow', 'check', 'w.yaml')).out).toContain('nothing to complain about');
    expect((await run('workflow', 'check', '--known', 'w.yaml')).out).toContain(
      'There is no segment “nobody-saved-this”.',
    );
  });

  test('an option it does not know is said, with the help', async () => {
    expect(await run('workflow', 'check', '--fast')).toMatchObject({ exit: 2, err: expect.stringContaining('--fast') });
  });
});

test('workflow schema is the schema that ships with the workflows', async () => {
  const { out } = await run('workflow', 'schema');
  expect(JSON.parse(out)).toEqual(
    JSON.parse(await readFile(new URL('../../workflows/workflow.schema.json', import.meta.url), 'utf8')),
  );
});

describe('workflow publish', () => {
  test('shows what would change and who stays, and publishes only with --yes', async () => {
    await enrolled(world, testWorkflow(), [{ email: 'lee@acme.example' }]);
    await publishWorkflow(world.ctx, parsedShipped(), 'test');
    await change('cap: { mails: 3, within: 7d }', 'cap: { mails: 2, within: 7d }');
    const shown = await run('workflow', 'publish', 'w.yaml');
    expect(shown.exit).toBe(0);
    expect(shown.out).toContain('whitepaper-nurture, against version 2:\n~ cap, mails: 3 → 2\n');
    expect(shown.out).toContain('1 lead under way stays on the version they began with.');
    expect(shown.out).toContain('Nothing was published yet.');
    expect((await run('workflow', 'diff', 'w.yaml')).out).toBe('~ cap, mails: 3 → 2\n');
    expect((await run('workflow', 'publish', 'w.yaml', '--yes')).out).toContain('is published as version 3.');
    expect((await run('workflow', 'publish', 'w.yaml', '--yes')).out).toBe(
      'whitepaper-nurture stands so already, as version 3.\n',
    );
    expect((await run('workflow', 'diff', 'whitepaper-nurture@2', 'whitepaper-nurture')).out).toBe(
      '~ cap, mails: 3 → 2\n',
    );
  });

  test('an older content would be that version again', async () => {
    expect((await run('workflow', 'publish', 'w.yaml')).out).toContain(
      'This is what version 2 said: it would hold again.',
    );
  });

  test('publishes nothing that has an error', async () => {
    await change('    wait: 1h\n', '    wait: 1h\n    next: follow-up\n');
    expect(await run('workflow', 'publish', 'w.yaml', '--yes')).toMatchObject({
      exit: 1,
      err: 'Nothing was published: correct the errors first.\n',
    });
  });

  test('a workflow or version that does not exist is said', async () => {
    expect(await run('workflow', 'diff', 'gone', 'w.yaml')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('no published workflow gone'),
    });
    expect((await run('workflow', 'diff', 'whitepaper-nurture@x', 'w.yaml')).exit).toBe(2);
  });

  test('a name that is no workflow yet is new', async () => {
    await change('name: whitepaper-nurture', 'name: another');
    expect((await run('workflow', 'publish', 'w.yaml')).out).toContain('another is new.');
  });
});

/** What stands in the file, with the people who are approvers there. */
function parsedShipped() {
  const { approvers: _, quiet_hours: __, ...rest } = testWorkflow();
  return {
    ...rest,
    approvers: { lead_score: ['S0SALES', 'S0MARKETING'], email_draft: ['S0MARKETING', 'U0CARLA'] },
    quiet_hours: { from: '21:00', to: '07:00' },
  };
}

describe('workflow migrate and archive', () => {
  const steps = (list: string[]) => {
    const workflow = testWorkflow({ name: 'moved-about' });
    return { ...workflow, steps: workflow.steps.filter(({ id }) => list.includes(id)) };
  };
  const [first = '', second = ''] = testWorkflow().steps.map(({ id }) => id);

  test('show who would go where, and do it only when told so', async () => {
    await enrolled(world, steps([first, second]), [{ email: 'mia@moved.example' }]);
    await publishWorkflow(world.ctx, steps([second]), 'test');
    const shown = await run('workflow', 'migrate', 'moved-about');
    expect(shown.out).toContain('moved-about: 1 lead under way on other versions, to version 2:');
    expect(shown.out).toContain(`1  version 1, ${first} → ${second}, from its beginning  (step “${first}” is gone`);
    expect(shown.out).toContain('Nobody was moved yet. To do it: workflow migrate moved-about --yes');
    expect((await run('workflow', 'migrate', 'moved-about', '--yes')).out).toContain(
      '1 lead moved to version 2, 0 ended, 0 stayed.',
    );
    expect((await run('workflow', 'migrate', 'moved-about', '--yes')).out).toBe(
      'Every lead under way in moved-about is on version 2 already.\n',
    );
    expect(await run('workflow', 'migrate', 'moved-about', '--to', 'two')).toMatchObject({ exit: 2 });
    expect(await run('workflow', 'migrate', 'moved-about', '--to', '9')).toMatchObject({ exit: 1 });
  });

  test('archiving says what it ends before it does', async () => {
    expect((await run('workflow', 'archive', 'moved-about')).out).toContain('1 lead under way would leave at once');
    expect((await run('workflow', 'archive', 'moved-about', '--drain', '--yes')).out).toContain('goes on to the end');
    expect((await run('workflow', 'archive', 'moved-about', '--yes')).out).toContain('1 lead left it');
    expect((await run('workflow', 'archive', 'moved-about')).out).toContain('archived already');
  });
});
