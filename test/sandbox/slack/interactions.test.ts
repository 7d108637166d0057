import { createServer } from 'node:http';
import type { App, BlockAction, ViewClosedAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, describe, expect, test } from 'vitest';
import { assertAllAcked, person, waitFor } from '../../../sandbox/slack/driver.ts';
import { isRecord, parseJson, stringAt } from '../../../sandbox/slack/json.ts';
import { type AppBench, listen, MANIFEST, startApp, startSlack, stop } from './world-for-tests.ts';

let bench: AppBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const VIEW: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'One' }, blocks: [] };

const button = (actionId: string, text: string) => ({
  type: 'button' as const,
  action_id: actionId,
  text: { type: 'plain_text' as const, text },
});

const childString = (value: unknown, key: string): string | null => (isRecord(value) ? stringAt(value, key) : null);

const card = (...elements: ReturnType<typeof button>[]) => [{ type: 'actions' as const, elements }];

async function start(register: (app: App) => void, overrides: Parameters<typeof startApp>[2] = {}): Promise<AppBench> {
  bench = await startApp('http', register, overrides);
  return bench;
}

describe('an answer that is not as it should be', () => {
  test('a listener that never acks is recorded, and the person is told', async () => {
    const { slack, client } = await start((app) => app.action('go', async () => {}), { ackDeadlineMs: 60 });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const clicked = await person(slack.workspace, 'ana').in(CHANNEL).card().click('Go');
    expect(clicked).toMatchObject({ acked: false, acks: 0, error: 'operation_timeout' });
    expect(slack.workspace.warnings('ana')).toHaveLength(1);
    expect(() => assertAllAcked(slack.workspace)).toThrow(/block_actions: 0 acks/);
  });

  test('Bolt does not take what is signed with another secret', async () => {
    const { slack, client } = await start((app) => app.action('go', ({ ack }) => ack()), { signingSecret: 'another' });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const clicked = await person(slack.workspace, 'ana').in(CHANNEL).card().click('Go');
    expect(clicked).toMatchObject({ acked: false, status: 401 });
    expect(await slack.workspace.verifyUrl()).toBe(false);
  });

  test('a command that nobody answers fails in front of its author', async () => {
    const { slack } = await start((app) => app.command('/workflow', async () => {}), { ackDeadlineMs: 60 });
    await expect(person(slack.workspace, 'ana').in(CHANNEL).slash('/workflow')).rejects.toThrow('operation_timeout');
    expect(slack.workspace.warnings('ana')).toEqual(['/workflow failed with the error "operation_timeout"']);
  });

  test('a broken view in an ack leaves the modal open and says why', async () => {
    const { slack, client } = await start((app) => {
      app.action<BlockAction>('go', async ({ ack, body, client: web }) => {
        await ack();
        const view = { ...VIEW, callback_id: 'v', submit: { type: 'plain_text' as const, text: 'Send' } };
        await web.views.open({ trigger_id: body.trigger_id, view });
      });
      app.view('v', ({ ack }) =>
        ack({ response_action: 'update', view: { ...VIEW, title: { type: 'plain_text', text: 'x'.repeat(25) } } }),
      );
    });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const modal = await person(slack.workspace, 'ana').in(CHANNEL).card().clickForModal('Go');
    const sent = await modal.submit();
    expect(sent.error).toContain('must be less than 25 characters [json-pointer:/view/title/text]');
    expect(slack.workspace.modals('ana')).toHaveLength(1);
    expect(slack.workspace.warnings('ana')).toEqual(['We had some trouble connecting. Try again?']);
  });
});

