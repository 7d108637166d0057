import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { decisions, enrollments, slackPosts } from '../../src/db/schema.ts';
import type { NoticeFacts } from '../../src/engine/card-facts.ts';
import { findStuck } from '../../src/engine/find-stuck.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { pause, resume } from '../../src/engine/pause.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { engines } from '../support/database.ts';
import { ANA, DAY, engineWorld, HOUR } from './engine-world.ts';
import { did, letIn, mail, pendingOf, workflowOf } from './language-world.ts';

const draft = { id: 'draft', decide: 'email_draft', brief: 'Write about the paper that the lead read.' };
const wait = (of: string) => ({ id: 'pause', wait: of });

describe.for(engines)('leads that nobody takes care of, on %s', (engine) => {
  const at = engineWorld(engine);
  /** The program runs, looking every hour; answers with what it found in all. */
  const hours = async (count: number, work = true): Promise<number> => {
    let found = 0;
    for (let i = 0; i < count; i++) {
      at.world.passTime(HOUR);
      if (work) await at.world.drain();
      found += await findStuck(at.ctx);
    }
    return found;
  };
  const card = async (): Promise<NoticeFacts | null> => {
    const [post] = (await at.notices()).filter(({ subjectId }) => subjectId.startsWith('stuck:')).slice(-1);
    return post === undefined ? null : noticeFacts(at.ctx, post);
  };

  test('there are none in a week in which the program does its work', async () => {
    const busy = workflowOf(
      [
        draft,
        { id: 'opened', wait_until: { event: 'clicked' }, timeout: '2d' },
        { id: 'call', task: { text: 'Call {{first_name|them}}.', deadline: '1d' } },
        { id: 'hook', webhook: { url: 'https://hooks.example.com/x' } },
        wait('1d'),
        { id: 'last', send: mail('Good bye') },
      ],
      { deadline: '2d', on_expire: 'continue', max_pending: 3 },
    );
    at.world.callResults.push({ type: 'later', detail: 'it is down' }, { type: 'later', detail: 'it is down' });
    const all: string[] = [];
    for (let i = 0; i < 8; i++) all.push(await letIn(at, busy));
    let found = 0;
    for (let day = 0; day < 8; day++) {
      found += await hours(23);
      for (const leadId of all.slice(day, day + 2)) {
        await did(at, leadId, 'clicked');
        const [pending] = await pendingOf(at, leadId);
        if (pending) await at.decide(pending.id);
      }
      found += await hours(1);
    }
    expect(found).toBe(0);
    expect(await card()).toBeNull();
    const rows = await at.ctx.db.select().from(enrollments);
    expect(rows.filter(({ status }) => status === 'done').length).toBeGreaterThan(2);
  });

  test('one that is due and does not move is on a card within three hours, with what to do', async () => {
    const leadId = await letIn(at, workflowOf([wait('1h'), draft]));
    await hours(1, false);
    // Nobody ticks: what the program should do is not done.
    expect(await hours(3, false)).toBeGreaterThan(0);
    const facts = await card();
    expect(facts).toMatchObject({
      type: 'stuck',
      more: 0,
      leads: [{ leadName: 'Kim', step: 'pause', kind: 'overdue' }],
    });
    const shown = facts === null ? null : renderNotice(facts);
    expect(shown?.text).toMatch(
      /Kim \(kim\d+@acme\.example\) in whitepaper-nurture at pause is due and nothing happens/,
    );
    expect(shown?.text).toContain('See whether the program runs');
    await at.world.drain();
    await hours(1);
    expect(await card()).toMatchObject({ leads: [], more: 0 });
    expect((await at.enrollmentOf(leadId)).step).toBe('draft');
  });

  test('a program that was not running for a day raises no alarm when it comes back', async () => {
    await letIn(at, workflowOf([wait('3h'), draft]));
    await hours(2);
    at.world.passTime(DAY);
    expect(await findStuck(at.ctx)).toBe(0);
    await at.world.drain();
    expect(await hours(3)).toBe(0);
  });

  test('a pause is no reason either, while it lasts and when it ends', async () => {
    await letIn(at, workflowOf([wait('3h'), draft]));
    await pause(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    expect(await hours(30)).toBe(0);
    at.world.passTime(HOUR);
    await resume(at.ctx, { name: 'whitepaper-nurture', actor: ANA });
    expect(await findStuck(at.ctx)).toBe(0);
    expect(await hours(3)).toBe(0);
  });

  test('leads in line for people are not stuck while people have all their hands full', async () => {
    const workflow = workflowOf([draft], { max_pending: 1, deadline: '5d' });
    await letIn(at, workflow);
    await letIn(at, workflow);
    expect(await hours(10)).toBe(0);
  });

  test('one that waits for a decision that was made is found', async () => {
    const leadId = await letIn(at, workflowOf([draft]));
    const [pending] = await pendingOf(at, leadId);
    await hours(1);
    await at.ctx.db
      .update(decisions)
      .set({ status: 'withdrawn', settledAt: at.world.now, settledByType: 'system', settledBy: 'a bug' })
      .where(eq(decisions.id, pending?.id ?? ''));
    expect(await hours(1)).toBe(1);
    expect(await card()).toMatchObject({ leads: [{ kind: 'decision_over' }] });
  });

  test('a card that never came to Slack is found', async () => {
    await letIn(at, workflowOf([draft]));
    await at.ctx.db.update(slackPosts).set({ status: 'failed', ts: null });
    expect(await hours(3)).toBeGreaterThan(0);
    expect(await card()).toMatchObject({ leads: [{ kind: 'no_card' }] });
  });

  test('a card without its lead is found', async () => {
    const leadId = await letIn(at, workflowOf([draft]));
    await at.ctx.db
      .update(enrollments)
      .set({ status: 'done', pendingDecisionId: null, dueAt: null, endedAt: at.world.now })
      .where(eq(enrollments.leadId, leadId));
    expect(await hours(1)).toBe(1);
    expect(await card()).toMatchObject({ leads: [{ kind: 'card_without_lead' }] });
  });

  test('one that fails again and again is found, although it is put off each time', async () => {
    const leadId = await letIn(at, workflowOf([wait('30d')]));
    await at.ctx.db
      .update(enrollments)
      .set({ attempts: 9, version: sql`version + 1` })
      .where(eq(enrollments.leadId, leadId));
    expect(await hours(1)).toBe(1);
    expect(await card()).toMatchObject({ leads: [{ kind: 'fails' }] });
  });
});
