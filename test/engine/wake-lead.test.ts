import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import { enrollments } from '../../src/db/schema.ts';
import { wakeLead } from '../../src/engine/wake-lead.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';
import { DAY, engineWorld, HOUR } from './engine-world.ts';

describe('waking a lead', () => {
  const at = engineWorld('pglite');
  const wake = (leadId: string) => transact(at.ctx.db, async (tx) => (await wakeLead(at.ctx, tx, leadId)).woken);
  const put = async (place: Partial<typeof enrollments.$inferInsert>) => {
    const workflow = testWorkflow();
    const steps = [
      { id: 'rest', wait: '3d' },
      { id: 'answer', wait_until: { event: 'clicked' }, timeout: '5d' },
      ...workflow.steps,
    ] as typeof workflow.steps;
    const [id = ''] = await enrolled(at.world, { ...workflow, steps }, [{ email: 'lee@acme.example' }]);
    const dueAt = new Date(at.world.now.getTime() + DAY);
    await at.ctx.db
      .update(enrollments)
      .set({ dueAt, ...place })
      .where(eq(enrollments.leadId, id));
    at.world.passTime(HOUR);
    return id;
  };

  test('makes an enrollment that waits for something to happen due at once', async () => {
    const id = await put({ status: 'waiting', step: 'answer' });
    expect(await wake(id)).toBe(1);
    expect((await at.enrollmentOf(id)).dueAt).toEqual(at.world.now);
  });

  test('leaves a plain wait, a pending decision’s deadline and a pause alone', async () => {
    const id = await put({ status: 'waiting', step: 'rest' });
    const { dueAt } = await at.enrollmentOf(id);
    expect(await wake(id)).toBe(0);
    await at.ctx.db.update(enrollments).set({ step: 'answer', pendingDecisionId: at.ctx.ids.id() });
    expect(await wake(id)).toBe(0);
    await at.ctx.db.update(enrollments).set({ status: 'paused', step: 'answer', pendingDecisionId: null });
    expect(await wake(id)).toBe(0);
    expect((await at.enrollmentOf(id)).dueAt).toEqual(dueAt);
  });

  test('never puts off what is due already', async () => {
    const due = new Date(at.world.now.getTime() - DAY);
    const id = await put({ status: 'active', step: 'answer', dueAt: due });
    await wake(id);
    expect((await at.enrollmentOf(id)).dueAt).toEqual(due);
  });
});