describe('what a trigger opens', () => {
  test('one view, once, within three seconds', async () => {
    let now = Date.now();
    const triggers: string[] = [];
    const { slack, client } = await start(
      (app) =>
        app.action<BlockAction>('go', async ({ ack, body }) => {
          triggers.push(body.trigger_id);
          await ack();
        }),
      { now: () => now },
    );
    const web = client();
    await web.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const cardOfAna = person(slack.workspace, 'ana').in(CHANNEL).card();
    await cardOfAna.click('Go');
    await cardOfAna.click('Go');
    const open = (trigger: string | undefined) => web.views.open({ trigger_id: trigger ?? '', view: VIEW });
    await expect(open(triggers[0])).resolves.toMatchObject({ ok: true, view: { type: 'modal', bot_id: 'B0COUNTER' } });
    await expect(open(triggers[0])).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } });
    await expect(open('made.up')).rejects.toMatchObject({ data: { error: 'invalid_trigger_id' } });
    now += 3_001;
    await expect(open(triggers[1])).rejects.toMatchObject({ data: { error: 'expired_trigger_id' } });
  });

  test('at most three views are stacked, and a hash guards an update', async () => {
    const { slack, client } = await start((app) => {
      app.action<BlockAction>('go', async ({ ack, body, client: web }) => {
        await ack();
        await web.views.open({
          trigger_id: body.trigger_id,
          view: { ...VIEW, blocks: card(button('more', 'More')) },
        });
      });
      app.action<BlockAction>('more', async ({ ack, body, client: web }) => {
        const view = { ...VIEW, blocks: card(button('more', 'More')) };
        const trigger = body.trigger_id;
        await web.views.push({ trigger_id: trigger, view }).catch((error: { data: { error: string } }) => {
          errors.push(error.data.error);
        });
        await ack();
      });
    });
    const errors: string[] = [];
    const web = client();
    await web.chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const ana = person(slack.workspace, 'ana');
    await ana.in(CHANNEL).card().clickForModal('Go');
    for (let count = 0; count < 3; count += 1) await ana.modal().click('More');
    expect(slack.workspace.modals('ana')).toHaveLength(3);
    expect(errors).toEqual(['push_limit_reached']);

    const top = ana.modal().view;
    const oldHash = top.hash;
    await web.views.update({
      view_id: top.id,
      hash: oldHash,
      view: { ...VIEW, title: { type: 'plain_text', text: 'Two' } },
    });
    expect(ana.modal().title()).toBe('Two');
    await expect(web.views.update({ view_id: top.id, hash: oldHash, view: VIEW })).rejects.toMatchObject({
      data: { error: 'hash_conflict' },
    });
    await ana.modal().close();
    expect(slack.workspace.modals('ana')).toHaveLength(2);
    await expect(web.views.update({ view_id: top.id, view: VIEW })).rejects.toMatchObject({
      data: { error: 'not_found' },
    });
  });
});

describe('message responses', () => {
  test('an ephemeral message can be clicked, carries no message, and is replaced through its response_url', async () => {
    const bodies: BlockAction[] = [];
    const { slack, client } = await start((app) =>
      app.action<BlockAction>('go', async ({ ack, body, respond }) => {
        bodies.push(body);
        await ack();
        await respond({ replace_original: true, text: 'done' });
      }),
    );
    await client().chat.postEphemeral({ channel: CHANNEL, user: 'U0ANA', text: 'x', blocks: card(button('go', 'Go')) });
    await person(slack.workspace, 'ana').in(CHANNEL).whisper().click('Go');
    await waitFor(slack.workspace, 'the replacement', () =>
      slack.workspace.ephemerals('ana').find(({ text }) => text === 'done'),
    );
    expect(slack.workspace.ephemerals('ana')).toHaveLength(1);
    expect(bodies[0]).not.toHaveProperty('message');
    expect(bodies[0]?.container).toMatchObject({ type: 'message', is_ephemeral: true });
  });

  test('a response_url answers five times', async () => {
    let url = '';
    const { slack } = await start((app) =>
      app.command('/workflow', async ({ ack, command }) => {
        url = command.response_url;
        await ack();
      }),
    );
    await slack.workspace.slash({ user: 'ana', channel: CHANNEL, text: '/workflow' });
    const respond = async (): Promise<number> => {
      const response = await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ text: 'x', response_type: 'in_channel' }),
      });
      await response.text();
      return response.status;
    };
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push(await respond());
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(slack.workspace.messages(CHANNEL)).toHaveLength(5);
  });
});

