import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { transact } from '../../src/db/client.ts';
import { decisions, enrollments, leads, messages, unsubscribeLinks, workflowVersions } from '../../src/db/schema.ts';
import { addSuppression } from '../../src/db/suppressions.ts';
import { listWorkflows } from '../../src/db/workflows.ts';
import { advance } from '../../src/engine/advance.ts';
import { closeTask } from '../../src/engine/close-task.ts';
import { enrollInto } from '../../src/engine/enroll.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { tick } from '../../src/engine/tick.ts';
import { unsubscribeByToken } from '../../src/engine/suppress.ts';
import { engines } from '../support/database.ts';
import { DAY, engineWorld, HOUR, MINUTE } from './engine-world.ts';
import {
  auditOf,
  change,
  did,
  later,
  letIn,
  mail,
  messagesOf,
  pendingOf,
  sent,
  story,
  tasksOf,
  workflowOf,
} from './language-world.ts';

describe.each(engines)('steps on %s', (engine) => {
  const at = engineWorld(engine);

  describe('a fixed mail', () => {
    const one = (text?: string, extra: Record<string, unknown> = {}) =>
      workflowOf([{ id: 'hello', send: mail('For {{company}}', text) }], extra);

    test('goes out once, with the lead’s values, the footer and the way out, approved with the version', async () => {
      const leadId = await letIn(at, one());
      await later(at, DAY);
      expect(sent(at)).toEqual(['For Acme']);
      const [letter] = at.world.mails;
      expect(letter?.mail.text).toMatch(/^Hello Kim, here/);
      expect(letter?.mail.text).toContain('Lindenstraße 14');
      const [link] = await at.ctx.db.select().from(unsubscribeLinks);
      expect(letter?.mail.text).toContain(`/u/${link?.token}`);
      const [message] = await messagesOf(at, leadId);
      expect(message).toMatchObject({ status: 'sent', step: 'hello' });
      const [version] = await at.ctx.db.select().from(workflowVersions);
      expect(await at.decision(message?.decisionId ?? '')).toMatchObject({
        purpose: 'fixed',
        status: 'approved',
        cellId: null,
        workflowVersionId: version?.id,
        settledReason: 'published with version 1',
      });
      expect((await at.enrollmentOf(leadId)).status).toBe('done');
      expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
    });

    test('of an occurrence comes once, also when a worker that slept wakes and carries it out again', async () => {
      const workflow = workflowOf([
        { id: 'hello', send: mail('One') },
        { id: 'rest', wait: '30d' },
      ]);
      const leadId = await letIn(at, workflow);
      // The row as it was before, as a restored or broken database would have it.
      await at.ctx.db
        .update(enrollments)
        .set({ status: 'active', step: 'hello', dueAt: at.world.now })
        .where(eq(enrollments.leadId, leadId));
      await tick(at.ctx);
      const [job] = at.world.jobs.splice(0);
      if (job?.name !== 'advance') throw new Error('the lead was not claimed');
      await expect(advance(at.ctx, job)).rejects.toThrow();
      await at.world.drain();
      expect(sent(at)).toEqual(['One']);
      expect(await messagesOf(at, leadId)).toHaveLength(1);
    });

    test('that the lead lacks a fact for is not sent; people are told and the lead goes on', async () => {
      const workflow = workflowOf([
        { id: 'hello', send: mail('For {{industry}}') },
        { id: 'rest', wait: '1d' },
      ]);
      const leadId = await letIn(at, workflow);
      expect(sent(at)).toEqual([]);
      expect(await messagesOf(at, leadId)).toEqual([]);
      const [notice] = await at.notices();
      if (!notice) throw new Error('nobody was told');
      expect(await noticeFacts(at.ctx, notice)).toMatchObject({
        type: 'fixed_mail_held',
        step: 'hello',
        leadName: 'Kim',
        problems: ['The lead has no industry.'],
      });
      expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'waiting', step: 'rest' });
      expect(await story(at, leadId)).toContain('hello skipped');
    });

    test.for([
      ['a link', 'click evil.example/now'],
      ['a placeholder', '{{first_name}}'],
    ])('with %s in the lead’s own name is not sent', async ([, firstName]) => {
      await letIn(at, one('Hello {{first_name|there}}, here is what we promised you.'), { firstName: firstName ?? '' });
      expect(sent(at)).toEqual([]);
      expect(await at.notices()).toHaveLength(1);
    });

    test('to a suppressed lead is never made: the lead leaves', async () => {
      const leadId = await letIn(
        at,
        workflowOf([
          { id: 'pause', wait: '1d' },
          { id: 'hello', send: mail('One') },
        ]),
      );
      const { emailHash } = await at.lead(leadId);
      await transact(at.ctx.db, (tx) =>
        addSuppression(tx, {
          id: at.ctx.ids.id(),
          workspaceId: at.ctx.workspaceId,
          scope: 'address',
          keyHash: emailHash,
          reason: 'by_person',
          source: 'test',
          createdAt: at.world.now,
        }),
      );
      await later(at, DAY);
      expect(await messagesOf(at, leadId)).toEqual([]);
      expect(await at.enrollmentOf(leadId)).toMatchObject({
        status: 'exited',
        exitReason: 'the lead may not be mailed (by_person)',
      });
    });

    test('waits for the end of quiet hours like any other, and an opt-out in between keeps it here', async () => {
      const night = { quiet_hours: { from: '11:00', to: '13:00' } };
      const leadId = await letIn(
        at,
        workflowOf(
          [
            { id: 'hello', send: mail('One') },
            { id: 'rest', wait: '9d' },
          ],
          night,
        ),
      );
      const [message] = await messagesOf(at, leadId);
      expect(message).toMatchObject({ status: 'approved', statusReason: 'quiet hours in UTC' });
      expect(await story(at, leadId)).toContain('hello deferred');
      const [link] = await at.ctx.db.select().from(unsubscribeLinks);
      await unsubscribeByToken(at.ctx, { token: link?.token ?? '', via: 'page' });
      await later(at, DAY);
      expect(sent(at)).toEqual([]);
      expect(await at.message(message?.id ?? '')).toMatchObject({ status: 'cancelled' });
    });

    test('counts towards the cap, and of two workflows near it the one of higher priority goes first', async () => {
      const capped = { cap: { mails: 1, within: '3d' } };
      const low = workflowOf([{ id: 'hello', send: mail('low') }], { ...capped, priority: 10 });
      const high = {
        ...workflowOf([{ id: 'hello', send: mail('high') }], { ...capped, priority: 90 }),
        name: 'zz-high',
      };
      // Both wait for the same moment, the low one first in line.
      const night = { quiet_hours: { from: '11:00', to: '13:00' } };
      await publishWorkflow(at.ctx, { ...high, ...night }, 'test');
      await letIn(at, { ...low, ...night });
      await at.ctx.db.update(messages).set({ sendAfter: new Date(at.world.now.getTime() + HOUR) });
      await later(at, HOUR);
      await later(at, 10 * MINUTE);
      expect(sent(at)).toEqual(['high']);
      await later(at, 3 * DAY);
      expect(sent(at)).toEqual(['high', 'low']);
    });

    test('says nothing about the AI: no cell, no verdict, no card, not one decision counted', async () => {
      await letIn(at, one());
      expect(at.world.posted.filter(({ channel }) => channel === '#nurture-emails')).toEqual([]);
      expect(await at.ctx.db.$count(decisions, eq(decisions.purpose, 'live'))).toBe(0);
    });
  });

  describe('ways', () => {
    test('a branch takes the first way whose condition holds, and says so in the history without personal words in the audit', async () => {
      const workflow = workflowOf([
        {
          id: 'which',
          branch: [
            { when: { field: 'company', is: 'Acme' }, go: 'acme' },
            { when: { field: 'first_name', is: 'Kim' }, go: 'others' },
            { go: 'others' },
          ],
        },
        { id: 'acme', wait: '1d', next: 'end-here' },
        { id: 'others', wait: '2d' },
        { id: 'end-here', exit: 'Far enough' },
      ]);
      const leadId = await letIn(at, workflow);
      const enrollment = await at.enrollmentOf(leadId);
      expect(enrollment).toMatchObject({ status: 'waiting', step: 'acme' });
      expect(await story(at, leadId)).toEqual(['which enrolled', 'which branched → acme']);
      expect(await auditOf(at, enrollment.id)).toEqual([
        { action: 'enrollment.active', data: { from: 'which', step: 'acme', because: 'branched' } },
        { action: 'enrollment.waiting', data: { from: 'acme', step: 'acme' } },
      ]);
      await later(at, DAY);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'exited', exitReason: 'Far enough' });
      const other = await letIn(at, workflow, { company: 'Other', firstName: 'Lou' });
      expect(await at.enrollmentOf(other)).toMatchObject({ status: 'waiting', step: 'others' });
    });

    test('a split draws by the shares, and the same way whenever the same lead is asked', async () => {
      const workflow = workflowOf([
        {
          id: 'drawn',
          split: [
            { name: 'short', share: 30, go: 'a' },
            { name: 'long', share: 70, go: 'b' },
          ],
        },
        { id: 'a', wait: '1d' },
        { id: 'b', wait: '1d' },
      ]);
      const ids: string[] = [];
      for (let i = 0; i < 40; i++) ids.push(await letIn(at, workflow));
      const steps = await Promise.all(ids.map(async (id) => (await at.enrollmentOf(id)).step));
      const short = steps.filter((step) => step === 'a').length;
      expect(short).toBeGreaterThan(3);
      expect(short).toBeLessThan(25);
      await at.ctx.db.update(enrollments).set({ status: 'active', step: 'drawn', dueAt: at.world.now, timerAt: null });
      await at.world.drain();
      expect(await Promise.all(ids.map(async (id) => (await at.enrollmentOf(id)).step))).toEqual(steps);
    });

    test('a wait for a condition goes on at once when it comes true, and by its other way when the time is up', async () => {
      const workflow = workflowOf([
        { id: 'clicks', wait_until: { event: 'clicked', since: 'step' }, timeout: '5d', on_timeout: 'cold' },
        { id: 'warm', wait: '9d', next: 'end-here' },
        { id: 'cold', wait: '9d' },
        { id: 'end-here', exit: 'x' },
      ]);
      const [one, two] = [await letIn(at, workflow), await letIn(at, workflow)];
      expect(await at.enrollmentOf(one)).toMatchObject({ status: 'waiting', step: 'clicks' });
      await later(at, DAY);
      await did(at, one, 'clicked');
      expect(await at.enrollmentOf(one)).toMatchObject({ step: 'warm' });
      expect(await at.enrollmentOf(two)).toMatchObject({ step: 'clicks' });
      await later(at, 4 * DAY);
      expect(await at.enrollmentOf(two)).toMatchObject({ step: 'cold' });
    });

    test('a wait for a date of the lead follows the date when it is moved', async () => {
      const workflow = workflowOf([
        { id: 'before-end', wait: { until_date: 'trial_ends_at', offset: '-3d', at: '09:00' } },
        { id: 'hello', send: mail('Your trial') },
      ]);
      const leadId = await letIn(at, workflow);
      // Without the date it went on at once.
      expect(sent(at)).toEqual(['Your trial']);
      const other = await letInWithField(workflow, { trial_ends_at: '2026-03-20' });
      expect((await at.enrollmentOf(other)).dueAt).toEqual(new Date('2026-03-17T09:00:00Z'));
      await change(at, other, { fields: { trial_ends_at: '2026-03-14' } });
      await at.world.drain();
      expect((await at.enrollmentOf(other)).dueAt).toEqual(new Date('2026-03-11T09:00:00Z'));
      await later(at, DAY);
      expect(sent(at)).toHaveLength(2);
      expect(leadId).not.toBe(other);
    });

    async function letInWithField(workflow: ReturnType<typeof workflowOf>, fields: Record<string, string>) {
      const held = await letIn(at, { ...workflow, steps: [{ id: 'hold', wait: '1m' }, ...workflow.steps] });
      await at.ctx.db.update(leads).set({ fields }).where(eq(leads.id, held));
      await later(at, MINUTE);
      return held;
    }

    test('a window lets through what comes inside and holds the rest, in the lead’s own zone', async () => {
      const workflow = workflowOf([
        { id: 'hours', window: { from: '09:00', to: '17:00' } },
        { id: 'hello', send: mail('In hours') },
      ]);
      await letIn(at, workflow, { timezone: 'Europe/Berlin' });
      expect(sent(at)).toEqual(['In hours']);
      const far = await letIn(at, workflow, { timezone: 'Asia/Tokyo' });
      expect(await at.enrollmentOf(far)).toMatchObject({ status: 'waiting', step: 'hours' });
      expect((await at.enrollmentOf(far)).dueAt).toEqual(new Date('2026-03-11T00:00:00Z'));
      await later(at, 12 * HOUR);
      expect(sent(at)).toHaveLength(2);
    });

    test('an exit step lets a mail that was approved on the way leave first', async () => {
      const night = { quiet_hours: { from: '11:00', to: '13:00' } };
      const leadId = await letIn(
        at,
        workflowOf(
          [
            { id: 'hello', send: mail('Last words') },
            { id: 'over', exit: 'Said all' },
          ],
          night,
        ),
      );
      expect(sent(at)).toEqual([]);
      expect((await at.enrollmentOf(leadId)).status).toBe('waiting');
      await later(at, HOUR);
      await later(at, 5 * MINUTE);
      expect(sent(at)).toEqual(['Last words']);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'exited', exitReason: 'Said all' });
    });
  });

  test('an update sets values and tags by the rules of merging, and what other workflows wait for comes true at once', async () => {
    const waits = workflowOf([
      { id: 'tagged', wait_until: { tag: 'hot' }, timeout: '9d' },
      { id: 'went', wait: '1d' },
    ]);
    const leadId = await letIn(at, waits);
    const sets = {
      ...workflowOf([
        {
          id: 'mark',
          update: { set: { country: 'DE', plan: 'team' }, add_tags: ['Hot', 'hot'], remove_tags: ['cold'] },
        },
      ]),
      name: 'marks',
    };
    await at.ctx.db
      .update(leads)
      .set({ tags: ['cold', 'vip'] })
      .where(eq(leads.id, leadId));
    await publishWorkflow(at.ctx, sets, 'test');
    await transact(at.ctx.db, async (tx) => {
      const published = (await listWorkflows(tx, at.ctx.workspaceId)).find(({ workflow }) => workflow.name === 'marks');
      if (published) await enrollInto(at.ctx, tx, published, [leadId]);
    });
    await at.world.drain();
    expect(await at.lead(leadId)).toMatchObject({ country: 'DE', fields: { plan: 'team' }, tags: ['vip', 'Hot'] });
    const rows = await at.ctx.db.select().from(enrollments).where(eq(enrollments.leadId, leadId));
    expect(rows.map(({ step, status }) => `${step} ${status}`).toSorted()).toEqual(['mark done', 'went waiting']);
    expect((await story(at, leadId)).filter((line) => line.startsWith('mark'))).toEqual(['mark updated']);
  });

  describe('a webhook step', () => {
    const calling = (onFailure?: 'exit') =>
      workflowOf([
        {
          id: 'tell',
          webhook: { url: 'https://crm.example/in', body: { who: '{{email}}', plan: '{{plan|none}}', n: 3 } },
          ...(onFailure ? { on_failure: onFailure } : {}),
        },
        { id: 'rest', wait: '30d' },
      ]);

    test('posts what the file states under a key of its own, and goes on', async () => {
      const leadId = await letIn(at, calling());
      const { id } = await at.enrollmentOf(leadId);
      const { email } = await at.lead(leadId);
      const [call] = at.world.calls;
      expect(call).toMatchObject({ url: 'https://crm.example/in', id: `${id}.tell.0` });
      expect(JSON.parse(call?.body ?? '')).toEqual({ who: email, plan: 'none', n: 3 });
      expect(at.world.calls).toHaveLength(1);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ step: 'rest' });
      expect(await story(at, leadId)).toContain('tell called');
    });

    test('that fails is made again later and later under the same key, and then given up by on_failure', async () => {
      at.world.callResults.push(
        ...Array.from({ length: 6 }, () => ({ type: 'later' as const, detail: 'it answered 503' })),
      );
      const leadId = await letIn(at, calling('exit'));
      const waits: number[] = [];
      while ((await at.enrollmentOf(leadId)).status === 'waiting') {
        const { dueAt } = await at.enrollmentOf(leadId);
        if (dueAt === null || waits.length > 9) throw new Error('it waits for nothing');
        waits.push((dueAt.getTime() - at.world.now.getTime()) / MINUTE);
        at.world.now = dueAt;
        await at.world.drain();
      }
      expect(waits).toEqual([1, 5, 30, 120, 300]);
      expect(new Set(at.world.calls.map(({ id }) => id)).size).toBe(1);
      expect(at.world.calls).toHaveLength(6);
      expect(await at.enrollmentOf(leadId)).toMatchObject({
        status: 'exited',
        exitReason: 'the webhook failed at tell',
      });
    });

    test('that is refused for good is not made again, and the lead goes on where the file says so', async () => {
      at.world.callResults.push({ type: 'refused', detail: 'it answered 404' });
      const leadId = await letIn(at, calling());
      expect(at.world.calls).toHaveLength(1);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ step: 'rest' });
      expect(await story(at, leadId)).toContain('tell call_failed');
    });

    test('whose process dies after the call makes it again under the same key, which tells that it is the same', async () => {
      const leadId = await letIn(at, workflowOf([{ id: 'pause', wait: '1d' }, ...calling().steps]));
      at.world.passTime(DAY);
      let died = false;
      const dying = {
        ...at.ctx,
        webhooks: {
          post: async (call: { url: string; id: string; body: string }) => {
            await at.ctx.webhooks.post(call);
            if (died) return { type: 'done' as const };
            died = true;
            // What comes after never happens: the row stays claimed until its lease runs out.
            return new Promise<never>(() => {});
          },
        },
      };
      await tick(at.ctx);
      for (const job of at.world.jobs.splice(0)) if (job.name === 'advance') await advance(at.ctx, job);
      await tick(at.ctx);
      for (const job of at.world.jobs.splice(0)) if (job.name === 'advance') void advance(dying, job);
      await expect.poll(() => at.world.calls.length).toBe(1);
      at.machineLater(10 * MINUTE);
      await at.world.drain();
      expect(at.world.calls).toHaveLength(2);
      expect(at.world.calls[0]?.id).toBe(at.world.calls[1]?.id);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ step: 'rest' });
    });
  });

  describe('a task for people', () => {
    const asking = workflowOf([
      {
        id: 'call',
        task: { text: 'Call {{first_name}} at {{phone}}', deadline: '2d', done: 'thanks', on_expire: 'cold' },
      },
      { id: 'skipped-it', wait: '9d', next: 'end-here' },
      { id: 'thanks', wait: '9d', next: 'end-here' },
      { id: 'cold', wait: '9d' },
      { id: 'end-here', exit: 'x' },
    ]);

    test('is a card; done it goes one way, skipped another, and the first answer counts', async () => {
      const [one, two] = [await letIn(at, asking), await letIn(at, asking)];
      const [task] = await tasksOf(at, one);
      const [other] = await tasksOf(at, two);
      const [notice] = (await at.notices()).filter(({ subjectId }) => subjectId === task?.id);
      if (!task || !other || !notice) throw new Error('there is no task');
      expect(await noticeFacts(at.ctx, notice)).toMatchObject({
        type: 'task',
        text: 'Call Kim at ',
        missing: ['phone'],
        status: 'open',
      });
      expect(await closeTask(at.ctx, { taskId: task.id, userId: 'U0EVE', how: 'done' })).toMatchObject({ ok: false });
      expect(await closeTask(at.ctx, { taskId: task.id, userId: 'U0ANA', how: 'done' })).toEqual({ ok: true });
      expect(await closeTask(at.ctx, { taskId: task.id, userId: 'U0BEN', how: 'skipped' })).toEqual({
        ok: false,
        text: 'It was done already.',
      });
      await closeTask(at.ctx, { taskId: other.id, userId: 'U0BEN', how: 'skipped' });
      await at.world.drain();
      expect(await at.enrollmentOf(one)).toMatchObject({ step: 'thanks' });
      expect(await at.enrollmentOf(two)).toMatchObject({ step: 'skipped-it' });
      expect(await story(at, one)).toContain('call task_done');
      expect(await noticeFacts(at.ctx, notice)).toMatchObject({ status: 'done', closedBy: 'U0ANA' });
    });

    test('that nobody does in time expires, its card says so, and the lead goes the way for that', async () => {
      const leadId = await letIn(at, asking);
      await later(at, 2 * DAY);
      expect(await tasksOf(at, leadId)).toMatchObject([{ status: 'expired', closedBy: 'clock:deadline' }]);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ step: 'cold' });
      const [task] = await tasksOf(at, leadId);
      const answer = await closeTask(at.ctx, { taskId: task?.id ?? '', userId: 'U0ANA', how: 'done' });
      expect(answer).toEqual({ ok: false, text: 'Its time is up; the lead went on.' });
    });

    test('of a lead that leaves is withdrawn with the reason', async () => {
      const leadId = await letIn(at, asking);
      await did(at, leadId, 'converted');
      expect(await tasksOf(at, leadId)).toMatchObject([{ status: 'withdrawn', closedReason: 'goal reached' }]);
    });

    test('counts among what waits for people: further leads wait in line', async () => {
      const tight = { ...asking, max_pending: 1 };
      const ids = [await letIn(at, tight), await letIn(at, tight)];
      const open = await Promise.all(ids.map((id) => tasksOf(at, id)));
      expect(open.flat()).toHaveLength(1);
    });
  });

  describe('what a decision falls back on', () => {
    const failing = (fallback: Record<string, unknown>) =>
      workflowOf([
        { id: 'draft', decide: 'email_draft', brief: 'Write', fallback },
        { id: 'plain', wait: '9d' },
        { id: 'elsewhere', wait: '9d' },
      ]);
    const refusing = () => {
      at.ctx.model.propose = async () => ({
        ok: false,
        problem: 'refused',
        detail: 'The provider refused.',
        model: 'test-model',
        promptVersion: 'test-1',
        usage: { inputTokens: 1, outputTokens: 1, calls: 1 },
      });
    };

    test('a model that fails: people are asked, unless the step says otherwise', async () => {
      refusing();
      const asked = await letIn(at, failing({}));
      expect(await pendingOf(at, asked)).toMatchObject([{ modelProblem: 'refused: The provider refused.' }]);
      const skipped = await letIn(at, failing({ on_model_failure: 'skip' }));
      expect(await at.enrollmentOf(skipped)).toMatchObject({ status: 'waiting', step: 'plain' });
      expect(await story(at, skipped)).toContain('draft fell_back');
      const gone = await letIn(at, failing({ on_model_failure: 'exit' }));
      expect(await at.enrollmentOf(gone)).toMatchObject({ exitReason: 'the model failed at draft' });
      const jumped = await letIn(at, failing({ on_model_failure: 'go:elsewhere' }));
      expect(await at.enrollmentOf(jumped)).toMatchObject({ step: 'elsewhere' });
      expect(sent(at)).toEqual([]);
      const mailed = await letIn(at, failing({ on_model_failure: 'send', mail: mail('Instead') }));
      expect(await at.enrollmentOf(mailed)).toMatchObject({ step: 'plain' });
      expect(sent(at)).toEqual(['Instead']);
    });

    test('a budget that is spent: the model is not asked, and the step does what it says for that', async () => {
      at.ctx.settings.modelTokensPerDay = 3;
      const first = await letIn(at, failing({ on_budget: 'skip' }));
      expect(await pendingOf(at, first)).toHaveLength(1);
      const second = await letIn(at, failing({ on_budget: 'skip' }));
      expect(await pendingOf(at, second)).toHaveLength(1);
      const third = await letIn(at, failing({ on_budget: 'skip' }));
      expect(await at.enrollmentOf(third)).toMatchObject({ status: 'waiting', step: 'plain' });
      await later(at, DAY + MINUTE);
      const nextDay = await letIn(at, failing({ on_budget: 'skip' }));
      expect(await pendingOf(at, nextDay)).toHaveLength(1);
    });

    test('silence until the kind’s own deadline: a fixed mail instead, under the same step, once', async () => {
      const workflow = { ...failing({ on_expire: 'send', mail: mail('Instead') }), deadlines: { email_draft: '2h' } };
      const leadId = await letIn(at, workflow);
      await later(at, HOUR);
      expect(await pendingOf(at, leadId)).toHaveLength(1);
      await later(at, HOUR);
      expect(await pendingOf(at, leadId)).toEqual([]);
      expect(sent(at)).toEqual(['Instead']);
      expect(await at.enrollmentOf(leadId)).toMatchObject({ step: 'plain' });
    });
  });
});
