import { afterEach, describe, expect, test } from 'vitest';
import { actions, inputs } from '../../src/slack/action-ids.ts';
import { channel, type Desk, openDesk } from './desk.ts';
import { actionIds, body, decisionId, emailFacts, mailOf, nodes, readable, scoreFacts, settledBy } from './facts.ts';

let desk: Desk;
afterEach(async () => {
  // One answer to each thing Slack sent, always.
  expect(desk.slack.deliveries().filter(({ acks }) => acks > 1)).toEqual([]);
  await desk.close();
});

const press = (user: string, ts: string, actionId: string) => desk.slack.click({ user, channel, ts, actionId });

describe('approve', () => {
  test('the verdict is settled before Slack is answered, and the card then says who approved', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    const delivery = await press('U0ANA', ts, actions.approve);
    expect(delivery).toMatchObject({ acked: true, acks: 1, status: 200 });
    expect(desk.settled).toMatchObject([
      {
        decisionId,
        via: 'button',
        actor: { type: 'person', id: 'U0ANA' },
        request: { verdict: 'approve', version: 1, hash: emailFacts().proposalHash },
      },
    ]);
    await expect.poll(() => readable(desk.card(ts).blocks)).toContain('✓ Approved by @U0ANA');
    expect(actionIds(desk.card(ts).blocks)).toEqual([actions.why]);
  });

  test('of two clicks at once one wins, and the other hears who did', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    const both = await Promise.all([press('U0ANA', ts, actions.approve), press('U0BEN', ts, actions.approve)]);
    expect(both.map(({ acked }) => acked)).toEqual([true, true]);
    expect(desk.settled).toHaveLength(1);
    const [winner, loser] = desk.settled[0]?.actor.id === 'U0ANA' ? ['U0ANA', 'U0BEN'] : ['U0BEN', 'U0ANA'];
    await expect
      .poll(() => desk.slack.ephemerals(loser ?? '').at(-1)?.text)
      .toBe(`<@${winner}> approved this 0 s ago. Nothing was changed.`);
  });

  test('a click on a card that Slack still shows with its buttons repairs the card', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    desk.decisions.set(decisionId, emailFacts({ status: 'approved', settled: settledBy('U0ANA') }));
    desk.now = new Date(desk.now.getTime() + 12_000);
    await press('U0BEN', ts, actions.approve);
    await expect
      .poll(() => desk.slack.ephemerals('U0BEN').at(-1)?.text)
      .toBe('<@U0ANA> approved this 12 s ago. Nothing was changed.');
    expect(actionIds(desk.card(ts).blocks)).toEqual([actions.why]);
  });

  test('somebody who is not an approver is told who is, and the decision stays pending', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    expect((await press('U0CARLA', ts, actions.approve)).acked).toBe(true);
    await expect
      .poll(() => desk.slack.ephemerals('U0CARLA').at(-1)?.text)
      .toBe('You are not an approver for this. <@U0ANA> or <@U0BEN> may decide it. Nothing was changed.');
    expect(desk.decisions.get(decisionId)?.status).toBe('pending');
  });

  test('a card that shows an older version is refused as stale', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    const changed = { subject: 'Another', body, subjectVariants: [] };
    desk.decisions.set(decisionId, emailFacts({ content: changed, proposalVersion: 2 }));
    await press('U0ANA', ts, actions.approve);
    await expect.poll(() => desk.slack.ephemerals('U0ANA').at(-1)?.text).toContain('changed after this card was shown');
    expect(desk.settled).toEqual([]);
  });

  test('while the database fails Slack hears a failure, never an ack, and the card stays pending', async () => {
    desk = await openDesk({
      unanswered: 'a verdict that was not committed is not acknowledged',
      verbs: { settleDecision: () => Promise.reject(new Error('the database is down')) },
    });
    const ts = await desk.show(emailFacts());
    expect(await press('U0ANA', ts, actions.approve)).toMatchObject({ acked: false, status: 500 });
    expect(actionIds(desk.card(ts).blocks)).toContain(actions.approve);
    expect(desk.logged.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', message: 'an interaction from Slack failed' },
    ]);
    await expect.poll(() => desk.slack.ephemerals('U0ANA').at(-1)?.text).toContain('Something went wrong on our side');
  });

  test('a commit that took longer than Slack waits is not acknowledged, yet reaches the card', async () => {
    desk = await openDesk({ unanswered: 'the commit comes too late', standIn: { ackDeadlineMs: 500 } });
    const ts = await desk.show(emailFacts());
    let calls = 0;
    // Every look at the machine's clock is 3 s later than the one before.
    desk.machineNow = () => new Date(Date.now() + 3_000 * calls++);
    expect((await press('U0ANA', ts, actions.approve)).acked).toBe(false);
    await expect.poll(() => readable(desk.card(ts).blocks)).toContain('✓ Approved by @U0ANA');
  });

  test('over a socket it is the same', async () => {
    desk = await openDesk({ transport: 'socket' });
    await expect.poll(() => desk.slack.sockets()).toBe(1);
    const ts = await desk.show(emailFacts());
    expect(await press('U0ANA', ts, actions.approve)).toMatchObject({ acked: true, acks: 1 });
    await expect.poll(() => readable(desk.card(ts).blocks)).toContain('✓ Approved by @U0ANA');
    expect(desk.connection.health()).toMatchObject({ transport: 'socket', connected: true });
  });
});

