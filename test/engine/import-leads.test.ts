import * as fc from 'fast-check';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LeadValues, mergeLead } from '../../src/core/lead.ts';
import { type MergePolicy, usualPolicy, type ValueSources } from '../../src/core/merge-policy.ts';
import { describeProblem } from '../../src/core/lead-import.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { rows, transact } from '../../src/db/client.ts';
import { abandonStaged, BatchGone, stageRows } from '../../src/db/import-batches.ts';
import { existingLead } from '../../src/db/leads.ts';
import {
  accounts,
  audit,
  enrollments,
  importBatches,
  importRows,
  leadEvents,
  leads,
  suppressions,
} from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import { addLead } from '../../src/engine/add-lead.ts';
import type { Context } from '../../src/engine/context.ts';
import { type ImportInput, importLeads } from '../../src/engine/import-leads.ts';
import { setMergePolicy } from '../../src/engine/merge-lead.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { engines, testDatabase, type TestDatabase } from '../support/database.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { sql } from 'drizzle-orm';

const MINUTE = 60_000;

async function* bytesOf(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

function importText(ctx: Context, text: string, input: Partial<ImportInput> = {}) {
  return importLeads(ctx, {
    stream: bytesOf(text),
    fileName: 'leads.csv',
    mapping: [],
    source: 'Fair',
    dryRun: false,
    by: null,
    ...input,
  });
}

describe.each(engines)('importing on %s', (engine) => {
  let database: TestDatabase;
  let world: TestWorld;
  let ctx: Context;
  let woken = 0;
  beforeAll(async () => {
    database = await testDatabase(engine);
    world = await testContext(database);
    ctx = { ...world.ctx, queue: { ...world.ctx.queue, wake: () => void woken++ } };
    await publishWorkflow(ctx, testWorkflow({ trigger: { on: 'lead_added', source: ['Whitepaper'] } }), 'test');
  });
  afterAll(() => database.close());

  const leadOf = async (email: string) => {
    const [lead] = await ctx.db
      .select()
      .from(leads)
      .where(eq(leads.emailHash, addressHash(ctx.secrets.addressKey, email)));
    if (!lead) throw new Error(`no lead ${email}`);
    return lead;
  };
  const everything = () =>
    rows(
      ctx.db,
      sql`select (select json_agg(l order by l.id) from leads l) as leads, (select json_agg(e order by e.id) from enrollments e) as enrollments,
      (select json_agg(a order by a.id) from accounts a) as accounts, (select json_agg(v order by v.id) from lead_events v) as events`,
    );

  test('a file becomes leads, accounts, events and enrollments, with one audit row for the batch', async () => {
    const before = woken;
    const text = [
      'Work Email;First Name;Company;Lead Source;downloaded_at;Plan',
      'Karen@Acme.example;Karen;Acme;Whitepaper;2026-03-01;Pro',
      'bo@acme.example;Bo;;;;',
      '"cy@gmail.com";"Cy ""the boss""";;Webinar;;',
    ].join('\r\n');
    const report = await importText(ctx, text, { by: 'U0ANA' });
    expect(report).toMatchObject({
      total: 3,
      created: 3,
      merged: 0,
      unchanged: 0,
      duplicates: 0,
      rejected: 0,
      enrolled: 1,
      warnings: [],
      furtherColumns: ['Plan'],
    });
    const karen = await leadOf('karen@acme.example');
    expect(karen).toMatchObject({
      email: 'Karen@acme.example',
      firstName: 'Karen',
      source: 'Whitepaper',
      fields: { Plan: 'Pro' },
      importBatchId: report.batchId,
    });
    expect(await leadOf('bo@acme.example')).toMatchObject({
      source: 'Fair',
      company: null,
      accountId: karen.accountId,
    });
    expect(await leadOf('cy@gmail.com')).toMatchObject({ firstName: 'Cy "the boss"', accountId: null });
    expect(await ctx.db.select().from(accounts)).toMatchObject([{ domain: 'acme.example', name: 'Acme' }]);
    expect(await ctx.db.select().from(leadEvents)).toMatchObject([
      { leadId: karen.id, type: 'downloaded', occurredAt: new Date('2026-03-01T00:00:00Z') },
    ]);
    expect(await ctx.db.select().from(enrollments)).toMatchObject([{ leadId: karen.id }]);
    const [batch] = await ctx.db
      .select()
      .from(importBatches)
      .where(eq(importBatches.id, report.batchId ?? ''));
    expect(batch).toMatchObject({
      status: 'committed',
      startedBy: 'U0ANA',
      total: 3,
      created: 3,
      mapping: { email: 'Work Email' },
    });
    const entries = await ctx.db.select().from(audit).where(eq(audit.action, 'leads.imported'));
    expect(entries).toMatchObject([
      { actor: 'person:U0ANA', subjectId: report.batchId, data: { fileHash: batch?.fileHash, created: 3 } },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/karen|acme/i);
    expect(woken).toBe(before + 1);
  });

  test('the same file a second time changes nothing, and the report says so', async () => {
    const text = 'email,first_name,Note\ndee@same.example,Dee,first\neli@same.example,Eli,\n';
    const first = await importText(ctx, text);
    expect(first.importedBefore).toBeNull();
    const after = await everything();
    world.passTime(MINUTE);
    const second = await importText(ctx, text);
    expect(second).toMatchObject({
      created: 0,
      merged: 0,
      unchanged: 2,
      enrolled: 0,
      importedBefore: new Date('2026-03-10T12:00:00.000Z'),
    });
    expect(await everything()).toEqual(after);
    const kept = await ctx.db
      .select()
      .from(importRows)
      .where(eq(importRows.batchId, second.batchId ?? ''));
    expect(kept.map((row) => [row.action, row.values])).toEqual([
      ['unchanged', null],
      ['unchanged', null],
    ]);
  });

  test('rows of one address are one lead: in a file the last value that is not empty wins, also far apart', async () => {
    const filler = Array.from({ length: 1100 }, (_, i) => `f${i}@filler.example,,`).join('\n');
    const text = `email,title,Plan\nFay@dup.example,CTO,Pro\nfay@dup.example,CEO,\n${filler}\nFAY@dup.example,,Max\n`;
    const report = await importText(ctx, text);
    expect(report).toMatchObject({ total: 1103, created: 1101, duplicates: 2 });
    expect(await leadOf('fay@dup.example')).toMatchObject({
      email: 'Fay@dup.example',
      title: 'CEO',
      fields: { Plan: 'Max' },
    });
  });

  test('a known lead takes new values, keeps what an empty cell says nothing about, and what it was is kept for undo', async () => {
    await importText(ctx, 'email,title,company,lead source,Plan\ngil@merge.example,CTO,Acme,Whitepaper,Pro\n');
    const { id } = await leadOf('gil@merge.example');
    await ctx.db.update(leads).set({ score: 80 }).where(eq(leads.id, id));
    const enrolled = await ctx.db.select().from(enrollments).where(eq(enrollments.leadId, id));
    expect(enrolled).toHaveLength(1);
    world.passTime(MINUTE);
    const report = await importText(
      ctx,
      'email,title,company,lead source,Plan,Seats\nGIL@merge.example,CEO,,Webinar,,5\n',
    );
    expect(report).toMatchObject({ created: 0, merged: 1, enrolled: 0 });
    expect(await leadOf('gil@merge.example')).toMatchObject({
      id,
      email: 'gil@merge.example',
      title: 'CEO',
      company: 'Acme',
      source: 'Whitepaper',
      score: 80,
      fields: { Plan: 'Pro', Seats: '5' },
    });
    expect(await ctx.db.select().from(enrollments).where(eq(enrollments.leadId, id))).toEqual(enrolled);
    const [row] = await ctx.db
      .select()
      .from(importRows)
      .where(eq(importRows.batchId, report.batchId ?? ''));
    expect(row).toMatchObject({ action: 'merged', leadId: id, before: { title: 'CTO', fields: { Plan: 'Pro' } } });
  });

  test('an import that was overtaken by a webhook fills gaps only', async () => {
    await importText(ctx, 'email,title\nhal@slow.example,CTO\n');
    world.passTime(MINUTE);
    async function* slow() {
      yield Buffer.from('email,title,company\nhal@slow.example,old title,Acme\n');
      world.passTime(MINUTE);
      const lead = {
        email: 'hal@slow.example',
        domain: null,
        event: null,
        firstName: null,
        lastName: null,
        company: null,
        title: 'CEO',
        country: null,
        language: null,
        timezone: null,
        source: null,
        fields: {},
      };
      expect(await addLead(ctx, { lead, actor: 'system:test', by: 'webhook', inbound: null })).toMatchObject({
        result: 'merged',
      });
    }
    expect(await importText(ctx, '', { stream: slow() })).toMatchObject({ merged: 1 });
    expect(await leadOf('hal@slow.example')).toMatchObject({ title: 'CEO', company: 'Acme' });
  });

  test('a suppressed person stays suppressed and is not enrolled; an erased one stays erased', async () => {
    const hash = addressHash(ctx.secrets.addressKey, 'ida@out.example');
    await ctx.db.insert(suppressions).values({
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      scope: 'address',
      keyHash: hash,
      reason: 'unsubscribed',
      source: 'test',
      createdAt: world.now,
    });
    await ctx.db.insert(leads).values({
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      email: null,
      erasedAt: world.now,
      emailHash: addressHash(ctx.secrets.addressKey, 'jan@out.example'),
      createdAt: world.now,
      updatedAt: world.now,
    });
    const report = await importText(ctx, 'email,first_name\nida@out.example,Ida\njan@out.example,Jan\n', {
      source: 'Whitepaper',
    });
    expect(report).toMatchObject({
      created: 1,
      unchanged: 1,
      suppressed: 1,
      enrolled: 0,
      warnings: ['1 person whose data was erased on request: left out'],
    });
    expect(await ctx.db.select().from(suppressions).where(eq(suppressions.keyHash, hash))).toHaveLength(1);
    expect(await leadOf('jan@out.example')).toMatchObject({ email: null, firstName: null });
    const kept = await ctx.db
      .select()
      .from(importRows)
      .where(eq(importRows.batchId, report.batchId ?? ''));
    expect(JSON.stringify(kept)).not.toMatch(/Jan|jan@/);
  });

  test('bad rows are left out and told by their line in the file, whatever blank lines and line breaks stand before them', async () => {
    const text =
      '\ufeffemail,Note\r\n\r\nkim@bad.example,"two\r\nlines"\r\nlea(at)bad\r\nlea(at)bad.example,x\r\nmax@bad.example,y,z\r\n';
    const rejects: string[] = [];
    const report = await importText(ctx, text, { onReject: (csv) => void rejects.push(csv) });
    expect(report).toMatchObject({ total: 4, created: 1, rejected: 3 });
    expect(report.problems.map(describeProblem)).toEqual([
      'line 5: it has 1 cell where the header has 2 — put quotation marks around a cell that holds the separator, or add the missing cells, or remove the row',
      'line 6, column "email": "lea(at)bad.example" has no single @ — write it as name@company.com, or remove the row',
      'line 7: it has 3 cells where the header has 2 — put quotation marks around a cell that holds the separator, or add the missing cells, or remove the row',
    ]);
    expect(rejects.join('')).toMatch(
      /^\ufeffemail,Note,import_line,import_problem\r\nlea\(at\)bad,,5,.*\r\nlea\(at\)bad.example,x,6,.*\r\nmax@bad.example,y,7,.*,z\r\n$/,
    );
  });

  test('the values of one column that are not taken are one warning', async () => {
    const report = await importText(ctx, 'email,timezone\nmia@tz.example,IST?\nnic@tz.example,CEST?\n');
    expect(report.warnings).toEqual([
      'column "timezone": 2 values are not a time zone such as Europe/Berlin; left empty (line 2: "IST?")',
    ]);
  });

  test.for([
    [
      'a file in Latin-1',
      Buffer.from('email,Name\na@latin.example,Müller\n', 'latin1'),
      /not UTF-8 \(around line 2\).* — save it as “CSV UTF-8”/,
    ],
    ['a file in UTF-16', Buffer.from('\ufeffemail\na@utf16.example\n', 'utf16le'), /UTF-16/],
    ['an empty file', Buffer.from(''), /empty/],
    [
      'a quotation mark that never closes',
      Buffer.from('email,Note\na@quote.example,x\nb@quote.example,"y\nc@quote.example,z\n'),
      /begins at line 3 .*never closed/,
    ],
    [
      'a file without addresses',
      Buffer.from('Name,Plan\nAna,Pro\n'),
      /no column looks like the e-mail address; the columns are: Name, Plan — say which it is/,
    ],
  ] as const)('%s is refused as a whole, and nothing of it stays', async ([, bytes, words]) => {
    const before = await everything();
    await expect(
      importText(ctx, '', {
        stream: (async function* () {
          yield bytes;
        })(),
      }),
    ).rejects.toThrow(words);
    expect(await everything()).toEqual(before);
    expect(await ctx.db.select().from(importBatches).where(eq(importBatches.status, 'staged'))).toEqual([]);
  });

  test('an import that fails on its way leaves nothing but its trace', async () => {
    const before = await everything();
    async function* broken() {
      yield Buffer.from('email\n');
      for (let i = 0; i < 6000; i += 100)
        yield Buffer.from(Array.from({ length: 100 }, (_, n) => `b${i + n}@broken.example\n`).join(''));
      throw new Error('the disk is gone');
    }
    await expect(importText(ctx, '', { stream: broken() })).rejects.toThrow('the disk is gone');
    expect(await everything()).toEqual(before);
    const abandoned = await ctx.db.select().from(importBatches).where(eq(importBatches.status, 'abandoned'));
    expect(abandoned.length).toBeGreaterThan(0);
    for (const { id } of abandoned) expect(await ctx.db.$count(importRows, eq(importRows.batchId, id))).toBe(0);
  });

  test('what a crash left staged is given up by the next import', async () => {
    const batch = { id: ctx.ids.id(), workspaceId: ctx.workspaceId, leaseUntil: new Date(0) };
    await ctx.db
      .insert(importBatches)
      .values({ ...batch, source: 'file', mapping: {}, status: 'staged', startedBy: 'system', createdAt: world.now });
    await transact(ctx.db, (tx) =>
      stageRows(tx, batch, [
        { line: 2, leadId: ctx.ids.id(), emailHash: 'h', values: { email: 'a@crash.example', fields: {} } },
      ]),
    );
    await importText(ctx, 'email\nola@next.example\n');
    expect(await ctx.db.select().from(importBatches).where(eq(importBatches.id, batch.id))).toMatchObject([
      { status: 'abandoned' },
    ]);
    expect(await ctx.db.$count(importRows, eq(importRows.batchId, batch.id))).toBe(0);
  });

  test('an import that another process took for dead stops, and nothing of it is taken over', async () => {
    async function* slow() {
      yield Buffer.from('email\n');
      for (let i = 0; i < 6000; i += 100) {
        if (i === 5900)
          await transact(ctx.db, (tx) =>
            abandonStaged(tx, ctx.workspaceId, [ctx.ids.id()], new Date(Date.now() + 3_600_000)),
          );
        yield Buffer.from(Array.from({ length: 100 }, (_, n) => `g${i + n}@gone.example\n`).join(''));
      }
    }
    const before = await everything();
    await expect(importText(ctx, '', { stream: slow() })).rejects.toThrow(BatchGone);
    expect(await everything()).toEqual(before);
    expect(await ctx.db.select().from(importBatches).where(eq(importBatches.status, 'staged'))).toEqual([]);
  });

  test('two imports of the same leads at once both end, and make each lead once', async () => {
    const text = (order: number[], title: string) =>
      `email,title\n${order.map((i) => `p${i}@twice.example,${title}`).join('\n')}\n`;
    const up = Array.from({ length: 300 }, (_, i) => i);
    const [a, b] = await Promise.all([importText(ctx, text(up, 'CTO')), importText(ctx, text(up.toReversed(), 'CEO'))]);
    expect(a.created + b.created).toBe(300);
    expect(a.merged + b.merged).toBe(300);
  });

  test('a dry run counts what an import would do, shows what would change, and writes nothing', async () => {
    await importText(ctx, 'email,title\nquy@dry.example,CTO\nrob@dry.example,CTO\nsam@dry.example,CTO\n');
    world.passTime(MINUTE);
    const text =
      'email,title\nquy@dry.example,CEO\nrob@dry.example,CEO\nrob@dry.example,CTO\nsam@dry.example,\ntea@dry.example,CFO\nTEA@dry.example,CFO\nbad\n';
    const before = [
      await everything(),
      await ctx.db.$count(importBatches),
      await ctx.db.$count(importRows),
      await ctx.db.$count(audit),
    ];
    const check = await importText(ctx, text, { dryRun: true });
    expect([
      await everything(),
      await ctx.db.$count(importBatches),
      await ctx.db.$count(importRows),
      await ctx.db.$count(audit),
    ]).toEqual(before);
    expect(check).toMatchObject({ batchId: null, created: 1, merged: 1, unchanged: 2, duplicates: 2, rejected: 1 });
    expect(check.differences).toEqual([
      { email: 'quy@dry.example', changes: [{ name: 'title', before: 'CTO', after: 'CEO' }] },
    ]);
    const { total, created, merged, unchanged, duplicates, rejected } = await importText(ctx, text);
    expect({ total, created, merged, unchanged, duplicates, rejected }).toEqual({
      total: 7,
      created: 1,
      merged: 1,
      unchanged: 2,
      duplicates: 2,
      rejected: 1,
    });
  });

  test('the set-based merge of the database and mergeLead are one rule', async () => {
    const value = fc.option(fc.constantFrom('CTO', 'CEO', 'null?', 'O\'Neil \\ "q"'), { freq: 2 });
    const values = fc.record({
      title: value,
      company: value,
      firstName: value,
      source: value,
      plan: value,
      seats: value,
    });
    type Given = {
      title: string | null;
      company: string | null;
      firstName: string | null;
      source: string | null;
      plan: string | null;
      seats: string | null;
    };
    const full = (given: Given): LeadValues => ({
      firstName: given.firstName,
      lastName: null,
      company: given.company,
      title: given.title,
      country: null,
      language: null,
      timezone: null,
      source: given.source,
      fields: Object.fromEntries(
        Object.entries({ Plan: given.plan, Seats: given.seats }).filter(
          (entry): entry is [string, string] => entry[1] !== null,
        ),
      ),
    });
    const source = fc.record({
      by: fc.constantFrom('person:U0ANA', 'webhook', 'identify', 'import:earlier', 'workflow:nurture'),
      at: fc.constantFrom(-MINUTE, MINUTE).map((ms) => new Date(world.now.getTime() + ms).toISOString()),
    });
    const places = fc.constantFrom('title', 'company', 'firstName', 'fields.Plan', 'fields.Seats', '*');
    const sources = fc.option(fc.dictionary(places, source, { maxKeys: 5 }).map((all) => ({ ...all })));
    const cases = fc.sample(fc.record({ has: values, brings: values, older: fc.boolean(), sources }), {
      numRuns: 250,
      seed: 7,
    });
    const policy: MergePolicy = {
      default: 'newest',
      fields: { company: ['webhook', 'import', 'identify'], first_name: 'first', Seats: ['import'] },
    };
    await setMergePolicy(ctx, policy, 'person:U0ANA');
    const stored = cases.map(({ has, older, sources: valueSources }, i) => ({
      ...full(has),
      valueSources:
        valueSources &&
        Object.fromEntries(Object.entries(valueSources).map(([name, { by, at }]) => [name, { by, at }])),
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      email: `case${i}@rule.example`,
      emailHash: addressHash(ctx.secrets.addressKey, `case${i}@rule.example`),
      createdAt: new Date(world.now.getTime() + (older ? MINUTE : -MINUTE)),
      updatedAt: new Date(world.now.getTime() + (older ? MINUTE : -MINUTE)),
    }));
    await ctx.db.insert(leads).values(stored);
    const quoted = (text: string | null) => `"${(text ?? '').replaceAll('"', '""')}"`;
    const csv = cases
      .map(({ brings: b }, i) =>
        [`case${i}@rule.example`, ...[b.title, b.company, b.firstName, b.source, b.plan, b.seats].map(quoted)].join(
          ',',
        ),
      )
      .join('\n');
    const known = await ctx.db.select().from(leads).where(sql`email like 'case%@rule.example'`).orderBy(asc(leads.id));
    const expected = known.map((row) => {
      const given = cases[Number(/\d+/.exec(row.email ?? '')?.[0])];
      if (!given) throw new Error('no such case');
      return {
        was: existingLead(row).sources,
        ...mergeLead(existingLead(row), { ...full(given.brings), at: world.now }, policy),
      };
    });
    const report = await importText(ctx, `email,title,company,first_name,source,Plan,Seats\n${csv}\n`, {
      source: null,
    });
    const found = await ctx.db.select().from(leads).where(sql`email like 'case%@rule.example'`).orderBy(asc(leads.id));
    expect(
      found.map((row) => {
        const { valuesAt: _, sources: __, ...now } = existingLead(row);
        return now;
      }),
    ).toEqual(expected.map(({ values: now }) => now));
    const mark = <T>(from: T): T =>
      JSON.parse(JSON.stringify(from).replaceAll('"by":"import"', `"by":"import:${report.batchId ?? ''}"`)) as T;
    const moments = (all: ValueSources) =>
      Object.fromEntries(Object.entries(all).map(([name, { by, at }]) => [name, `${by} ${new Date(at).getTime()}`]));
    expect(found.map((row) => moments(existingLead(row).sources))).toEqual(
      expected.map(({ was, sources: set }) => moments({ ...was, ...mark(set) })),
    );
    const noted = await ctx.db
      .select()
      .from(importRows)
      .where(eq(importRows.batchId, report.batchId ?? ''))
      .orderBy(asc(importRows.leadId));
    expect(noted.map(({ before }) => before)).toEqual(
      expected.map(({ before, sourcesBefore }) => (before === null ? null : { ...before, sources: sourcesBefore })),
    );
    await setMergePolicy(ctx, usualPolicy, 'person:U0ANA');
    expect(report.merged).toBe(expected.filter(({ before }) => before !== null).length);
  });

  test('the audit chain holds at the end', async () => {
    expect((await verifyChain(ctx.db, ctx.workspaceId)).problem).toBeNull();
  });
});
