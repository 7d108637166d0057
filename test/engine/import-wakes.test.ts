import { and, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Workflow } from '../../src/core/workflow.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { enrollments, leads, workflows } from '../../src/db/schema.ts';
import { closeTask } from '../../src/engine/close-task.ts';
import { importLeads } from '../../src/engine/import-leads.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { releaseImport } from '../../src/engine/release-import.ts';
import { saveSegment } from '../../src/engine/segments.ts';
import { watchSegments } from '../../src/engine/watch-segments.ts';
import { engines } from '../support/database.ts';
import { DAY, engineWorld, HOUR, MINUTE } from './engine-world.ts';
import { did, later, letIn, sent, tasksOf, workflowOf } from './language-world.ts';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const send = (id: string) => ({ id, send: { subject: `The mail ${id}`, text: 'Hello' } });
const rest = { id: 'rest', wait: '9d' };
let people = 0;

describe.each(engines)('what an import changes, on %s', (engine) => {
  const at = engineWorld(engine);
  beforeEach(() => at.ctx.db.execute(sql`truncate import_batches, segments cascade`));

  const imported = async (text: string) => {
    at.world.passTime(MINUTE);
    const given = { fileName: 'leads.csv', mapping: [], source: 'Fair', dryRun: false, by: null };
    const report = await importLeads(at.ctx, { stream: bytesOf(text), ...given });
    await at.world.drain();
    return report;
  };
  const file = (rows: number, company: string, email = (n: number) => `p${n}@c${n}.example`) =>
    `email,company\n${Array.from({ length: rows }, () => `${email(++people)},${company}`).join('\n')}\n`;
  const address = async (leadId: string) => (await at.lead(leadId)).email ?? '';
  const enrolledIn = async (name: string) =>
    (
      await at.ctx.db
        .select({ leadId: enrollments.leadId })
        .from(enrollments)
        .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
        .where(and(eq(workflows.name, name)))
    ).length;
  const segment = (name: string, text: string) =>
    saveSegment(at.ctx, { name, text, file: 'segment.yaml', by: 'person:U0ANA' });
  const published = async (workflow: Workflow) => publishWorkflow(at.ctx, workflow, 'test');

  test('a known lead that waits for a value goes on when the import brings it', async () => {
    const steps = [{ id: 'known', wait_until: { field: 'country', is: 'DE' }, timeout: '30d' }, send('next'), rest];
    const leadId = await letIn(at, workflowOf(steps));
    await imported(`email,country\n${await address(leadId)},DE\n`);
    expect(sent(at)).toEqual(['The mail next']);
  });

  test('a known lead whose goal the new value reaches leaves at once, out of a plain wait too', async () => {
    const goal = { description: 'A customer.', when: { field: 'stage', is: 'customer' } };
    const leadId = await letIn(at, workflowOf([rest], { goal }));
    await imported(`email,stage\n${await address(leadId)},customer\n`);
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'exited', exitReason: 'goal reached' });
    expect((await verifyChain(at.ctx.db, at.ctx.workspaceId)).problem).toBeNull();
  });

  test('a known lead that comes into a segment by it is taken in by the workflow that the segment begins', async () => {
    await published(workflowOf([send('hello')], { name: 'germans', triggers: [{ on: 'segment', segment: 'german' }] }));
    const leadId = await letIn(at, workflowOf([rest]));
    await segment('german', '{ field: country, is: DE }');
    expect(await imported(`email,country\n${await address(leadId)},DE\n`)).toMatchObject({ merged: 1, enrolled: 1 });
    expect(await enrolledIn('germans')).toBe(1);
  });

  describe('while it waits for a person’s word, because it looks odd,', () => {
    const odd = async () => {
      for (const _ of [1, 2]) await imported(file(60, 'Acme'));
      const report = await imported(file(40, ''));
      expect(report.held).not.toEqual([]);
      return report.batchId ?? '';
    };
    const release = (batchId: string) => releaseImport(at.ctx, { batchId, by: 'person:U0ANA' });
    const blank = '{ not: { field: company, exists: true } }';

    test('none of its leads comes into a workflow by a segment; afterwards they do', async () => {
      await published(workflowOf([rest], { name: 'blank', triggers: [{ on: 'segment', segment: 'blank' }] }));
      await segment('blank', blank);
      const batchId = await odd();
      at.world.passTime(DAY);
      expect(await watchSegments(at.ctx)).toBe(0);
      expect(await release(batchId)).toMatchObject({ ok: true });
      at.world.passTime(DAY);
      expect(await watchSegments(at.ctx)).toBe(40);
    });

    test('an event of one of its leads begins nothing; what it would have begun begins with the release', async () => {
      await published(workflowOf([rest], { name: 'trial', triggers: [{ on: 'event', event: 'trial_started' }] }));
      const batchId = await odd();
      const [lead] = await at.ctx.db.select().from(leads).where(sql`${leads.company} is null`);
      await did(at, lead?.id ?? '', 'trial_started');
      expect(await enrolledIn('trial')).toBe(0);
      expect(await release(batchId)).toEqual({ ok: true, enrolled: 1 });
      expect(await enrolledIn('trial')).toBe(1);
    });

    test('a known lead into which it merged comes into no segment by it, but its own events count', async () => {
      await published(workflowOf([rest], { name: 'trial', triggers: [{ on: 'event', event: 'trial_started' }] }));
      await published(workflowOf([rest], { name: 'vips', triggers: [{ on: 'segment', segment: 'vip' }] }));
      const leadId = await letIn(at, workflowOf([rest]));
      await segment('vip', '{ field: plan, is: vip }');
      for (const _ of [1, 2]) await imported(file(60, 'Acme'));
      const { batchId, held } = await imported(
        `${file(40, '').replaceAll('\n', ',\n').replace('company,', 'company,plan')}${await address(leadId)},,vip\n`,
      );
      expect(held).not.toEqual([]);
      expect(await enrolledIn('vips')).toBe(0);
      await did(at, leadId, 'trial_started');
      expect([await enrolledIn('vips'), await enrolledIn('trial')]).toEqual([0, 1]);
      expect(await release(batchId ?? '')).toMatchObject({ ok: true });
      expect([await enrolledIn('vips'), await enrolledIn('trial')]).toEqual([1, 1]);
    });
  });

  test('a task that is closed while its lead is paused carries the lead on when the pause ends', async () => {
    const task = { id: 'call', task: { text: 'Call.', deadline: '30d', done: 'thanks' } };
    const leadId = await letIn(at, workflowOf([task, { id: 'over', exit: 'Over' }, send('thanks'), rest]));
    const [open] = await tasksOf(at, leadId);
    const { dueAt } = await at.enrollmentOf(leadId);
    const until = new Date(at.world.now.getTime() + 2 * DAY);
    await at.ctx.db
      .update(enrollments)
      .set({
        status: 'paused',
        pausedFrom: 'waiting',
        pausedAt: at.world.now,
        pausedReason: 'a test',
        timerAt: dueAt,
        dueAt: until,
      })
      .where(eq(enrollments.leadId, leadId));
    expect(await closeTask(at.ctx, { taskId: open?.id ?? '', userId: 'U0ANA', how: 'done' })).toEqual({ ok: true });
    await later(at, HOUR);
    expect([(await at.enrollmentOf(leadId)).status, sent(at)]).toEqual(['paused', []]);
    await later(at, 2 * DAY);
    expect(sent(at)).toEqual(['The mail thanks']);
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'waiting', step: 'rest' });
  });
});