describe('an address to answer at', () => {
  /** The address that comes with a click on a posted card. */
  async function clickedAddress(now: () => number = Date.now) {
    const addresses: string[] = [];
    const { slack, client } = await start(
      (app) =>
        app.action<BlockAction>('go', async ({ ack, body }) => {
          addresses.push(body.response_url);
          await ack();
        }),
      { now },
    );
    await client().chat.postMessage({ channel: CHANNEL, text: 'card', blocks: card(button('go', 'Go')) });
    await slack.as('ana').in(CHANNEL).click('Go');
    const answer = async (body: Record<string, unknown>): Promise<unknown> => {
      const response = await fetch(addresses[0] ?? '', { method: 'POST', body: JSON.stringify(body) });
      return [response.status, await response.text()];
    };
    return { answer, workspace: slack.workspace };
  }

  test('whispers, speaks, replaces and removes what was clicked', async () => {
    const { answer, workspace } = await clickedAddress();
    expect(await answer({ text: 'only you' })).toEqual([200, 'ok']);
    expect(workspace.ephemerals('ana')).toMatchObject([{ text: 'only you' }]);
    await answer({ text: 'all of you', response_type: 'in_channel' });
    await answer({ text: 'done', replace_original: true });
    expect(workspace.messages(CHANNEL).map(({ text, blocks }) => [text, blocks])).toEqual([
      ['done', undefined],
      ['all of you', undefined],
    ]);
    await answer({ delete_original: true });
    expect(workspace.messages(CHANNEL).map(({ text }) => text)).toEqual(['all of you']);
  });

  test('takes nothing that a message could not hold, which counts as a use', async () => {
    const { answer, workspace } = await clickedAddress();
    for (let count = 0; count < 5; count += 1)
      expect(await answer({ blocks: [{ type: 'banner' }] })).toEqual([400, '{"ok":false,"error":"invalid_blocks"}']);
    expect(await answer({ text: 'x' })).toEqual([404, '{"ok":false,"error":"used_url"}']);
    expect(workspace.journal().filter(({ method }) => method === 'response_url')).toHaveLength(6);
  });

  test('dies after half an hour', async () => {
    const clicked = Date.now();
    let now = clicked;
    const { answer } = await clickedAddress(() => now);
    now = clicked + 30 * 60_000;
    expect(await answer({ text: 'just in time' })).toEqual([200, 'ok']);
    now += 1;
    expect(await answer({ text: 'too late' })).toEqual([404, '{"ok":false,"error":"expired_url"}']);
  });
});

describe('the account of it', () => {
  test('has every call with its answer, and every delivery with how long the app took', async () => {
    const { slack, client } = await start((app) => app.action('go', ({ ack }) => ack()));
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const { ackMs } = await slack.as('ana').in(CHANNEL).click('Go');
    const entries = slack.workspace.journal().map(({ type, method, ok, detail }) => ({ type, method, ok, detail }));
    expect(entries.slice(-2)).toMatchObject([
      { type: 'call', method: 'chat.postMessage', ok: true, detail: { status: 200, reply: { ok: true } } },
      { type: 'delivery', method: 'block_actions', ok: true, detail: { status: 200, acks: 1, ackMs } },
    ]);
    expect(ackMs).toBeGreaterThanOrEqual(0);
  });
});

describe('a Home', () => {
  test('is published for somebody, and only over what its hash says is there', async () => {
    const { slack, client } = await start(() => {});
    const web = client();
    const home = (text: string) => ({
      type: 'home' as const,
      blocks: [{ type: 'header' as const, text: { type: 'plain_text' as const, text } }],
    });
    const { view } = await web.views.publish({ user_id: 'U0ANA', view: home('One') });
    const hash = view?.hash ?? '';
    await web.views.publish({ user_id: 'U0ANA', view: home('Two'), hash });
    await expect(web.views.publish({ user_id: 'U0ANA', view: home('Three'), hash })).rejects.toMatchObject({
      data: { error: 'hash_conflict' },
    });
    expect(slack.as('ana').home().text()).toBe('Two');
    await expect(web.views.publish({ user_id: 'U0NOBODY', view: home('One') })).rejects.toMatchObject({
      data: { error: 'user_not_found' },
    });
  });
});

