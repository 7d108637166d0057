import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { whyLead } from '../../src/engine/why-lead.ts';
import { workflowLeads } from '../../src/engine/workflow-leads.ts';
import { leads } from '../../src/db/schema.ts';
import { ensureAccount } from '../../src/db/accounts.ts';
import { transact } from '../../src/db/client.ts';
import { resumeLead } from '../../src/engine/account-pause.ts';
import { migrateWorkflow } from '../../src/engine/migrate-workflow.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { takeMail } from '../../src/web/take-mail.ts';
import { reply, US } from '../email/inbound-samples.ts';
import { engines } from '../support/database.ts';
import { ANA, DAY, engineWorld, HOUR } from './engine-world.ts';
import { auditOf, later, letIn, mail, messagesOf, pendingOf, sent, story, workflowOf } from './language-world.ts';

const send = (id: string) => ({ id, send: mail(`The mail ${id}`) });
const draft = { id: 'draft', decide: 'email_draft', brief: 'Write about the paper that the lead read.' };
const wait = (of: string) => ({ id: 'pause', wait: of });

describe.for(engines)('when somebody of a company answers, on %s', (engine) => {
  const at = engineWorld(engine);
  /** A lead of Acme in this workflow; the account is made as an import makes it. */
  const ofAcme = async (workflow: Parameters<typeof letIn>[1], email: string): Promise<string> => {
    const leadId = await letIn(at, workflow, { email });
    const id = at.ctx.ids.id();
    const accountId = await transact(at.ctx.db, (tx) =>
      ensureAccount(tx, {
        id,
        workspaceId: at.ctx.workspaceId,
        domain: 'acme.example',
        name: 'Acme',
        now: at.world.now,
      }),
    );
    await at.ctx.db.update(leads).set({ accountId }).where(eq(leads.id, leadId));
    return leadId;
  };
  /** Karen answers the one mail that she got. */
  const karenAnswers = async (): Promise<string> => {
    const karen = await ofAcme(workflowOf([send('hello'), wait('9d')], { name: 'talk' }), 'karen@acme.example');
    const [message] = await messagesOf(at, karen);
    const raw = reply({ from: 'Karen <karen@acme.example>', answers: message?.messageIdHeader ?? '' });
    const taken = await takeMail(at.ctx, raw, { from: 'karen@acme.example', to: [US] }, 'smtp');
    expect(taken).toMatchObject({ ok: true, received: { result: 'recorded', kind: 'human' } });
    await at.world.drain();
    return karen;
  };

  test('its other people are paused, and go on by themselves after a fortnight', async () => {
    const kim = await ofAcme(workflowOf([wait('1d'), send('one')]), 'kim@acme.example');
    const karen = await karenAnswers();
    expect((await at.enrollmentOf(karen)).status).toBe('exited');
    const before = at.world.mails.length;
    const paused = await at.enrollmentOf(kim);
    expect(paused).toMatchObject({
      status: 'paused',
      pausedReason: 'a colleague at acme.example replied',
      dueAt: new Date(at.world.now.getTime() + 14 * DAY),
    });
    await later(at, 13 * DAY);
    expect(at.world.mails).toHaveLength(before);
    await later(at, DAY);
    expect(sent(at).at(-1)).toBe('The mail one');
    expect(await story(at, kim)).toEqual([
      'pause enrolled',
      'pause paused',
      'pause resumed',
      'pause waited → one',
      'one sent_fixed',
    ]);
    expect((await auditOf(at, paused.id)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['enrollment.paused', 'enrollment.resumed']),
    );
  });

  test('others are not, nor is anybody whose workflow says never', async () => {
    const stranger = await letIn(at, workflowOf([wait('1d')]), { email: 'lee@other.example' });
    const eager = await ofAcme(workflowOf([wait('1d')], { name: 'eager', account_pause: 'never' }), 'eve@acme.example');
    await karenAnswers();
    expect((await at.enrollmentOf(stranger)).status).toBe('waiting');
    expect((await at.enrollmentOf(eager)).status).toBe('waiting');
  });

  test.for([
    ['who is under way', [draft, wait('9d')]],
    ['who has gone through all', [draft]],
  ] as const)('an approved mail of a colleague %s is held, and its card says why and until when', async ([, steps]) => {
    const settings = { undo_window: '2h', account_pause: '3d' };
    const kim = await ofAcme(workflowOf([...steps], settings), 'kim@acme.example');
    const [card] = await pendingOf(at, kim);
    await at.decide(card?.id ?? '');
    await karenAnswers();
    const [held] = await messagesOf(at, kim);
    expect(held).toMatchObject({
      status: 'approved',
      statusReason: 'held until 2026-03-13: a colleague at acme.example replied',
    });
    await later(at, 2 * DAY);
    expect((await messagesOf(at, kim))[0]?.status).toBe('approved');
    await later(at, DAY);
    expect((await messagesOf(at, kim))[0]?.status).toBe('sent');
  });

  test('a mail is not held longer than its approval holds', async () => {
    const kim = await ofAcme(workflowOf([draft], { undo_window: '2h' }), 'kim@acme.example');
    const [card] = await pendingOf(at, kim);
    await at.decide(card?.id ?? '');
    await karenAnswers();
    await later(at, 8 * DAY);
    expect((await messagesOf(at, kim))[0]).toMatchObject({
      status: 'cancelled',
      statusReason: 'it waited longer than an approval holds',
    });
  });

  test('a draft keeps waiting: it may be decided, nothing expires, and its mail is held', async () => {
    const workflow = workflowOf([draft, send('after')], { account_pause: '10d' });
    const [kim, joe] = [await ofAcme(workflow, 'kim@acme.example'), await ofAcme(workflow, 'joe@acme.example')];
    await karenAnswers();
    const before = at.world.mails.length;
    await later(at, 5 * DAY);
    const [card] = await pendingOf(at, kim);
    expect(await at.decide(card?.id ?? '')).toMatchObject({ ok: true });
    await later(at, HOUR);
    expect(at.world.mails).toHaveLength(before);
    expect(await at.enrollmentOf(kim)).toMatchObject({ status: 'paused', step: 'after', pausedFrom: 'active' });
    await later(at, 5 * DAY);
    expect(at.world.mails.length).toBe(before + 2);
    expect(await pendingOf(at, joe)).toHaveLength(1);
    await later(at, 4 * DAY);
    expect((await at.enrollmentOf(joe)).status).toBe('exited');
  });

  test('people can have a lead go on at once, and see why it does not', async () => {
    const kim = await ofAcme(workflowOf([wait('1d'), send('one')]), 'kim@acme.example');
    await karenAnswers();
    expect(await whyLead(at.ctx, 'kim@acme.example')).toMatchObject({
      story: { now: [expect.stringContaining('paused: a colleague at acme.example replied; until 2026-03-24')] },
    });
    expect(await workflowLeads(at.ctx, { name: 'whitepaper-nurture', step: null, page: 1 })).toMatchObject({
      facts: { leads: [{ stands: { for: 'paused', why: 'a colleague at acme.example replied' } }] },
    });
    expect(await resumeLead(at.ctx, { email: 'kim@acme.example', actor: ANA })).toEqual({
      ok: true,
      email: 'kim@acme.example',
      resumed: 1,
    });
    expect((await resumeLead(at.ctx, { email: 'kim@acme.example', actor: ANA })).ok).toBe(false);
    await later(at, DAY);
    expect(sent(at).at(-1)).toBe('The mail one');
    expect((await at.enrollmentOf(kim)).status).toBe('done');
  });

  test('who is paused stays paused when moved to another version', async () => {
    const kim = await ofAcme(workflowOf([wait('1d'), send('one')]), 'kim@acme.example');
    await karenAnswers();
    await publishWorkflow(at.ctx, workflowOf([send('two')]), 'test');
    await publishWorkflow(at.ctx, workflowOf([send('one'), send('two')]), 'test');
    await migrateWorkflow(at.ctx, { name: 'whitepaper-nurture', version: null, actor: ANA });
    await later(at, DAY);
    expect(await at.enrollmentOf(kim)).toMatchObject({ status: 'paused', step: 'one' });
    await later(at, 14 * DAY);
    expect(sent(at).slice(-2)).toEqual(['The mail one', 'The mail two']);
  });
});
