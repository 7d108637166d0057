import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actions } from '../../src/slack/action-ids.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { channel, type Desk, openDesk } from './desk.ts';
import {
  autonomyNoticeFacts,
  cellId,
  decisionId,
  loweredEffect,
  messageId,
  nodes,
  noon,
  raisedEffect,
  readable,
} from './facts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

async function ask(text: string, user = 'U0ANA'): Promise<string> {
  const delivery = await desk.slack.slash({ user, channel, text: `/workflow ${text}` });
  expect(delivery).toMatchObject({ acked: true, acks: 1, body: { response_type: 'ephemeral' } });
  return readable((delivery.body as { blocks: unknown[] }).blocks);
}

describe('/workflow', () => {
  test.for(['', 'help', 'HELP'])('“%s” is answered with help, to the asker alone', async (text) => {
    expect(await ask(text)).toContain('/workflow pause all');
  });

  test('status says how each workflow stands and what waits', async () => {
    const said = await ask('status');
    expect(said).toContain('*whitepaper-nurture* · running, version 3');
    expect(said).toContain('*Waiting for a person:* 4 e-mails');
    expect(said).toContain('1 uncertain');
  });

  test('pause and resume reach the engine with the person who asked', async () => {
    expect(await ask('pause whitepaper-nurture')).toContain('Paused *whitepaper-nurture*');
    expect(await ask('resume all')).toContain('It was not paused');
    expect(desk.calls).toEqual([
      { verb: 'pause', input: { name: 'whitepaper-nurture', actor: { type: 'person', id: 'U0ANA' } } },
      { verb: 'resume', input: { name: 'all', actor: { type: 'person', id: 'U0ANA' } } },
    ]);
  });

  test('who may not operate changes nothing', async () => {
    expect(await ask('pause all', 'U0CARLA')).toContain('Only approvers of a workflow and workspace admins may pause.');
    expect(desk.calls).toEqual([]);
  });

  test.for([
    ['stauts', 'Did you mean `/workflow status`?'],
    ['paus all', 'Did you mean `/workflow pause`?'],
    ['xyzzy', 'There is no `xyzzy`.'],
    ['pause whitepaper', 'Did you mean `/workflow pause whitepaper-nurture`?'],
    ['pause', 'Which one?'],
    ['pause <!channel>', 'There are `whitepaper-nurture`'],
  ] as const)('“%s” → %s', async ([text, answer]) => {
    const said = await ask(text);
    expect(said).toContain(answer);
    expect(said).not.toContain('<!channel>');
  });
});

