import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, manifestWith, refusedWith, startSlack } from './world-for-tests.ts';

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const ID = 'C0NURTUREEMAILS';
const MARKS = manifestWith({
  scopes: ['reactions:write', 'reactions:read', 'pins:write', 'pins:read', 'emoji:read', 'files:read'],
});

describe('what a message is made of', () => {
  test('a message of the bot says which bot and app it is', async () => {
    bench = await startSlack();
    const { message } = await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x' });
    expect(message).toMatchObject({
      type: 'message',
      bot_id: 'B0COUNTER',
      app_id: 'A0COUNTER',
      bot_profile: { id: 'B0COUNTER', name: 'Countersign', app_id: 'A0COUNTER', deleted: false },
      team: bench.slack.credentials.teamId,
    });
  });

  test('attachments are kept, their blocks are checked and named like any others', async () => {
    bench = await startSlack();
    const client = bench.client();
    const posting = (attachments: unknown) => client.apiCall('chat.postMessage', { channel: CHANNEL, attachments });
    await posting([{ color: '#36a64f', blocks: [{ type: 'divider' }] }]);
    expect(bench.slack.workspace.messages(CHANNEL)[0]?.attachments).toEqual([
      { id: 1, color: '#36a64f', blocks: [{ type: 'divider', block_id: expect.stringMatching(/^\w{5}$/) }] },
    ]);
    await expect(posting([{ blocks: [{ type: 'banner' }] }])).rejects.toMatchObject(
      refusedWith('invalid_blocks', {
        errors: ['unsupported type: banner [json-pointer:/attachments/0/blocks/0/type]'],
      }),
    );
    await expect(posting(['x'])).rejects.toMatchObject(refusedWith('invalid_attachments'));
    await expect(posting(Array.from({ length: 101 }, () => ({ text: 'x' })))).rejects.toMatchObject(
      refusedWith('too_many_attachments'),
    );
  });

  test('markdown stands alone and is at most 12,000 characters', async () => {
    bench = await startSlack();
    const client = bench.client();
    const posting = (args: Record<string, unknown>) =>
      client.apiCall('chat.postMessage', { channel: CHANNEL, ...args });
    expect(await posting({ markdown_text: '**x**' })).toMatchObject({ ok: true });
    await expect(posting({ markdown_text: 'x', text: 'x' })).rejects.toMatchObject(
      refusedWith('markdown_text_conflict'),
    );
    await expect(posting({ markdown_text: 'x'.repeat(12_001) })).rejects.toMatchObject(refusedWith('msg_too_long'));
  });

  test('another name than its own needs a scope of its own', async () => {
    bench = await startSlack();
    await expect(
      bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', username: 'Somebody' }),
    ).rejects.toMatchObject(refusedWith('missing_scope', { needed: 'chat:write.customize' }));
  });

  test('a picture of the workspace may be shown once it was uploaded', async () => {
    bench = await startSlack();
    const client = bench.client();
    const showing = (id: string) =>
      client.chat.postMessage({
        channel: CHANNEL,
        text: 'x',
        blocks: [{ type: 'image', slack_file: { id }, alt_text: 'a chart' }],
      });
    await expect(showing('F0NOWHERE')).rejects.toMatchObject(
      refusedWith('invalid_blocks', { errors: ['invalid slack file [json-pointer:/blocks/0/slack_file/id]'] }),
    );
    const upload = async (filename: string): Promise<string> => {
      const { files } = await client.filesUploadV2({ file: Buffer.from('bytes'), filename });
      return Object(files)[0].files[0].id;
    };
    expect(await showing(await upload('chart.png'))).toMatchObject({ ok: true });
    await expect(showing(await upload('list.csv'))).rejects.toMatchObject(refusedWith('invalid_blocks'));
  });

  test('a permalink into a thread names the thread', async () => {
    bench = await startSlack();
    const client = bench.client();
    const { ts: thread_ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'x' });
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'y', thread_ts });
    const { permalink } = await client.chat.getPermalink({ channel: ID, message_ts: ts });
    expect(permalink).toBe(
      `https://sandbox.slack.com/archives/${ID}/p${ts.replace('.', '')}?thread_ts=${thread_ts}&cid=${ID}`,
    );
  });
});

