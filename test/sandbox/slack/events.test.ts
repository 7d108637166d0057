import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { childRecord, parseJson } from '../../../sandbox/slack/json.ts';
import { type Bench, listen, manifestWith, startSlack, stop } from './world-for-tests.ts';

type Heard = { event: Record<string, unknown>; body: Record<string, unknown>; headers: IncomingHttpHeaders };

let opened: { bench: Bench; app: Server } | undefined;
afterEach(async () => {
  await opened?.bench.close();
  if (opened !== undefined) await stop(opened.app);
  opened = undefined;
});

const CHANNEL = '#nurture-emails';

/** An app that hears everything and answers as told. */
async function ears(
  manifest?: unknown,
  answer: { status: number; headers?: Record<string, string> } = { status: 200 },
) {
  const heard: Heard[] = [];
  const app = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = parseJson(Buffer.concat(chunks).toString());
      heard.push({ event: childRecord(body, 'event'), body: Object(body), headers: req.headers });
      res.writeHead(answer.status, answer.headers ?? {}).end();
    });
  });
  const port = await listen(app);
  const bench = await startSlack(manifest === undefined ? {} : { manifest }, () => `http://127.0.0.1:${port}/`);
  opened = { bench, app };
  return { heard, slack: bench.slack, workspace: bench.slack.workspace };
}

describe('what is heard', () => {
  test('a mention comes as its writer wrote it', async () => {
    const { heard, slack } = await ears();
    await slack.as('ana').in(CHANNEL).say('@countersign how are you');
    expect(heard.map(({ event }) => event)).toMatchObject([
      {
        type: 'app_mention',
        user: 'U0ANA',
        text: '<@U0COUNTER> how are you',
        channel: 'C0NURTUREEMAILS',
        client_msg_id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        blocks: [
          {
            type: 'rich_text',
            elements: [
              {
                elements: [
                  { type: 'user', user_id: 'U0COUNTER' },
                  { type: 'text', text: ' how are you' },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('what is said elsewhere or to nobody is not', async () => {
    const { heard, slack } = await ears();
    expect(await slack.as('ana').in(CHANNEL).say('hello')).toBeNull();
    expect(await slack.as('ana').in('#general').say('@countersign hello')).toBeNull();
    expect(heard).toEqual([]);
  });

  test('every message is, where the manifest subscribes to them', async () => {
    const { heard, slack } = await ears(manifestWith({ events: ['message.channels', 'member_joined_channel'] }));
    await slack.as('ana').in(CHANNEL).say('hello');
    await slack.as('ben').in(CHANNEL).say('@countersign hello');
    slack.workspace.invite('#nurture-scores', 'guest');
    await expect.poll(() => heard.length).toBe(4);
    expect(heard.map(({ event }) => [event.type, event.user, event.channel_type])).toEqual([
      ['message', 'U0ANA', 'channel'],
      ['app_mention', 'U0BEN', undefined],
      ['message', 'U0BEN', 'channel'],
      ['member_joined_channel', 'U0GUEST', 'C'],
    ]);
  });

  test('a direct message is, where people may write to the app', async () => {
    const home = { home_tab_enabled: true, messages_tab_enabled: true };
    const events = ['message.im'];
    const open = { app_home: { ...home, messages_tab_read_only_enabled: false } };
    const { heard, slack } = await ears(manifestWith({ events, features: open }));
    await slack.as('ana').dm().say('are you there?');
    expect(heard[0]?.event).toMatchObject({ type: 'message', channel_type: 'im', channel: 'D00ANA', user: 'U0ANA' });
  });

  test('a direct message cannot be written to an app that does not listen', async () => {
    const { slack } = await ears();
    await expect(slack.as('ana').dm().say('are you there?')).rejects.toThrow(
      'sending messages to this app has been turned off',
    );
  });

  test('an opened Home says which tab, and comes with the view that is there already', async () => {
    const { heard, workspace } = await ears();
    await opened?.bench.client().views.publish({ user_id: 'U0ANA', view: { type: 'home', blocks: [] } });
    await workspace.openHome({ user: 'ana' });
    await workspace.openHome({ user: 'ana', tab: 'messages' });
    expect(heard[0]?.event).toMatchObject({ type: 'app_home_opened', tab: 'home', view: { type: 'home' } });
    expect(heard[1]?.event).toMatchObject({ tab: 'messages', channel: 'D00ANA' });
    expect(heard[1]?.event).not.toHaveProperty('view');
  });
});

describe('in what order and how often', () => {
  test('events that were held come in the order that is asked for, each with its own id', async () => {
    const { heard, slack, workspace } = await ears();
    workspace.holdEvents();
    const ana = slack.as('ana').in(CHANNEL);
    const saying = ['one', 'two', 'three'].map((text) => ana.say(`@countersign ${text}`));
    expect(heard).toEqual([]);
    expect(await workspace.releaseEvents('reversed')).toHaveLength(3);
    for (const said of await Promise.all(saying)) expect(said).toMatchObject({ acked: true });
    expect(heard.map(({ event }) => String(event.text).split(' ')[1])).toEqual(['three', 'two', 'one']);
    expect(new Set(heard.map(({ body }) => body.event_id)).size).toBe(3);
    await slack.as('ana').in(CHANNEL).say('@countersign four');
    expect(heard).toHaveLength(4);
  });

  test('a duplicate may come without a word about being one', async () => {
    const { heard, slack, workspace } = await ears();
    await slack.as('ana').in(CHANNEL).say('@countersign hello');
    await workspace.duplicateLastEvent('unmarked');
    await workspace.duplicateLastEvent();
    expect(new Set(heard.map(({ body }) => body.event_id)).size).toBe(1);
    expect(heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, undefined, '1']);
    expect(heard[2]?.headers['x-slack-retry-reason']).toBe('http_timeout');
  });

  test('an event that the app does not want again is not sent again', async () => {
    const { slack, workspace } = await ears(undefined, { status: 500, headers: { 'x-slack-no-retry': '1' } });
    await slack.as('ana').in(CHANNEL).say('@countersign hello');
    expect(await workspace.deliverRetries()).toEqual([]);
  });
});