describe('who can do what', () => {
  test('a guest clicks where the guest is, and nowhere else', async () => {
    const { slack, client } = await start((app) => app.action('go', ({ ack }) => ack()));
    const blocks = card(button('go', 'Go'));
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks });
    await client().chat.postMessage({ channel: '#nurture-scores', text: 'x', blocks });
    const guest = person(slack.workspace, 'guest');
    expect((await guest.in(CHANNEL).card().click('Go')).acked).toBe(true);
    await expect(guest.in('#nurture-scores').card().click('Go')).rejects.toThrow('guest is not in #nurture-scores');
  });

  test('only what is really there can be clicked', async () => {
    const { slack, client } = await start((app) => app.action('go', ({ ack }) => ack()));
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const ts = slack.workspace.messages(CHANNEL)[0]?.ts ?? '';
    const ana = { user: 'U0ANA', channel: CHANNEL };
    await expect(slack.workspace.click({ ...ana, ts, actionId: 'stop' })).rejects.toThrow('there are: go');
    await expect(slack.workspace.click({ ...ana, ts: '1.000100', actionId: 'go' })).rejects.toThrow('no message');
    expect(slack.workspace.deliveries()).toHaveLength(0);
  });

  test('without interactivity in the manifest a click goes nowhere', async () => {
    const manifest = { ...MANIFEST, settings: { ...MANIFEST.settings, interactivity: { is_enabled: false } } };
    const { slack, client } = await start((app) => app.action('go', ({ ack }) => ack()), { manifest });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const clicked = await person(slack.workspace, 'ana').in(CHANNEL).card().click('Go');
    expect(clicked.error).toBe('This app is not configured to handle interactive responses.');
  });
});

describe('events', () => {
  test('a failed event is sent again three times, with its number, why, and the same id', async () => {
    const tries: { number: unknown; reason: unknown; id: string | null }[] = [];
    const app = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const id = childString(parseJson(Buffer.concat(chunks).toString()), 'event_id');
        tries.push({ number: req.headers['x-slack-retry-num'], reason: req.headers['x-slack-retry-reason'], id });
        res.writeHead(500).end();
      });
    });
    const port = await listen(app);
    const alone = await startSlack({}, () => `http://127.0.0.1:${port}/slack/events`);
    const { workspace } = alone.slack;
    const first = await workspace.say({ user: 'ana', channel: CHANNEL, text: '@countersign hello' });
    expect(first).toMatchObject({ kind: 'event', acked: false, status: 500 });
    const counts: number[] = [];
    for (let round = 0; round < 4; round += 1) counts.push((await workspace.deliverRetries()).length);
    await alone.close();
    await stop(app);
    expect(counts).toEqual([1, 1, 1, 0]);
    expect(tries.map(({ number, reason }) => [number, reason])).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_error'],
    ]);
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
  });

  test('a duplicate carries the same event_id and says that it is a retry', async () => {
    const seen: { id: string; retry: number | undefined }[] = [];
    const { slack } = await start((app) =>
      app.event('app_mention', async ({ body, context }) => {
        seen.push({ id: body.event_id, retry: context.retryNum });
      }),
    );
    await slack.workspace.say({ user: 'ana', channel: CHANNEL, text: '<@U0COUNTER> hello' });
    await slack.workspace.duplicateLastEvent();
    expect(seen).toHaveLength(2);
    expect(seen[1]?.id).toBe(seen[0]?.id);
    expect(seen.map(({ retry }) => retry)).toEqual([undefined, 1]);
  });

  test('the request URL answers the challenge', async () => {
    const { slack } = await start(() => {});
    expect(await slack.workspace.verifyUrl()).toBe(true);
  });
});

