import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { appendAudit, verifyChain } from '../../src/db/audit.ts';
import { rows, transact, uniqueViolation } from '../../src/db/client.ts';
import { audit, decisions, enrollments, messages, proposalVersions } from '../../src/db/schema.ts';
import { engines } from '../support/database.ts';
import { engineWorld, oneMail } from '../engine/engine-world.ts';

describe.each(engines)('what the database itself refuses on %s', (engine) => {
  const at = engineWorld(engine);

  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return String(error instanceof Error && error.cause instanceof Error ? error.cause.message : error);
    }
    return 'it was done';
  };

  test('an audit row can’t be changed, deleted or truncated away', async () => {
    await at.pendingDecision();
    const before = await at.ctx.db.$count(audit);
    expect(await refusal(at.ctx.db.update(audit).set({ actor: 'somebody else' }))).toContain('append-only: UPDATE');
    expect(await refusal(at.ctx.db.delete(audit))).toContain('append-only: DELETE');
    expect(await refusal(at.ctx.db.execute(sql`truncate audit`))).toContain('append-only: TRUNCATE');
    expect(await refusal(at.ctx.db.execute(sql`truncate workspaces cascade`))).not.toBe('it was done');
    expect(await at.ctx.db.$count(audit)).toBe(before);
  });

  test('a mail that nobody approved can’t be born: not pending, rejected, altered, or for somebody else', async () => {
    const { leadId, decisionId, id: _id, ...message } = await at.approvedMail(oneMail({ undo_window: '1h' }));
    const pending = await at.pendingDecision();
    const born = (change: Partial<typeof messages.$inferInsert>) =>
      refusal(
        at.ctx.db.insert(messages).values({
          ...message,
          leadId,
          decisionId,
          id: at.ctx.ids.id(),
          messageIdHeader: `<${at.ctx.ids.id()}@x.example>`,
          ...change,
        }),
      );
    const ofPending = { decisionId: pending.id, leadId: pending.leadId ?? '', contentHash: pending.proposalHash };
    expect(await born(ofPending)).toContain('is not what decision');
    await at.decide(pending.id, { verdict: 'reject', reasons: ['other'], note: '' });
    expect(await born(ofPending)).toContain('is not what decision');
    expect(await born({ contentHash: 'f'.repeat(64) })).toContain('is not what decision');
    expect(await born({ leadId: pending.leadId ?? '' })).toContain('is not what decision');
    // One mail a decision; a second one must say which it replaces.
    const second = at.ctx.db
      .insert(messages)
      .values({ ...message, leadId, decisionId, id: at.ctx.ids.id(), messageIdHeader: '<x@x>' });
    expect(await second.then(() => 'it was done', uniqueViolation)).toBe('messages_one_a_decision');
  });

  test('a fixed mail rests on an approval that was born with a version: none without one, none pending, none of a draft', async () => {
    const { id, cellId: _cell, ...decision } = await at.pendingDecision();
    const made = (change: Partial<typeof decisions.$inferInsert>) =>
      refusal(
        at.ctx.db.insert(decisions).values({
          ...decision,
          id: at.ctx.ids.id(),
          cellId: null,
          purpose: 'fixed',
          status: 'approved',
          settledAt: at.world.now,
          settledByType: 'system',
          ...change,
        }),
      );
    expect(await made({ status: 'pending', settledAt: null, settledByType: null })).toContain('is no fixed mail');
    expect(await made({ workflowVersionId: null })).toContain('is no fixed mail');
    expect(await made({ enrollmentId: null })).toContain('is no fixed mail');
    expect(await made({ purpose: 'live', occurrence: 7 })).toContain('decisions_cell');
    expect(await made({})).toBe('it was done');
    // One an occurrence of its step.
    expect(await made({})).toContain('decisions_occurrence');
    const turned = (from: 'live' | 'fixed', to: 'live' | 'fixed' | 'seeded_check') =>
      refusal(at.ctx.db.update(decisions).set({ purpose: to }).where(eq(decisions.purpose, from)));
    expect(await turned('live', 'fixed')).toContain('was proposed');
    expect(await turned('fixed', 'seeded_check')).toContain('never becomes anything else');
    expect((await at.decision(id)).purpose).toBe('live');
  });

  test('a card that tests reviews can’t become a mail, by any door: not approved, not made live, not sent in another’s name', async () => {
    const { id: _id, ...message } = await at.approvedMail(oneMail({ undo_window: '1h' }));
    const live = await at.decision(message.decisionId);
    for (const purpose of ['seeded_check', 'second_review'] as const) {
      const id = at.ctx.ids.id();
      const check = { ...live, id, purpose, subjectType: 'workspace' as const, subjectId: id };
      const insert = (change: Partial<typeof decisions.$inferInsert>) =>
        refusal(at.ctx.db.insert(decisions).values({ ...check, ...change }));
      // No lead waits for it, and no gate lets it through.
      expect(await insert({})).toContain('no lead waits for it');
      expect(await insert({ enrollmentId: null, route: 'auto' })).toContain('no lead waits for it');
      expect(await insert({ enrollmentId: null, route: 'review' })).toBe('it was done');
      const mail = { ...message, id: at.ctx.ids.id(), messageIdHeader: `<${id}@x.example>`, decisionId: id };
      const born = (change: Partial<typeof messages.$inferInsert>) =>
        refusal(at.ctx.db.insert(messages).values({ ...mail, ...change }));
      expect(await born({})).toContain('is not what decision');
      expect(await born({ replacesId: _id })).toContain('is not what decision');
      const change = (to: Partial<typeof decisions.$inferInsert>, of: string) =>
        refusal(at.ctx.db.update(decisions).set(to).where(eq(decisions.id, of)).execute());
      expect(await change({ purpose: 'live' }, id)).toContain('never becomes anything else');
      expect(await change({ purpose }, live.id)).toContain('has a mail and is no test');
      expect(await born({})).toContain('is not what decision');
    }
    expect(await at.ctx.db.$count(messages)).toBe(1);
  });

  test('what was proposed is never rewritten, only emptied', async () => {
    const { id } = await at.pendingDecision();
    const rewrite = (change: Partial<typeof proposalVersions.$inferInsert>) =>
      refusal(at.ctx.db.update(proposalVersions).set(change).where(eq(proposalVersions.decisionId, id)).execute());
    expect(await rewrite({ content: { subject: 'Another' } })).toContain('never changed');
    expect(await rewrite({ hash: 'f'.repeat(64) })).toContain('never changed');
    expect(await rewrite({ content: null, inputs: null })).toBe('it was done');
  });

  test('what a message says is never rewritten, only emptied', async () => {
    const { id, mail } = await at.approvedMail(oneMail({ undo_window: '1h' }));
    const rewrite = (change: Partial<typeof messages.$inferInsert>) =>
      refusal(at.ctx.db.update(messages).set(change).where(eq(messages.id, id)).execute());
    expect(await rewrite({ mail: { ...mail, to: 'other@evil.example' } })).toContain('never changed');
    expect(await rewrite({ contentHash: 'f'.repeat(64) })).toContain('never changed');
    expect(await rewrite({ messageIdHeader: '<other@x.example>' })).toContain('never changed');
    expect(await rewrite({ mail: null })).toBe('it was done');
  });

  test('a lead can’t be forgotten: neither due, nor decided on, nor ended', async () => {
    await at.pendingDecision();
    const forget = at.ctx.db.update(enrollments).set({ dueAt: null, pendingDecisionId: null });
    expect(await refusal(forget.execute())).toContain('enrollments_not_forgotten');
  });

  test('the chain of all that verifies, also while others write to it', async () => {
    await at.pendingDecision();
    const append = () =>
      transact(at.ctx.db, (tx) =>
        appendAudit(tx, at.ctx.workspaceId, [
          { at: at.world.now, actor: 'test', action: 'test', subjectType: 'test', subjectId: 'x', data: {} },
        ]),
      );
    // Another process appends between the reading of the rows and of the chain's end.
    let appended = 0;
    const db = new Proxy(at.ctx.db, {
      get: (target, name, receiver) =>
        name === 'select'
          ? () => {
              const started = append();
              appended += 1;
              return {
                from: (table: typeof audit) => {
                  const query = target.select().from(table);
                  return new Proxy(query, {
                    get: (builder, method) =>
                      method === 'then'
                        ? undefined
                        : (...args: unknown[]) => waitFor(started, Reflect.get(builder, method), builder, args),
                  });
                },
              };
            }
          : Reflect.get(target, name, receiver),
    });
    expect(await verifyChain(db, at.ctx.workspaceId)).toMatchObject({ problem: null });
    expect(appended).toBeGreaterThan(1);
  });
});

