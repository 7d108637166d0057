import type { App, BlockAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { afterEach, describe, expect, test } from 'vitest';
import { assertAllAcked } from '../../../sandbox/slack/driver.ts';
import { type AppBench, startApp } from './world-for-tests.ts';

/** Acting by what is visible. */

let bench: AppBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const card = (id: string, ...labels: string[]): KnownBlock[] => [
  { type: 'section', text: { type: 'mrkdwn', text: `Draft ${id}` } },
  {
    type: 'actions',
    elements: [
      ...labels.map((label) => ({
        type: 'button' as const,
        action_id: label.toLowerCase(),
        text: plain(label),
        value: id,
      })),
      { type: 'overflow', action_id: 'more', options: [{ text: plain('Why?'), value: `why-${id}` }] },
    ],
  },
];
const MODAL: ModalView = {
  type: 'modal',
  callback_id: 'edit',
  title: plain('Edit'),
  submit: plain('Save'),
  blocks: [
    {
      type: 'input',
      block_id: 'subject',
      label: plain('Subject'),
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
};

const clicks: unknown[] = [];

function register(app: App): void {
  clicks.length = 0;
  app.action<BlockAction>(/approve|more/, async ({ ack, action }) => {
    clicks.push(action.type === 'overflow' ? action.selected_option.value : action.type === 'button' && action.value);
    await ack();
  });
  app.action<BlockAction>('edit', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });
  app.view('edit', async ({ ack, view }) => {
    clicks.push(view.state.values.subject?.text?.value);
    await ack();
  });
  app.command('/workflow', ({ ack, command }) => ack(`asked in ${command.channel_name}`));
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card('home', 'Approve') } });
  });
}

async function start(): Promise<AppBench> {
  bench = await startApp('http', register);
  const client = bench.client();
  await client.chat.postMessage({ channel: CHANNEL, text: 'one', blocks: card('d1', 'Approve', 'Edit') });
  await client.chat.postMessage({ channel: CHANNEL, text: 'two', blocks: card('d2', 'Approve') });
  await client.chat.postMessage({ channel: CHANNEL, text: 'three' });
  return bench;
}

describe('somebody in a channel', () => {
  test('presses the newest button with these words, wherever it stands', async () => {
    const { slack, client } = await start();
    const ana = slack.as('ana').in(CHANNEL);
    expect(await ana.click('Approve')).toMatchObject({ acked: true, acks: 1, modal: null });
    await client().chat.postEphemeral({ channel: CHANNEL, user: 'U0ANA', text: 'x', blocks: card('e1', 'Approve') });
    await ana.click('Approve');
    await slack.as('ben').in(CHANNEL).click('Approve');
    expect(clicks).toEqual(['d2', 'e1', 'd2']);
    await expect(ana.click('Delete')).rejects.toThrow('no "Delete" in #nurture-emails; there are: Approve, Edit, more');
  });

  test('picks what stands behind the dots', async () => {
    const { slack } = await start();
    await slack.as('ana').in(CHANNEL).card(/d1/).click('Why?');
    expect(clicks).toEqual(['why-d1']);
  });

  test('fills in what a button opens and sends it', async () => {
    const { slack } = await start();
    const modal = await slack.as('ana').in(CHANNEL).clickForModal('Edit');
    expect(modal.labels()).toEqual(['Subject']);
    await slack.as('ana').fill({ Subject: 'Better' }).submit();
    expect(clicks).toEqual(['Better']);
    expect(() => slack.as('ana').modal()).toThrow('ana has no modal open');
    assertAllAcked(slack.workspace);
  });

  test('reads all cards, and answers in a thread', async () => {
    const { slack } = await start();
    const cards = slack.as('ana').in(CHANNEL).cards();
    expect(cards.map((shown) => shown.buttons())).toEqual([['Approve', 'Edit', 'more'], ['Approve', 'more'], []]);
    await cards[0]?.reply('Looks good to me');
    expect(cards[0]?.replies().map((reply) => reply.text())).toEqual(['Looks good to me']);
    expect(slack.workspace.messages(CHANNEL).at(-1)).toMatchObject({ user: 'U0ANA', thread_ts: cards[0]?.ts });
  });
});

describe('somebody anywhere', () => {
  test('opens Home and uses it as it then stands', async () => {
    const { slack } = await start();
    const ana = slack.as('ana');
    expect(() => ana.home()).toThrow('ana has no Home yet');
    expect((await ana.openHome()).text()).toContain('Draft home');
    await ana.home().click('Approve');
    expect(clicks).toEqual(['home']);
  });

  test('runs a command in the first channel that they are in', async () => {
    const { slack } = await start();
    expect(await slack.as('carla').slash('/workflow status')).toBe('asked in nurture-emails');
  });

  test('has to be somebody', async () => {
    const { slack } = await start();
    expect(() => slack.as('nobody')).toThrow('no person nobody in this workspace');
  });
});
