import fc from 'fast-check';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { workflowSchema, type Workflow } from '../../src/core/workflow.ts';
import { appendAudit, verifyChain } from '../../src/db/audit.ts';
import { rows, transact } from '../../src/db/client.ts';
import { decisions, enrollments, leads, messages } from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import { advance } from '../../src/engine/advance.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { enrollByHand } from '../../src/engine/enroll-by-hand.ts';
import { migrateWorkflow } from '../../src/engine/migrate-workflow.ts';
import { pause, resume } from '../../src/engine/pause.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { recordEvent } from '../../src/engine/record-event.ts';
import { suppressLead } from '../../src/engine/suppress.ts';
import { tick } from '../../src/engine/tick.ts';
import type { RenderedMail } from '../../src/core/message.ts';
import { takeMail } from '../../src/web/take-mail.ts';
import { reply, US } from '../email/inbound-samples.ts';
import { ANA, engineWorld, HOUR, MINUTE } from '../engine/engine-world.ts';
import { mail, workflowOf } from '../engine/language-world.ts';
import { DEADLINE, type Flow, ModelLead, type Version, WAIT } from './engine-model.ts';

// 25 worlds with 40 leads each: a thousand sequences of operations, every lead its own, besides those that concern all at once.
const WORLDS = 25;
const LEADS = 40;
const ROUNDS = 6;
/** Leads have nothing to do with each other, so that what is done for them runs side by side, as it does in a process. */
const SIDE_BY_SIDE = 5;
const NAME = 'whitepaper-nurture';
const hours = (ms: number): string => `${ms / MINUTE}m`;

const draft = { id: 'draft', decide: 'email_draft', brief: 'Write about the paper that the lead read.' };
const last = { id: 'last', send: mail('Good bye') };
const settings = {
  goal: { description: 'Buys', when: { event: 'bought', since: 'enrollment' } },
  on_reject: 'exit',
  on_expire: 'continue',
  deadline: hours(DEADLINE),
  cap: { mails: 50, within: '7d' },
  max_pending: 500,
  re_entry: 'always',
};
const versions: Record<Version, Workflow> = {
  a: workflowSchema.parse(
    workflowOf(
      [
        { id: 'rest', wait: hours(WAIT.rest) },
        draft,
        { id: 'opened', wait_until: { event: 'opened', since: 'enrollment' }, timeout: hours(WAIT.opened) },
        last,
      ],
      settings,
    ),
  ),
  b: workflowSchema.parse(workflowOf([draft, { id: 'pause', wait: hours(WAIT.pause) }, last], settings)),
};

const own = fc.oneof(
  { weight: 3, arbitrary: fc.constant('enroll' as const) },
  { weight: 4, arbitrary: fc.constant('approve' as const) },
  { weight: 5, arbitrary: fc.constant('nothing' as const) },
  { weight: 2, arbitrary: fc.constant('opened' as const) },
  fc.constantFrom('reject' as const, 'bought' as const, 'reply' as const, 'unsubscribe' as const),
);
const shared = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('time' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom('crash_before' as const, 'crash_at_model' as const, 'crash_at_mail' as const),
      hours: fc.integer({ min: 20, max: 60 }),
    }),
  },
  fc.record({
    op: fc.constantFrom('pause' as const, 'resume' as const, 'publish' as const, 'migrate' as const),
    hours: fc.constant(0),
  }),
  fc.record({ op: fc.constant('publish_and_migrate' as const), hours: fc.constant(0) }),
);
const rounds = fc.array(fc.record({ all: shared, each: fc.array(own, { minLength: LEADS, maxLength: LEADS }) }), {
  minLength: ROUNDS,
  maxLength: ROUNDS,
});
type Round = { all: { op: string; hours: number }; each: string[] };

