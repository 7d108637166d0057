import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actions } from '../../src/slack/action-ids.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { channel, type Desk, openDesk } from './desk.ts';
import { decisionId, messageId, noon, readable } from './facts.ts';

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
