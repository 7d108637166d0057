import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseJson } from '../../../sandbox/slack/json.ts';
import { type Bench, startSlack } from './world-for-tests.ts';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const refusedWith = (error: string, more: object = {}) => ({ data: { ok: false, error, ...more } });

describe('who may call', () => {
  test('auth.test says who the app is', async () => {
    bench = await startSlack({ seed: 7 });
    const { credentials } = bench.slack;
    expect(await bench.client().auth.test()).toMatchObject({
      ok: true,
      user: 'countersign',
      user_id: 'U0COUNTER',
      bot_id: 'B0COUNTER',
      team_id: credentials.teamId,
    });
  });

  test('a foreign token, no token and the wrong kind of token are told apart', async () => {
    bench = await startSlack();
    const { appToken } = bench.slack.credentials;
    await expect(bench.client({ token: 'xoxb-foreign' }).auth.test()).rejects.toMatchObject(
      refusedWith('invalid_auth'),
    );
    await expect(bench.client({ token: '' }).auth.test()).rejects.toMatchObject(refusedWith('not_authed'));
    await expect(bench.client({ token: appToken }).auth.test()).rejects.toMatchObject(
      refusedWith('not_allowed_token_type'),
    );
    await expect(bench.client().apps.connections.open({})).rejects.toMatchObject(refusedWith('not_allowed_token_type'));
  });

  test('a scope that the manifest does not ask for is missing, with what is needed and what is there', async () => {
    bench = await startSlack();
    await expect(
      bench.client().reactions.add({ channel: CHANNEL, timestamp: '1.000100', name: 'eyes' }),
    ).rejects.toMatchObject(refusedWith('missing_scope', { needed: 'reactions:write' }));
    await expect(bench.client().users.lookupByEmail({ email: 'ana@sandbox.example' })).rejects.toMatchObject(
      refusedWith('missing_scope', { needed: 'users:read.email', provided: expect.stringContaining('chat:write') }),
    );
  });

  test('an optional scope is missing where it was refused at installation', async () => {
    bench = await startSlack({ refusedScopes: ['channels:history'] });
    await expect(bench.client().conversations.history({ channel: 'C0NURTUREEMAILS' })).rejects.toMatchObject(
      refusedWith('missing_scope', { needed: 'channels:history' }),
    );
  });

  test('an unknown method is refused by name', async () => {
    bench = await startSlack();
    await expect(bench.client().apiCall('chat.shout')).rejects.toMatchObject(
      refusedWith('unknown_method', { req_method: 'chat.shout' }),
    );
  });
});

