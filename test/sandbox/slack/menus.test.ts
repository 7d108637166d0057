import type { App, BlockAction, ViewSubmitAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { afterEach, describe, expect, test } from 'vitest';
import { assertAllAcked, waitFor } from '../../../sandbox/slack/driver.ts';
import { type AppBench, manifestWith, startApp } from './world-for-tests.ts';

let bench: AppBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(`Option ${value}`), value });
const button: KnownBlock = { type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] };
const form = (...blocks: KnownBlock[]): ModalView => ({
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Send'),
  blocks,
});
const withOptions = manifestWith({
  scopes: ['files:read'],
  interactivity: { message_menu_options_url: 'https://app.example/slack/events' },
});

const submitted: ViewSubmitAction[] = [];
const clicked: BlockAction[] = [];

/** A button that opens the form, and ears for everything that comes of it. */
function formApp(view: ModalView, suggest: (typed: string) => unknown = () => ({ options: [] })) {
  return (app: App): void => {
    submitted.length = 0;
    clicked.length = 0;
    app.action<BlockAction>('go', async ({ ack, body, client }) => {
      clicked.push(body);
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.action<BlockAction>(/^pick/, async ({ ack, body }) => {
      clicked.push(body);
      await ack();
    });
    app.options(/^pick/, async ({ ack, payload }) => {
      await ack(Object(suggest(payload.value)));
    });
    app.view('form', async ({ ack, body }) => {
      if (body.type === 'view_submission') submitted.push(body);
      await ack();
    });
  };
}

async function openForm(
  view: ModalView,
  suggest?: (typed: string) => unknown,
  options: Parameters<typeof startApp>[2] = { manifest: withOptions },
) {
  bench = await startApp('http', formApp(view, suggest), options);
  await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [button] });
  const modal = await bench.slack.as('ana').in(CHANNEL).clickForModal('Go');
  return { modal, slack: bench.slack };
}

const external = (action_id = 'pick'): KnownBlock => ({
  type: 'input',
  block_id: 'who',
  label: plain('Who'),
  element: { type: 'external_select', action_id, min_query_length: 2 },
});

describe('a menu whose options the app suggests', () => {
  const people = (typed: string) => ({
    option_groups: [{ label: plain('Team'), options: [option(`${typed}-1`), option(`${typed}-2`)] }],
  });

  test('offers what the app answers, and what was chosen is submitted whole', async () => {
    const { modal, slack } = await openForm(form(external()), people);
    expect(await modal.suggest('Who', 'mi')).toEqual(['Option mi-1', 'Option mi-2']);
    await modal.fill({ Who: 'Option mi-2' }).submit();
    expect(submitted[0]?.view.state.values).toMatchObject({
      who: { pick: { type: 'external_select', selected_option: option('mi-2') } },
    });
    assertAllAcked(slack.workspace);
  });

  test('takes nothing that was not suggested', async () => {
    const { modal } = await openForm(form(external()), people);
    await expect(modal.fill({ Who: 'mi-2' }).submit()).rejects.toThrow('no option mi-2 in pick');
  });

  test('works in a message, and the app is told which message', async () => {
    bench = await startApp('http', formApp(form(), people), { manifest: withOptions });
    const menu = { type: 'external_select' as const, action_id: 'pick', placeholder: plain('Who?') };
    await bench
      .client()
      .chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [{ type: 'actions', elements: [menu] }] });
    const { workspace } = bench.slack;
    const ts = workspace.messages(CHANNEL)[0]?.ts ?? '';
    const at = { user: 'ana', channel: CHANNEL, ts, actionId: 'pick' };
    await workspace.suggest({ ...at, value: 'be' });
    const told = workspace.journal().findLast(({ method }) => method === 'block_suggestion');
    expect(told?.detail).toMatchObject({ payload: { value: 'be', container: { message_ts: ts }, message: { ts } } });
    await workspace.click({ ...at, value: 'be-1' });
    expect(clicked[0]?.actions).toMatchObject([{ action_id: 'pick', selected_option: option('be-1') }]);
  });

  test('shows nothing when the answer breaks a rule, and the person is told', async () => {
    const tooMany = () => ({ options: Array.from({ length: 101 }, (_, index) => option(`${index}`)) });
    const { modal, slack } = await openForm(form(external()), tooMany);
    await expect(modal.suggest('Who', 'mi')).rejects.toThrow('no more than 100 items allowed [json-pointer:/options]');
    expect(slack.workspace.warnings('ana')).toEqual(['Countersign could not load the options.']);
  });

  test('asks nobody over HTTP when the manifest names no address for it', async () => {
    const { modal, slack } = await openForm(form(external()), people, {});
    await expect(modal.suggest('Who', 'mi')).rejects.toThrow('the manifest has no message_menu_options_url');
    expect(slack.workspace.deliveries().filter(({ kind }) => kind === 'block_suggestion')).toEqual([]);
  });
});