/** A query that begins when `first` is done, whatever is chained to it. */
function waitFor(first: Promise<unknown>, method: unknown, builder: unknown, args: unknown[]): unknown {
  const made = (method as (...rest: unknown[]) => unknown).apply(builder, args);
  return new Proxy(made as object, {
    get: (query, name) => {
      const inner: unknown = Reflect.get(query, name);
      if (name === 'then')
        return async (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
          await first;
          return (query as PromiseLike<unknown>).then(resolve, reject);
        };
      return typeof inner === 'function' ? (...rest: unknown[]) => waitFor(first, inner, query, rest) : inner;
    },
  });
}

describe('somebody with all rights on the database', () => {
  const at = engineWorld('postgres');
  const withoutTriggers = (statement: string) =>
    at.ctx.db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(sql.raw(statement));
    });
  const problem = async () => (await verifyChain(at.ctx.db, at.ctx.workspaceId)).problem;

  test.for<[string, string, string]>([
    ['a changed actor', `update audit set actor = 'person:U0EVE' where seq = 2`, 'content was changed'],
    ['changed data', `update audit set data = data || '{"route": "auto"}' where seq = 3`, 'content was changed'],
    ['a changed time', `update audit set at = at + interval '1 second' where seq = 2`, 'content was changed'],
    ['a row taken out', `delete from audit where seq = 2`, 'row 2 is missing'],
    ['a cut tail', `delete from audit where seq >= (select max(seq) from audit)`, 'missing at its end'],
    ['an emptied log', `delete from audit`, 'missing at its end'],
    [
      'two rows changed for each other',
      `update audit set seq = case seq when 2 then 1000000 else 2 end where seq in (2, 3)`,
      'does not follow',
    ],
  ])('is found out by %s', async ([, statement, found]) => {
    await at.pendingDecision();
    expect(await problem()).toBeNull();
    const saved = await rows<{ seq: number }>(at.ctx.db, sql`select seq::int as seq from audit`);
    expect(saved.length).toBeGreaterThan(3);
    await at.ctx.db.execute(sql`create table kept as select * from audit`);
    await withoutTriggers(statement);
    expect((await problem())?.problem).toContain(found);
    await withoutTriggers(`delete from audit`);
    await withoutTriggers(`insert into audit select * from kept`);
    await at.ctx.db.execute(sql`drop table kept`);
    expect(await problem()).toBeNull();
  });
});
