import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { decisions } from '../../src/db/schema.ts';
import { fillFacts } from '../../src/engine/fill-facts.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { enrolled } from '../support/fixtures.ts';
import { DAY, engineWorld, HOUR, oneMail } from './engine-world.ts';

describe('a workflow that asks for facts', () => {
  const at = engineWorld('pglite');
  const asking = () => oneMail({ required_fields: ['company', 'timezone', 'Plan'] });
  const held = async () => {
    const [id = ''] = await enrolled(at.world, asking(), [
      { email: 'lee@acme.example', firstName: 'Lee', company: 'Select' },
    ]);
    await at.world.drain();
    return id;
  };
  const decisionsOf = (leadId: string) => at.ctx.db.select().from(decisions).where(eq(decisions.leadId, leadId));
  const notice = async () => {
    const [post] = await at.notices();
    if (!post) throw new Error('nobody was asked');
    return noticeFacts(at.ctx, post);
  };
  const fill = async (leadId: string, values: Record<string, string>, userId = 'U0ANA') => {
    const { id, step } = await at.enrollmentOf(leadId);
    return fillFacts(at.ctx, { enrollmentId: id, step, values, userId });
  };

  test('has no AI decision made without them, and asks people once what is missing', async () => {
    const leadId = await held();
    expect(await decisionsOf(leadId)).toEqual([]);
    expect(await notice()).toMatchObject({
      type: 'facts_missing',
      missing: ['company', 'timezone', 'Plan'],
      open: true,
    });
    at.world.passTime(HOUR);
    await at.world.drain();
    expect(await at.notices()).toHaveLength(1);
    expect((await at.enrollmentOf(leadId)).dueAt).not.toBeNull();
  });

  test('goes on at once when all are filled in, with what the person wrote kept as theirs', async () => {
    const leadId = await held();
    expect(await fill(leadId, { company: 'Acme', timezone: 'Europe/Berlin', Plan: '' })).toEqual({ ok: true });
    await at.world.drain();
    expect(await decisionsOf(leadId)).toEqual([]);
    expect(await notice()).toMatchObject({ missing: ['Plan'], open: true });
    expect(await fill(leadId, { Plan: 'Pro' })).toEqual({ ok: true });
    await at.world.drain();
    expect(await decisionsOf(leadId)).toHaveLength(1);
    expect(await notice()).toMatchObject({ missing: [], open: false });
    expect(await at.lead(leadId)).toMatchObject({
      company: 'Acme',
      fields: { Plan: 'Pro' },
      valueSources: { company: { by: 'person:U0ANA' }, 'fields.Plan': { by: 'person:U0ANA' } },
    });
  });

  test('takes facts from approvers alone, and none that says nothing or can’t be', async () => {
    const leadId = await held();
    at.world.people.add('U0EVE');
    expect(await fill(leadId, { company: 'Evil' }, 'U0EVE')).toMatchObject({ ok: false, fields: {} });
    expect(await fill(leadId, { company: 'N/A', timezone: 'Mars/Base' })).toMatchObject({
      ok: false,
      fields: {
        company: expect.stringContaining('says nothing'),
        timezone: expect.stringContaining('not a time zone'),
      },
    });
    expect((await at.lead(leadId)).company).toBe('Select');
  });

  test('lets a lead go whose facts nobody filled in as long as a decision may take', async () => {
    const leadId = await held();
    at.world.passTime(3 * DAY + HOUR);
    await at.world.drain();
    expect(await at.enrollmentOf(leadId)).toMatchObject({
      status: 'exited',
      exitReason: 'nobody filled in company, timezone, Plan in time',
    });
    expect(await notice()).toMatchObject({ open: false });
  });
});