describe('/workflow autonomy', () => {
  test('says where every step stands, in a table and a chart, and what slipped through', async () => {
    const delivery = await desk.slack.slash({ user: 'U0CARLA', channel, text: '/workflow autonomy' });
    const { blocks, text } = delivery.body as { blocks: unknown[]; text: string };
    expect(readable(blocks)).toMatchInlineSnapshot(`
      "What goes without asking
      Step
      Goes without asking
      Last 7 days
      Last 28 days
      Spot-checked
      Next rung
      whitepaper-nurture/first-mail
      the safest 45 % (rung 2 of 5, risk up to 0.31)
      3 of 8
      112 of 250 (45 %)
      10 % to 50 %
      54 of at least 69 clean checks needed.
      whitepaper-nurture/score
      nothing
      0 of 12 (0 %)
      0 of 12 (0 %)
      all
      12 of the first 50 scores, from which its ladder is drawn.
      What holds them
      whitepaper-nurture/score: Raises are only proposed, set by @U0ANA (first weeks).
      What may have slipped through
      whitepaper-nurture/first-mail: Of 150 drafts that could go without asking, people checked 38. An estimated 1.2 bad ones slipped through so far; at most 10 in all, with those that were caught (95 % sure).
      \`/workflow autonomy help\` says how admins steer it."
    `);
    expect(text).toMatchInlineSnapshot(`
      "What goes without asking
      whitepaper-nurture/first-mail: the safest 45 % (rung 2 of 5, risk up to 0.31), 112 of 250 (45 %) in the last 28 days. 54 of at least 69 clean checks needed. Of 150 drafts that could go without asking, people checked 38. An estimated 1.2 bad ones slipped through so far; at most 10 in all, with those that were caught (95 % sure).
      whitepaper-nurture/score: nothing, 0 of 12 (0 %) in the last 28 days. 12 of the first 50 scores, from which its ladder is drawn. Raises are only proposed, set by <@U0ANA> (first weeks)."
    `);
    expect(nodes(blocks).find(({ type }) => type === 'data_visualization')).toMatchObject({
      chart: {
        series: [
          {
            name: 'Without asking',
            data: [
              { label: 'first-mail', value: 45 },
              { label: 'score', value: 0 },
            ],
          },
          {
            name: 'Way to next rung',
            data: [
              { label: 'first-mail', value: 78 },
              { label: 'score', value: 0 },
            ],
          },
        ],
      },
    });
  });

  test('of one workflow, when it is named', async () => {
    expect(await ask('autonomy whitepaper-nurture')).toContain('What goes without asking in whitepaper-nurture');
    expect(desk.calls).toEqual([{ verb: 'autonomyStatus', input: 'whitepaper-nurture' }]);
  });

  test('an order reaches the engine with who and why', async () => {
    expect(await ask('autonomy cap whitepaper-nurture/first-mail 0,3 "before the fair"')).toBe(
      '✓ whitepaper-nurture/first-mail: Frozen by <@U0ANA>.',
    );
    expect(desk.calls).toEqual([
      {
        verb: 'controlAutonomy',
        input: {
          order: { verb: 'cap', place: 'whitepaper-nurture/first-mail', tau: 0.3, reason: 'before the fair' },
          actor: { type: 'person', id: 'U0ANA' },
        },
      },
    ]);
  });

  test('a refusal comes with what to type instead', async () => {
    desk.verbs.controlAutonomy = async () => ({
      ok: false,
      code: 'refused',
      text: 'a/b: It is frozen.',
      remedy: 'unfreeze a/b WHY',
    });
    expect(await ask('autonomy restore a/b 2 because')).toBe(
      'a/b: It is frozen. `/workflow autonomy unfreeze a/b WHY`',
    );
  });

  test.for([
    ['autonomy help', '`/workflow autonomy cap WORKFLOW/STEP RISK|here WHY`'],
    ['autonomy freez a/b x', 'Did you mean `/workflow autonomy freeze`?'],
    ['autonomy whitepaper', 'Did you mean whitepaper-nurture?'],
    ['autonomy <!channel>', 'There is no workflow'],
    ['autonomy freeze', 'Which step? `/workflow autonomy freeze WORKFLOW/STEP WHY`'],
    ['autonomy freeze a/b', 'Say why'],
    ['autonomy cap a/b 30% x', 'At which risk?'],
    ['autonomy cap a/b 1 x', 'use uncap'],
    ['autonomy restore a/b two x', 'To which rung?'],
    ['autonomy mode a/b propose x', 'Did you mean propose-only?'],
    ['autonomi', 'Did you mean `/workflow autonomy`?'],
  ] as const)('“%s” → %s', async ([text, answer]) => {
    const said = await ask(text);
    expect(said).toContain(answer);
    expect(said).not.toContain('<!channel>');
    expect(desk.calls.filter(({ verb }) => verb === 'controlAutonomy')).toEqual([]);
  });
});

describe('events', () => {
  test('the Home tab says how things stand', async () => {
    expect((await desk.slack.openHome({ user: 'U0BEN' })).acked).toBe(true);
    await expect
      .poll(() => readable(desk.slack.home('U0BEN')?.view['blocks']))
      .toContain('*Waiting for a person:* 4 e-mails');
  });

  test('a mention is answered with help in its thread', async () => {
    await desk.slack.say({ user: 'U0ANA', channel, text: 'hello <@U0COUNTER>' });
    await expect.poll(() => desk.slack.messages(channel).length).toBe(2);
    const [asked, answered] = desk.slack.messages(channel);
    expect(answered?.thread_ts).toBe(asked?.ts);
    expect(answered?.text).toContain('/workflow status');
  });
});

