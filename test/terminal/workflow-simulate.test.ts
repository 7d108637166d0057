import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decisions, enrollments, leads as leadRows, messages } from '../../src/db/schema.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { saveSegment } from '../../src/engine/segments.ts';
import { runCommand } from '../../src/terminal/commands.ts';
import { workflowOf } from '../engine/language-world.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const shipped = new URL('../../workflows/whitepaper-nurture.yaml', import.meta.url).pathname;
const csv = `email,first_name,timezone,source,score
ana@acme.example,Ana,Europe/Berlin,Whitepaper,80
not an address,Bob,,,
ben@acme.example,Ben,America/New_York,Webinar,
ANA@acme.example,Anna,,,
`;
let folder: string;
let database: TestDatabase;
let world: TestWorld;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-rehearsal-'));
  await writeFile(join(folder, 'leads.csv'), csv);
  database = await testDatabase();
  world = await testContext(database);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(line: string, withDatabase = false): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const exit = await runCommand(['workflow', 'simulate', ...line.split(' ').filter(Boolean)], {
    context: () =>
      withDatabase ? Promise.resolve(world.ctx) : Promise.reject(new Error('the database was asked for')),
    cwd: folder,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  return { exit, ...said };
}

const usual = `${shipped} --leads leads.csv --from 2026-01-05 --zone Europe/Berlin`;

describe('a rehearsal with a file', () => {
  test('says first and last that it is one, and needs no database', async () => {
    const { exit, out, err } = await run(usual);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const said = out.trimEnd().split('\n');
    expect(said[0]).toBe('REHEARSAL: nothing was sent or written, and no model was called.');
    expect(said.at(-1)).toContain('REHEARSAL: nothing was sent or written');
  });

  test('reads the file as the import does: doubled lines are merged and rejected ones listed', async () => {
    const { out } = await run(usual);
    expect(out).toContain('whitepaper-nurture, with 2 leads of leads.csv');
    expect(out).toContain('1 line rejected, as an import would:\n    line 3, column "email": "not an address"');
    expect(out).toContain('1 line of an address that stood further up: merged');
  });

  test('tells the numbers and each lead in its own time', async () => {
    const { out } = await run(usual);
    expect(out).toContain('Mails: 4');
    expect(out).toContain('the busiest day is 2026-01-05 with 4 (2 lead scores, 2 e-mail drafts)');
    expect(out).toContain('1 of 2 leads score what their line says, the others 50.');
    expect(out).toMatch(/ben@acme\.example {2}ai, America\/New_York\n {4}Mon 2026-01-05 03:00 {2}score +comes in/);
    expect(out).toContain('Mon 2026-01-05 18:01  first-mail    MAIL: the approved draft leaves');
  });

  test('one lead is told in full, waits too', async () => {
    const { exit, out } = await run(`${usual} --lead ana@acme.example`);
    expect(exit).toBe(0);
    expect(out).toContain('first-pause   for 1h');
    expect(out).not.toContain('ben@acme.example');
    expect((await run(`${usual} --lead nobody@acme.example`)).exit).toBe(1);
  });

  test('--nobody-answers shows what silence does', async () => {
    const { out } = await run(`${usual} --nobody-answers`);
    expect(out).toContain('Nobody answers any card: decisions and tasks expire.');
    expect(out).toContain('2  left: nobody decided on first-mail in time');
  });

  test('--json holds every lead, and the same call gives the same', async () => {
    const once = await run(`${usual} --json --seed 7`);
    const json = JSON.parse(once.out);
    expect(json).toMatchObject({
      rehearsal: true,
      workflow: 'whitepaper-nurture',
      seed: 7,
      from: '2026-01-05T08:00:00.000Z',
    });
    expect(json.ways.map(({ email }: { email: string }) => email)).toEqual(['ana@acme.example', 'ben@acme.example']);
    expect(json.file).toMatchObject({ total: 4, duplicates: 1, rejected: 1 });
    expect(await run(`${usual} --json --seed 7`)).toEqual(once);
  });

  test('writes no file, not even for the rejected lines', async () => {
    await run(usual);
    expect(await readdir(folder)).toEqual(['leads.csv']);
  });

  test.for([
    ['', 'Which workflow?'],
    [shipped, 'Which leads?'],
    [`${usual} --weeks 0`, '--weeks takes a whole number from 1 to 104.'],
    [`${usual} --approve-after soon`, '--approve-after takes a duration'],
    [`${usual} --approve-after 1h --nobody-answers`, 'not both'],
    [`${shipped} --leads leads.csv --from tomorrow`, '“tomorrow” is no date'],
    [`${shipped} --leads leads.csv --zone Berlin`, '--zone takes an IANA time zone'],
    [`${usual} --wekes 3`, "Unknown option '--wekes'"],
  ] as const)('“%s” is not understood', async ([line, problem]) => {
    const { exit, err } = await run(line);
    expect(exit).toBe(2);
    expect(err).toContain(problem);
  });

  test('files that are not there are named', async () => {
    expect(await run(`${shipped} --leads none.csv`)).toMatchObject({ exit: 1, err: 'There is no file none.csv.\n' });
    expect(await run('none.yaml --leads leads.csv')).toMatchObject({ exit: 1, err: 'There is no file none.yaml.\n' });
  });
});

describe('a rehearsal with a published workflow', () => {
  test('takes its definition and the saved segments, and leaves the database as it was', async () => {
    const steps = [{ id: 'hello', send: { subject: 'Hello', text: 'Hello' } }];
    const workflow = workflowOf(steps, { triggers: [{ on: 'segment', segment: 'papers' }] });
    await publishWorkflow(world.ctx, workflow, 'person:U0ANA');
    const text = '{ field: source, is: Whitepaper }';
    await saveSegment(world.ctx, { name: 'papers', text, file: 'papers.yaml', by: 'person:U0ANA' });
    const { exit, out } = await run(`${workflow.name} --leads leads.csv --from 2026-01-05`, true);
    expect(exit).toBe(0);
    expect(out).toContain(`${workflow.name}, version 1, with 2 leads`);
    expect(out).toContain('1 of 2 leads\n');
    expect(out).toContain('Leads come in once they match the saved segment papers.');
    for (const table of [leadRows, enrollments, decisions, messages])
      expect(await world.ctx.db.select().from(table)).toEqual([]);
  });

  test('an unknown name is refused with those there are', async () => {
    const { exit, err } = await run('nobody --leads leads.csv', true);
    expect(exit).toBe(1);
    expect(err).toContain('There is no published workflow “nobody”');
  });
});
