import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../src/terminal/commands.ts';
import { csvOf, trapTable } from '../core/scoring/trap-table.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  await writeFile(join(folder, 'leads.csv'), csvOf(trapTable(1_000)));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(['leads', 'evaluate', ...args], {
    context: () => Promise.reject(new Error('no database is needed')),
    cwd: folder,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

test('leads evaluate prints one JSON object for programs', async () => {
  const { exit, out } = await run('leads.csv', '--target', 'signed', '--seed', '1', '--json');
  expect(exit).toBe(0);
  const json = JSON.parse(out) as Record<string, unknown>;
  expect(Object.keys(json)).toEqual(
    expect.arrayContaining(['auc', 'aucWithoutActivity', 'ece', 'brier', 'leaking', 'constant', 'placeholders']),
  );
  expect(json['leaking']).toEqual(expect.arrayContaining(['call_log', 'invoice_no']));
  expect(json['activity']).toEqual({ columns: ['latest_touch'], by: 'rule' });
});

test('leads evaluate tells a person how good it is, what was left out and what moves it', async () => {
  const { exit, out } = await run('leads.csv', '--target', 'signed', '--activity', 'latest_touch,industry');
  expect(exit).toBe(0);
  expect(out).toMatch(/HOW GOOD IT IS[\s\S]*WHAT WAS LEFT OUT[\s\S]*WORTH ASKING ABOUT[\s\S]*WHAT MOVES THE SCORE/);
  expect(out).toContain('Activity columns (named with --activity): latest_touch, industry.');
});

test.for([
  [[], 2, 'Which file?'],
  [['leads.csv'], 2, 'Which column says who converted? --target COLUMN'],
  [['leads.csv', '--target', 'signed', '--seed', 'x'], 2, '--seed takes a whole number.'],
  [['none.csv', '--target', 'signed'], 1, 'There is no file none.csv.'],
  [['leads.csv', '--target', 'sold'], 1, 'There is no column “sold”'],
] as const)('leads evaluate %j is refused with a reason', async ([args, exit, text]) => {
  const said = await run(...args);
  expect(said.exit).toBe(exit);
  expect(said.err).toContain(text);
  expect(said.out).toBe('');
});

test('leads evaluate --help says how it is used', async () => {
  expect(await run('--help')).toMatchObject({ exit: 0, out: expect.stringContaining('--keep A,B') as string });
});
