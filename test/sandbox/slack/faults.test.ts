import { afterEach, describe, expect, test } from 'vitest';
import { createRateLimiter, furthestClock } from '../../../sandbox/slack/rate-limits.ts';
import { type Bench, refusedWith, startSlack } from './world-for-tests.ts';

/** What goes wrong on demand, met by the client that the app uses; and how much Slack bears. */

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';

describe('a call', () => {
  test('that meets a limit is told how long to wait, and a patient client comes again', async () => {
    bench = await startSlack();
    bench.slack.workspace.faults.next('chat.postMessage', { kind: 'ratelimited', retryAfter: 1 });
    const patient = bench.client({ rejectRateLimitedCalls: false, retryConfig: { retries: 1, minTimeout: 1 } });
    expect(await patient.chat.postMessage({ channel: CHANNEL, text: 'x' })).toMatchObject({ ok: true });
    const calls = bench.slack.workspace.journal().filter(({ type }) => type === 'call');
    expect(calls.map(({ ok }) => ok)).toEqual([false, true]);
    expect(calls[0]?.detail).toMatchObject({ status: 429, fault: { kind: 'ratelimited', retryAfter: 1 } });
  });

  test('that meets a broken server did nothing', async () => {
    bench = await startSlack();
    bench.slack.workspace.faults.next('chat.postMessage', { kind: 'http', status: 502 });
    await expect(bench.client().chat.postMessage({ channel: CHANNEL, text: 'x' })).rejects.toMatchObject({
      statusCode: 502,
    });
    expect(bench.slack.workspace.messages(CHANNEL)).toEqual([]);
  });

  test('that hangs is given up by the client, and done by Slack all the same', async () => {
    bench = await startSlack();
    const { workspace } = bench.slack;
    workspace.faults.next('chat.postMessage', { kind: 'hang', ms: 150 });
    const hasty = bench.client({ timeout: 30 });
    await expect(hasty.chat.postMessage({ channel: CHANNEL, text: 'x' })).rejects.toThrow();
    expect(workspace.messages(CHANNEL)).toHaveLength(0);
    await expect.poll(() => workspace.messages(CHANNEL).length).toBe(1);
  });

  test('whose answer is lost was done, whatever it asked for', async () => {
    bench = await startSlack();
    const { workspace } = bench.slack;
    const client = bench.client();
    const { ts = '', channel = '' } = await client.chat.postMessage({ channel: CHANNEL, text: 'a' });
    workspace.faults.next('chat.update', { kind: 'lost' });
    await expect(client.chat.update({ channel, ts, text: 'b' })).rejects.toMatchObject({
      code: 'slack_webapi_request_error',
    });
    expect(workspace.message(CHANNEL, ts)?.text).toBe('b');
  });

  test('meets faults in their order, and those of any method after its own', async () => {
    bench = await startSlack();
    const { faults } = bench.slack.workspace;
    faults.next('*', { kind: 'error', error: 'fatal_error' });
    faults.next('auth.test', { kind: 'error', error: 'internal_error' }, 2);
    const ask = () => bench?.client().auth.test();
    for (const error of ['internal_error', 'internal_error', 'fatal_error'])
      await expect(ask()).rejects.toMatchObject(refusedWith(error));
    await expect(ask()).resolves.toMatchObject({ ok: true });
  });

  test('meets a fault for ever until it is taken back', async () => {
    bench = await startSlack();
    const { faults } = bench.slack.workspace;
    faults.next('auth.test', { kind: 'error', error: 'fatal_error' }, Number.POSITIVE_INFINITY);
    for (let count = 0; count < 5; count += 1)
      await expect(bench.client().auth.test()).rejects.toMatchObject(refusedWith('fatal_error'));
    faults.clear();
    await expect(bench.client().auth.test()).resolves.toMatchObject({ ok: true });
  });
});

describe('the limits', () => {
  test('are on where nobody says otherwise', async () => {
    // `undefined` is what whoever says nothing gives; the bench of these tests says no.
    bench = await startSlack(Object({ rateLimits: undefined, now: () => 1_732_290_000_000 }));
    const client = bench.client();
    for (let count = 0; count < 20; count += 1) await client.users.list({});
    await expect(client.users.list({})).rejects.toMatchObject({ retryAfter: 3 });
  });

  test.for([
    ['tier1', 1],
    ['tier2', 20],
    ['tier3', 50],
    ['tier4', 100],
  ] as const)('of %s let through about %i a minute, for as long as it goes on', ([tier, perMinute]) => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    let passed = 0;
    for (; now < 60 * 60_000; now += 250) if (limiter.check('m', tier, '') === null) passed += 1;
    expect(passed / 60).toBeGreaterThanOrEqual(perMinute * 0.99);
    expect(passed / 60).toBeLessThanOrEqual(perMinute * 1.1);
  });

  test('hold for a method, and for posts for a channel, whatever it is called by', async () => {
    bench = await startSlack({ rateLimits: true, now: () => 1_732_290_000_000 });
    const client = bench.client();
    const post = (channel: string) => client.chat.postMessage({ channel, text: 'x' });
    for (const channel of [CHANNEL, 'C0NURTUREEMAILS', CHANNEL, 'C0NURTUREEMAILS']) await post(channel);
    await expect(post('C0NURTUREEMAILS')).rejects.toMatchObject({ retryAfter: 1 });
    await expect(post('#nurture-scores')).resolves.toMatchObject({ ok: true });
    await expect(client.auth.test()).resolves.toMatchObject({ ok: true });
  });

  test('who waits as long as told is let through', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    while (limiter.check('m', 'post', 'C') === null);
    for (let count = 0; count < 5; count += 1) {
      const wait = limiter.check('m', 'post', 'C');
      expect(wait).not.toBeNull();
      now += (wait ?? 0) * 1_000;
      expect(limiter.check('m', 'post', 'C')).toBeNull();
    }
  });

  test('follow business time when it jumps, and the machine when it stands still', async () => {
    const clocks = { machine: 1_732_290_000_000, business: 1_900_000_000_000 };
    bench = await startSlack({
      rateLimits: true,
      now: () => clocks.machine,
      businessNow: () => clocks.business,
    });
    const client = bench.client();
    const post = () => client.chat.postMessage({ channel: CHANNEL, text: 'x' });
    for (let count = 0; count < 4; count += 1) await post();
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    clocks.business += 1_000;
    await expect(post()).resolves.toMatchObject({ ok: true });
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    clocks.machine += 1_000;
    await expect(post()).resolves.toMatchObject({ ok: true });
  });

  test('count a second once when both clocks go on', () => {
    const clocks = { a: 0, b: 500 };
    const clock = furthestClock(
      () => clocks.a,
      () => clocks.b,
    );
    clocks.a += 1_000;
    clocks.b += 1_000;
    expect(clock()).toBe(1_000);
    clocks.b += 86_400_000;
    expect(clock()).toBe(86_401_000);
    expect(clock()).toBe(86_401_000);
  });
});