describe('messages', () => {
  test('ids are added to blocks and text objects are completed', async () => {
    bench = await startSlack();
    const blocks = [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Go' } }] }];
    const posted = await bench.client().apiCall('chat.postMessage', { channel: CHANNEL, text: 'x', blocks });
    expect(posted).toMatchObject({ channel: 'C0NURTUREEMAILS', message: { bot_id: 'B0COUNTER', user: 'U0COUNTER' } });
    expect(bench.slack.workspace.messages(CHANNEL)[0]?.blocks).toEqual([
      {
        type: 'actions',
        block_id: expect.stringMatching(/^\w{5}$/),
        elements: [
          {
            type: 'button',
            action_id: expect.stringMatching(/^\w{5}$/),
            text: { type: 'plain_text', text: 'Go', emoji: true },
          },
        ],
      },
    ]);
  });

  test('timestamps rise within a channel although the clock stands still', async () => {
    bench = await startSlack({ now: () => 1_732_290_000_000 });
    const client = bench.client();
    const stamps: (string | undefined)[] = [];
    for (const text of ['a', 'b', 'c']) stamps.push((await client.chat.postMessage({ channel: CHANNEL, text })).ts);
    expect(stamps).toEqual(['1732290000.000100', '1732290000.000200', '1732290000.000300']);
  });

  test('a message is refused for where it would go', async () => {
    bench = await startSlack();
    const client = bench.client();
    const { workspace } = bench.slack;
    const posting = (channel: string) => client.chat.postMessage({ channel, text: 'x' });
    await expect(posting('#general')).rejects.toMatchObject(refusedWith('not_in_channel'));
    await expect(posting('#nowhere')).rejects.toMatchObject(refusedWith('channel_not_found'));
    workspace.invite('#general', 'U0COUNTER');
    await expect(posting('#general')).resolves.toMatchObject({ ok: true });
    workspace.archive('#general');
    await expect(posting('#general')).rejects.toMatchObject(refusedWith('is_archived'));
    workspace.kick(CHANNEL, 'U0COUNTER');
    await expect(posting(CHANNEL)).rejects.toMatchObject(refusedWith('not_in_channel'));
    await expect(posting('U0ANA')).resolves.toMatchObject({ ok: true, channel: 'D00ANA' });
  });

  test('a message is refused for what it says', async () => {
    bench = await startSlack();
    const client = bench.client();
    const posting = (args: Record<string, unknown>) =>
      client.apiCall('chat.postMessage', { channel: CHANNEL, ...args });
    await expect(posting({})).rejects.toMatchObject(refusedWith('no_text'));
    await expect(posting({ text: 'x'.repeat(40_001) })).rejects.toMatchObject(refusedWith('msg_too_long'));
    await expect(posting({ blocks: '[{' })).rejects.toMatchObject(refusedWith('invalid_blocks_format'));
    await expect(posting({ text: 'x', metadata: { event_type: 'a' } })).rejects.toMatchObject(
      refusedWith('invalid_metadata_schema'),
    );
    await expect(posting({ text: 'x', thread_ts: '1.000100' })).rejects.toMatchObject(refusedWith('thread_not_found'));
  });

  test('an update keeps the blocks that it does not give, and removes them for an empty list', async () => {
    bench = await startSlack();
    const client = bench.client();
    const blocks = [{ type: 'divider' as const }];
    const { ts = '', channel = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'a', blocks });
    await client.chat.update({ channel, ts, text: 'b' });
    expect(bench.slack.workspace.messages(CHANNEL)[0]).toMatchObject({ text: 'b', blocks: [{ type: 'divider' }] });
    await client.chat.update({ channel, ts, text: 'c', blocks: [] });
    const [message] = bench.slack.workspace.messages(CHANNEL);
    expect(message).toMatchObject({ text: 'c', edited: {} });
    expect(message).not.toHaveProperty('blocks');
    await expect(client.chat.update({ channel, ts: '1.000100', text: 'd' })).rejects.toMatchObject(
      refusedWith('message_not_found'),
    );
    await expect(client.chat.update({ channel, ts, text: 'x'.repeat(4_001) })).rejects.toMatchObject(
      refusedWith('msg_too_long'),
    );
  });

  test("somebody else's message cannot be changed", async () => {
    bench = await startSlack();
    const { workspace } = bench.slack;
    await workspace.say({ user: 'ana', channel: CHANNEL, text: 'hello' });
    const ts = workspace.messages(CHANNEL)[0]?.ts ?? '';
    const target = { channel: 'C0NURTUREEMAILS', ts };
    await expect(bench.client().chat.update({ ...target, text: 'no' })).rejects.toMatchObject(
      refusedWith('cant_update_message'),
    );
    await expect(bench.client().chat.delete(target)).rejects.toMatchObject(refusedWith('cant_delete_message'));
  });

  test('history is newest first and shows metadata only when asked', async () => {
    bench = await startSlack();
    const client = bench.client();
    const metadata = { event_type: 'decision_card', event_payload: { id: 'd1' } };
    await client.chat.postMessage({ channel: CHANNEL, text: 'a', metadata });
    await client.chat.postMessage({ channel: CHANNEL, text: 'b' });
    const channel = 'C0NURTUREEMAILS';
    const bare = await client.conversations.history({ channel });
    expect(bare.messages?.map(({ text }) => text)).toEqual(['b', 'a']);
    expect(bare.messages?.[1]).not.toHaveProperty('metadata');
    const full = await client.conversations.history({ channel, include_all_metadata: true, limit: 1 });
    expect(full.has_more).toBe(true);
    const cursor = full.response_metadata?.next_cursor ?? '';
    const rest = await client.conversations.history({ channel, include_all_metadata: true, limit: 1, cursor });
    expect(rest.messages?.[0]).toMatchObject({ text: 'a', metadata });
  });

  test('an ephemeral reaches one member of the channel, in no history', async () => {
    bench = await startSlack();
    const client = bench.client();
    await client.chat.postEphemeral({ channel: CHANNEL, user: 'U0BEN', text: 'psst' });
    expect(bench.slack.workspace.ephemerals('ben', CHANNEL)).toMatchObject([{ text: 'psst', user: 'U0BEN' }]);
    expect(bench.slack.workspace.messages(CHANNEL)).toHaveLength(0);
    await expect(
      client.chat.postEphemeral({ channel: '#nurture-scores', user: 'U0GUEST', text: 'x' }),
    ).rejects.toMatchObject(refusedWith('user_not_in_channel'));
  });

  test('a scheduled message with metadata is refused; one without is posted when due', async () => {
    let now = 1_732_290_000_000;
    bench = await startSlack({ now: () => now });
    const client = bench.client();
    const later = { channel: CHANNEL, text: 'later', post_at: 1_732_290_060 };
    const metadata = { event_type: 'a', event_payload: {} };
    await expect(client.apiCall('chat.scheduleMessage', { ...later, metadata })).rejects.toMatchObject(
      refusedWith('invalid_arguments'),
    );
    await client.chat.scheduleMessage(later);
    expect(bench.slack.workspace.messages(CHANNEL)).toHaveLength(0);
    now += 61_000;
    expect(bench.slack.workspace.messages(CHANNEL)).toMatchObject([{ text: 'later' }]);
  });
});

