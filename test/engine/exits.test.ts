import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/db/audit.ts';
import { enrollments } from '../../src/db/schema.ts';
import { cardFacts } from '../../src/engine/card.ts';
import { engines } from '../support/database.ts';
import { DAY, engineWorld, HOUR, MINUTE } from './engine-world.ts';
import { auditOf, change, did, later, letIn, mail, messagesOf, pendingOf, sent, workflowOf } from './language-world.ts';

const GOAL = { goal: { description: 'A call is booked.', when: { event: 'call_booked' } } };

describe.each(engines)('goal and exit criteria on %s', (engine) => {
  const at = engineWorld(engine);
  const exited = (reason: string) => ({ status: 'exited', exitReason: reason, dueAt: null, pendingDecisionId: null });

  test('end a lead at once inside a plain wait', async () => {
    const leadId = await letIn(at, workflowOf([{ id: 'rest', wait: '30d' }], GOAL));
    await did(at, leadId, 'call_booked', false);
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('goal reached'));
    const { id } = await at.enrollmentOf(leadId);
    expect((await auditOf(at, id)).at(-1)).toMatchObject({
      action: 'enrollment.exited',
      data: { from: 'rest', step: null, reason: 'goal reached' },
    });
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('withdraw a draft that waits for people, and its card says why', async () => {
    const leadId = await letIn(at, workflowOf([{ id: 'draft', decide: 'email_draft', brief: 'Write' }], GOAL));
    const [pending] = await pendingOf(at, leadId);
    await did(at, leadId, 'call_booked');
    const card = await cardFacts(at.ctx, pending?.id ?? '');
    expect(card).toMatchObject({ status: 'withdrawn', settled: { verdict: 'withdraw', reason: 'goal reached' } });
    expect(await at.decide(pending?.id ?? '')).toMatchObject({ ok: false, refusal: { code: 'already_settled' } });
  });

  test('cancel an approved mail that has not left, by whichever step it was made', async () => {
    const night = { quiet_hours: { from: '11:00', to: '13:00' }, ...GOAL };
    const drafted = await letIn(at, workflowOf([{ id: 'draft', decide: 'email_draft', brief: 'Write' }], night));
    const [pending] = await pendingOf(at, drafted);
    await at.decide(pending?.id ?? '');
    await did(at, drafted, 'call_booked');
    expect(await messagesOf(at, drafted)).toMatchObject([{ status: 'approved' }]);
    const fixed = await letIn(
      at,
      workflowOf(
        [
          { id: 'hello', send: mail('One') },
          { id: 'rest', wait: '9d' },
        ],
        night,
      ),
    );
    await did(at, fixed, 'call_booked');
    expect(await messagesOf(at, fixed)).toMatchObject([{ status: 'cancelled', statusReason: 'goal reached' }]);
    await later(at, DAY);
    expect(sent(at)).not.toContain('One');
  });

  test('end a lead while the model writes: its draft is never stored', async () => {
    const workflow = workflowOf([{ id: 'draft', decide: 'email_draft', brief: 'Write' }], GOAL);
    const model = { ...at.ctx.model };
    let leadId = '';
    at.ctx.model.propose = async (kind, inputs) => {
      leadId = inputs.lead.leadId;
      await did(at, leadId, 'call_booked', false);
      return model.propose(kind, inputs);
    };
    await letIn(at, workflow);
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('goal reached'));
    expect(await pendingOf(at, leadId)).toEqual([]);
  });

  const CAUSES: Array<[string, unknown, (leadId: string) => Promise<void>]> = [
    ['a field', { field: 'plan', is: 'paid' }, (id) => change(at, id, { fields: { plan: 'paid' } })],
    ['a tag', { tag: 'customer' }, (id) => change(at, id, { tags: ['Customer'] })],
    ['the score', { score: { at_least: 90 } }, (id) => change(at, id, { score: 95 })],
    [
      'an event',
      { event: 'bought', at_least: 2 },
      async (id) => (await did(at, id, 'bought'), await later(at, HOUR), did(at, id, 'bought')),
    ],
  ];
  test.for(CAUSES)('are asked as soon as %s changes', async ([, when, cause]) => {
    const workflow = workflowOf([{ id: 'rest', wait: '30d' }], { exit_when: [{ reason: 'Became a customer', when }] });
    const leadId = await letIn(at, workflow);
    await cause(leadId);
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('Became a customer'));
  });

  test('are asked when people approve a score', async () => {
    const workflow = workflowOf(
      [
        { id: 'score', decide: 'lead_score', brief: 'Judge' },
        { id: 'rest', wait: '30d' },
      ],
      { exit_when: [{ reason: 'For sales', when: { score: { at_least: 70 } } }] },
    );
    const leadId = await letIn(at, workflow);
    const [pending] = await pendingOf(at, leadId);
    await at.decide(pending?.id ?? '');
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('For sales'));
  });

  test('that come true as time passes end a lead then, inside a wait and while a draft waits, and leave the wait its own end', async () => {
    const silent = { exit_when: [{ reason: 'Gone quiet', when: { not: { event: 'clicked', within: '3d' } } }] };
    const settings = { ...silent, deadline: '20d' };
    const resting = workflowOf(
      [
        { id: 'first', wait: '1m' },
        { id: 'rest', wait: '30d' },
      ],
      settings,
    );
    const leadId = await letInClicked(resting);
    await later(at, MINUTE);
    const { dueAt, timerAt, step } = await at.enrollmentOf(leadId);
    expect(step).toBe('rest');
    expect(timerAt).toEqual(new Date(at.world.now.getTime() + 30 * DAY));
    expect(dueAt?.getTime()).toBeLessThan(at.world.now.getTime() + 3 * DAY);
    await later(at, 2 * DAY);
    await did(at, leadId, 'clicked');
    await later(at, 2 * DAY);
    // The second click puts it off; the wait goes on.
    expect(await at.enrollmentOf(leadId)).toMatchObject({ status: 'waiting', step: 'rest', timerAt });
    await later(at, DAY);
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('Gone quiet'));
    const drafting = await letInClicked(workflowOf([{ id: 'draft', decide: 'email_draft', brief: 'Write' }], settings));
    expect(await pendingOf(at, drafting)).toHaveLength(1);
    await later(at, 3 * DAY);
    expect(await at.enrollmentOf(drafting)).toMatchObject(exited('Gone quiet'));
    expect(await pendingOf(at, drafting)).toEqual([]);
  });

  /** Into a workflow that a click triggers. */
  async function letInClicked(workflow: ReturnType<typeof workflowOf>): Promise<string> {
    const leadId = await letIn(at, { ...workflow, trigger: { on: 'event', event: 'clicked' } });
    await did(at, leadId, 'clicked');
    return leadId;
  }

  test('of a lead that is paused hold as well, and those of one that is done change nothing', async () => {
    const leadId = await letIn(at, workflowOf([{ id: 'rest', wait: '30d' }], GOAL));
    await at.ctx.db.update(enrollments).set({ status: 'paused' }).where(eq(enrollments.leadId, leadId));
    await did(at, leadId, 'call_booked');
    expect(await at.enrollmentOf(leadId)).toMatchObject(exited('goal reached'));
    const done = await letIn(at, workflowOf([{ id: 'rest', wait: '1h' }], GOAL));
    await later(at, HOUR);
    await did(at, done, 'call_booked');
    expect(await at.enrollmentOf(done)).toMatchObject({ status: 'done', exitReason: null });
  });

  test('a wait ends when it should, however often the lead did something meanwhile', async () => {
    const leadId = await letIn(
      at,
      workflowOf(
        [
          { id: 'rest', wait: '3d' },
          { id: 'hello', send: mail('One') },
        ],
        GOAL,
      ),
    );
    for (let i = 0; i < 5; i++) {
      await later(at, 12 * HOUR);
      await did(at, leadId, 'visited');
    }
    expect(sent(at)).toEqual([]);
    await later(at, 12 * HOUR);
    expect(sent(at)).toEqual(['One']);
  });
});
