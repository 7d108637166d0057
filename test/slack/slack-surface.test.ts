import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/slack/workspace.ts';
import { actions } from '../../src/slack/action-ids.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { POST_EVENT_TYPE } from '../../src/slack/slack-surface.ts';
import { channel, type Desk, openDesk } from './desk.ts';
import { actionIds, emailFacts, noon } from './facts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const card = renderCard(emailFacts());
const calls = (method: string) =>
  desk.slack.journal().filter((entry) => entry.type === 'call' && entry.method === method).length;
const longAgo = new Date(0);

describe('posting', () => {
  test('a post carries its marker where only apps see it', async () => {
    const posted = await desk.connection.surface.post(channel, card, 'post-1');
    expect(posted).toMatchObject({ type: 'posted', channel: 'C0NURTUREEMAILS' });
    expect(desk.slack.messages(channel)[0]?.metadata).toEqual({
      event_type: POST_EVENT_TYPE,
      event_payload: { marker: 'post-1' },
    });
  });

  test.for<[Fault, { type: string } & Record<string, unknown>]>([
    [
      { kind: 'ratelimited', retryAfter: 30 },
      { type: 'later', afterMs: 30_000 },
    ],
    [{ kind: 'error', error: 'service_unavailable' }, { type: 'later' }],
    [
      { kind: 'error', error: 'is_archived' },
      { type: 'refused', detail: expect.stringContaining('archived') },
    ],
    [
      { kind: 'error', error: 'not_in_channel' },
      { type: 'refused', detail: expect.stringContaining('invite') },
    ],
    [{ kind: 'error', error: 'channel_not_found' }, { type: 'refused' }],
    [{ kind: 'error', error: 'token_revoked' }, { type: 'refused' }],
    [{ kind: 'error', error: 'invalid_auth' }, { type: 'refused' }],
    [{ kind: 'error', error: 'missing_scope' }, { type: 'refused' }],
    [{ kind: 'error', error: 'internal_error' }, { type: 'unknown' }],
    [{ kind: 'error', error: 'fatal_error' }, { type: 'unknown' }],
    [{ kind: 'http', status: 502 }, { type: 'unknown' }],
    [{ kind: 'lost' }, { type: 'unknown' }],
  ])('%o is told apart', async ([fault, expected]) => {
    desk.slack.faults.next('chat.postMessage', fault);
    expect(await desk.connection.surface.post(channel, card, 'post-1')).toMatchObject(expected);
    // One call, whatever came back: repeating is for whoever keeps the row.
    expect(calls('chat.postMessage')).toBe(1);
  });

  test('a post whose answer was lost is found by its marker and not taken for another', async () => {
    desk.slack.faults.next('chat.postMessage', { kind: 'lost' });
    await desk.connection.surface.post(channel, card, 'post-1');
    await desk.connection.surface.post(channel, card, 'post-2');
    const ts = desk.slack.messages(channel)[0]?.ts;
    expect(await desk.connection.surface.find(channel, 'post-1', longAgo)).toEqual({ channel: 'C0NURTUREEMAILS', ts });
    expect(await desk.connection.surface.find(channel, 'post-3', longAgo)).toBeNull();
    expect(desk.slack.messages(channel)).toHaveLength(2);
  });

  test('a layout that Slack refuses is shown plainly, without a one-click approval', async () => {
    const broken = { ...card, blocks: [...card.blocks, { type: 'no_such_block' }] };
    expect(await desk.connection.surface.post(channel, broken, 'post-1')).toMatchObject({ type: 'posted' });
    const posted = desk.slack.messages(channel)[0];
    expect(JSON.stringify(posted?.blocks)).toContain('A next step for Acme');
    expect(actionIds(posted?.blocks)).toEqual([actions.edit, actions.reject, actions.why]);
  });
});

describe('updating', () => {
  test('a lost answer is tried again, since showing the same twice changes nothing', async () => {
    const posted = await desk.connection.surface.post(channel, card, 'post-1');
    if (posted.type !== 'posted') throw new Error(posted.type);
    desk.slack.faults.next('chat.update', { kind: 'lost' });
    expect(await desk.connection.surface.update(posted.channel, posted.ts, card)).toMatchObject({ type: 'later' });
    expect(await desk.connection.surface.update(posted.channel, posted.ts, card)).toEqual(posted);
  });

  test('a message that was deleted is known to be gone', async () => {
    expect(await desk.connection.surface.update('C0NURTUREEMAILS', '1.0', card)).toMatchObject({
      type: 'gone',
      detail: expect.stringContaining('message_not_found'),
    });
  });
});

test('without the scope to read a channel nobody claims to know what stands there', async () => {
  const poor = await openDesk({ standIn: { refusedScopes: ['channels:history', 'groups:history'] } });
  try {
    expect(await poor.connection.surface.find(channel, 'post-1', noon)).toBe('unknown');
  } finally {
    await poor.close();
  }
});
