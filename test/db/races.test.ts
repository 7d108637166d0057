import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { audit, decisions, messages, unsubscribeLinks, verdicts } from '../../src/db/schema.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { unsubscribeByToken } from '../../src/engine/suppress.ts';
import type { Context } from '../../src/engine/context.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

const PAIRS = 200;

/** One mail step, so that each lead is one decision. */
const oneMail = () => {
  const workflow = testWorkflow({ undo_window: '0s', max_pending: 1000 });
  return { ...workflow, steps: workflow.steps.filter((step) => step.id === 'first-mail') };
};

describe('on PostgreSQL, at the same moment', () => {
  let database: TestDatabase;
  let world: TestWorld;
  beforeAll(async () => {
    database = await testDatabase('postgres');
    world = await testContext(database);
    await enrolled(
      world,
      oneMail(),
      Array.from({ length: PAIRS * 2 }, (_, i) => ({ email: `lead${i}@firm${i}.example` })),
    );
    await world.drain();
  });
  afterAll(() => database.close());

  const verdict = (decision: typeof decisions.$inferSelect, actor: string, approve: boolean) =>
    settleDecision(world.ctx, {
      decisionId: decision.id,
      actor: { type: 'person', id: actor },
      via: 'button',
      request: approve
        ? { verdict: 'approve', version: 1, hash: decision.proposalHash }
        : { verdict: 'reject', version: 1, hash: decision.proposalHash, reasons: ['wrong_tone'], note: '' },
    });

  test(`an approval and a rejection of one decision have one winner, ${PAIRS} times`, async () => {
    const pending = (
      await world.ctx.db.select().from(decisions).where(eq(decisions.status, 'pending')).orderBy(decisions.id)
    ).slice(0, PAIRS);
    expect(pending).toHaveLength(PAIRS);
    const winners = { approved: 0, rejected: 0 };
    for (const [i, decision] of pending.entries()) {
      const order = [verdict(decision, 'U0ANA', i % 2 === 0), verdict(decision, 'U0BEN', i % 2 !== 0)];
      const results = await Promise.all(order);
      const won = results.filter((result) => result.ok);
      const lost = results.filter((result) => !result.ok);
      expect(won).toHaveLength(1);
      expect(lost[0]).toMatchObject({ refusal: { code: 'already_settled' }, settledBy: { type: 'person' } });
      if (won[0]?.ok && (won[0].status === 'approved' || won[0].status === 'rejected')) winners[won[0].status] += 1;
    }
    expect(winners.approved + winners.rejected).toBe(PAIRS);
    const settled = await world.ctx.db.select().from(verdicts);
    expect(new Set(settled.map(({ decisionId }) => decisionId)).size).toBe(settled.length);
    const queued = await world.ctx.db.select().from(messages);
    expect(queued).toHaveLength(winners.approved);
    await world.ctx.db.update(messages).set({ status: 'cancelled' });
  });

  test(`an unsubscribe racing the sender: nothing begins to be sent after it committed, ${PAIRS} times`, async () => {
    const pending = await world.ctx.db
      .select()
      .from(decisions)
      .where(eq(decisions.status, 'pending'))
      .orderBy(decisions.id)
      .limit(PAIRS);
    expect(pending).toHaveLength(PAIRS);
    const sentIds: string[] = [];
    const race = { atOpen: async () => {}, atSend: async () => {} };
    const racing: Context = {
      ...world.ctx,
      mail: {
        open: async () => {
          void race.atOpen();
          return {
            ok: true,
            session: {
              send: async (_mail, messageId) => {
                await race.atSend();
                sentIds.push(messageId.slice(1, messageId.indexOf('@')));
                return { type: 'sent', answer: '250' };
              },
              close() {},
            },
          };
        },
      },
    };
    for (const [i, decision] of pending.entries()) {
      const approved = await verdict(decision, 'U0ANA', true);
      if (!approved.ok || approved.messageId === null) throw new Error(`decision ${decision.id} was not approved`);
      const { messageId } = approved;
      const [link] = await world.ctx.db
        .select()
        .from(unsubscribeLinks)
        .where(eq(unsubscribeLinks.decisionId, decision.id));
      await world.ctx.db
        .update(messages)
        .set({ version: 1, leaseUntil: new Date(Date.now() + 60_000) })
        .where(eq(messages.id, messageId));
      const optOut = () => unsubscribeByToken(world.ctx, { token: link?.token ?? '', via: 'one_click' });
      const send = () => deliver(racing, { messageId, version: 1 });
      // The opt-out comes: with the job, while the connection is opened, when the sending has begun, before the job.
      const started: Array<Promise<unknown>> = [];
      const begin = async () => void started.push(optOut());
      race.atOpen = i % 4 === 1 ? begin : async () => {};
      race.atSend = i % 4 === 2 ? begin : async () => {};
      if (i % 4 === 0) await begin();
      if (i % 4 === 3) await optOut();
      await send();
      await Promise.all(started);
    }
    // The audit chain is appended to in the order of commits: whatever was sent had its `sending` row before the opt-out's.
    const log = await world.ctx.db.select().from(audit).orderBy(audit.seq);
    const suppressedAt = new Map(
      log.filter(({ action }) => action === 'lead.suppressed').map(({ subjectId, seq }) => [subjectId, seq]),
    );
    const sendingAt = new Map(
      log.filter(({ action }) => action === 'message.sending').map(({ subjectId, seq }) => [subjectId, seq]),
    );
    const raced = (await world.ctx.db.select().from(messages)).filter(({ decisionId }) =>
      pending.some(({ id }) => id === decisionId),
    );
    expect(suppressedAt.size).toBe(PAIRS);
    for (const message of raced) {
      const sending = sendingAt.get(message.id);
      expect(message.status).toBe(sending === undefined ? 'cancelled' : 'sent');
      if (sending !== undefined) expect(sending).toBeLessThan(suppressedAt.get(message.leadId) ?? 0);
    }
    expect(sentIds.toSorted()).toEqual([...sendingAt.keys()].toSorted());
    // Both ways it went, or it was no race.
    expect(sentIds.length).toBeGreaterThan(0);
    expect(sentIds.length).toBeLessThan(PAIRS);
  });

  test('the audit chain of all that is one unbroken line', async () => {
    expect(await verifyChain(world.ctx.db, world.ctx.workspaceId)).toMatchObject({ problem: null });
  });
});
