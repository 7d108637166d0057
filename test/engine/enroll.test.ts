import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import { enrollments, leads, segmentMembers } from '../../src/db/schema.ts';
import { addLead } from '../../src/engine/add-lead.ts';
import { enrollLeads } from '../../src/engine/enroll.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { saveSegment } from '../../src/engine/segments.ts';
import { watchSegments } from '../../src/engine/watch-segments.ts';
import { engines } from '../support/database.ts';
import { DAY, engineWorld, HOUR } from './engine-world.ts';
import { auditOf, change, did, enrollmentsOf, later, letIn, mail, sent, story, workflowOf } from './language-world.ts';

const REST = [{ id: 'rest', wait: '30d' }];

describe.each(engines)('coming into a workflow on %s', (engine) => {
  const at = engineWorld(engine);
  const incoming = (email: string, source: string | null = null) => ({
    email,
    domain: null,
    event: null,
    firstName: 'Kim',
    lastName: null,
    company: null,
    title: null,
    country: null,
    language: null,
    timezone: null,
    source,
    fields: {},
  });
  const names = async (leadId: string) =>
    (await enrollmentsOf(at, leadId)).map(({ enteredBy, status }) => `${enteredBy} ${status}`);

  test('each trigger takes in what it names: all new leads, those of an import, those of the webhook, none by itself', async () => {
    const triggers = [{ on: 'lead_added', source: ['paper'] }, { on: 'import' }, { on: 'api' }, { on: 'manual' }];
    for (const [i, trigger] of triggers.entries())
      await publishWorkflow(at.ctx, { ...workflowOf(REST, { triggers: [trigger] }), name: `w${i}` }, 'test');
    const added = await addLead(at.ctx, {
      lead: incoming('a@acme.example', 'paper'),
      actor: 'system:webhook',
      by: 'webhook',
      inbound: null,
    });
    if (!('leadId' in added)) throw new Error('the lead was not added');
    expect((await names(added.leadId)).toSorted()).toEqual(['api active', 'lead_added active']);
    const other = await addLead(at.ctx, {
      lead: incoming('b@acme.example'),
      actor: 'person:U0ANA',
      by: 'person:U0ANA',
      inbound: null,
    });
    expect('leadId' in other && (await names(other.leadId))).toEqual([]);
    const imported = 'leadId' in other ? other.leadId : '';
    await transact(at.ctx.db, (tx) => enrollLeads(at.ctx, tx, [{ id: imported, source: null }], 'import'));
    expect(await names(imported)).toEqual(['import active']);
    expect(await story(at, imported)).toEqual(['rest enrolled']);
  });

  test('an event begins what it triggers, once while it runs, and only where its condition holds', async () => {
    const workflow = workflowOf(REST, {
      triggers: [{ on: 'event', event: 'trial_started', when: { field: 'company', exists: true } }],
    });
    const leadId = await letIn(at, workflow);
    expect(await enrollmentsOf(at, leadId)).toEqual([]);
    await did(at, leadId, 'visited');
    expect(await enrollmentsOf(at, leadId)).toEqual([]);
    await did(at, leadId, 'trial_started');
    await did(at, leadId, 'trial_started');
    expect(await names(leadId)).toEqual(['event waiting']);
    const nobody = await letIn(at, workflow, { company: '' });
    await did(at, nobody, 'trial_started');
    expect(await enrollmentsOf(at, nobody)).toEqual([]);
  });

  test('a lead that comes to match a segment comes in, by a change or by time alone, but not who matched before', async () => {
    const save = (name: string, text: string) =>
      saveSegment(at.ctx, { name, text, file: `${name}.yaml`, by: 'person:U0ANA' });
    const workflow = workflowOf(REST, {
      triggers: [
        { on: 'segment', segment: 'germans' },
        { on: 'segment', segment: 'quiet' },
      ],
    });
    const before = await letIn(at, workflowOf(REST, { triggers: [{ on: 'manual' }] }));
    await at.ctx.db.update(leads).set({ country: 'DE' }).where(eq(leads.id, before));
    await save('germans', '{ field: country, is: DE }');
    await save('quiet', '{ all: [ { event: visited }, { not: { event: visited, within: 2d } } ] }');
    const leadId = await letIn(at, workflow);
    await change(at, leadId, { country: 'DE' });
    await at.world.drain();
    expect(await names(leadId)).toEqual(['segment waiting']);
    await change(at, before, { title: 'Head' });
    expect(await enrollmentsOf(at, before)).toEqual([]);
    const slow = await letIn(at, workflow);
    await did(at, slow, 'visited');
    expect(await enrollmentsOf(at, slow)).toEqual([]);
    await later(at, 3 * DAY);
    expect(await watchSegments(at.ctx)).toBe(1);
    expect(await watchSegments(at.ctx)).toBe(0);
    expect(await names(slow)).toEqual(['segment active']);
    expect(await at.ctx.db.$count(segmentMembers, eq(segmentMembers.leadId, slow))).toBe(1);
  });

  const RULES = [
    ['never', undefined, 1, 1],
    ['always', 'always', 2, 3],
    ['after a time', { after: '10d' }, 1, 2],
  ] as const;
  test.for(RULES)('who was through comes in again by the rule: %s', async ([, rule, soon, late]) => {
    const workflow = workflowOf([{ id: 'rest', wait: '1h' }], {
      triggers: [{ on: 'event', event: 'visited' }],
      ...(rule === undefined ? {} : { re_entry: rule }),
    });
    const leadId = await letIn(at, workflow);
    await did(at, leadId, 'visited');
    await later(at, HOUR);
    await did(at, leadId, 'visited');
    expect(await enrollmentsOf(at, leadId)).toHaveLength(soon);
    await later(at, 11 * DAY);
    await did(at, leadId, 'visited');
    expect(await enrollmentsOf(at, leadId)).toHaveLength(late);
  });

  test('who has reached the goal already does not come in', async () => {
    const workflow = workflowOf(REST, {
      triggers: [{ on: 'event', event: 'visited' }],
      goal: { description: 'It pays.', when: { field: 'company', is: 'Acme' } },
    });
    const leadId = await letIn(at, workflow);
    await did(at, leadId, 'visited');
    expect(await enrollmentsOf(at, leadId)).toEqual([]);
    const other = await letIn(at, workflow, { company: 'Other' });
    await did(at, other, 'visited');
    expect(await names(other)).toEqual(['event waiting']);
  });

  describe('the arms of an experiment', () => {
    const experiment = (cohort: Record<string, number>) =>
      workflowOf([{ id: 'draft', decide: 'email_draft', brief: 'Write' }], {
        cohort,
        baseline: {
          steps: [
            { id: 'old-mail', send: mail('As always') },
            { id: 'old-rest', wait: '9d' },
          ],
        },
      });

    test('the baseline gets its own fixed steps and no AI, and the holdout nothing but a row to be measured by', async () => {
      let asked = 0;
      const model = { ...at.ctx.model };
      at.ctx.model.propose = (kind, inputs) => (asked++, model.propose(kind, inputs));
      const baseline = await letIn(at, experiment({ baseline: 100 }));
      expect(sent(at)).toEqual(['As always']);
      expect(await at.enrollmentOf(baseline)).toMatchObject({ arm: 'baseline', status: 'waiting', step: 'old-rest' });
      const holdout = await letIn(at, experiment({ holdout: 100 }));
      expect(await at.enrollmentOf(holdout)).toMatchObject({ arm: 'holdout', status: 'done', dueAt: null });
      await later(at, 30 * DAY);
      expect(sent(at)).toEqual(['As always']);
      expect(asked).toBe(0);
    });

    test('are drawn by the shares, and a lead that comes in again has the arm that it had', async () => {
      const workflow = { ...experiment({ ai: 50, baseline: 30, holdout: 20 }), re_entry: 'always' as const };
      const ids: string[] = [];
      for (let i = 0; i < 40; i++) ids.push(await letIn(at, workflow));
      const armOf = async (id: string) => (await enrollmentsOf(at, id)).at(-1)?.arm;
      const arms = await Promise.all(ids.map(armOf));
      for (const [arm, least, most] of [
        ['ai', 10, 30],
        ['baseline', 4, 22],
        ['holdout', 2, 17],
      ] as const) {
        const count = arms.filter((one) => one === arm).length;
        expect(count).toBeGreaterThanOrEqual(least);
        expect(count).toBeLessThanOrEqual(most);
      }
      const running = and(eq(enrollments.workspaceId, at.ctx.workspaceId), eq(enrollments.status, 'waiting'));
      await at.ctx.db
        .update(enrollments)
        .set({ status: 'done', endedAt: at.world.now, dueAt: null, pendingDecisionId: null })
        .where(running);
      await transact(at.ctx.db, (tx) =>
        enrollLeads(
          at.ctx,
          tx,
          ids.map((id) => ({ id, source: null })),
        ),
      );
      expect(await Promise.all(ids.map(armOf))).toEqual(arms);
      expect(await at.ctx.db.$count(enrollments)).toBe(80);
    });
  });

  test('nobody is let in twice at a time, whoever asks, and the audit counts who came', async () => {
    const workflow = { ...workflowOf(REST), re_entry: 'always' as const };
    const leadId = await letIn(at, workflow);
    const again = await transact(at.ctx.db, (tx) => enrollLeads(at.ctx, tx, [{ id: leadId, source: null }]));
    expect(again).toBe(0);
    const [row] = await enrollmentsOf(at, leadId);
    expect(await auditOf(at, row?.workflowVersionId ?? '')).toMatchObject([
      { action: 'workflow.published' },
      { action: 'leads.enrolled', data: { count: 1 } },
    ]);
  });
});
