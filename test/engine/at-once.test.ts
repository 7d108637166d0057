import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { decisions, enrollments, messages, slackPosts } from '../../src/db/schema.ts';
import { advance } from '../../src/engine/advance.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { parkAbandonedSendings } from '../../src/engine/abandoned-sendings.ts';
import { recordSendResult } from '../../src/engine/record-send-result.ts';
import { resolveUncertain } from '../../src/engine/resolve-uncertain.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { syncCards } from '../../src/engine/sync-cards.ts';
import { tick } from '../../src/engine/tick.ts';
import { undoApproval } from '../../src/engine/undo.ts';
import { enrolled } from '../support/fixtures.ts';
import { ANA, DAY, engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

/** Only PostgreSQL has two connections, and so two things that happen at once. */
describe('at the same moment', () => {
  const at = engineWorld('postgres');
  const leads = (count: number) => Array.from({ length: count }, (_, i) => ({ email: `lee${i}@firm${i}.example` }));
  const takeJobs = () => at.world.jobs.splice(0);

  test('ticks of many processes claim each row once, and together no more than people were promised', async () => {
    await enrolled(at.world, oneMail({ max_pending: 10 }), leads(40));
    // Connections are opened when they are needed: all are, before it counts.
    await Promise.all(Array.from({ length: 8 }, () => at.ctx.db.execute('select pg_sleep(0.02)')));
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 4 }, () => tick(at.ctx)));
      const jobs = takeJobs();
      const ids = jobs.map((job) => (job.name === 'advance' ? job.enrollmentId : job.messageId));
      expect(new Set(ids).size).toBe(ids.length);
      await Promise.all(jobs.map((job) => (job.name === 'advance' ? advance(at.ctx, job) : deliver(at.ctx, job))));
    }
    expect(await at.ctx.db.$count(decisions)).toBe(10);
  });

  test('an undo and the sender: it is stopped or sent, never both', async () => {
    await enrolled(at.world, oneMail(), leads(24));
    await at.world.drain();
    const all = await at.ctx.db.select().from(decisions);
    for (const { id } of all) await at.decide(id);
    await tick(at.ctx);
    const jobs = takeJobs();
    const undone = await Promise.all(
      jobs.flatMap((job) => {
        if (job.name !== 'deliver') return [];
        const stop = async () => {
          const { decisionId } = await at.message(job.messageId);
          const { ok } = await undoApproval(at.ctx, { decisionId, actor: ANA });
          return { id: job.messageId, ok };
        };
        const send = deliver(at.ctx, job);
        return [stop().then(async (result) => (await send, result))];
      }),
    );
    const sent = new Set(at.world.mails.map(({ messageId }) => messageId.slice(1, messageId.indexOf('@'))));
    expect(undone).toHaveLength(24);
    for (const { id, ok } of undone) {
      expect(sent.has(id)).toBe(!ok);
      expect((await at.message(id)).status).toBe(ok ? 'cancelled' : 'sent');
    }
  });

  test('a click and the deadline: one of them settles it', async () => {
    await enrolled(at.world, oneMail(), leads(16));
    await at.world.drain();
    const all = await at.ctx.db.select().from(decisions);
    const before = at.world.now;
    at.world.passTime(3 * DAY);
    await tick(at.ctx);
    const jobs = takeJobs();
    // The clicks come from a process whose clock is a moment behind.
    const behind = { ...at.ctx, clock: { now: () => new Date(before.getTime() + 3 * DAY - 1) } };

    const clicks = all.map(({ id, proposalHash }) =>
      settleDecision(behind, {
        decisionId: id,
        actor: ANA,
        via: 'button',
        request: { verdict: 'approve', version: 1, hash: proposalHash },
      }),
    );
    const expiries = jobs.flatMap((job) => (job.name === 'advance' ? [advance(at.ctx, job)] : []));
    const results = await Promise.all(clicks);
    await Promise.all(expiries);
    for (const [i, decision] of all.entries()) {
      const { status } = await at.decision(decision.id);
      expect(status).toBe(results[i]?.ok ? 'approved' : 'expired');
    }
    expect(await at.ctx.db.$count(messages)).toBe(results.filter(({ ok }) => ok).length);
    for (const { status, pendingDecisionId } of await at.ctx.db.select().from(enrollments)) {
      expect(pendingDecisionId).toBeNull();
      expect(['done', 'exited']).toContain(status);
    }
  });

  test('a late answer, the sweep and two people: the mail ends once and is replaced at most once', async () => {
    await enrolled(at.world, oneMail(), leads(12));
    await at.world.drain();
    for (const { id } of await at.ctx.db.select().from(decisions)) await at.decide(id);
    await at.ctx.db.update(messages).set({
      status: 'sending',
      version: 1,
      attempts: 1,
      sendingAt: at.world.now,
      leaseUntil: new Date(Date.now() + MINUTE),
    });
    const all = await at.ctx.db.select().from(messages);
    at.machineLater(HOUR);
    await Promise.all([
      parkAbandonedSendings(at.ctx),
      parkAbandonedSendings(at.ctx),
      ...all.flatMap(({ id }, i) => [
        recordSendResult(at.ctx, {
          messageId: id,
          version: 1,
          result: i % 2 ? { type: 'sent', answer: '250' } : { type: 'later', answer: '451' },
        }),
      ]),
    ]);
    await parkAbandonedSendings(at.ctx);
    await Promise.all(
      all.flatMap(({ id }) => [
        resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' }),
        resolveUncertain(at.ctx, { messageId: id, actor: { type: 'person', id: 'U0BEN' }, answer: 'was_sent' }),
      ]),
    );
    at.world.passTime(HOUR);
    await at.world.drain();
    for (const { id } of all) expect((await at.message(id)).status).toBe('sent');
    expect(at.world.mails).toHaveLength(6);
    expect(await at.ctx.db.$count(messages)).toBe(12);
  });

  test('many sweeps at once post each card once, and the chain of it all is whole', async () => {
    await enrolled(at.world, oneMail(), leads(20));
    await tick(at.ctx);
    await Promise.all(takeJobs().flatMap((job) => (job.name === 'advance' ? [advance(at.ctx, job)] : [])));
    for (let round = 0; round < 25; round++)
      await Promise.all([syncCards(at.ctx), syncCards(at.ctx), syncCards(at.ctx)]);
    expect(at.world.posted).toHaveLength(20);
    expect(new Set(at.world.posted.map(({ marker }) => marker)).size).toBe(20);
    expect(await at.ctx.db.$count(slackPosts, eq(slackPosts.status, 'posted'))).toBe(20);
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });
});
