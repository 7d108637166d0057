import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import { leadEvents, leads } from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import { exportLeads } from '../../src/engine/export-leads.ts';
import { leadFacts } from '../../src/engine/lead-facts.ts';
import { removeSegment, saveSegment, showSegments, updateMembership } from '../../src/engine/segments.ts';
import { DAY, engineWorld } from './engine-world.ts';

describe('segments', () => {
  const at = engineWorld('pglite');
  beforeEach(() => at.ctx.db.execute(sql`truncate segments cascade`));

  const addLead = async (email: string, values: Partial<typeof leads.$inferInsert> = {}) => {
    const id = at.ctx.ids.id();
    const emailHash = addressHash(at.ctx.secrets.addressKey, email);
    const { workspaceId } = at.ctx;
    const now = at.world.now;
    await at.ctx.db
      .insert(leads)
      .values({ id, workspaceId, email, emailHash, createdAt: now, updatedAt: now, ...values });
    return at.lead(id);
  };
  const did = (leadId: string, type: string) => {
    const { workspaceId, ids } = at.ctx;
    const now = at.world.now;
    return at.ctx.db
      .insert(leadEvents)
      .values({ id: ids.id(), workspaceId, leadId, type, source: 'test', occurredAt: now, receivedAt: now });
  };
  const save = (name: string, text: string) =>
    saveSegment(at.ctx, { name, text, file: 'segment.yaml', by: 'person:U0ANA' });

  test('hold for those who match now, also by events, tags and other segments', async () => {
    const ana = await addLead('ana@a.example', { country: 'DE', tags: ['vip'] });
    await addLead('ben@a.example', { country: 'DE' });
    await addLead('cy@a.example', { country: 'FR', tags: ['vip'] });
    expect(await save('german', '{ field: country, is: DE }')).toMatchObject({ ok: true, version: 1, leads: 2 });
    await did(ana.id, 'demo_booked');
    expect(
      await save('hot', 'all:\n  - { segment: german }\n  - { tag: vip }\n  - { event: demo_booked, within: 7d }\n'),
    ).toMatchObject({ ok: true, leads: 1 });
    expect((await leadFacts(at.ctx.db, ana, null, at.world.now)).segments).toEqual(['german', 'hot']);
    at.world.passTime(8 * DAY);
    expect((await leadFacts(at.ctx.db, ana, null, at.world.now)).segments).toEqual(['german']);
    expect(await showSegments(at.ctx)).toMatchObject([
      { name: 'german', leads: 2, usedBy: ['segment hot'] },
      { name: 'hot', leads: 0, usedBy: [] },
    ]);
  });

  test('tell who has come to match them: not those who did when they were saved, and each time anew', async () => {
    const ana = await addLead('ana@a.example', { country: 'DE' });
    const ben = await addLead('ben@a.example', { country: 'FR' });
    await save('german', '{ field: country, is: DE }');
    const look = async (id: string) => {
      const lead = await at.lead(id);
      return transact(at.ctx.db, (tx) => updateMembership(at.ctx, tx, lead));
    };
    expect([await look(ana.id), await look(ben.id)]).toEqual([[], []]);
    const moved = (country: string) => at.ctx.db.update(leads).set({ country }).where(sql`id = ${ben.id}::uuid`);
    await moved('DE');
    expect([await look(ben.id), await look(ben.id)]).toEqual([['german'], []]);
    await moved('FR');
    expect(await look(ben.id)).toEqual([]);
    await moved('DE');
    expect(await look(ben.id)).toEqual(['german']);
  });

  test('are saved as a new version only when they change, and are removed when nothing asks for them', async () => {
    await save('german', '{ field: country, is: DE }');
    expect(await save('german', 'when: { field: country, is: DE }')).toMatchObject({ version: 1, changed: false });
    expect(await save('german', '{ field: country, in: [DE, AT] }')).toMatchObject({ version: 2, changed: true });
    await save('vip', '{ all: [{ segment: german }, { tag: vip }] }');
    const remove = (name: string) => removeSegment(at.ctx, { name, by: 'person:U0ANA' });
    expect(await remove('german')).toMatchObject({ ok: false, text: expect.stringContaining('segment vip') });
    expect([await remove('vip'), await remove('german'), (await remove('german')).ok]).toEqual([
      { ok: true },
      { ok: true },
      false,
    ]);
  });

  test.for([
    ['all:\n  - { feild: country, is: DE }\n', /segment\.yaml:2:7 “feild” begins no condition; did you mean “field”/],
    ['{ field: country }', /segment\.yaml:1:1 this is no condition “field”/],
    ['- { tag: a }', /a list \(put it under “all” or “any”\)/],
    ['{ segment: germna }', /did you mean “german”/],
    ['{ segment: mine }', /the segment would ask for itself: mine → mine/],
    ['{ all: [', /this is not YAML/],
  ] as const)('that can’t be are refused with place and remedy: %s', async ([text, problem]) => {
    await save('german', '{ field: country, is: DE }');
    const saved = await save('mine', text);
    expect(saved.ok ? '' : saved.problems.join('\n')).toMatch(problem);
  });

  test('and all leads are exported as CSV in which nothing runs', async () => {
    await addLead('ana@a.example', {
      country: 'DE',
      company: '=HYPERLINK("http://evil.example")',
      firstName: 'Ana, "the boss"',
      fields: { Plan: '@SUM(A1)', Note: 'two\nlines' },
      tags: ['vip', 'eu'],
      score: 80,
    });
    await addLead('ben@a.example', { country: 'FR' });
    await save('german', '{ field: country, is: DE }');
    const written: string[] = [];
    const write = (csv: string) => void written.push(csv);
    expect(await exportLeads(at.ctx, { segment: 'german', by: 'person:U0ANA', write })).toEqual({ ok: true, leads: 1 });
    expect(written.join('')).toBe(
      '\ufeffemail,first_name,last_name,company,title,country,language,timezone,source,Note,Plan,tags,score,created_at\r\n' +
        `ana@a.example,"Ana, ""the boss""",,"'=HYPERLINK(""http://evil.example"")",,DE,,,,"two\nlines",'@SUM(A1),vip; eu,80,2026-03-10T12:00:00.000Z\r\n`,
    );
    expect(await exportLeads(at.ctx, { segment: null, by: 'person:U0ANA', write })).toMatchObject({ leads: 2 });
    expect(await exportLeads(at.ctx, { segment: 'nobody', by: 'person:U0ANA', write })).toMatchObject({ ok: false });
  });
});