async function openModalFrom(ts: string, actionId: string, user = 'U0ANA') {
  expect((await press(user, ts, actionId)).acked).toBe(true);
  await expect.poll(() => desk.slack.modals(user).length).toBe(1);
  const modal = desk.slack.modals(user)[0];
  if (!modal) throw new Error('no modal');
  return modal;
}

describe('edit', () => {
  test('submitting unchanged sends the draft back to the byte', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    expect(await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: {} })).toMatchObject({
      acked: true,
      body: { response_action: 'clear' },
    });
    expect(desk.settled).toMatchObject([
      { via: 'modal', request: { verdict: 'edit', version: 1, content: emailFacts().content } },
    ]);
  });

  test('a draft of 9,000 characters comes in several inputs and goes back to the byte', async () => {
    const heard: Desk = await openDesk({
      verbs: {
        settleDecision: async (input) => (
          heard.settled.push(input), { ok: true, decisionId: input.decisionId, status: 'edited', messageId: null }
        ),
      },
    });
    desk = heard;
    const long = Array.from(
      { length: 120 },
      (_, i) =>
        `Paragraph ${i} says something that takes a while to read, and then it ends.${'\n'.repeat(1 + (i % 3))}`,
    )
      .join('')
      .trimEnd();
    const content = { subject: 'Long', body: long, subjectVariants: [] };
    const modal = await openModalFrom(await desk.show(emailFacts({ content })), actions.edit);
    const bodies = nodes(modal.view['blocks']).filter((node) => String(node['block_id']).startsWith(inputs.body));
    expect(bodies.length).toBeGreaterThan(3);
    await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: {} });
    expect(desk.settled).toMatchObject([{ request: { verdict: 'edit', content } }]);
  });

  test('what a guardrail blocks is said at the input it is about, and nothing is settled', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    const result = await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.subject]: 'Re: your order', [`${inputs.body}0`]: `${body}\nSee https://evil.example/x` },
    });
    expect(result.errors).toEqual({
      [inputs.subject]: expect.stringContaining('pretends to be a reply'),
      [`${inputs.body}0`]: expect.stringContaining("not on this workflow's list"),
    });
    expect(desk.settled).toEqual([]);
  });

  test('an emoji that Slack turned into a code is refused, since the lead would read the code', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    const result = await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [`${inputs.body}0`]: `${body} :rocket:` },
    });
    expect(result.errors).toEqual({ [`${inputs.body}0`]: expect.stringContaining(':rocket:') });
  });

  /** About a fifth of the words are others: neither a small change nor a large one. */
  const fifth = `${body} We could start with one hall and see.`;
  const asked = {
    [inputs.originalOk]: expect.stringMatching(/^You changed about \d\d %: would the original have been OK to send\?$/),
  };

  test('where only the reviewer can tell whether the original was good enough, the answer is asked for', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    const values = { [`${inputs.body}0`]: fifth };
    const silent = await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values });
    expect(silent.errors).toEqual(asked);
    expect(desk.settled).toEqual([]);
    await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: { ...values, [inputs.originalOk]: 'no' } });
    expect(desk.settled).toMatchObject([{ request: { verdict: 'edit', originalOk: false, content: { body: fifth } } }]);
  });

  test('a small change needs no answer, and one that is given is kept', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [`${inputs.body}0`]: body.replace('Many', 'Most'), [inputs.originalOk]: 'yes' },
    });
    expect(desk.settled).toMatchObject([{ request: { verdict: 'edit', originalOk: true } }]);
  });

  test('where the AI wrote nothing there is no original to ask about', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts({ content: null })), actions.edit);
    expect(readable(modal.view['blocks'])).not.toContain('Would the original');
  });

  test('when somebody else was faster, the modal says so and keeps what was written', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.edit);
    desk.decisions.set(
      decisionId,
      emailFacts({ status: 'rejected', settled: settledBy('U0BEN', { verdict: 'reject' }) }),
    );
    const mine = `${body}\n\nMy own sentence, which took me ten minutes.`;
    await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: { [`${inputs.body}0`]: mine } });
    const shown = readable(desk.slack.modals('U0ANA')[0]?.view['blocks']);
    expect(shown).toContain('<@U0BEN> rejected this 0 s ago. Nothing was changed.');
    expect(shown).toContain('My own sentence, which took me ten minutes.');
  });

  test('one of the subjects the AI offered can be picked', async () => {
    desk = await openDesk();
    const facts = emailFacts({ content: { subject: 'First', body, subjectVariants: ['Second', 'Third'] } });
    const modal = await openModalFrom(await desk.show(facts), actions.edit);
    await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: { [inputs.otherSubject]: 'Third' } });
    expect(desk.settled).toMatchObject([{ request: { content: { subject: 'Third', body } } }]);
  });

  test('a score is edited as a number and lines', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(scoreFacts()), actions.edit);
    const wrong = await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.reasons]: Array.from({ length: 7 }, (_, i) => `r${i}`).join('\n') },
    });
    expect(wrong.errors).toEqual({ [inputs.reasons]: 'At most 6 reasons; these are 7.' });
    await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.score]: '35', [inputs.reasons]: 'Only curious\n\n No budget ' },
    });
    expect(desk.settled).toMatchObject([
      { request: { content: { score: 35, reasons: ['Only curious', 'No budget'] } } },
    ]);
  });

  test('when the trigger has expired, a button to open it again is offered and works', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    desk.slack.faults.next('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await press('U0ANA', ts, actions.edit);
    await expect.poll(() => desk.slack.ephemerals('U0ANA').length).toBe(1);
    const offer = desk.slack.ephemerals('U0ANA')[0];
    expect(offer?.text).toContain('did not open');
    await press('U0ANA', offer?.ts ?? '', actions.edit);
    await expect.poll(() => desk.slack.modals('U0ANA').length).toBe(1);
  });

  test('on a decision that is over it opens nothing and says what happened', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    desk.decisions.set(
      decisionId,
      emailFacts({
        status: 'expired',
        settled: settledBy('clock', { by: { type: 'clock', id: 'expire' }, verdict: 'expire' }),
      }),
    );
    await press('U0ANA', ts, actions.edit);
    await expect.poll(() => desk.slack.ephemerals('U0ANA').at(-1)?.text).toContain('This expired 0 s ago');
    expect(desk.slack.modals('U0ANA')).toEqual([]);
    expect(readable(desk.card(ts).blocks)).toContain('Expired');
  });
});

