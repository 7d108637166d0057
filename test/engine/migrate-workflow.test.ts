import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { decisions, enrollments, workflows, workflowVersions } from '../../src/db/schema.ts';
import { archiveWorkflow } from '../../src/engine/archive-workflow.ts';
import { enrollByHand } from '../../src/engine/enroll-by-hand.ts';
import { migrateWorkflow, previewMigration } from '../../src/engine/migrate-workflow.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { versionById } from '../../src/db/workflows.ts';
import { engines } from '../support/database.ts';
import { ANA, DAY, engineWorld, HOUR } from './engine-world.ts';
import {
  auditOf,
  enrollmentsOf,
  later,
  letIn,
  mail,
  messagesOf,
  pendingOf,
  sent,
  story,
  workflowOf,
} from './language-world.ts';

const NAME = 'whitepaper-nurture';
const draft = (id: string, brief = 'Write about the paper that the lead read.') => ({
  id,
  decide: 'email_draft',
  brief,
});
const wait = (id: string, of = '3d') => ({ id, wait: of });
const send = (id: string) => ({ id, send: mail(`The mail ${id}`) });

describe.for(engines)('moving leads to another version, on %s', (engine) => {
  const at = engineWorld(engine);
  const publish = (steps: unknown[], settings: Record<string, unknown> = {}) =>
    publishWorkflow(at.ctx, workflowOf(steps, settings), 'test');
  const migrate = async (version: number | null = null) => {
    const done = await migrateWorkflow(at.ctx, { name: NAME, version, actor: ANA });
    if (!done.ok) throw new Error(done.text);
    await at.world.drain();
    return done.migrated;
  };
  const version = async (leadId: string): Promise<number> =>
    (await versionById(at.ctx.db, (await at.enrollmentOf(leadId)).workflowVersionId)).version;

  test('a preview says who would go where, and moves nobody', async () => {
    const leadId = await letIn(at, workflowOf([wait('pause'), send('one')]));
    await publish([send('one')]);
    const found = await previewMigration(at.ctx, { name: NAME, version: null });
    expect(found).toMatchObject({
      ok: true,
      preview: {
        version: 2,
        leads: 1,
        groups: [{ fromVersion: 1, from: 'pause', to: { do: 'enter', step: 'one' }, count: 1 }],
      },
    });
    expect(await version(leadId)).toBe(1);
  });

  test('a lead whose step is gone goes on with what is left, and the others keep their timers', async () => {
    const leadId = await letIn(at, workflowOf([wait('pause'), wait('rest'), send('one')]));
    await publish([wait('pause', '9d'), send('one'), send('two')]);
    expect(await migrate()).toMatchObject({ moved: 1, ended: 0, stayed: 0 });
    expect(await version(leadId)).toBe(2);
    await later(at, 3 * DAY);
    expect(sent(at)).toEqual(['The mail one', 'The mail two']);
    expect(await story(at, leadId)).toContain('pause migrated → pause');
    expect((await auditOf(at, (await at.enrollmentOf(leadId)).id)).map(({ action }) => action)).toContain(
      'enrollment.migrated',
    );
    expect((await verifyChain(at.ctx.db, at.ctx.workspaceId)).problem).toBeNull();
  });

  test('a card stays where its step says the same, and its lead goes on by the new version', async () => {
    const leadId = await letIn(at, workflowOf([draft('draft'), send('one')]));
    const [card] = await pendingOf(at, leadId);
    await publish([draft('draft'), send('two')]);
    await migrate();
    expect((await pendingOf(at, leadId)).map(({ id }) => id)).toEqual([card?.id]);
    await at.decide(card?.id ?? '');
    await at.world.drain();
    expect(sent(at)).toContain('The mail two');
    expect(sent(at)).not.toContain('The mail one');
  });

  test('a card whose step changed is withdrawn and made anew', async () => {
    const leadId = await letIn(at, workflowOf([draft('draft')]));
    const [card] = await pendingOf(at, leadId);
    await publish([draft('draft', 'Write about something else, and shorter than before.')]);
    await migrate();
    expect(await at.decision(card?.id ?? '')).toMatchObject({
      status: 'withdrawn',
      settledReason: 'the lead was moved to version 2',
    });
    const anew = await pendingOf(at, leadId);
    expect(anew).toHaveLength(1);
    expect(anew[0]?.id).not.toBe(card?.id);
    expect((await at.decide(card?.id ?? '')).ok).toBe(false);
  });

  test('what was approved goes out as it was approved', async () => {
    const leadId = await letIn(at, workflowOf([draft('draft')], { undo_window: '1h' }));
    const [card] = await pendingOf(at, leadId);
    await at.decide(card?.id ?? '');
    await publish([wait('pause')], { tone: 'Quite another tone.' });
    await migrate();
    await later(at, 2 * DAY);
    expect((await messagesOf(at, leadId)).map(({ status }) => status)).toEqual(['sent']);
  });

  test('back and forth, nothing is decided twice and nobody gets stuck on a step that was taken before', async () => {
    const first = [draft('draft'), wait('pause'), draft('second')];
    const leadId = await letIn(at, workflowOf(first));
    const [card] = await pendingOf(at, leadId);
    await at.decide(card?.id ?? '');
    await at.world.drain();
    await publish([wait('pause'), draft('draft')]);
    await migrate();
    await later(at, 3 * DAY);
    expect(await pendingOf(at, leadId)).toHaveLength(1);
    await publish(first);
    await migrate(1);
    await later(at, 30 * DAY);
    const keys = (await at.ctx.db.select().from(decisions)).map(({ step, occurrence }) => `${step}:${occurrence}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect((await enrollmentsOf(at, leadId)).every(({ dueAt, endedAt }) => dueAt !== null || endedAt !== null)).toBe(
      true,
    );
  });

  test('a worker that has the lead in hand meanwhile writes nothing: the draft is made by the new version alone', async () => {
    const { model } = at.ctx;
    const asked: string[] = [];
    const propose: typeof model.propose = async (kind, inputs) => {
      asked.push(inputs.brief);
      if (asked.length === 1) await migrateWorkflow(at.ctx, { name: NAME, version: null, actor: ANA });
      return model.propose(kind, inputs);
    };
    const brief = 'Write about something else, and shorter than before.';
    const leadId = await letIn(
      at,
      workflowOf([wait('pause', '1h'), draft('draft', 'The brief of the first version.')]),
    );
    await publish([wait('pause', '1h'), draft('draft', brief)]);
    at.ctx.model = { ...model, propose };
    await later(at, 2 * HOUR);
    expect(asked).toEqual(['The brief of the first version.', brief]);
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(1);
    expect(await pendingOf(at, leadId)).toMatchObject([
      { status: 'pending', workflowVersionId: (await at.enrollmentOf(leadId)).workflowVersionId },
    ]);
  });

  test('a goal of the new version that is reached already ends the lead at once', async () => {
    const leadId = await letIn(at, workflowOf([draft('draft')]), { company: 'Acme' });
    await publish([draft('draft')], { goal: { description: 'Is Acme', when: { field: 'company', is: 'Acme' } } });
    expect(await migrate()).toMatchObject({ ended: 1 });
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'exited', exitReason: 'goal reached' });
    expect(await pendingOf(at, leadId)).toEqual([]);
  });

  test('an unknown version is refused', async () => {
    await publish([send('one')]);
    expect(await previewMigration(at.ctx, { name: NAME, version: 7 })).toEqual({
      ok: false,
      text: 'whitepaper-nurture has no version 7; the current one is 1.',
    });
  });
});

describe('archiving', () => {
  const at = engineWorld('pglite');
  const archive = (drain = false) => archiveWorkflow(at.ctx, { name: NAME, drain, actor: ANA });

  test('ends everybody under way, with cards and mails, and takes nobody in', async () => {
    const workflow = workflowOf([draft('draft'), wait('pause')], { undo_window: '1h' });
    const waits = await letIn(at, workflow);
    const [card] = await pendingOf(at, waits);
    await at.decide(card?.id ?? '');
    const asked = await letIn(at, workflow);
    expect(await archive()).toMatchObject({ ok: true, archived: { ended: 2, cancelled: 1, goOn: 0 } });
    await later(at, DAY);
    expect(sent(at)).toEqual([]);
    expect(await pendingOf(at, asked)).toEqual([]);
    const rows = await at.ctx.db.select().from(enrollments);
    expect(rows.map(({ exitReason }) => exitReason)).toEqual([
      'the workflow was archived',
      'the workflow was archived',
    ]);
    const { email } = await at.lead(asked);
    expect(await enrollByHand(at.ctx, { name: NAME, email: email ?? '', again: true, actor: ANA })).toMatchObject({
      ok: false,
    });
  });

  test('drained, those under way go on to their end', async () => {
    const leadId = await letIn(at, workflowOf([wait('pause'), send('one')]));
    expect(await archive(true)).toMatchObject({ archived: { ended: 0, goOn: 1 } });
    await later(at, 3 * DAY);
    expect(sent(at)).toEqual(['The mail one']);
    expect((await at.enrollmentOf(leadId)).status).toBe('done');
  });

  test('a start of the program leaves it in the archive; a person who publishes takes it out', async () => {
    const workflow = workflowOf([send('one')]);
    await publishWorkflow(at.ctx, workflow, 'system:start');
    await archive(true);
    await publishWorkflow(at.ctx, workflow, 'system:start');
    expect((await at.ctx.db.select().from(workflows))[0]).toMatchObject({ status: 'archived', draining: true });
    await publishWorkflow(at.ctx, workflow, 'person:U0ANA', { revive: true });
    expect((await at.ctx.db.select().from(workflows))[0]).toMatchObject({ status: 'active', draining: false });
    expect(await at.ctx.db.select().from(workflowVersions)).toHaveLength(1);
  });
});
