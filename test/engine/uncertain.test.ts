import { eq, isNotNull } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { leads, messages, slackPosts } from '../../src/db/schema.ts';
import { parkAbandonedSendings } from '../../src/engine/abandoned-sendings.ts';
import { recordSendResult } from '../../src/engine/record-send-result.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { resolveUncertain } from '../../src/engine/resolve-uncertain.ts';
import { undoApproval } from '../../src/engine/undo.ts';
import { engines } from '../support/database.ts';
import { ANA, DAY, engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

describe.each(engines)('a mail of which nobody knows, on %s', (engine) => {
  const at = engineWorld(engine);

  /** `sending` was committed, then the process died. Answers with the version that its answer would name. */
  const abandoned = async () => {
    const { id } = await at.approvedMail();
    await at.ctx.db
      .update(messages)
      .set({
        status: 'sending',
        version: 1,
        attempts: 1,
        sendingAt: at.world.now,
        leaseUntil: new Date(Date.now() + MINUTE),
      })
      .where(eq(messages.id, id));
    return { id, version: 1 };
  };
  const uncertain = async () => {
    const sending = await abandoned();
    at.machineLater(HOUR);
    await parkAbandonedSendings(at.ctx);
    await at.world.drain();
    return sending;
  };
  const replacements = () => at.ctx.db.select().from(messages).where(isNotNull(messages.replacesId));
  const asked = async () => {
    const [notice] = (await at.notices()).filter(({ subjectType }) => subjectType === 'message');
    if (!notice) throw new Error('nobody was asked');
    const facts = await noticeFacts(at.ctx, notice);
    return {
      shown: notice.shownRevision === notice.revision,
      status: facts?.type === 'mail_uncertain' ? facts.status : null,
    };
  };

  test('a sending that nobody reports about becomes uncertain after its lease, asks exactly once and is never sent again', async () => {
    const { id } = await abandoned();
    expect(await parkAbandonedSendings(at.ctx)).toBe(0);
    at.machineLater(2 * MINUTE);
    expect(await parkAbandonedSendings(at.ctx)).toBe(1);
    expect(await parkAbandonedSendings(at.ctx)).toBe(0);
    for (let day = 0; day < 10; day++) {
      at.world.passTime(DAY);
      at.machineLater(DAY);
      await parkAbandonedSendings(at.ctx);
      await at.world.drain();
    }
    expect(await at.message(id)).toMatchObject({ status: 'uncertain' });
    expect(at.world.mails).toEqual([]);
    expect(await at.notices()).toHaveLength(1);
    expect(await asked()).toEqual({ shown: true, status: 'uncertain' });
  });

  test('two processes that find it at once ask once', async () => {
    await abandoned();
    at.machineLater(HOUR);
    await Promise.all([parkAbandonedSendings(at.ctx), parkAbandonedSendings(at.ctx)]);
    expect(await at.notices()).toHaveLength(1);
  });

  test.for([
    ['was_sent', 'sent'],
    ['drop', 'cancelled'],
    ['send_again', 'failed'],
  ] as const)('a person answers %s: it is %s, once', async ([answer, status]) => {
    const { id } = await uncertain();
    const [first, second] = await Promise.all([
      resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer }),
      resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer }),
    ]);
    expect([first, second].filter(({ ok }) => ok)).toHaveLength(1);
    expect(await at.message(id)).toMatchObject({ status });
    await at.world.drain();
    expect(at.world.mails).toHaveLength(answer === 'send_again' ? 1 : 0);
    expect(await replacements()).toHaveLength(answer === 'send_again' ? 1 : 0);
    expect(await asked()).toEqual({ shown: true, status });
  });

  test('sent again it is a new mail with a Message-ID of its own, that says what it replaces', async () => {
    const { id } = await uncertain();
    const old = await at.message(id);
    await resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' });
    await at.world.drain();
    const [again] = await replacements();
    expect(again).toMatchObject({
      replacesId: id,
      status: 'sent',
      contentHash: old.contentHash,
      decisionId: old.decisionId,
    });
    expect(again?.messageIdHeader).not.toBe(old.messageIdHeader);
    expect(at.world.mails[0]?.messageId).toBe(again?.messageIdHeader);
  });

  test('somebody who may not approve mails can’t answer', async () => {
    const { id } = await uncertain();
    at.world.people.add('U0EVE');
    const answer = await resolveUncertain(at.ctx, {
      messageId: id,
      actor: { type: 'person', id: 'U0EVE' },
      answer: 'send_again',
    });
    expect(answer).toMatchObject({ ok: false });
    expect(await at.message(id)).toMatchObject({ status: 'uncertain' });
  });

  test('the worker’s late answer settles what is still uncertain', async () => {
    const sending = await uncertain();
    await recordSendResult(at.ctx, { messageId: sending.id, version: 1, result: { type: 'sent', answer: '250 ok' } });
    await at.world.drain();
    expect(await at.message(sending.id)).toMatchObject({ status: 'sent', smtpAnswer: '250 ok' });
    expect(await asked()).toEqual({ shown: true, status: 'sent' });
    expect(await resolveUncertain(at.ctx, { messageId: sending.id, actor: ANA, answer: 'send_again' })).toMatchObject({
      ok: false,
    });
    expect(at.world.mails).toEqual([]);
  });

  test('when the first one arrived after all, the one that was to replace it stays here', async () => {
    const { id } = await uncertain();
    await resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' });
    await recordSendResult(at.ctx, { messageId: id, version: 1, result: { type: 'sent', answer: '250 ok' } });
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect(await replacements()).toMatchObject([
      { status: 'cancelled', statusReason: expect.stringContaining('arrived after all') },
    ]);
  });

  test('a mail that becomes uncertain a second time asks a second time', async () => {
    const { id } = await uncertain();
    await recordSendResult(at.ctx, { messageId: id, version: 1, result: { type: 'later', answer: '451 later' } });
    await at.world.drain();
    expect(await asked()).toEqual({ shown: true, status: 'approved' });
    at.world.sendResults.push({ type: 'unknown', answer: 'silence' });
    at.world.passTime(MINUTE);
    await at.world.drain();
    expect(await at.message(id)).toMatchObject({ status: 'uncertain' });
    expect(await asked()).toEqual({ shown: true, status: 'uncertain' });
    // What stands in Slack is the question, not the answer of the first time.
    const [notice] = await at.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'notice'));
    const facts = notice ? await noticeFacts(at.ctx, notice) : null;
    expect(notice?.shownHash).toBe(
      at.ctx.slack.render.notice(facts ?? { type: 'sender_trouble', detail: '', since: at.world.now }).hash,
    );
  });

  test('a mail that is sent again can be stopped while it waits', async () => {
    const { id } = await uncertain();
    const { decisionId } = await at.message(id);
    await resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' });
    expect(await undoApproval(at.ctx, { decisionId, actor: ANA })).toEqual({ ok: true });
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect(await replacements()).toMatchObject([{ status: 'cancelled', statusReason: 'undone' }]);
    expect(await at.message(id)).toMatchObject({ status: 'failed' });
  });

  test('sent again, it passes the gate like any other', async () => {
    const { id } = await at.approvedMail(oneMail({ name: 'gated' }));
    at.world.sendResults.push({ type: 'unknown', answer: 'silence' });
    await at.world.drain();
    const { leadId } = await at.message(id);
    await at.ctx.db
      .update(messages)
      .set({ sendingAt: new Date(0) })
      .where(eq(messages.id, id));
    await resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' });
    await at.ctx.db
      .update(leads)
      .set({ lastReplyAt: new Date(at.world.now.getTime() + 1) })
      .where(eq(leads.id, leadId));
    await at.world.drain();
    expect(at.world.mails).toHaveLength(1);
    expect(await replacements()).toMatchObject([{ status: 'cancelled' }]);
  });
});