describe('the engine, against a model of what it promises', () => {
  /** Jobs die here while it is set: in the call of the model, or before the mail server. */
  let dies: 'at_model' | 'at_mail' | null = null;
  const at = engineWorld('postgres');

  test.for(Array.from({ length: WORLDS }, (_, i) => i + 1))(
    'world %i: forty leads, each as the model says',
    async (seed) => {
      dies = null;
      const { model, mail: transport } = at.ctx;
      Object.assign(at.ctx, {
        model: {
          ...model,
          propose: async (...args: Parameters<typeof model.propose>) => {
            if (dies === 'at_model') throw new Error('the process died while it asked the model');
            return model.propose(...args);
          },
        },
        mail: {
          open: async () => {
            if (dies === 'at_mail') throw new Error('the process died before it reached the mail server');
            return transport.open();
          },
        },
      });
      await fc.assert(
        fc.asyncProperty(rounds, (planned) => live(planned)),
        { seed, numRuns: 1, endOnFailure: true },
      );
    },
  );

  type Lead = { id: string; email: string; model: ModelLead };

  async function live(planned: Round[]): Promise<void> {
    const flow: Flow = { current: 'a', pausedAt: null };
    await publishWorkflow(at.ctx, versions.a, 'test');
    const all = await newLeads();
    for (const [i, round] of planned.entries()) {
      at.world.passTime(1000);
      await sideBySide(all, (lead, j) => doOwn(flow, lead, i === 0 ? 'enroll' : (round.each[j] ?? 'nothing')));
      await doShared(flow, all, round.all);
      await drain();
      for (const { model } of all) model.run(flow, at.world.now.getTime());
      await compare(all, `round ${i + 1}, after ${round.all.op} ${round.all.hours}`);
    }
    expect((await verifyChain(at.ctx.db, at.ctx.workspaceId)).problem).toBeNull();
  }

  async function newLeads(): Promise<Lead[]> {
    const made = Array.from({ length: LEADS }, (_, i) => ({
      id: at.ctx.ids.id(),
      email: `lead${i}@firm${i}.example`,
      model: new ModelLead(),
    }));
    await at.ctx.db.insert(leads).values(
      made.map(({ id, email }) => ({
        id,
        workspaceId: at.ctx.workspaceId,
        email,
        emailHash: addressHash(at.ctx.secrets.addressKey, email),
        firstName: 'Kim',
        createdAt: at.world.now,
        updatedAt: at.world.now,
      })),
    );
    return made;
  }

  async function doOwn(flow: Flow, { id, email, model }: Lead, op: string): Promise<void> {
    switch (op) {
      case 'enroll':
        await enrollByHand(at.ctx, { name: NAME, email, again: true, actor: ANA });
        return model.enroll(flow);
      case 'opened':
      case 'bought':
        await recordEvent(at.ctx, {
          email,
          event: op,
          occurredAt: at.world.now,
          id: null,
          properties: {},
          inbound: { source: 'test', externalId: at.ctx.ids.id() },
        });
        return model.event(op);
      case 'reply': {
        const [message] = await at.ctx.db
          .select()
          .from(messages)
          .where(and(eq(messages.leadId, id), eq(messages.status, 'sent')))
          .limit(1);
        if (!message) return;
        const raw = reply({
          from: `Kim <${email}>`,
          answers: message.messageIdHeader,
          text: `Hello ${at.ctx.ids.id()}`,
        });
        const taken = await takeMail(at.ctx, raw, { from: email, to: [US] }, 'smtp');
        if (taken.ok && taken.received.result === 'recorded') model.reply();
        return;
      }
      case 'unsubscribe':
        await transact(at.ctx.db, async (tx) => {
          const { events } = await suppressLead(at.ctx, tx, {
            leadId: id,
            reason: 'unsubscribed',
            source: 'page',
            suppressionId: at.ctx.ids.id(),
            exitReason: 'the lead unsubscribed',
          });
          await appendAudit(tx, at.ctx.workspaceId, events);
        });
        return model.unsubscribe();
      case 'approve':
      case 'reject': {
        const [pending] = await at.ctx.db
          .select()
          .from(decisions)
          .where(and(eq(decisions.leadId, id), eq(decisions.status, 'pending')));
        if (pending && op === 'approve') await at.decide(pending.id);
        if (pending && op === 'reject')
          await at.decide(pending.id, { verdict: 'reject', reasons: ['wrong_tone'], note: '' });
        return model.decide(op);
      }
    }
  }

  async function doShared(flow: Flow, all: readonly Lead[], { op, hours: passed }: Round['all']): Promise<void> {
    const publish = async () => {
      flow.current = flow.current === 'a' ? 'b' : 'a';
      await publishWorkflow(at.ctx, versions[flow.current], 'test');
    };
    const migrate = async () => {
      await migrateWorkflow(at.ctx, { name: NAME, version: null, actor: ANA });
      for (const { model } of all) model.migrate(flow.current);
    };
    const run = () => all.forEach(({ model }) => model.run(flow, at.world.now.getTime()));
    switch (op) {
      case 'time':
        await drain();
        run();
        return at.world.passTime(passed * HOUR);
      case 'pause':
        if (flow.pausedAt === null) flow.pausedAt = at.world.now.getTime();
        return void (await pause(at.ctx, { name: NAME, actor: ANA }));
      case 'resume': {
        const { pausedAt } = flow;
        await resume(at.ctx, { name: NAME, actor: ANA });
        flow.pausedAt = null;
        if (pausedAt !== null) for (const { model } of all) model.resume(pausedAt, at.world.now.getTime());
        // Mails that were held look again every minute.
        return at.world.passTime(2 * MINUTE);
      }
      case 'publish':
        return publish();
      case 'publish_and_migrate':
        await publish();
        return migrate();
      case 'migrate':
        return migrate();
      case 'crash_before': {
        await drain();
        run();
        at.world.passTime(passed * HOUR);
        // Claimed, and the process dies with the jobs in its hands: nothing moves until the leases are over.
        await tick(at.ctx);
        at.world.jobs.splice(0);
        return at.machineLater(3 * MINUTE);
      }
      case 'crash_at_model':
      case 'crash_at_mail':
        at.world.passTime(passed * HOUR);
        dies = op === 'crash_at_model' ? 'at_model' : 'at_mail';
        await drain();
        dies = null;
        // What was put off is tried again after a minute.
        return at.world.passTime(2 * MINUTE);
    }
  }

  async function sideBySide<T>(items: readonly T[], work: (item: T, i: number) => Promise<void>): Promise<void> {
    const queue = [...items.entries()];
    const hands = Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
    });
    await Promise.all(hands);
  }

  async function drain(): Promise<void> {
    for (let i = 0; i < 500; i++) {
      const claimed = await tick(at.ctx);
      await sideBySide(at.world.jobs.splice(0), async (job) => {
        try {
          await (job.name === 'advance' ? advance(at.ctx, job) : deliver(at.ctx, job));
        } catch (error) {
          if (dies === null) throw error;
        }
      });
      if (claimed === 0) return;
    }
    throw new Error('the engine never comes to rest');
  }

  async function compare(all: readonly Lead[], when: string): Promise<void> {
    const found = await at.ctx.db.select().from(enrollments).orderBy(asc(enrollments.id));
    const made = await rows<{ leadId: string; count: number; occurrences: number }>(
      at.ctx.db,
      sql`select lead_id as "leadId", count(*)::int as count, count(distinct (subject_id, step, kind, occurrence))::int as occurrences
          from decisions where purpose = 'live' group by lead_id`,
    );
    const pending = await at.ctx.db
      .select({ id: decisions.id })
      .from(decisions)
      .where(and(eq(decisions.status, 'pending'), inArray(decisions.purpose, ['live'])));
    const waiting = new Set(pending.map(({ id }) => id));
    const ids = at.world.mails.map(({ messageId }) => messageId);
    expect(new Set(ids).size, `${when}: a mail left twice`).toBe(ids.length);
    const real = all.map(({ id, email }) => {
      const mine = found.filter(({ leadId }) => leadId === id);
      const running = mine.filter(({ endedAt }) => endedAt === null);
      expect(running.length, `${when}: ${email} is in the workflow twice`).toBeLessThanOrEqual(1);
      const row = mine.at(-1);
      const counted = made.find(({ leadId }) => leadId === id);
      if (counted) expect(counted.occurrences).toBe(counted.count);
      if (row?.endedAt === null)
        expect(row.dueAt !== null || waiting.has(row.pendingDecisionId ?? ''), `${when}: ${email} is forgotten`).toBe(
          true,
        );
      return {
        email,
        place: placeOf(row, waiting),
        decisions: counted?.count ?? 0,
        mails: mailsTo(email),
      };
    });
    const expected = all.map(({ email, model }) => ({
      email,
      place: shortPlace(model),
      decisions: model.decisions,
      mails: model.mails.length,
    }));
    expect(real, when).toEqual(expected);
  }

  const mailsTo = (email: string): number =>
    at.world.mails.filter(({ mail: sent }: { mail: RenderedMail }) => sent.to === email).length;

  function placeOf(row: typeof enrollments.$inferSelect | undefined, waiting: ReadonlySet<string>): string {
    if (row === undefined) return 'nowhere';
    if (row.status === 'exited') return `exited: ${row.exitReason}`;
    if (row.status === 'done') return 'done';
    if (row.pendingDecisionId !== null) return waiting.has(row.pendingDecisionId) ? `people ${row.step}` : 'lost';
    return `${row.status} ${row.step}`;
  }

  function shortPlace({ place }: ModelLead): string {
    switch (place.at) {
      case 'nowhere':
      case 'done':
        return place.at;
      case 'exited':
        return `exited: ${place.reason}`;
      case 'active':
      case 'waiting':
      case 'people':
        return `${place.at} ${place.step}`;
    }
  }
});
