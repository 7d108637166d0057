import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { rows, transact } from '../../src/db/client.ts';
import { insertLeadEvent } from '../../src/db/leads.ts';
import { decisions, enrollments, leads, messages, tasks } from '../../src/db/schema.ts';
import { advance } from '../../src/engine/advance.ts';
import { closeTask } from '../../src/engine/close-task.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { tick } from '../../src/engine/tick.ts';
import { wakeLead } from '../../src/engine/wake-lead.ts';
import { DAY, engineWorld, MINUTE } from './engine-world.ts';
import { did, enrollmentsOf, letIn, mail, sent, workflowOf } from './language-world.ts';

/** Only PostgreSQL has two connections, and so two things that happen at once. */
describe('the language at the same moment', () => {
  const at = engineWorld('postgres');
  const many = async (count: number, workflow: ReturnType<typeof workflowOf>): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(await letIn(at, workflow));
    // Connections are opened when they are needed: all are, before it counts.
    await Promise.all(Array.from({ length: 8 }, () => at.ctx.db.execute('select pg_sleep(0.02)')));
    return ids;
  };
  const waitingForLocks = async (): Promise<number> => {
    const [row] = await rows<{ count: number }>(
      at.ctx.db,
      sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return row?.count ?? 0;
  };
  const work = async (): Promise<void> => {
    await tick(at.ctx);
    const jobs = at.world.jobs.splice(0);
    await Promise.all(jobs.map((job) => (job.name === 'advance' ? advance(at.ctx, job) : deliver(at.ctx, job))));
  };

  test('an event and the end of the wait for it: each lead goes one way, and none waits on', async () => {
    const workflow = workflowOf([
      { id: 'clicks', wait_until: { event: 'clicked' }, timeout: '1d', on_timeout: 'cold' },
      { id: 'warm', wait: '9d', next: 'over' },
      { id: 'cold', wait: '9d' },
      { id: 'over', exit: 'x' },
    ]);
    const ids = await many(24, workflow);
    at.world.passTime(DAY);
    await Promise.all([...ids.map((id) => did(at, id, 'clicked', false)), work()]);
    await at.world.drain();
    for (const id of ids) {
      const [row, ...others] = await enrollmentsOf(at, id);
      expect(others).toEqual([]);
      expect(['warm', 'cold']).toContain(row?.step);
      expect(row?.status).toBe('waiting');
    }
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('an event while the wait for it is being set is never missed', async () => {
    const ids = await many(
      24,
      workflowOf([
        { id: 'pause', wait: '1d' },
        { id: 'clicks', wait_until: { event: 'clicked' }, timeout: '9d' },
        { id: 'warm', wait: '9d' },
      ]),
    );
    at.world.passTime(DAY);
    await Promise.all([work(), ...ids.map((id) => did(at, id, 'clicked', false))]);
    await at.world.drain();
    for (const id of ids) expect((await at.enrollmentOf(id)).step).toBe('warm');
  });

  test('a turn waits for whoever changes the lead, and then acts on what that changed', async () => {
    const leadId = await letIn(
      at,
      workflowOf([
        { id: 'pause', wait: '1d' },
        { id: 'clicks', wait_until: { event: 'clicked' }, timeout: '9d' },
        { id: 'warm', wait: '9d' },
      ]),
    );
    at.world.passTime(DAY);
    await tick(at.ctx);
    const [job] = at.world.jobs.splice(0);
    if (job?.name !== 'advance') throw new Error('the lead should be due');
    const turn: { done: Promise<void> | null } = { done: null };
    await transact(at.ctx.db, async (tx) => {
      await tx.select().from(leads).where(eq(leads.id, leadId)).for('update');
      turn.done = advance(at.ctx, job);
      await expect.poll(async () => (await waitingForLocks()) > 0, { timeout: 10_000 }).toBe(true);
      const now = at.ctx.clock.now();
      await insertLeadEvent(tx, {
        id: at.ctx.ids.id(),
        workspaceId: at.ctx.workspaceId,
        leadId,
        type: 'clicked',
        source: 'test',
        externalId: null,
        payload: {},
        occurredAt: now,
        receivedAt: now,
      });
      await wakeLead(at.ctx, tx, leadId, { events: ['clicked'] });
    });
    await turn.done;
    await at.world.drain();
    expect((await at.enrollmentOf(leadId)).step).toBe('warm');
  });

  test('a job that was carried out before does nothing the second time, though the lead is due again', async () => {
    const leadId = await letIn(
      at,
      workflowOf([
        { id: 'pause', wait: '1d' },
        { id: 'first', update: { add_tags: ['first'] } },
        { id: 'second', update: { add_tags: ['second'] } },
        { id: 'rest', wait: '9d' },
      ]),
    );
    at.world.passTime(DAY);
    await tick(at.ctx);
    const [job] = at.world.jobs.splice(0);
    if (job?.name !== 'advance') throw new Error('the lead should be due');
    await advance(at.ctx, job);
    const after = await at.enrollmentOf(leadId);
    expect(after).toMatchObject({ status: 'active', step: 'first' });
    await advance(at.ctx, job);
    expect(await at.enrollmentOf(leadId)).toEqual(after);
  });

  test('the goal and a mail about to leave: it left before, or it never does', async () => {
    const goal = { goal: { description: 'A call.', when: { event: 'call_booked' } } };
    const ids = await many(
      1,
      workflowOf(
        [
          { id: 'pause', wait: '1d' },
          { id: 'hello', send: mail('One') },
          { id: 'rest', wait: '9d' },
        ],
        goal,
      ),
    );
    for (let i = 0; i < 15; i++)
      ids.push(
        await letIn(
          at,
          workflowOf(
            [
              { id: 'pause', wait: '1d' },
              { id: 'hello', send: mail('One') },
              { id: 'rest', wait: '9d' },
            ],
            goal,
          ),
        ),
      );
    at.world.passTime(DAY);
    await work();
    await work();
    expect(await at.ctx.db.$count(messages, eq(messages.status, 'approved'))).toBe(16);
    await Promise.all([work(), ...ids.map((id) => did(at, id, 'call_booked', false))]);
    const after = await at.ctx.db.select().from(messages);
    expect(after.map(({ status }) => status).filter((status) => status !== 'sent' && status !== 'cancelled')).toEqual(
      [],
    );
    expect(sent(at)).toHaveLength(after.filter(({ status }) => status === 'sent').length);
    await at.world.drain();
    expect(sent(at)).toHaveLength(after.filter(({ status }) => status === 'sent').length);
  });

  test('two people close one task, and its deadline comes: one of them does', async () => {
    const ids = await many(
      16,
      workflowOf([
        { id: 'call', task: { text: 'Call', deadline: '1d' } },
        { id: 'rest', wait: '9d' },
      ]),
    );
    const open = await at.ctx.db.select().from(tasks);
    at.world.passTime(DAY + MINUTE);
    const answers = await Promise.all([
      work().then(() => null),
      ...open.flatMap(({ id: taskId }) => [
        closeTask(at.ctx, { taskId, userId: 'U0ANA', how: 'done' }),
        closeTask(at.ctx, { taskId, userId: 'U0BEN', how: 'skipped' }),
      ]),
    ]);
    await at.world.drain();
    const ended = await at.ctx.db.select().from(tasks);
    expect(ended.filter(({ status }) => status === 'open')).toEqual([]);
    const byPeople = ended.filter(({ closedBy }) => closedBy?.startsWith('person:')).length;
    expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(byPeople);
    for (const id of ids) expect((await at.enrollmentOf(id)).step).toBe('rest');
  });

  test('one event told twenty times at once begins one enrollment', async () => {
    const leadId = await letIn(
      at,
      workflowOf([{ id: 'rest', wait: '9d' }], { triggers: [{ on: 'event', event: 'trial_started' }] }),
    );
    await Promise.all(Array.from({ length: 20 }, () => did(at, leadId, 'trial_started', false)));
    expect(await enrollmentsOf(at, leadId)).toHaveLength(1);
  });

  test('a fixed mail whose step two workers carry out at once is one mail', async () => {
    const ids = await many(
      12,
      workflowOf([
        { id: 'pause', wait: '1d' },
        { id: 'hello', send: mail('One') },
      ]),
    );
    at.world.passTime(DAY);
    await work();
    await tick(at.ctx);
    const jobs = at.world.jobs.splice(0);
    await Promise.all(
      [...jobs, ...jobs].map((job) => (job.name === 'advance' ? advance(at.ctx, job) : deliver(at.ctx, job))),
    );
    await at.world.drain();
    expect(sent(at)).toHaveLength(12);
    expect(await at.ctx.db.$count(decisions, eq(decisions.purpose, 'fixed'))).toBe(12);
    for (const id of ids) expect((await at.enrollmentOf(id)).status).toBe('done');
    expect(await at.ctx.db.$count(enrollments)).toBe(12);
  });
});