describe('notices', () => {
  test.for([
    [actions.mailWasSent, 'was_sent'],
    [actions.mailSendAgain, 'send_again'],
    [actions.mailDrop, 'drop'],
  ] as const)('%s answers for the uncertain mail', async ([actionId, answer]) => {
    const notice = renderNotice({
      type: 'mail_uncertain',
      messageId,
      decisionId,
      workflow: 'w',
      leadName: 'Maria',
      since: noon,
      status: 'uncertain',
      settledBy: null,
    });
    const posted = await desk.connection.surface.post(channel, notice, 'notice');
    if (posted.type !== 'posted') throw new Error(posted.type);
    await desk.slack.click({ user: 'U0ANA', channel, ts: posted.ts, actionId });
    expect(desk.calls).toEqual([
      { verb: 'resolveUncertain', input: { messageId, actor: { type: 'person', id: 'U0ANA' }, answer } },
    ]);
  });

  const post = async (facts: Parameters<typeof renderNotice>[0]) => {
    const posted = await desk.connection.surface.post(channel, renderNotice(facts), 'notice');
    if (posted.type !== 'posted') throw new Error(posted.type);
    return posted.ts;
  };

  test.for([
    ['raised', actions.autonomyUndo, 'undo'],
    ['raised', actions.autonomyCapHere, 'cap_here'],
    ['proposed', actions.autonomyAgree, 'agree'],
    ['proposed', actions.autonomyNotNow, 'not_now'],
  ] as const)('on a %s threshold, %s is somebody’s answer, asked twice', async ([type, actionId, answer]) => {
    const ts = await post(autonomyNoticeFacts({ ...raisedEffect, type }));
    const pressed = nodes(desk.card(ts).blocks).find((node) => node['action_id'] === actionId);
    expect(pressed).toMatchObject({ confirm: { title: expect.anything() } });
    expect((await desk.slack.click({ user: 'U0BEN', channel, ts, actionId })).acked).toBe(true);
    expect(desk.calls).toEqual([{ verb: 'answerRaise', input: { cellId, seq: 7, answer, userId: 'U0BEN' } }]);
  });

  test('whoever may not answer for a raise is told so, alone', async () => {
    const ts = await post(autonomyNoticeFacts());
    await desk.slack.click({ user: 'U0CARLA', channel, ts, actionId: actions.autonomyUndo });
    await expect
      .poll(() => desk.slack.ephemerals('U0CARLA').at(-1)?.text)
      .toBe('Only approvers of these decisions may do this.');
  });

  test('what went out before a threshold fell is one click away', async () => {
    const ts = await post(autonomyNoticeFacts(loweredEffect, null));
    await desk.slack.click({ user: 'U0ANA', channel, ts, actionId: actions.autonomyList });
    await expect.poll(() => desk.slack.modals('U0ANA').length).toBe(1);
    const shown = readable(desk.slack.modals('U0ANA')[0]?.view['blocks']);
    expect(shown).toContain('2 drafts at whitepaper-nurture/first-mail went without asking before the threshold fell.');
    expect(shown).toContain('Maria Silva – 2026-03-10 12:00 UTC, risk 11 in 100, was sent');
    expect(shown).toContain('Lee – 2026-03-10 12:00 UTC, risk 30 in 100, waits to be sent, and can be stopped');
  });

  test('a message that a person does not see is posted again', async () => {
    const posted = await desk.connection.surface.post(
      channel,
      renderNotice({ type: 'post_maybe_missing', postId: messageId, about: 'Maria', open: true }),
      'notice',
    );
    if (posted.type !== 'posted') throw new Error(posted.type);
    await desk.slack.click({ user: 'U0BEN', channel, ts: posted.ts, actionId: actions.postAgain });
    expect(desk.calls).toEqual([{ verb: 'postAgain', input: { postId: messageId, userId: 'U0BEN' } }]);
  });
});