describe('what is put on messages', () => {
  test('a reaction is given once, seen, and taken back once', async () => {
    bench = await startSlack({ manifest: MARKS });
    const client = bench.client();
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'x' });
    const on = { channel: ID, timestamp: ts };
    await client.reactions.add({ ...on, name: 'eyes' });
    await expect(client.reactions.add({ ...on, name: 'eyes' })).rejects.toMatchObject(refusedWith('already_reacted'));
    await expect(client.reactions.add({ ...on, name: 'No Such' })).rejects.toMatchObject(refusedWith('invalid_name'));
    const given = [{ name: 'eyes', users: ['U0COUNTER'], count: 1 }];
    expect(await client.reactions.get(on)).toMatchObject({ type: 'message', message: { reactions: given } });
    expect((await client.conversations.history({ channel: ID })).messages?.[0]).toMatchObject({ reactions: given });
    await client.reactions.remove({ ...on, name: 'eyes' });
    await expect(client.reactions.remove({ ...on, name: 'eyes' })).rejects.toMatchObject(refusedWith('no_reaction'));
    await expect(client.reactions.add({ ...on, timestamp: '1.000100', name: 'eyes' })).rejects.toMatchObject(
      refusedWith('message_not_found'),
    );
  });

  test('a pin is set once, listed, and taken off once', async () => {
    bench = await startSlack({ manifest: MARKS });
    const client = bench.client();
    const { ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'x' });
    const on = { channel: ID, timestamp: ts };
    await client.pins.add(on);
    await expect(client.pins.add(on)).rejects.toMatchObject(refusedWith('already_pinned'));
    expect(await client.pins.list({ channel: ID })).toMatchObject({ items: [{ message: { ts, pinned_to: [ID] } }] });
    expect(await client.conversations.history({ channel: ID })).toMatchObject({ pin_count: 1 });
    await client.pins.remove(on);
    await expect(client.pins.remove(on)).rejects.toMatchObject(refusedWith('no_pin'));
    expect(await client.emoji.list()).toMatchObject({ ok: true, emoji: {} });
  });
});

describe('messages for later', () => {
  test('are listed until they are posted or called back, in their thread', async () => {
    let now = 1_732_290_000_000;
    bench = await startSlack({ now: () => now });
    const client = bench.client();
    const { ts: thread_ts = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'root' });
    const at = (seconds: number) => 1_732_290_000 + seconds;
    const later = (text: string, seconds: number) =>
      client.chat.scheduleMessage({ channel: CHANNEL, text, post_at: at(seconds), thread_ts });
    await later('second', 200);
    const { scheduled_message_id: id = '' } = await later('first', 100);
    const { scheduled_message_id: soon = '' } = await later('soon', 30);
    const listed = await client.chat.scheduledMessages.list({ channel: ID });
    expect(listed.scheduled_messages?.map(({ text, post_at: when }) => [text, when])).toEqual([
      ['soon', at(30)],
      ['first', at(100)],
      ['second', at(200)],
    ]);
    const recall = (scheduled_message_id: string) =>
      client.chat.deleteScheduledMessage({ channel: ID, scheduled_message_id });
    await expect(recall(soon)).rejects.toMatchObject(refusedWith('invalid_scheduled_message_id'));
    await recall(id);
    await expect(recall(id)).rejects.toMatchObject(refusedWith('invalid_scheduled_message_id'));
    now += 300_000;
    const texts = bench.slack.workspace.messages(CHANNEL).map(({ text }) => text);
    expect(texts).toEqual(['root', 'soon', 'second']);
    expect(bench.slack.workspace.replies(CHANNEL, thread_ts)).toHaveLength(2);
    expect((await client.chat.scheduledMessages.list()).scheduled_messages).toEqual([]);
  });

  test.for([
    [1_732_290_000, 'time_in_past'],
    [1_732_290_000 + 121 * 86_400, 'time_too_far'],
    [1.5, 'invalid_time'],
  ] as const)('at %s are refused as %s', async ([post_at, error]) => {
    bench = await startSlack({ now: () => 1_732_290_000_000 });
    await expect(bench.client().chat.scheduleMessage({ channel: CHANNEL, text: 'x', post_at })).rejects.toMatchObject(
      refusedWith(error),
    );
  });

  test('are at most thirty within five minutes', async () => {
    bench = await startSlack({ now: () => 1_732_290_000_000 });
    const client = bench.client();
    const later = (post_at: number) => client.chat.scheduleMessage({ channel: CHANNEL, text: 'x', post_at });
    for (let count = 0; count < 30; count += 1) await later(1_732_290_100 + count);
    await expect(later(1_732_290_200)).rejects.toMatchObject(refusedWith('restricted_too_many'));
    expect(await later(1_732_290_500)).toMatchObject({ ok: true });
  });
});

