import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, describe, expect, test } from 'vitest';
import { assertAllAcked, person, waitFor } from '../../../sandbox/slack/driver.ts';
import { type AppBench, startApp } from './world-for-tests.ts';

let bench: AppBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';

const CARD = [
  { type: 'section', text: { type: 'mrkdwn', text: 'Draft for *Mia*' } },
  {
    type: 'actions',
    block_id: 'verdict',
    elements: [
      { type: 'button', action_id: 'decision.approve', text: { type: 'plain_text', text: 'Approve' }, value: 'd1' },
      { type: 'button', action_id: 'decision.edit', text: { type: 'plain_text', text: 'Edit' }, value: 'd1' },
    ],
  },
];

const MODAL: ModalView = {
  type: 'modal',
  callback_id: 'edit',
  private_metadata: '{"id":"d1"}',
  title: { type: 'plain_text', text: 'Edit' },
  submit: { type: 'plain_text', text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'subject',
      label: { type: 'plain_text', text: 'Subject' },
      element: { type: 'plain_text_input', action_id: 'text', initial_value: 'Hello', max_length: 40 },
    },
    {
      type: 'input',
      block_id: 'note',
      optional: true,
      label: { type: 'plain_text', text: 'Note' },
      element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 300 },
    },
  ],
};

type Seen = { clicks: unknown[]; submissions: Record<string, unknown>[]; commands: Record<string, unknown>[] };

function reviewApp(seen: Seen) {
  return (app: App): void => {
    app.action('decision.approve', async ({ ack, body, client }) => {
      seen.clicks.push(body);
      await ack();
      if (body.type === 'block_actions' && body.channel !== undefined && body.message !== undefined)
        await client.chat.update({
          channel: body.channel.id,
          ts: body.message.ts,
          text: 'Approved',
          blocks: [],
        });
    });
    app.action('decision.edit', async ({ ack, body, client }) => {
      await ack();
      if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
    });
    app.view('edit', async ({ ack, view }) => {
      const subject = view.state.values.subject?.text?.value ?? '';
      if (subject.includes('spam')) return ack({ response_action: 'errors', errors: { subject: 'Say it better.' } });
      seen.submissions.push({ values: view.state.values, metadata: view.private_metadata });
      await ack();
    });
    app.command('/workflow', async ({ ack, command }) => {
      seen.commands.push({ ...command });
      await ack(`You asked for ${command.text}`);
    });
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({
        user_id: event.user,
        view: { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Your queue is empty' } }] },
      });
    });
  };
}

const nothingSeen = (): Seen => ({ clicks: [], submissions: [], commands: [] });

describe.for(['http', 'socket'] as const)('over %s', (transport) => {
  test('a click on a posted button reaches the app and its update comes back', async () => {
    const seen = nothingSeen();
    bench = await startApp(transport, reviewApp(seen));
    const { workspace } = bench.slack;
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'Draft for Mia', blocks: CARD });
    const clicked = await person(workspace, 'ana').in(CHANNEL).card(/Draft/).click('Approve');
    expect(clicked).toMatchObject({ kind: 'block_actions', acked: true, acks: 1, modal: null });
    await waitFor(workspace, 'the update', () => workspace.messages(CHANNEL).find(({ text }) => text === 'Approved'));
    expect(workspace.messages(CHANNEL)).toHaveLength(1);
    expect(workspace.messages(CHANNEL)[0]).not.toHaveProperty('blocks');
    expect(seen.clicks[0]).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0ANA', username: 'ana', name: 'ana' },
      is_enterprise_install: false,
      enterprise: null,
      container: { type: 'message', is_ephemeral: false },
      message: { bot_id: 'B0COUNTER', type: 'message' },
      actions: [{ action_id: 'decision.approve', block_id: 'verdict', type: 'button', value: 'd1' }],
    });
    assertAllAcked(workspace);
  });

  test('a modal shows the errors of the app, then takes the corrected text', async () => {
    const seen = nothingSeen();
    bench = await startApp(transport, reviewApp(seen));
    const { workspace } = bench.slack;
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'Draft for Mia', blocks: CARD });
    const modal = await person(workspace, 'ben').in(CHANNEL).card().clickForModal('Edit');
    expect(modal.title()).toBe('Edit');
    expect(modal.labels()).toEqual(['Subject', 'Note']);

    expect((await modal.fill({ Subject: 'x'.repeat(41) }).submit()).errors).toEqual({
      subject: 'Must be less than 41 characters.',
    });
    expect((await modal.fill({ Subject: '' }).submit()).errors).toEqual({
      subject: 'Please complete this required field.',
    });
    expect(workspace.deliveries().filter(({ kind }) => kind === 'view_submission')).toHaveLength(0);

    expect((await modal.fill({ Subject: 'spam' }).submit()).errors).toEqual({ subject: 'Say it better.' });
    expect(workspace.modals('ben')).toHaveLength(1);
    const saved = await modal.fill({ Subject: 'Better' }).submit();
    expect(saved.acked).toBe(true);
    expect(saved.errors).toBeUndefined();
    expect(workspace.modals('ben')).toHaveLength(0);
    expect(seen.submissions).toEqual([
      {
        values: {
          subject: { text: { type: 'plain_text_input', value: 'Better' } },
          note: { text: { type: 'plain_text_input', value: null } },
        },
        metadata: '{"id":"d1"}',
      },
    ]);
    assertAllAcked(workspace);
  });

  test('a slash command is answered where only its author sees it', async () => {
    const seen = nothingSeen();
    bench = await startApp(transport, reviewApp(seen));
    const { workspace } = bench.slack;
    expect(await person(workspace, 'carla').in(CHANNEL).slash('/workflow status')).toBe('You asked for status');
    expect(workspace.ephemerals('ana')).toHaveLength(0);
    expect(seen.commands[0]).toMatchObject({
      command: '/workflow',
      text: 'status',
      user_name: 'carla',
      channel_name: 'nurture-emails',
      is_enterprise_install: 'false',
    });
    assertAllAcked(workspace);
  });

  test('a command that the manifest does not know never reaches the app', async () => {
    const seen = nothingSeen();
    bench = await startApp(transport, reviewApp(seen));
    const { workspace } = bench.slack;
    expect(await person(workspace, 'ana').in(CHANNEL).slash('/deploy now')).toContain('/deploy is not a valid command');
    expect(seen.commands).toHaveLength(0);
    expect(workspace.deliveries()).toHaveLength(0);
  });

  test('opening Home lets the app publish it', async () => {
    bench = await startApp(transport, reviewApp(nothingSeen()));
    const home = await person(bench.slack.workspace, 'ana').openHome();
    expect(home.text()).toBe('Your queue is empty');
    assertAllAcked(bench.slack.workspace);
  });
});
