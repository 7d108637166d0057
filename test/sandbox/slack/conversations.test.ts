import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, manifestWith, refusedWith, startSlack } from './world-for-tests.ts';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const ID = 'C0NURTUREEMAILS';
const EVERYTHING = manifestWith({
  scopes: [
    ...['channels:manage', 'groups:read', 'groups:write', 'groups:history', 'im:read', 'im:history'],
    ...['mpim:read', 'mpim:write', 'mpim:history', 'channels:join'],
  ],
});

describe('history', () => {
  /** Ten messages, one a second, the fourth with two replies of which one is shown in the channel too. */
  async function tenMessages() {
    let now = 1_732_290_000_000;
    const opened = await startSlack({ now: () => now });
    bench = opened;
    const client = opened.client();
    const stamps: string[] = [];
    for (let count = 0; count < 10; count += 1) {
      const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: `m${count}` });
      stamps.push(ts);
      now += 1_000;
    }
    const thread_ts = stamps[3] ?? '';
    await client.chat.postMessage({ channel: CHANNEL, text: 'r1', thread_ts });
    await client.chat.postMessage({ channel: CHANNEL, text: 'r2', thread_ts, reply_broadcast: true });
    const texts = async (args: Record<string, unknown>): Promise<unknown[]> => {
      const page = await client.conversations.history({ channel: ID, ...args });
      return (page.messages ?? []).map(({ text }) => text);
    };
    return { client, stamps, texts, slack: opened.slack };
  }

  test('is newest first and leaves replies out, except those that were sent to the channel too', async () => {
    const { texts } = await tenMessages();
    expect(await texts({ limit: 4 })).toEqual(['r2', 'm9', 'm8', 'm7']);
  });

  test('is cut by oldest and latest, with their ends only when asked', async () => {
    const { texts, stamps } = await tenMessages();
    const range = { oldest: stamps[2], latest: stamps[6] };
    expect(await texts(range)).toEqual(['m5', 'm4', 'm3']);
    expect(await texts({ ...range, inclusive: true })).toEqual(['m6', 'm5', 'm4', 'm3', 'm2']);
    expect(await texts({ oldest: stamps[9], latest: stamps[2] })).toEqual([]);
  });

  test('goes on where it stopped although something new was posted meanwhile', async () => {
    const { client } = await tenMessages();
    const first = await client.conversations.history({ channel: ID, limit: 5 });
    await client.chat.postMessage({ channel: CHANNEL, text: 'new' });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: ID, limit: 100, cursor });
    const texts = [...(first.messages ?? []), ...(second.messages ?? [])].map(({ text }) => text);
    expect(texts).toEqual(['r2', 'm9', 'm8', 'm7', 'm6', 'm5', 'm4', 'm3', 'm2', 'm1', 'm0']);
    expect(second).toMatchObject({ has_more: false, response_metadata: { next_cursor: '' } });
  });

  test('says of a message that it has a thread, and the thread begins with it', async () => {
    const { client, stamps } = await tenMessages();
    const ts = stamps[3] ?? '';
    const { messages } = await client.conversations.history({ channel: ID, latest: ts, oldest: ts, inclusive: true });
    expect(messages).toMatchObject([{ text: 'm3', thread_ts: ts, reply_count: 2, reply_users: ['U0COUNTER'] }]);
    const thread = await client.conversations.replies({ channel: ID, ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['m3', 'r1', 'r2']);
    expect(thread.messages?.[1]).toMatchObject({ thread_ts: ts, parent_user_id: 'U0COUNTER' });
    const { messages: page = [], has_more: more } = await client.conversations.replies({ channel: ID, ts, limit: 2 });
    expect([page.length, more]).toEqual([2, true]);
    await expect(client.conversations.replies({ channel: ID, ts: '1.000100' })).rejects.toMatchObject(
      refusedWith('thread_not_found'),
    );
  });

  test('forgets what was deleted, in the channel and in its thread', async () => {
    const { client, stamps, slack, texts } = await tenMessages();
    const reply = slack.workspace.replies(CHANNEL, stamps[3] ?? '')[0]?.ts ?? '';
    await client.chat.delete({ channel: ID, ts: reply });
    await client.chat.delete({ channel: ID, ts: stamps[9] ?? '' });
    expect(await texts({ limit: 3 })).toEqual(['r2', 'm8', 'm7']);
    const thread = await client.conversations.replies({ channel: ID, ts: stamps[3] ?? '' });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['m3', 'r2']);
    expect(slack.workspace.message(CHANNEL, reply)).toBeNull();
  });
});

