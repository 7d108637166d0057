import { afterEach, describe, expect, test } from 'vitest';
import { createBusinessTime } from '../../../sandbox/page/business-time.ts';
import { createChannelLog } from '../../../sandbox/slack/channel-log.ts';
import { createDeliver } from '../../../sandbox/slack/deliver.ts';
import { deriveCredentials, seededIds } from '../../../sandbox/slack/identity.ts';
import { createJournal } from '../../../sandbox/slack/journal.ts';
import { readManifest } from '../../../sandbox/slack/manifest.ts';
import type { PostedMessage } from '../../../sandbox/slack/workspace.ts';
import { createWorld } from '../../../sandbox/slack/world.ts';
import { type Bench, MANIFEST, startSlack } from './world-for-tests.ts';

/** A simulated year in one channel: what is looked at often must not look at everything. */

const YEAR = 20_000;

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';

/** A message that counts how often somebody looks at when it was written. */
function counted(index: number, looks: { count: number }, threadTs?: string): PostedMessage {
  const ts = `${1_732_290_000 + index}.000100`;
  const message: PostedMessage = {
    channel: 'C',
    ts,
    user: 'U',
    text: `m${index}`,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  };
  Object.defineProperty(message, 'ts', {
    get: () => {
      looks.count += 1;
      return ts;
    },
  });
  return message;
}

describe('a channel of a year', () => {
  test('finds a message, a moment and a thread without reading the rest', () => {
    const looks = { count: 0 };
    const log = createChannelLog();
    const root = '1732290000.000100';
    for (let index = 0; index < YEAR; index += 1)
      log.add(counted(index, looks, index % 5_000 === 1 ? root : undefined));
    looks.count = 0;
    expect(log.find(`${1_732_290_000 + 12_345}.000100`)?.text).toBe('m12345');
    expect(log.from(1_732_290_000 + 12_345)).toBe(12_345);
    expect(log.replies(root).map(({ text }) => text)).toEqual(['m1', 'm5001', 'm10001', 'm15001']);
    const [message] = log.replies(root);
    if (message === undefined) throw new Error('the thread is empty');
    log.remove(message);
    expect(log.messages).toHaveLength(YEAR - 1);
    expect(log.replies(root)).toHaveLength(3);
    expect(looks.count).toBeLessThan(100);
  });

  test('is handed out as it is, not copied', async () => {
    bench = await startSlack();
    const { workspace } = bench.slack;
    const shown = workspace.messages(CHANNEL);
    await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x' });
    expect(workspace.messages(CHANNEL)).toBe(shown);
    expect(shown).toHaveLength(1);
  });

  test('costs the clock of the page a look at what is new', async () => {
    bench = await startSlack();
    const { workspace } = bench.slack;
    const looks = { count: 0 };
    let now = 1_000;
    const time = createBusinessTime(() => now);
    const log = createChannelLog();
    for (let index = 0; index < 1_000; index += 1) log.add(counted(index, looks));
    const page = { ...workspace, channels: () => workspace.channels().slice(0, 1), messages: () => log.messages };
    time.noteNew(page);
    now = 2_000;
    log.add(counted(1_000, looks));
    looks.count = 0;
    time.noteNew(page);
    expect(looks.count).toBe(2);
    expect([time.of('1732290999.000100', ''), time.of('1732291000.000100', '')]).toEqual([1_000, 2_000]);
  });
});

describe('what is remembered', () => {
  test('of what only one person saw is the latest', async () => {
    bench = await startSlack();
    for (let count = 0; count < 210; count += 1)
      await bench.client().chat.postEphemeral({ channel: CHANNEL, user: 'U0ANA', text: `e${count}` });
    const shown = bench.slack.workspace.ephemerals('ana');
    expect(shown).toHaveLength(200);
    expect(shown.at(-1)?.text).toBe('e209');
  });

  test('of calls and deliveries is the latest, and everything that was not answered as it should be', async () => {
    const journal = createJournal(undefined);
    const credentials = deriveCredentials(1);
    const world = createWorld({
      credentials,
      grants: readManifest(MANIFEST),
      ids: seededIds(1),
      usergroups: [],
      people: [],
      now: () => 0,
      baseUrl: () => 'http://sandbox',
    });
    const transport = { acked: false };
    const deliver = createDeliver(
      world,
      { send: async () => ({ ...transport, status: null, body: null }), close: async () => {} },
      journal,
    );
    const sent = { kind: 'event', form: 'json', envelope: 'events_api', payload: {} } as const;
    await deliver(sent);
    transport.acked = true;
    for (let count = 0; count < YEAR; count += 1) await deliver(sent);
    expect(world.deliveries.length).toBeLessThanOrEqual(4_001);
    expect(world.deliveries.filter(({ acked }) => !acked)).toHaveLength(1);
    expect(journal.entries().length).toBeLessThanOrEqual(5_000);
  });
});