describe('files', () => {
  test('are known, listed and deleted by whoever uploaded them', async () => {
    bench = await startSlack({ manifest: MARKS });
    const client = bench.client();
    for (const filename of ['a.png', 'b.csv'])
      await client.filesUploadV2({ channel_id: ID, file: Buffer.from('bytes'), filename });
    const listed = await client.files.list({ channel: ID });
    expect(listed.files?.map(({ name, mimetype, size }) => [name, mimetype, size])).toEqual([
      ['b.csv', 'text/csv', 5],
      ['a.png', 'image/png', 5],
    ]);
    expect(listed.paging).toMatchObject({ total: 2, page: 1, pages: 1 });
    const id = listed.files?.[0]?.id ?? '';
    expect((await client.files.info({ file: id })).file).toMatchObject({ id, channels: [ID] });
    await client.files.delete({ file: id });
    await expect(client.files.info({ file: id })).rejects.toMatchObject(refusedWith('file_not_found'));
    expect(bench.slack.workspace.messages(CHANNEL).map(({ files }) => files?.length)).toEqual([1, 0]);
  });

  test('are not there before they were sent whole and finished', async () => {
    bench = await startSlack({ manifest: MARKS });
    const client = bench.client();
    const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
      filename: 'a.png',
      length: 5,
    });
    const finish = () => client.files.completeUploadExternal({ files: [{ id }] });
    await expect(finish()).rejects.toMatchObject(refusedWith('file_not_found'));
    const send = async (bytes: string): Promise<number> => {
      const response = await fetch(url, { method: 'POST', body: bytes });
      await response.text();
      return response.status;
    };
    expect(await send('too long')).toBe(404);
    expect(await send('bytes')).toBe(200);
    await expect(client.files.info({ file: id })).rejects.toMatchObject(refusedWith('file_not_found'));
    await finish();
    expect((await client.files.info({ file: id })).file).toMatchObject({ name: 'a.png' });
    expect(await send('bytes')).toBe(404);
  });

  test('are not shared where the app is not', async () => {
    bench = await startSlack();
    const upload = bench.client().filesUploadV2({ channel_id: 'C0GENERAL', file: Buffer.from('x'), filename: 'a.png' });
    await expect(upload).rejects.toMatchObject(refusedWith('not_in_channel'));
  });
});

describe('people', () => {
  test('have the time zone that they have today', async () => {
    bench = await startSlack({ now: () => Date.UTC(2026, 6, 1) });
    const summer = await bench.client().users.info({ user: 'U0ANA' });
    expect(summer.user).toMatchObject({ tz: 'Europe/Berlin', tz_offset: 7_200 });
    await bench.close();
    bench = await startSlack({ now: () => Date.UTC(2026, 11, 1) });
    const winter = await bench.client().users.info({ user: 'U0ANA' });
    expect(winter.user).toMatchObject({ tz_offset: 3_600 });
  });

  test('who left are told by little more than their id', async () => {
    bench = await startSlack({ manifest: manifestWith({ scopes: ['users.profile:read'] }) });
    const { workspace } = bench.slack;
    workspace.addMember({ ...(workspace.users()[1] ?? Object({})), deleted: true });
    const client = bench.client();
    const { user } = await client.users.info({ user: 'U0BEN' });
    expect(user).toMatchObject({ id: 'U0BEN', deleted: true, profile: { real_name: 'Ben Okafor' } });
    expect(user).not.toHaveProperty('tz');
    expect(await client.users.getPresence({ user: 'U0BEN' })).toMatchObject({ presence: 'away' });
    expect(await client.users.getPresence({ user: 'U0ANA' })).toMatchObject({ presence: 'active' });
    expect(await client.users.profile.get({ user: 'U0ANA' })).toMatchObject({ profile: { display_name: 'ana' } });
  });
});