describe('menus and inputs outside a form', () => {
  const options = ['a', 'b'].map((value) => ({
    text: { type: 'plain_text' as const, text: `Option ${value}` },
    value,
  }));
  const menu = {
    type: 'static_select' as const,
    action_id: 'pick',
    placeholder: { type: 'plain_text' as const, text: 'Pick one' },
    options,
  };

  test('a choice in a message tells the app what was chosen, and the state remembers it', async () => {
    const bodies: BlockAction[] = [];
    const { slack, client } = await start((app) =>
      app.action<BlockAction>(/pick|go/, async ({ ack, body }) => {
        bodies.push(body);
        await ack();
      }),
    );
    const blocks = [{ type: 'actions' as const, block_id: 'row', elements: [menu, button('go', 'Go')] }];
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks });
    const message = person(slack.workspace, 'ana').in(CHANNEL).card();
    expect(message.buttons()).toEqual(['Pick one', 'Go']);
    await message.click('Pick one', 'Option b');
    await message.click('Go');
    const chosen = { type: 'static_select', selected_option: { value: 'b' } };
    expect(bodies[0]?.actions).toMatchObject([{ action_id: 'pick', block_id: 'row', ...chosen }]);
    expect(bodies[1]?.state?.values).toMatchObject({ row: { pick: chosen } });
    await expect(message.click('Pick one', 'Option c')).rejects.toThrow('there are Option a, Option b');
  });

  test('what was typed survives an update of the view, and closing is told when asked for', async () => {
    const closed: unknown[] = [];
    const form = (title: string): ModalView => ({
      ...VIEW,
      title: { type: 'plain_text', text: title },
      callback_id: 'form',
      notify_on_close: true,
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [
        {
          type: 'input',
          block_id: 'name',
          label: { type: 'plain_text', text: 'Name' },
          element: { type: 'plain_text_input', action_id: 't' },
        },
        ...card(button('again', 'Again')),
      ],
    });
    const { slack, client } = await start((app) => {
      app.action<BlockAction>('go', async ({ ack, body, client: web }) => {
        await ack();
        await web.views.open({ trigger_id: body.trigger_id, view: form('One') });
      });
      app.action<BlockAction>('again', async ({ ack, body, client: web }) => {
        await web.views.update({ view_id: body.view?.id ?? '', hash: body.view?.hash ?? '', view: form('Two') });
        await ack();
      });
      app.view<ViewClosedAction>({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
        closed.push({ cleared: body.is_cleared, state: body.view.state.values });
        await ack();
      });
    });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const modal = await person(slack.workspace, 'ana').in(CHANNEL).card().clickForModal('Go');
    await modal.fill({ Name: 'Mia' }).click('Again');
    expect(modal.title()).toBe('Two');
    await modal.close();
    expect(slack.workspace.modals('ana')).toHaveLength(0);
    expect(closed).toEqual([{ cleared: false, state: { name: { t: { type: 'plain_text_input', value: 'Mia' } } } }]);
    assertAllAcked(slack.workspace);
  });

  test('an ack may push a view and then clear them all', async () => {
    const view = (title: string): ModalView => ({
      ...VIEW,
      title: { type: 'plain_text', text: title },
      callback_id: title,
      submit: { type: 'plain_text', text: 'Next' },
    });
    const { slack, client } = await start((app) => {
      app.action<BlockAction>('go', async ({ ack, body, client: web }) => {
        await web.views.open({ trigger_id: body.trigger_id, view: view('First') });
        await ack();
      });
      app.view('First', ({ ack }) => ack({ response_action: 'push', view: view('Second') }));
      app.view('Second', ({ ack }) => ack({ response_action: 'clear' }));
    });
    await client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: card(button('go', 'Go')) });
    const ana = person(slack.workspace, 'ana');
    const { modal } = await ana.in(CHANNEL).card().click('Go');
    await modal?.submit();
    expect(slack.workspace.modals('ana').map(({ view: shown }) => shown.callback_id)).toEqual(['First', 'Second']);
    expect(ana.modal().view.view.root_view_id).toBe(modal?.view.id);
    await ana.modal().submit();
    expect(slack.workspace.modals('ana')).toHaveLength(0);
  });
});