describe('reject', () => {
  test('reasons and a note are kept and shown on the card', async () => {
    desk = await openDesk();
    const ts = await desk.show(emailFacts());
    const modal = await openModalFrom(ts, actions.reject);
    await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.reasonCodes]: ['wrong_tone', 'too_long'], [inputs.note]: 'Reads like <!channel> spam' },
    });
    expect(desk.settled).toMatchObject([
      {
        via: 'modal',
        request: { verdict: 'reject', reasons: ['wrong_tone', 'too_long'], note: 'Reads like <!channel> spam' },
      },
    ]);
    await expect
      .poll(() => readable(desk.card(ts).blocks))
      .toContain('✗ Rejected by @U0ANA — Wrong tone, Too long or unclear: “Reads like <!channel> spam”');
    expect(desk.card(ts).text).not.toContain('<!channel>');
  });

  test('a serious one is marked as such', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.reject);
    expect(readable(modal.view['blocks'])).toContain('Serious: sending it would have broken a rule');
    await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.reasonCodes]: ['wrong_fact'], [inputs.serious]: ['serious'] },
    });
    expect(desk.settled).toMatchObject([{ request: { verdict: 'reject', reasons: ['wrong_fact'], critical: true } }]);
  });

  test('what the AI did not make can’t have been serious: that is not asked', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts({ content: null })), actions.reject);
    expect(readable(modal.view['blocks'])).not.toContain('Serious');
  });

  test('“no reason” with a reason, and “something else” without a note, are asked about again', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(emailFacts()), actions.reject);
    const both = await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.reasonCodes]: ['no_reason', 'legal'] },
    });
    expect(both.errors).toEqual({ [inputs.reasonCodes]: 'Either reasons, or “No reason given”.' });
    const silent = await desk.slack.submit({
      user: 'U0ANA',
      viewId: modal.id,
      values: { [inputs.reasonCodes]: ['other'] },
    });
    expect(silent.errors).toEqual({ [inputs.note]: 'Say in a few words what it was.' });
    expect(desk.settled).toEqual([]);
  });
});