describe('the rest of the workspace', () => {
  test('people, groups and channels are listed', async () => {
    bench = await startSlack();
    const client = bench.client();
    const groups = await client.usergroups.list({ include_users: true });
    expect(groups.usergroups?.map(({ handle, users }) => [handle, users])).toEqual([
      ['marketing', ['U0ANA', 'U0BEN']],
      ['sales', ['U0CARLA', 'U0BEN']],
    ]);
    expect((await client.usergroups.users.list({ usergroup: 'S0SALES' })).users).toEqual(['U0CARLA', 'U0BEN']);
    expect((await client.users.info({ user: 'U0GUEST' })).user).toMatchObject({
      is_restricted: true,
      tz: 'Europe/Berlin',
    });
    const channels = await client.conversations.list({});
    expect(channels.channels?.map(({ name, is_member: member }) => [name, member])).toContainEqual(['general', false]);
    await expect(client.conversations.list({ types: 'private_channel' })).rejects.toMatchObject(
      refusedWith('missing_scope', { needed: 'groups:read' }),
    );
    await expect(client.users.info({ user: 'U0NOBODY' })).rejects.toMatchObject(refusedWith('user_not_found'));
  });

  test('a file goes up in three steps', async () => {
    bench = await startSlack();
    const client = bench.client();
    await client.filesUploadV2({
      channel_id: 'C0NURTUREEMAILS',
      file: Buffer.from('the bytes of a picture'),
      filename: 'chart.png',
      title: 'Chart',
      initial_comment: 'The week',
    });
    const [message] = bench.slack.workspace.messages(CHANNEL);
    const file = { name: 'chart.png', title: 'Chart', mimetype: 'image/png' };
    expect(message).toMatchObject({ text: 'The week', files: [file] });
    const served = await fetch(bench.api.replace('/api/', `/files/${message?.files?.[0]?.id}`));
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(await served.text()).toBe('the bytes of a picture');
  });

  test('JSON bodies are taken as well as forms', async () => {
    bench = await startSlack();
    const response = await fetch(`${bench.api}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bench.slack.credentials.botToken}` },
      body: JSON.stringify({ channel: CHANNEL, text: 'x', blocks: [{ type: 'divider' }] }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
  });
});

describe('when things go wrong on purpose', () => {
  test('a fault is met once, then all is well again', async () => {
    bench = await startSlack();
    const client = bench.client();
    const { faults } = bench.slack.workspace;
    const post = () => client.chat.postMessage({ channel: CHANNEL, text: 'x' });
    faults.next('chat.postMessage', { kind: 'ratelimited', retryAfter: 7 });
    await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
    faults.next('chat.postMessage', { kind: 'http', status: 503 });
    await expect(post()).rejects.toMatchObject({ statusCode: 503 });
    faults.next('chat.postMessage', { kind: 'error', error: 'fatal_error' });
    await expect(post()).rejects.toMatchObject(refusedWith('fatal_error'));
    await expect(post()).resolves.toMatchObject({ ok: true });
    expect(bench.slack.workspace.messages(CHANNEL)).toHaveLength(1);
  });

  test('a lost answer leaves the message posted', async () => {
    bench = await startSlack();
    bench.slack.workspace.faults.next('chat.postMessage', { kind: 'lost' });
    await expect(bench.client().chat.postMessage({ channel: CHANNEL, text: 'x' })).rejects.toThrow();
    expect(bench.slack.workspace.messages(CHANNEL)).toHaveLength(1);
  });

  test('a channel takes a burst of four messages, then one a second', async () => {
    let now = 1_732_290_000_000;
    bench = await startSlack({ rateLimits: true, now: () => now });
    const client = bench.client();
    const post = (channel = CHANNEL) => client.chat.postMessage({ channel, text: 'x' });
    for (let count = 0; count < 4; count += 1) await post();
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    await expect(post('#nurture-scores')).resolves.toMatchObject({ ok: true });
    now += 1_000;
    await expect(post()).resolves.toMatchObject({ ok: true });
  });

  test('the journal on disk holds a post before it is answered, and no token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slack-journal-'));
    const path = join(folder, 'journal.jsonl');
    bench = await startSlack({ journal: path });
    const { ts } = await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x' });
    const content = readFileSync(path, 'utf8');
    rmSync(folder, { recursive: true });
    const lines = content
      .trim()
      .split('\n')
      .map((line) => parseJson(line));
    expect(lines).toMatchObject([{ type: 'call', method: 'chat.postMessage', ok: true, detail: { reply: { ts } } }]);
    expect(content).not.toContain(bench.slack.credentials.botToken);
  });

  test('two workspaces of one seed make the same ids', async () => {
    const run = async (): Promise<unknown> => {
      const one = await startSlack({ seed: 42, now: () => 1_732_290_000_000 });
      await one.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: [{ type: 'divider' }] });
      const made = [one.slack.credentials, one.slack.workspace.messages(CHANNEL), one.slack.workspace.channels()];
      await one.close();
      return made;
    };
    expect(await run()).toEqual(await run());
  });
});
