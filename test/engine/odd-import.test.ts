import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { enrollments, leads } from '../../src/db/schema.ts';
import { importLeads, type ImportInput } from '../../src/engine/import-leads.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { releaseImport } from '../../src/engine/release-import.ts';
import { listImports, undoImport } from '../../src/engine/undo-import.ts';
import { engineWorld, MINUTE, oneMail } from './engine-world.ts';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
let people = 0;
const file = (rows: number, company: string): string =>
  `email,company\n${Array.from({ length: rows }, () => `p${++people}@c${people}.example,${company}`).join('\n')}\n`;

describe('an import that looks unlike the ones before', () => {
  const at = engineWorld('pglite');
  beforeEach(async () => {
    await at.ctx.db.execute(sql`truncate import_batches cascade`);
    await publishWorkflow(at.ctx, oneMail({ trigger: { on: 'lead_added', source: ['Fair'] } }), 'test');
    for (const _ of [1, 2]) await imported(file(60, 'Acme'));
  });
  const imported = (text: string, input: Partial<ImportInput> = {}) => {
    at.world.passTime(MINUTE);
    const given = { fileName: 'leads.csv', mapping: [], source: 'Fair', dryRun: false, by: null, ...input };
    return importLeads(at.ctx, { stream: bytesOf(text), ...given });
  };
  const odd = () => imported(file(40, ''));

  test('makes its leads but puts none into a workflow, and people are asked', async () => {
    const report = await odd();
    expect(report).toMatchObject({ created: 40, enrolled: 0, held: [{ kind: 'blank', field: 'company' }] });
    expect([await at.ctx.db.$count(leads), await at.ctx.db.$count(enrollments)]).toEqual([160, 120]);
    const [post, ...more] = await at.notices();
    expect(more).toEqual([]);
    if (!post) throw new Error('nobody was asked');
    expect(await noticeFacts(at.ctx, post)).toMatchObject({
      type: 'import_odd',
      batchId: report.batchId,
      status: 'waiting',
      created: 40,
      oddities: ['company is filled in 0 % of rows, before 100 %'],
    });
    expect((await listImports(at.ctx))[0]).toMatchObject({ status: 'waiting' });
  });

  test('goes on when a person says so, once, and is then what later ones are compared with', async () => {
    const { batchId } = await odd();
    const release = () => releaseImport(at.ctx, { batchId: batchId ?? '', by: 'person:U0ANA' });
    expect(await release()).toEqual({ ok: true, enrolled: 40 });
    expect(await release()).toMatchObject({ ok: false });
    expect(await at.ctx.db.$count(enrollments)).toBe(160);
    const [post] = await at.notices();
    expect(post && (await noticeFacts(at.ctx, post))).toMatchObject({ status: 'released', by: 'person:U0ANA' });
  });

  test('can be undone instead, and then not be released any more', async () => {
    const { batchId } = await odd();
    expect(await undoImport(at.ctx, { id: batchId ?? '', by: 'person:U0ANA' })).toMatchObject({
      facts: { removed: 40 },
    });
    expect(await releaseImport(at.ctx, { batchId: batchId ?? '', by: 'person:U0ANA' })).toMatchObject({ ok: false });
    expect(await at.ctx.db.$count(leads)).toBe(120);
  });

  test('is not held back when whoever imports it says that it is right, nor one of another source', async () => {
    expect(await imported(file(40, ''), { acceptOdd: true })).toMatchObject({ enrolled: 40, held: [] });
    expect(await imported(file(40, ''), { source: 'Webinar' })).toMatchObject({ held: [] });
    expect(await at.notices()).toEqual([]);
  });

  test('is none that looks as always', async () => {
    expect(await imported(file(40, 'Acme'))).toMatchObject({ enrolled: 40, held: [] });
  });
});
