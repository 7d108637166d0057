import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { transact } from '../../src/db/client.ts';
import {
  decisions,
  enrollments,
  leads,
  messages,
  outcomes,
  slackPosts,
  unsubscribeLinks,
} from '../../src/db/schema.ts';
import { addressHash, addSuppression, domainHash } from '../../src/db/suppressions.ts';
import { advance } from '../../src/engine/advance.ts';
import { cardFacts } from '../../src/engine/card.ts';
import type { Context } from '../../src/engine/context.ts';
import { resume, pause } from '../../src/engine/pause.ts';
import { unsubscribeByToken } from '../../src/engine/suppress.ts';
import { syncCards } from '../../src/engine/sync-cards.ts';
import { tick } from '../../src/engine/tick.ts';
import { engines } from '../support/database.ts';
import { enrolled } from '../support/fixtures.ts';
import { ANA, DAY, engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

describe.each(engines)('proposing on %s', (engine) => {
  const at = engineWorld(engine);

  const without = {
    model: 'test-model',
    promptVersion: 'test-1',
    usage: { inputTokens: 0, outputTokens: 0, calls: 1 },
  };
  const enrollOne = async (email = 'lee@acme.example') =>
    (await enrolled(at.world, oneMail(), [{ email, firstName: 'Lee' }]))[0] ?? '';
  /** Ticks and carries out what was claimed; failures are the job runner's to log. */
  const round = async (ctx: Context): Promise<number> => {
    await tick(ctx);
    const jobs = at.world.jobs.splice(0);
    for (const job of jobs) if (job.name === 'advance') await advance(ctx, job).catch(() => {});
    return jobs.length;
  };
  const notForgotten = async () => {
    for (const { status, dueAt, pendingDecisionId, exitReason } of await at.ctx.db.select().from(enrollments))
      expect(status === 'done' || exitReason !== null || dueAt !== null || pendingDecisionId !== null).toBe(true);
  };

  test('a model that is unavailable is asked three times, later and later, and then a person is', async () => {
    let calls = 0;
    const propose = async () => {
      calls += 1;
      return { ok: false as const, problem: 'unavailable' as const, detail: 'busy', ...without };
    };
    const ctx: Context = { ...at.ctx, model: { ...at.ctx.model, propose } };
    const leadId = await enrollOne();
    for (const wait of [MINUTE, 5 * MINUTE]) {
      await round(ctx);
      expect(await at.ctx.db.select().from(decisions)).toEqual([]);
      at.world.passTime(wait - 1);
      expect(await round(ctx)).toBe(0);
      at.world.passTime(1);
    }
    await round(ctx);
    const [decision] = await at.ctx.db.select().from(decisions);
    expect(calls).toBe(3);
    expect(decision).toMatchObject({
      status: 'pending',
      modelProblem: 'unavailable: busy',
      risk: null,
      route: 'review',
    });
    await syncCards(ctx);
    expect(at.world.posted).toHaveLength(1);
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'waiting', pendingDecisionId: decision?.id });
    // There is nothing to approve, but a person can write the mail.
    expect(await at.decide(decision?.id ?? '')).toMatchObject({ ok: false, refusal: { code: 'no_proposal' } });
    const body = `Hello Lee,\n\n${'we saw that you read our paper and wondered about it. '.repeat(3)}\n\nNora`;
    const edited = await at.decide(decision?.id ?? '', {
      verdict: 'edit',
      content: { subject: 'Hello', body, subjectVariants: [] },
    });
    expect(edited).toMatchObject({ ok: true });
    await at.world.drain();
    expect(at.world.mails).toHaveLength(1);
  });

  test('a step that throws is tried again later and later, and at last a person is asked: never for ever', async () => {
    const propose = async () => Promise.reject(new Error('a bug in the adapter'));
    const ctx: Context = { ...at.ctx, model: { ...at.ctx.model, propose } };
    await enrollOne();
    const other = await enrollOne('kim@acme.example');
    let rounds = 0;
    while ((await at.ctx.db.select().from(decisions)).length < 2 && rounds < 20) {
      await round(ctx);
      at.world.passTime(HOUR);
      rounds += 1;
    }
    expect(rounds).toBe(4);
    expect(await at.enrollmentOf(other)).toMatchObject({ status: 'waiting' });
    const [decision] = await at.ctx.db.select().from(decisions);
    expect(decision).toMatchObject({
      status: 'pending',
      modelProblem: expect.stringContaining('stopped or failed 3 times'),
    });
    await notForgotten();
  });

  test('a lead whose facts can’t even be stored gets a card with its bare self', async () => {
    const leadId = await enrollOne();
    // The database refuses what was gathered, in a way that no rule foresaw.
    await at.ctx.db.execute(
      `alter table proposal_versions add constraint unforeseen check (jsonb_array_length(inputs->'lead'->'events') = 0)`,
    );
    await at.ctx.db.execute(
      `insert into lead_events (id, workspace_id, lead_id, type, source, payload, occurred_at, received_at)
       values ('${at.ctx.ids.id()}', '${at.ctx.workspaceId}', '${leadId}', 'visit', 'test', '{}', now(), now())`,
    );
    for (let i = 0; i < 4; i++) {
      await round(at.ctx);
      at.world.passTime(HOUR);
    }
    await at.ctx.db.execute('alter table proposal_versions drop constraint unforeseen');
    const [decision] = await at.ctx.db.select().from(decisions);
    expect(decision).toMatchObject({ status: 'pending', leadId });
    expect(await cardFacts(at.ctx, decision?.id ?? '')).toMatchObject({
      lead: { email: 'lee@acme.example' },
      content: null,
    });
  });

  test('a long field that ends in half an emoji is no poison', async () => {
    const leadId = await enrollOne();
    const note = `${'x'.repeat(299)}😀 and on`;
    await at.ctx.db
      .update(leads)
      .set({ fields: { Note: note } })
      .where(eq(leads.id, leadId));
    await at.ctx.db.execute(
      `update workflow_versions set definition = jsonb_set(definition, '{lead_fields}', '["Note"]')`,
    );
    await at.world.drain();
    const [decision] = await at.ctx.db.select().from(decisions);
    expect((await cardFacts(at.ctx, decision?.id ?? ''))?.lead.fields['Note']).toBe(`${'x'.repeat(299)}\ufffd`);
  });

  test('waiting in line for longer than the claim holds counts for nothing', async () => {
    await enrollOne();
    for (let i = 0; i < 5; i++) {
      await tick(at.ctx);
      at.world.jobs.splice(0);
      at.machineLater(HOUR);
    }
    await at.world.drain();
    const [decision] = await at.ctx.db.select().from(decisions);
    expect(decision).toMatchObject({ modelProblem: null });
  });

  test('a worker that wakes after its claim was given to another writes nothing', async () => {
    await enrollOne();
    let calls = 0;
    const slow: Context = {
      ...at.ctx,
      model: {
        ...at.ctx.model,
        propose: async (kind, inputs) => {
          calls += 1;
          if (calls === 1) {
            at.machineLater(HOUR);
            await round(slow);
          }
          return at.ctx.model.propose(kind, inputs);
        },
      },
    };
    await round(slow);
    expect(calls).toBe(2);
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(1);
    expect(await at.ctx.db.select().from(slackPosts)).toHaveLength(1);
  });

  test('one job that comes twice asks the model once', async () => {
    await enrollOne();
    await tick(at.ctx);
    const [job] = at.world.jobs.splice(0);
    if (job?.name !== 'advance') throw new Error('nothing was claimed');
    let calls = 0;
    const propose: Context['model']['propose'] = (kind, inputs) => {
      calls += 1;
      return at.ctx.model.propose(kind, inputs);
    };
    const counting: Context = { ...at.ctx, model: { ...at.ctx.model, propose } };
    await Promise.all([advance(counting, job), advance(counting, job)]);
    expect(calls).toBe(1);
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(1);
    expect((await at.ctx.db.select().from(enrollments))[0]).toMatchObject({ attempts: 0, status: 'waiting' });
  });

  test('a suppressed address, domain or account is never enrolled', async () => {
    const { ctx } = at;
    const suppress = (scope: 'address' | 'domain' | 'account', keyHash: string) =>
      transact(ctx.db, (tx) =>
        addSuppression(tx, {
          id: ctx.ids.id(),
          workspaceId: ctx.workspaceId,
          scope,
          keyHash,
          reason: 'by_person',
          source: 'test',
          createdAt: at.world.now,
        }),
      );
    await suppress('address', addressHash(ctx.secrets.addressKey, 'lee@acme.example'));
    await suppress('domain', domainHash(ctx.secrets.addressKey, 'closed.example'));
    await enrolled(at.world, oneMail(), [
      { email: 'lee@acme.example' },
      { email: 'kim@closed.example' },
      { email: 'sam@open.example' },
    ]);
    const inside = await ctx.db
      .select({ email: leads.email })
      .from(enrollments)
      .innerJoin(leads, eq(leads.id, enrollments.leadId));
    expect(inside).toEqual([{ email: 'sam@open.example' }]);
  });

  test('an opt-out withdraws what waits, cancels what is approved, and is answered the same the second time', async () => {
    const { leadId, decisionId, id } = await at.approvedMail(oneMail({ name: 'one-way', undo_window: '1d' }));
    const waiting = await at.ctx.db.select().from(enrollments).where(eq(enrollments.leadId, leadId));
    expect(waiting).toMatchObject([{ status: 'done' }]);
    const second = await at.pendingDecision(oneMail({ name: 'other-way' }));
    await at.ctx.db
      .update(enrollments)
      .set({ leadId })
      .where(eq(enrollments.id, second.enrollmentId ?? ''));
    await at.ctx.db.update(decisions).set({ leadId }).where(eq(decisions.id, second.id));
    const [link] = await at.ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, decisionId));
    const optOut = () => unsubscribeByToken(at.ctx, { token: link?.token ?? '', via: 'one_click' });
    expect(await optOut()).toEqual({ ok: true, alreadyOut: false, onItsWay: false });
    expect(await at.decision(second.id)).toMatchObject({ status: 'withdrawn', settledReason: 'the lead unsubscribed' });
    expect(await at.message(id)).toMatchObject({ status: 'cancelled', statusReason: 'the lead unsubscribed' });
    expect(await at.decide(second.id)).toMatchObject({ ok: false, refusal: { code: 'already_settled' } });
    expect(await optOut()).toEqual({ ok: true, alreadyOut: true, onItsWay: false });
    expect(await at.ctx.db.select().from(outcomes)).toHaveLength(1);
    at.world.passTime(10 * DAY);
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect(await unsubscribeByToken(at.ctx, { token: 'nobodys', via: 'page' })).toEqual({ ok: false });
  });

  test('an opt-out while the model writes leaves no draft behind', async () => {
    const leadId = await enrollOne();
    const { emailHash } = await at.lead(leadId);
    const propose: Context['model']['propose'] = async (kind, inputs) => {
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
      return at.ctx.model.propose(kind, inputs);
    };
    await round({ ...at.ctx, model: { ...at.ctx.model, propose } });
    expect(await at.ctx.db.select().from(decisions)).toEqual([]);
    expect(await at.enrollmentOf(leadId)).toMatchObject({
      status: 'exited',
      exitReason: 'the lead may not be mailed (unsubscribed)',
    });
  });

  test('a lead that was erased leaves its workflow', async () => {
    const leadId = await enrollOne();
    await at.ctx.db.update(leads).set({ email: null, erasedAt: at.world.now }).where(eq(leads.id, leadId));
    await at.world.drain();
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'exited', exitReason: 'the lead was erased' });
  });

  test('no more decisions wait at once than people were promised, and the others come as they decide', async () => {
    await enrolled(
      at.world,
      oneMail({ max_pending: 2 }),
      Array.from({ length: 5 }, (_, i) => ({ email: `lee${i}@acme.example` })),
    );
    await at.world.drain();
    const pending = () => at.ctx.db.select().from(decisions).where(eq(decisions.status, 'pending'));
    expect(await pending()).toHaveLength(2);
    for (let i = 0; i < 5; i++) {
      const [decision] = await pending();
      await at.decide(decision?.id ?? '', { verdict: 'reject', reasons: ['other'], note: '' });
      await at.world.drain();
      expect((await pending()).length).toBeLessThanOrEqual(2);
      await notForgotten();
    }
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(5);
  });

  test('a paused workflow starts nothing; resumed it goes on where it was', async () => {
    await enrollOne();
    await pause(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    await at.world.drain();
    expect(await at.ctx.db.select().from(decisions)).toEqual([]);
    await resume(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    await at.world.drain();
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(1);
    expect(await at.ctx.db.select().from(messages)).toEqual([]);
  });
});