describe('a draft that does not fit', () => {
  const long = emailFacts({
    content: {
      subject: 'Long',
      body: `${'One more sentence of many. '.repeat(400)}The very end.`,
      subjectVariants: [],
    },
  });

  test('has no one-click approval, is read whole in a modal, and can be approved there', async () => {
    const scoped: Desk = await openDesk({
      verbs: {
        settleDecision: async (input) => (
          scoped.settled.push(input), { ok: true, decisionId: input.decisionId, status: 'approved', messageId: null }
        ),
      },
    });
    desk = scoped;
    const ts = await desk.show(long);
    expect(actionIds(desk.card(ts).blocks)).toEqual([actions.showFull, actions.edit, actions.reject, actions.why]);
    const modal = await openModalFrom(ts, actions.showFull);
    expect(readable(modal.view['blocks'])).toContain('The very end.');
    await desk.slack.submit({ user: 'U0ANA', viewId: modal.id, values: {} });
    expect(desk.settled).toMatchObject([{ via: 'modal', request: { verdict: 'approve', hash: long.proposalHash } }]);
    expect(desk.slack.modals('U0ANA')).toEqual([]);
  });

  test('can be rejected from there, in a second modal', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(long), actions.showFull);
    await desk.slack.clickInView({ user: 'U0ANA', viewId: modal.id, actionId: actions.reject });
    await expect.poll(() => desk.slack.modals('U0ANA').length).toBe(2);
    const top = desk.slack.modals('U0ANA').at(-1);
    await desk.slack.submit({ user: 'U0ANA', viewId: top?.id ?? '', values: { [inputs.reasonCodes]: ['too_long'] } });
    expect(desk.settled).toMatchObject([{ request: { verdict: 'reject', reasons: ['too_long'] } }]);
    expect(desk.slack.modals('U0ANA')).toEqual([]);
  });
});

describe('afterwards', () => {
  const approved = emailFacts({ status: 'approved', settled: settledBy('U0ANA'), message: mailOf() });

  test('undo stops the mail and the card says who did', async () => {
    desk = await openDesk();
    const ts = await desk.show(approved);
    expect((await press('U0BEN', ts, actions.undo)).acked).toBe(true);
    await expect.poll(() => readable(desk.card(ts).blocks)).toContain('↩ Undone by @U0BEN');
    expect(actionIds(desk.card(ts).blocks)).toEqual([actions.why]);
  });

  test('undo too late says so', async () => {
    desk = await openDesk();
    const ts = await desk.show(approved);
    desk.decisions.set(decisionId, { ...approved, message: mailOf({ status: 'sent', canUndo: false }) });
    await press('U0ANA', ts, actions.undo);
    await expect.poll(() => desk.slack.ephemerals('U0ANA').at(-1)?.text).toBe('The mail has left already.');
  });

  test('“Why?” tells route and risk, which the card did not before the verdict', async () => {
    desk = await openDesk();
    const modal = await openModalFrom(await desk.show(approved), actions.why);
    const shown = readable(modal.view['blocks']);
    expect(shown).toContain('people decide everything');
    expect(shown).toContain('Estimated risk: 31 in 100');
    expect(shown).toContain('Industry: Logistics');
  });
});
