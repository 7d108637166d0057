import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, expect, test } from 'vitest';
import { assertAllAcked, waitFor } from '../../../sandbox/slack/driver.ts';
import { type AppBench, manifestWith, startApp } from './world-for-tests.ts';

let bench: AppBench | undefined;
afterEach(async () => {
  if (bench !== undefined) assertAllAcked(bench.slack.workspace);
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const VIEW: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'New' }, blocks: [] };

const manifest = manifestWith({
  features: {
    shortcuts: [
      { name: 'New workflow', type: 'global', callback_id: 'new_workflow', description: 'Begins one' },
      { name: 'Why this?', type: 'message', callback_id: 'why_this', description: 'Explains a card' },
    ],
  },
});

const seen: Record<string, unknown>[] = [];

function register(app: App): void {
  seen.length = 0;
  app.shortcut('new_workflow', async ({ ack, body, client }) => {
    seen.push({ ...body });
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: VIEW });
  });
  app.shortcut('why_this', async ({ ack, body, respond }) => {
    seen.push({ ...body });
    await ack();
    await respond({ text: 'Because.' });
  });
}

test.for(['http', 'socket'] as const)(
  'a global shortcut opens a modal from nowhere in particular, over %s',
  async (transport) => {
    bench = await startApp(transport, register, { manifest });
    const modal = await bench.slack.as('ana').shortcutForModal('New workflow');
    expect(modal.title()).toBe('New');
    expect(seen[0]).toMatchObject({ type: 'shortcut', callback_id: 'new_workflow', user: { id: 'U0ANA' } });
    for (const absent of ['channel', 'message', 'response_url', 'container'])
      expect(seen[0]).not.toHaveProperty(absent);
  },
);

test('a message shortcut brings the message and an address to answer at', async () => {
  bench = await startApp('http', register, { manifest });
  const { ts } = await bench.client().chat.postMessage({ channel: CHANNEL, text: 'Draft for Mia' });
  await bench.slack.as('ben').in(CHANNEL).card(/Mia/).shortcut('Why this?');
  expect(seen[0]).toMatchObject({
    type: 'message_action',
    callback_id: 'why_this',
    message_ts: ts,
    message: { ts, text: 'Draft for Mia', bot_id: 'B0COUNTER' },
    channel: { id: 'C0NURTUREEMAILS', name: 'nurture-emails' },
  });
  const { workspace } = bench.slack;
  await waitFor(workspace, 'the answer', () => workspace.ephemerals('ben').find(({ text }) => text === 'Because.'));
});

test('only the shortcuts of the manifest are there, each for its own place', async () => {
  bench = await startApp('http', register, { manifest });
  const { workspace } = bench.slack;
  expect(workspace.shortcuts().map(({ name, type }) => [name, type])).toEqual([
    ['New workflow', 'global'],
    ['Why this?', 'message'],
  ]);
  await expect(workspace.shortcut({ user: 'ana', callbackId: 'why_this' })).rejects.toThrow(
    'the manifest has no global shortcut why_this; it has new_workflow (global), why_this (message)',
  );
  await bench.client().chat.postMessage({ channel: '#nurture-scores', text: 'x' });
  const guest = bench.slack.as('guest').in('#nurture-scores').card();
  await expect(guest.shortcut('Why this?')).rejects.toThrow('guest is not in #nurture-scores');
});