describe('direct messages', () => {
  test('with one person open once and take what the app writes', async () => {
    bench = await startSlack({ manifest: EVERYTHING });
    const client = bench.client();
    const opened = await client.conversations.open({ users: 'U0ANA', return_im: true });
    expect(opened.channel).toMatchObject({ id: 'D00ANA', is_im: true, user: 'U0ANA' });
    expect(await client.conversations.open({ users: 'U0ANA' })).toMatchObject({ already_open: true });
    await client.chat.postMessage({ channel: 'U0ANA', text: 'psst' });
    expect(bench.slack.as('ana').dm().card().text()).toBe('psst');
    const listed = bench.slack.workspace.channels().find(({ id }) => id === 'D00ANA');
    expect(listed).toMatchObject({ kind: 'im', is_im: true, is_mpim: false, members: ['U0COUNTER', 'U0ANA'] });
    const found = await client.conversations.list({ types: 'im,mpim' });
    expect(found.channels).toMatchObject([{ id: 'D00ANA', is_im: true }]);
  });

  test('with several people are one for the same people, whoever is named first', async () => {
    bench = await startSlack({ manifest: EVERYTHING });
    const client = bench.client();
    const { channel } = await client.conversations.open({ users: 'U0ANA,U0BEN', return_im: true });
    expect(channel).toMatchObject({ is_mpim: true, name: 'mpdm-ana--ben--countersign-1' });
    const again = await client.conversations.open({ users: 'U0BEN,U0ANA' });
    expect(again).toMatchObject({ already_open: true, channel: { id: channel?.id } });
    await client.chat.postMessage({ channel: channel?.id ?? '', text: 'both of you' });
    expect(
      bench.slack
        .as('ben')
        .in(channel?.id ?? '')
        .card()
        .text(),
    ).toBe('both of you');
    const { workspace } = bench.slack;
    expect(workspace.channels().find(({ id }) => id === channel?.id)).toMatchObject({ kind: 'mpim', is_mpim: true });
  });

  test('are refused to nobody, strangers, people who left, and crowds', async () => {
    bench = await startSlack({ manifest: EVERYTHING });
    const { workspace } = bench.slack;
    const gone = { ...(workspace.users()[0] ?? Object({})), id: 'U0GONE', name: 'gone', deleted: true };
    workspace.addMember(gone);
    const open = (users: string) => bench?.client().apiCall('conversations.open', { users });
    await expect(open('')).rejects.toMatchObject(refusedWith('users_list_not_supplied'));
    await expect(open('U0NOBODY')).rejects.toMatchObject(refusedWith('user_not_found'));
    await expect(open('U0GONE')).rejects.toMatchObject(refusedWith('user_disabled'));
    await expect(open(Array.from({ length: 9 }, (_, index) => `U${index}`).join(','))).rejects.toMatchObject(
      refusedWith('too_many_users'),
    );
  });

  test('from an app without a messages tab are refused', async () => {
    const features = { app_home: { home_tab_enabled: true, messages_tab_enabled: false } };
    bench = await startSlack({ manifest: manifestWith({ features }) });
    await expect(bench.client().chat.postMessage({ channel: 'U0ANA', text: 'psst' })).rejects.toMatchObject(
      refusedWith('messages_tab_disabled'),
    );
  });
});

describe('channels', () => {
  test('are made, filled, named and left', async () => {
    bench = await startSlack({ manifest: EVERYTHING });
    const client = bench.client();
    const { channel } = await client.conversations.create({ name: 'launch-2027' });
    expect(channel).toMatchObject({ name: 'launch-2027', is_member: true, is_private: false, creator: 'U0COUNTER' });
    const id = channel?.id ?? '';
    await client.conversations.invite({ channel: id, users: 'U0ANA,U0BEN' });
    expect((await client.conversations.members({ channel: id })).members).toEqual(['U0COUNTER', 'U0ANA', 'U0BEN']);
    await client.conversations.setTopic({ channel: id, topic: 'Ship it' });
    await client.conversations.setPurpose({ channel: id, purpose: 'The launch' });
    const { channel: seen } = await client.conversations.info({ channel: id, include_num_members: true });
    expect(seen).toMatchObject({ num_members: 3, topic: { value: 'Ship it' }, purpose: { value: 'The launch' } });
    expect(bench.slack.workspace.messages(id).map(({ subtype }) => subtype)).toEqual([
      'channel_topic',
      'channel_purpose',
    ]);
    await client.conversations.leave({ channel: id });
    expect(await client.conversations.leave({ channel: id })).toMatchObject({ not_in_channel: true });
    expect((await client.conversations.join({ channel: id })).channel).toMatchObject({ is_member: true });
    expect(await client.conversations.join({ channel: id })).toMatchObject({ warning: 'already_in_channel' });
  });

  test.for([
    ['', 'invalid_name_required'],
    ['Launch', 'invalid_name_specials'],
    ['a b', 'invalid_name_specials'],
    ['--', 'invalid_name_punctuation'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['general', 'name_taken'],
  ] as const)('called "%s" are refused as %s', async ([name, error]) => {
    bench = await startSlack({ manifest: EVERYTHING });
    await expect(bench.client().conversations.create({ name })).rejects.toMatchObject(refusedWith(error));
  });

  test.for([
    ['U0COUNTER', 'cant_invite_self'],
    ['U0NOBODY', 'user_not_found'],
    ['U0ANA', 'already_in_channel'],
  ] as const)('take no invitation of %s: %s', async ([users, error]) => {
    bench = await startSlack({ manifest: EVERYTHING });
    const invited = bench.client().conversations.invite({ channel: ID, users });
    await expect(invited).rejects.toMatchObject(refusedWith(error, { errors: [{ user: users, ok: false, error }] }));
  });

  test('that are private are not there for an app that is not in them', async () => {
    bench = await startSlack({
      manifest: EVERYTHING,
      channels: [{ name: 'secret', is_private: true, members: ['U0ANA'] }],
    });
    const client = bench.client();
    expect((await client.conversations.list({ types: 'private_channel' })).channels).toEqual([]);
    for (const name of ['conversations.info', 'conversations.history', 'conversations.leave', 'conversations.mark'])
      await expect(client.apiCall(name, { channel: 'C0SECRET', ts: '1.000100' })).rejects.toMatchObject(
        refusedWith('channel_not_found'),
      );
    bench.slack.workspace.invite('#secret', 'U0COUNTER');
    expect((await client.conversations.info({ channel: 'C0SECRET' })).channel).toMatchObject({ is_group: true });
    expect((await client.users.conversations({ types: 'private_channel' })).channels).toMatchObject([
      { name: 'secret' },
    ]);
  });
});
