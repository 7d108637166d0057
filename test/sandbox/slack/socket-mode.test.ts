import { once } from 'node:events';
import type { BlockAction } from '@slack/bolt';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { assertAllAcked, waitFor } from '../../../sandbox/slack/driver.ts';
import { type AppBench, type Bench, startApp, startSlack } from './world-for-tests.ts';

let bench: Bench | AppBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';
const BLOCKS = [
  {
    type: 'actions' as const,
    elements: [{ type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } }],
  },
];

type Frame = {
  type: string;
  envelope_id: string;
  payload: BlockAction;
  accepts_response_payload: boolean;
  reason?: string;
};

/** A socket of our own, to answer as badly as we like. */
async function connect(on: Bench): Promise<{ socket: WebSocket; next: () => Promise<Frame> }> {
  const { url = '' } = await on.client({ token: on.slack.credentials.appToken }).apps.connections.open({});
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const frame: Frame = JSON.parse(data.toString());
    const waiter = waiting.shift();
    if (waiter === undefined) frames.push(frame);
    else waiter(frame);
  });
  const next = (): Promise<Frame> => {
    const frame = frames.shift();
    return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
  };
  expect(await next()).toMatchObject({ type: 'hello', connection_info: { app_id: 'A0COUNTER' } });
  return { socket, next };
}

async function clickOverOwnSocket(answer: (socket: WebSocket, frame: Frame) => void, ackDeadlineMs = 3_000) {
  bench = await startSlack({ delivery: { mode: 'socket' }, ackDeadlineMs });
  const { workspace } = bench.slack;
  const { socket, next } = await connect(bench);
  const { ts = '' } = await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: BLOCKS });
  const clicking = workspace.click({ user: 'U0ANA', channel: CHANNEL, ts, actionId: 'go' });
  const frame = await next();
  expect(frame).toMatchObject({
    type: 'interactive',
    accepts_response_payload: true,
    payload: { type: 'block_actions' },
  });
  answer(socket, frame);
  const delivery = await clicking;
  if (socket.readyState !== WebSocket.CLOSED) {
    socket.close();
    await once(socket, 'close');
  }
  return { delivery, workspace };
}

test('a second ack of one click is noticed', async () => {
  const { delivery, workspace } = await clickOverOwnSocket((socket, frame) => {
    socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: {} }));
    socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: {} }));
  });
  expect(delivery).toMatchObject({ acked: true, status: null });
  await waitFor(workspace, 'the second ack', () => (delivery.acks === 2 ? true : null));
  expect(() => assertAllAcked(workspace)).toThrow(/2 acks/);
});

test('a click without an ack times out', async () => {
  const { delivery } = await clickOverOwnSocket(() => {}, 60);
  expect(delivery).toMatchObject({ acked: false, error: 'operation_timeout' });
});

test('a click whose socket dies is not acked', async () => {
  const { delivery } = await clickOverOwnSocket((socket) => socket.terminate());
  expect(delivery).toMatchObject({ acked: false, error: 'socket_closed' });
});

test('a click with no socket open fails at once', async () => {
  bench = await startSlack({ delivery: { mode: 'socket' } });
  const { ts = '' } = await bench.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: BLOCKS });
  const delivery = await bench.slack.workspace.click({ user: 'U0ANA', channel: CHANNEL, ts, actionId: 'go' });
  expect(delivery).toMatchObject({ acked: false, error: 'no_open_socket' });
});

test('a socket URL opens one connection, and an app has at most ten', async () => {
  bench = await startSlack({ delivery: { mode: 'socket' } });
  const client = bench.client({ token: bench.slack.credentials.appToken });
  const { url = '' } = await client.apps.connections.open({});
  const first = new WebSocket(url);
  await once(first, 'open');
  const second = new WebSocket(url);
  expect(await once(second, 'error')).toMatchObject([{ message: expect.stringContaining('403') }]);
  const others: WebSocket[] = [];
  for (let count = 0; count < 9; count += 1) others.push((await connect(bench)).socket);
  const eleventh = new WebSocket((await client.apps.connections.open({})).url ?? '');
  const [[frame]] = await Promise.all([once(eleventh, 'message'), once(eleventh, 'close')]);
  expect(JSON.parse(String(frame))).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  expect(bench.slack.workspace.sockets()).toBe(10);
  for (const socket of [first, ...others]) socket.terminate();
});

test('a refresh asks every socket to go and takes new ones', async () => {
  bench = await startSlack({ delivery: { mode: 'socket' } });
  const { next } = await connect(bench);
  bench.slack.workspace.refreshSockets();
  expect(await next()).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
  await connect(bench);
});

test('a warning comes before it, and a switched-off link says so', async () => {
  bench = await startSlack({ delivery: { mode: 'socket' } });
  const { next } = await connect(bench);
  for (const reason of ['warning', 'link_disabled'] as const) {
    bench.slack.workspace.refreshSockets(reason);
    expect(await next()).toMatchObject({ type: 'disconnect', reason });
  }
});

test('an event that comes twice has another envelope, the same id, and says nothing of being a retry', async () => {
  bench = await startSlack({ delivery: { mode: 'socket' } });
  const { socket, next } = await connect(bench);
  const ack = ({ envelope_id }: Frame) => socket.send(JSON.stringify({ envelope_id }));
  const said = bench.slack.as('ana').in(CHANNEL).say('@countersign hello');
  const first = await next();
  ack(first);
  await said;
  const again = bench.slack.workspace.duplicateLastEvent('unmarked');
  const second = await next();
  ack(second);
  expect(await again).toMatchObject({ acked: true, acks: 1 });
  expect(second.envelope_id).not.toBe(first.envelope_id);
  expect(second.payload).toEqual(first.payload);
  expect(second).toMatchObject({ type: 'events_api', retry_attempt: 0, accepts_response_payload: false });
});

test('the real client leaves on a refresh', async () => {
  const started = await startApp('socket', () => {});
  bench = started;
  const { workspace } = started.slack;
  workspace.refreshSockets();
  const { ts = '' } = await started.client().chat.postMessage({ channel: CHANNEL, text: 'x', blocks: BLOCKS });
  const click = () => workspace.click({ user: 'U0ANA', channel: CHANNEL, ts, actionId: 'go' });
  await waitFor(workspace, 'the client to leave', () => (workspace.sockets() === 0 ? true : null));
  expect(await click()).toMatchObject({ acked: false, error: 'no_open_socket' });
});
