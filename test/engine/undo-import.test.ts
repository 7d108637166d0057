import { and, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { decisions, enrollments, importBatches, leads, messages } from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import { importLeads, type ImportInput } from '../../src/engine/import-leads.ts';
import { mergeIntoLead, setMergePolicy } from '../../src/engine/merge-lead.ts';
import { usualPolicy } from '../../src/core/merge-policy.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { listImports, previewUndo, undoImport } from '../../src/engine/undo-import.ts';
import { transact } from '../../src/db/client.ts';
import { engines } from '../support/database.ts';
import { ANA, engineWorld, MINUTE, oneMail } from './engine-world.ts';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe.each(engines)('undoing an import on %s', (engine) => {
  const at = engineWorld(engine);
  beforeEach(async () => {
    await at.ctx.db.execute(sql`truncate import_batches, segments cascade`);
    await setMergePolicy(at.ctx, usualPolicy, 'person:U0ANA');
  });
  const imported = async (text: string, input: Partial<ImportInput> = {}) => {
    at.world.passTime(MINUTE);
    const given = { fileName: 'leads.csv', mapping: [], source: 'Fair', dryRun: false, by: null, ...input };
    const report = await importLeads(at.ctx, { stream: bytesOf(text), ...given });
    return report.batchId ?? '';
  };
  const undone = async (id: string) => {
    const result = await undoImport(at.ctx, { id, by: 'person:U0ANA' });
    if (!result.ok) throw new Error(result.text);
    return result.facts;
  };
  const leadOf = async (email: string) => {
    const hash = addressHash(at.ctx.secrets.addressKey, email);
    const [lead] = await at.ctx.db.select().from(leads).where(eq(leads.emailHash, hash));
    return lead ?? null;
  };

  test('removes leads of which nothing else is known, with their enrollments; the file can be imported again', async () => {
    await publishWorkflow(at.ctx, oneMail({ trigger: { on: 'lead_added' } }), 'test');
    const id = await imported('email,title\nana@a.example,CTO\nben@a.example,CEO\n');
    expect(await at.ctx.db.$count(enrollments)).toBe(2);
    const preview = await previewUndo(at.ctx, id.slice(0, 13));
    expect(preview).toMatchObject({ ok: true, facts: { removed: 2, exited: 0, restoredValues: 0 } });
    expect(await at.ctx.db.$count(leads)).toBe(2);
    expect(await undone(id)).toMatchObject({ removed: 2, exited: 0, keptMailed: 0, keptElsewhere: 0 });
    expect([await at.ctx.db.$count(leads), await at.ctx.db.$count(enrollments)]).toEqual([0, 0]);
    await at.world.drain();
    await imported('email,title\nana@a.example,CTO\n');
    expect(await at.ctx.db.$count(enrollments)).toBe(1);
    expect((await verifyChain(at.ctx.db, at.ctx.workspaceId)).problem).toBeNull();
  });

  test('withdraws pending decisions, cancels approved mails, and keeps all about leads who had mail', async () => {
    await publishWorkflow(at.ctx, oneMail({ trigger: { on: 'lead_added' } }), 'test');
    const id = await imported('email,first_name\npending@a.example,Pia\nsent@b.example,Sam\n');
    await at.world.drain();
    const decisionOf = async (email: string) => {
      const lead = await leadOf(email);
      const [decision] = await at.ctx.db
        .select()
        .from(decisions)
        .where(eq(decisions.leadId, lead?.id ?? ''));
      if (!decision) throw new Error(`no decision about ${email}`);
      return decision;
    };
    expect(await at.decide((await decisionOf('sent@b.example')).id)).toMatchObject({ ok: true });
    await at.world.drain();
    expect(await at.ctx.db.$count(messages, eq(messages.status, 'sent'))).toBe(1);
    const pending = await decisionOf('pending@a.example');
    expect(await undone(id)).toMatchObject({ removed: 0, exited: 1, keptMailed: 1 });
    expect((await at.decision(pending.id)).status).toBe('withdrawn');
    expect(await at.enrollmentOf(pending.leadId ?? '')).toMatchObject({
      status: 'exited',
      exitReason: 'the import was undone',
    });
    expect((await leadOf('pending@a.example'))?.tags).toEqual(['import-undone']);
    expect((await leadOf('sent@b.example'))?.firstName).toBe('Sam');
    expect(await at.ctx.db.$count(messages, eq(messages.status, 'sent'))).toBe(1);
  });

  test('puts back values where nobody changed them since, and leaves what a person wrote', async () => {
    await imported('email,title,company,Plan\ngil@a.example,CTO,Acme,Pro\n');
    const id = await imported('email,title,company,country,Plan,Seats\ngil@a.example,CEO,Wrong,DE,Max,5\n');
    const gil = await leadOf('gil@a.example');
    if (!gil) throw new Error('gil is gone');
    at.world.passTime(MINUTE);
    await transact(at.ctx.db, (tx) =>
      mergeIntoLead(tx, gil, {
        ...{
          firstName: null,
          lastName: null,
          title: null,
          country: null,
          language: null,
          timezone: null,
          source: null,
        },
        ...{ company: 'Right', fields: {}, at: at.world.now, by: `person:${ANA.id}` },
      }),
    );
    expect(await undone(id)).toMatchObject({ removed: 0, restoredLeads: 1, restoredValues: 4, keptValues: 1 });
    expect(await leadOf('gil@a.example')).toMatchObject({
      title: 'CTO',
      company: 'Right',
      country: null,
      fields: { Plan: 'Pro' },
    });
  });

  test('of a first import is not brought back by undoing a second one after it', async () => {
    await imported('email,title\nhal@a.example,first\n');
    const second = await imported('email,title\nhal@a.example,second\n');
    const third = await imported('email,title\nhal@a.example,third\n');
    expect(await undone(second)).toMatchObject({ restoredValues: 0, keptValues: 1 });
    expect((await leadOf('hal@a.example'))?.title).toBe('third');
    await undone(third);
    expect((await leadOf('hal@a.example'))?.title).toBe('first');
  });

  test('leaves a lead that another import brought too', async () => {
    const first = await imported('email,title\nivy@a.example,CTO\n');
    await imported('email,title\nivy@a.example,CTO\n');
    expect(await undone(first)).toMatchObject({ removed: 0, keptElsewhere: 1 });
    expect(await leadOf('ivy@a.example')).not.toBeNull();
  });

  test('happens once, and keeps no personal data of the import', async () => {
    const id = await imported('email\njoe@a.example\n');
    await undone(id);
    expect(await undoImport(at.ctx, { id, by: 'person:U0BEN' })).toMatchObject({ ok: false });
    expect(await undoImport(at.ctx, { id: 'ffffffff', by: 'person:U0BEN' })).toMatchObject({ ok: false });
    const [batch] = await at.ctx.db
      .select()
      .from(importBatches)
      .where(and(eq(importBatches.id, id)));
    expect(batch).toMatchObject({ status: 'undone', undoneBy: 'person:U0ANA' });
    const left = await at.ctx.db.execute(
      sql`select 1 from import_rows where "values" is not null or before is not null`,
    );
    expect(JSON.stringify(left)).not.toContain('joe@');
    expect(await listImports(at.ctx)).toMatchObject([{ id, status: 'undone' }]);
  });
});
