import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import {
  audit,
  enrollments,
  leads,
  messages,
  outcomes,
  slackPosts,
  suppressions,
  workflows,
  workflowVersions,
} from '../../src/db/schema.ts';
import { addSuppression } from '../../src/db/suppressions.ts';
import type { Context, SendResult } from '../../src/engine/context.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { pause, resume } from '../../src/engine/pause.ts';
import { tick } from '../../src/engine/tick.ts';
import { engines } from '../support/database.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { ANA, DAY, engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

const answer = 'the server said so';

describe.each(engines)('delivering on %s', (engine) => {
  const at = engineWorld(engine);

  const ANSWERS: Array<[string, SendResult, string, number]> = [
    ['an acceptance makes it sent', { type: 'sent', answer }, 'sent', 0],
    ['a request to wait makes it approved again', { type: 'later', answer }, 'approved', 0],
    ['a refused sender makes it failed, and people are told', { type: 'failed', answer, phase: 'mail' }, 'failed', 1],
    [
      'a refused recipient makes it failed, and people are told',
      { type: 'failed', answer, phase: 'rcpt' },
      'failed',
      1,
    ],
    ['a refused DATA makes it failed, and people are told', { type: 'failed', answer, phase: 'data' }, 'failed', 1],
    ['a refused text makes it failed, and people are told', { type: 'failed', answer, phase: 'message' }, 'failed', 1],
    ['silence after the text makes it uncertain, and a person is asked', { type: 'unknown', answer }, 'uncertain', 1],
  ];
  test.for(ANSWERS)('%s', async ([, result, status, notices]) => {
    const { id } = await at.approvedMail();
    at.world.sendResults.push(result);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status, leaseUntil: null, attempts: 1 });
    expect(await at.notices()).toHaveLength(notices);
    expect(at.world.mails).toHaveLength(1);
  });

  test('a refused recipient is never mailed again and leaves every workflow; any other refusal is not about the person', async () => {
    const refused = await at.approvedMail(testWorkflowOfTwo());
    at.world.sendResults.push({ type: 'failed', answer, phase: 'rcpt' });
    await at.world.drain();
    expect(await at.ctx.db.select().from(suppressions)).toMatchObject([{ scope: 'address', reason: 'bounced' }]);
    expect(await at.ctx.db.select().from(outcomes)).toMatchObject([{ type: 'bounced', leadId: refused.leadId }]);
    expect(await at.enrollmentOf(refused.leadId)).toMatchObject({
      status: 'exited',
      exitReason: 'the address bounced',
    });
    const other = await at.approvedMail(testWorkflowOfTwo());
    at.world.sendResults.push({ type: 'failed', answer, phase: 'message' });
    await at.world.drain();
    expect(await at.ctx.db.select().from(suppressions)).toHaveLength(1);
    expect((await at.enrollmentOf(other.leadId)).status).not.toBe('exited');
  });

  test('requests to wait are answered with longer and longer waits', async () => {
    const { id } = await at.approvedMail();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      at.world.sendResults.push({ type: 'later', answer });
      await at.world.drain();
      const { sendAfter } = await at.message(id);
      waits.push((sendAfter.getTime() - at.world.now.getTime()) / MINUTE);
      at.world.now = sendAfter;
    }
    expect(waits).toEqual([1, 5, 15, 60, 60, 60]);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status: 'sent', attempts: 7 });
  });

  test('a mail server out of reach leaves the mail approved and says so once an hour, however many mails wait', async () => {
    const first = await at.approvedMail(oneMail({ undo_window: '5m' }));
    const second = await at.approvedMail(oneMail({ undo_window: '5m' }));
    at.world.passTime(5 * MINUTE);
    const unreachable: Context = {
      ...at.ctx,
      mail: { open: async () => ({ ok: false, retryable: false, detail: 'no' }) },
    };
    for (let minute = 0; minute < 3; minute++) {
      await tick(at.ctx);
      for (const job of at.world.jobs.splice(0)) if (job.name === 'deliver') await deliver(unreachable, job);
      at.world.passTime(MINUTE);
    }
    for (const { id } of [first, second])
      expect(await at.message(id)).toMatchObject({ status: 'approved', attempts: 0 });
    expect(await at.notices()).toHaveLength(1);
    expect(at.world.mails).toEqual([]);
    const deferred = (await at.ctx.db.select().from(audit).where(eq(audit.subjectId, first.id))).filter(
      ({ action }) => action === 'message.deferred',
    );
    expect(deferred).toHaveLength(1);
    await at.world.drain();
    expect(at.world.mails).toHaveLength(2);
  });

  /** What only somebody with the database's own rights can do: a trigger refuses it to the program. */
  async function rewrite(id: string, change: Partial<typeof messages.$inferInsert>): Promise<void> {
    const guard = (state: 'disable' | 'enable') =>
      at.ctx.db.execute(sql.raw(`alter table messages ${state} trigger message_content_is_immutable`));
    await guard('disable');
    await at.ctx.db.update(messages).set(change).where(eq(messages.id, id));
    await guard('enable');
  }

  test('what is not what was approved is cancelled', async () => {
    const { id, mail } = await at.approvedMail();
    await rewrite(id, { mail: { ...mail, text: 'Something else entirely.' } });
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: 'its content is not what was approved',
    });
    expect(at.world.mails).toEqual([]);
  });

  test('a lead whose address was changed after the approval is not mailed, at either address', async () => {
    const { id, leadId } = await at.approvedMail();
    await at.ctx.db.update(leads).set({ email: 'other@acme.example' }).where(eq(leads.id, leadId));
    await at.world.drain();
    expect((await at.message(id)).statusReason).toContain('address was changed after the approval');
    expect(at.world.mails).toEqual([]);
  });

  test('an erased lead is not mailed', async () => {
    const { id, leadId } = await at.approvedMail();
    await at.ctx.db.update(leads).set({ email: null, erasedAt: at.world.now }).where(eq(leads.id, leadId));
    await at.ctx.db.update(messages).set({ mail: null }).where(eq(messages.id, id));
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status: 'cancelled', statusReason: 'the lead was erased' });
  });

  test('a lead who replied since the draft is not mailed', async () => {
    const { id, leadId } = await at.approvedMail();
    await at.ctx.db
      .update(leads)
      .set({ lastReplyAt: new Date(at.world.now.getTime() + 1) })
      .where(eq(leads.id, leadId));
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: expect.stringContaining('replied'),
    });
  });

  test('an opt-out that comes while the connection is opened stops the mail', async () => {
    const { id, leadId } = await at.approvedMail();
    await tick(at.ctx);
    const [job] = at.world.jobs.splice(0);
    if (job?.name !== 'deliver') throw new Error('no mail was claimed');
    const { emailHash } = await at.lead(leadId);
    const open = async () => {
      await transact(at.ctx.db, (tx) =>
        addSuppression(tx, {
          id: at.ctx.ids.id(),
          workspaceId: at.ctx.workspaceId,
          scope: 'address',
          keyHash: emailHash,
          reason: 'unsubscribed',
          source: 'test',
          createdAt: at.world.now,
        }),
      );
      return at.ctx.mail.open();
    };
    await deliver({ ...at.ctx, mail: { open } }, job);
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: expect.stringContaining('unsubscribed'),
    });
    expect(at.world.mails).toEqual([]);
  });

  test('an approval does not hold for ever', async () => {
    const { id } = await at.approvedMail();
    at.world.passTime(8 * DAY);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: 'it waited longer than an approval holds',
    });
  });

  test('quiet hours of the lead put it off until they end, with the reason', async () => {
    const { id } = await at.approvedMail(oneMail({ quiet_hours: { from: '18:00', to: '08:00' } }), {
      timezone: 'Asia/Tokyo',
    });
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({
      status: 'approved',
      sendAfter: new Date('2026-03-10T23:00:00.000Z'),
      statusReason: 'quiet hours in Asia/Tokyo',
    });
    at.world.now = new Date('2026-03-10T23:00:00.000Z');
    await at.world.drain();
    expect(at.world.mails).toHaveLength(1);
  });

  test('a lead gets no more than its cap over all workflows; the next waits until there is room, with the reason', async () => {
    const cap = { mails: 1, within: '2d' };
    const first = await at.approvedMail(oneMail({ name: 'first-one', cap }));
    await at.world.drain();
    const second = await at.approvedMail(oneMail({ name: 'second-one', cap }));
    await rewrite(first.id, { leadId: second.leadId });
    await at.world.drain();
    expect(await at.message(second.id)).toMatchObject({
      status: 'approved',
      statusReason: 'the lead had 1 mail within 2d',
      sendAfter: new Date(at.world.now.getTime() + 2 * DAY),
    });
  });

  test('a paused workflow holds its mails, without a word a minute, and lets them go when it is resumed', async () => {
    const { id, decisionId } = await at.approvedMail(oneMail({ undo_window: '1m' }));
    await pause(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    for (let minute = 0; minute < 5; minute++) {
      at.world.passTime(MINUTE);
      await at.world.drain();
    }
    expect(await at.message(id)).toMatchObject({ status: 'approved', statusReason: 'the workflow is paused' });
    const [card] = await at.ctx.db.select().from(slackPosts).where(eq(slackPosts.subjectId, decisionId));
    expect(card?.revision).toBe(3);
    await resume(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    at.world.passTime(MINUTE);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status: 'sent' });
  });

  test('pausing everything between the claim and the sending holds the mail', async () => {
    const { id } = await at.approvedMail();
    await tick(at.ctx);
    const jobs = at.world.jobs.splice(0);
    await pause(at.ctx, { name: 'all', actor: ANA });
    for (const job of jobs) if (job.name === 'deliver') await deliver(at.ctx, job);
    expect(await at.message(id)).toMatchObject({ status: 'approved', statusReason: 'everything is paused' });
    at.world.passTime(HOUR);
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    await resume(at.ctx, { name: 'all', actor: ANA });
    await at.world.drain();
    expect(at.world.mails).toHaveLength(1);
  });

  test('one claim sends one mail, however often its job comes', async () => {
    await at.approvedMail();
    await tick(at.ctx);
    const jobs = at.world.jobs.splice(0);
    for (const job of [...jobs, ...jobs]) if (job.name === 'deliver') await deliver(at.ctx, job);
    expect(at.world.mails).toHaveLength(1);
  });

  test('a worker that slept through its claim sends nothing; the one that took over does', async () => {
    const { id } = await at.approvedMail();
    await tick(at.ctx);
    const [old] = at.world.jobs.splice(0);
    at.machineLater(MINUTE);
    await tick(at.ctx);
    const [fresh] = at.world.jobs.splice(0);
    if (old?.name !== 'deliver' || fresh?.name !== 'deliver') throw new Error('no mail was claimed');
    await deliver(at.ctx, old);
    expect(at.world.mails).toEqual([]);
    await deliver(at.ctx, fresh);
    expect(at.world.mails).toHaveLength(1);
    expect(await at.message(id)).toMatchObject({ status: 'sent' });
  });

  test('a worker that was halted between its mark and the wire sends nothing when it wakes', async () => {
    const { id } = await at.approvedMail();
    await tick(at.ctx);
    const [job] = at.world.jobs.splice(0);
    if (job?.name !== 'deliver') throw new Error('no mail was claimed');
    // The halt comes right after `sending` was committed: the next look at the machine's clock is an hour on.
    let halted = false;
    const machine = { now: () => new Date(Date.now() + (halted ? HOUR : 0)) };
    const db = new Proxy(at.ctx.db, {
      get: (target, name, receiver) =>
        name === 'transaction'
          ? async (work: Parameters<typeof target.transaction>[0]) => {
              const done: unknown = await target.transaction(work);
              if ((await at.message(id)).status === 'sending') halted = true;
              return done;
            }
          : Reflect.get(target, name, receiver),
    });
    await deliver({ ...at.ctx, db, machine }, job);
    expect(halted).toBe(true);
    expect(at.world.mails).toEqual([]);
    expect(await at.message(id)).toMatchObject({ status: 'approved', statusReason: expect.stringContaining('halted') });
  });

  test('a mail that can’t be prepared does not stand in the way of others, and ends when its approval does', async () => {
    const { id, decisionId } = await at.approvedMail(oneMail());
    // A version that nobody could publish makes the gate throw.
    const { workflowVersionId } = await at.decision(decisionId);
    await at.ctx.db
      .update(workflowVersions)
      .set({ definition: oneMail({ cap: { mails: 1, within: 'soon' } }) })
      .where(eq(workflowVersions.id, workflowVersionId ?? ''));
    const attempt = async () => {
      await tick(at.ctx);
      const [job] = at.world.jobs.splice(0);
      if (job?.name !== 'deliver') throw new Error('no mail was claimed');
      await expect(deliver(at.ctx, job)).rejects.toThrow(RangeError);
    };
    await attempt();
    expect(await at.message(id)).toMatchObject({
      status: 'approved',
      leaseUntil: null,
      sendAfter: new Date(at.world.now.getTime() + MINUTE),
    });
    at.world.passTime(8 * DAY);
    await attempt();
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: 'it waited longer than an approval holds',
    });
  });

  test('the wait after a mail counts from when it left, and a step claimed too early does not go on', async () => {
    const message = await at.approvedMail(testWorkflowOfTwo());
    at.world.sendResults.push({ type: 'later', answer });
    await at.world.drain();
    const { leadId } = message;
    at.world.passTime(3 * DAY);
    await at.ctx.db.update(messages).set({ sendAfter: at.world.now }).where(eq(messages.id, message.id));
    await tick(at.ctx);
    const jobs = at.world.jobs.splice(0);
    expect(jobs.map(({ name }) => name).sort()).toEqual(['advance', 'deliver']);
    for (const job of jobs) if (job.name === 'deliver') await deliver(at.ctx, job);
    at.world.jobs.push(...jobs.filter(({ name }) => name === 'advance'));
    await at.world.drain();
    const { status, dueAt } = await at.enrollmentOf(leadId);
    expect({ status, dueAt }).toEqual({ status: 'waiting', dueAt: new Date(at.world.now.getTime() + 3 * DAY) });
  });

  test('nothing is mailed for an archived workflow', async () => {
    const { id } = await at.approvedMail();
    await at.ctx.db.update(workflows).set({ status: 'archived' });
    await at.world.drain();
    at.world.passTime(8 * DAY);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status: 'cancelled' });
    expect(at.world.mails).toEqual([]);
  });

  test('a lead who left the workflow is not mailed', async () => {
    const { id, leadId } = await at.approvedMail();
    await at.ctx.db
      .update(enrollments)
      .set({ status: 'exited', exitReason: 'told us so', dueAt: null })
      .where(eq(enrollments.leadId, leadId));
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({
      status: 'cancelled',
      statusReason: 'the lead left the workflow (told us so)',
    });
  });
});

/** Mail, three days, mail. */
function testWorkflowOfTwo() {
  const workflow = testWorkflow({ undo_window: '0s' });
  const first = workflow.steps.findIndex((step) => step.id === 'first-mail');
  return { ...workflow, steps: workflow.steps.slice(first) };
}