describe('a menu of conversations', () => {
  const where: KnownBlock = {
    type: 'input',
    block_id: 'where',
    label: plain('Where'),
    element: {
      type: 'conversations_select',
      action_id: 'channel',
      default_to_current_conversation: true,
      response_url_enabled: true,
    },
  };

  test('begins where the person was, and gives an address that answers there', async () => {
    const { modal, slack } = await openForm(form(where));
    await modal.submit();
    const [address] = submitted[0]?.response_urls ?? [];
    expect(address).toMatchObject({ block_id: 'where', action_id: 'channel', channel_id: 'C0NURTUREEMAILS' });
    const response = await fetch(Object(address).response_url, {
      method: 'POST',
      body: JSON.stringify({ text: 'Done here', response_type: 'in_channel' }),
    });
    expect(await response.text()).toBe('ok');
    expect(slack.workspace.messages(CHANNEL).at(-1)?.text).toBe('Done here');
  });

  test('goes where else the person chose; one that asks for no address gets none', async () => {
    const silent: KnownBlock = {
      type: 'input',
      block_id: 'also',
      label: plain('Also'),
      element: { type: 'channels_select', action_id: 'channel', initial_channel: 'C0GENERAL' },
    };
    const { modal } = await openForm(form(where, silent));
    await modal.fill({ Where: 'C0NURTURESCORES' }).submit();
    expect(submitted[0]?.response_urls).toMatchObject([{ channel_id: 'C0NURTURESCORES' }]);
    expect(submitted[0]?.view.state.values).toMatchObject({
      where: { channel: { selected_conversation: 'C0NURTURESCORES' } },
    });
  });
});

describe('a menu that takes several', () => {
  const blocks: KnownBlock[] = [
    {
      type: 'actions',
      block_id: 'row',
      elements: [
        { type: 'multi_static_select', action_id: 'pick_many', options: ['a', 'b', 'c'].map(option) },
        { type: 'checkboxes', action_id: 'pick_boxes', options: ['x', 'y'].map(option) },
      ],
    },
  ];

  test('sends all that is chosen, and nothing once it is cleared', async () => {
    bench = await startApp('http', formApp(form()));
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks });
    const card = bench.slack.as('ana').in(CHANNEL).card();
    await card.click('pick_many', ['a', 'Option c']);
    await card.click('pick_many', []);
    expect(clicked.map(({ actions }) => actions[0])).toMatchObject([
      { selected_options: [option('a'), option('c')] },
      { selected_options: [] },
    ]);
  });

  test('is known with everything around it at the next click', async () => {
    bench = await startApp('http', formApp(form()));
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [...blocks, button] });
    const ts = bench.slack.workspace.messages(CHANNEL)[0]?.ts ?? '';
    const state = { 'row/pick_boxes': ['y'], 'row/pick_many': ['b'] };
    await bench.slack.workspace.click({ user: 'ana', channel: CHANNEL, ts, actionId: 'go', state });
    expect(clicked[0]?.state?.values).toMatchObject({
      row: { pick_boxes: { selected_options: [option('y')] }, pick_many: { selected_options: [option('b')] } },
    });
  });
});

describe('a field for files', () => {
  const upload: KnownBlock = {
    type: 'input',
    block_id: 'list',
    label: plain('List'),
    element: { type: 'file_input', action_id: 'files', filetypes: ['csv'], max_files: 1 },
  };

  test('submits what was uploaded, and refuses other kinds and too many before they are sent', async () => {
    const { modal, slack } = await openForm(form(upload));
    const keep = (name: string) => slack.workspace.keepFile({ user: 'ana', name, bytes: Buffer.from('a,b\n') }).id;
    const leads = keep('leads.csv');
    expect((await modal.fill({ List: [keep('leads.png')] }).submit()).errors).toEqual({
      list: 'Only these files: csv.',
    });
    expect((await modal.fill({ List: [leads, keep('more.csv')] }).submit()).errors).toEqual({
      list: 'Upload at most 1.',
    });
    await modal.fill({ List: [leads] }).submit();
    expect(submitted).toHaveLength(1);
    expect(submitted[0]?.view.state.values).toMatchObject({
      list: {
        files: { type: 'file_input', files: [{ id: leads, name: 'leads.csv', mimetype: 'text/csv', user: 'U0ANA' }] },
      },
    });
  });
});

describe('the ✕ in the corner', () => {
  test('closes the whole stack and tells each view that asked to know', async () => {
    const closed: unknown[] = [];
    const view = (title: string): ModalView => ({ ...form(button), title: plain(title), notify_on_close: true });
    bench = await startApp('http', (app) => {
      app.action<BlockAction>('go', async ({ ack, body, client }) => {
        const opened = { trigger_id: body.trigger_id, view: view(body.view === undefined ? 'First' : 'Second') };
        await (body.view === undefined ? client.views.open(opened) : client.views.push(opened));
        await ack();
      });
      app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
        closed.push([body.view.title.text, 'is_cleared' in body && body.is_cleared]);
        await ack();
      });
    });
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [button] });
    const ana = bench.slack.as('ana');
    await (await ana.in(CHANNEL).clickForModal('Go')).click('Go');
    await ana.modal().closeAll();
    expect(bench.slack.workspace.modals('ana')).toEqual([]);
    expect(closed).toEqual([
      ['Second', true],
      ['First', true],
    ]);
    await waitFor(bench.slack.workspace, 'both acks', () => (closed.length === 2 ? true : null));
    assertAllAcked(bench.slack.workspace);
  });
});
