import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHOD_NAMES } from '../../../sandbox/slack/web-api.ts';
import { type Bench, manifestWith, refusedWith, startSlack } from './world-for-tests.ts';

/** What holds for every method of the Web API. */

let bench: Bench;
let bare: Bench;
beforeAll(async () => {
  bench = await startSlack();
  const manifest = { ...Object(manifestWith({})), oauth_config: { scopes: { bot: [] } } };
  bare = await startSlack({ manifest });
});
afterAll(async () => {
  await bench.close();
  await bare.close();
});

const tokenless = new Set(['api.test', 'oauth.v2.access']);
const needToken = METHOD_NAMES.filter((name) => !tokenless.has(name));

test('there are more than fifty methods, each once', () => {
  expect(METHOD_NAMES.length).toBeGreaterThan(50);
  expect(new Set(METHOD_NAMES).size).toBe(METHOD_NAMES.length);
});

test.for(needToken)('%s refuses a call without a token, and one with a foreign token', async (name) => {
  await expect(bench.client({ token: '' }).apiCall(name)).rejects.toMatchObject(refusedWith('not_authed'));
  await expect(bench.client({ token: 'xoxb-foreign' }).apiCall(name)).rejects.toMatchObject(
    refusedWith('invalid_auth'),
  );
});

const NEEDED: Record<string, [needed: string, args?: Record<string, unknown>]> = {
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.scheduleMessage': ['chat:write'],
  'chat.deleteScheduledMessage': ['chat:write'],
  'conversations.list': ['groups:read', { types: 'private_channel' }],
  'conversations.info': ['channels:read', { channel: 'C0GENERAL' }],
  'conversations.members': ['im:read', { channel: 'D00ANA' }],
  'conversations.history': ['im:history', { channel: 'D00ANA' }],
  'conversations.replies': ['channels:history'],
  'conversations.open': ['mpim:write', { users: 'U0ANA,U0BEN' }],
  'conversations.join': ['channels:join'],
  'conversations.create': ['groups:write', { is_private: true }],
  'conversations.invite': ['channels:manage,channels:write.invites,groups:write.invites'],
  'conversations.leave': ['channels:manage'],
  'conversations.setTopic': ['channels:manage,channels:write.topic,groups:write.topic'],
  'conversations.setPurpose': ['channels:manage,channels:write.topic,groups:write.topic'],
  'conversations.mark': ['channels:manage'],
  'users.conversations': ['channels:read'],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'users.profile.get': ['users.profile:read'],
  'users.getPresence': ['users:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'bots.info': ['users:read'],
  'team.info': ['team:read'],
  'emoji.list': ['emoji:read'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.info': ['files:read'],
  'files.list': ['files:read'],
  'files.delete': ['files:write'],
  'reactions.add': ['reactions:write'],
  'reactions.remove': ['reactions:write'],
  'reactions.get': ['reactions:read'],
  'pins.add': ['pins:write'],
  'pins.remove': ['pins:write'],
  'pins.list': ['pins:read'],
};

/** These ask for nothing but a token. */
const SCOPELESS = [
  'api.test',
  'apps.connections.open',
  'auth.revoke',
  'auth.test',
  'blocks.validate',
  'chat.getPermalink',
  'chat.scheduledMessages.list',
  'oauth.v2.access',
  'views.open',
  'views.publish',
  'views.push',
  'views.update',
];

test('every method either needs a scope or is known to need none', () => {
  expect([...Object.keys(NEEDED), ...SCOPELESS].sort()).toEqual(METHOD_NAMES);
});

test.for(Object.entries(NEEDED))(
  '%s says which scope is missing and which are there',
  async ([name, [needed, args = {}]]) => {
    bare.slack.workspace.directMessage('ana');
    await expect(bare.client().apiCall(name, args)).rejects.toMatchObject(
      refusedWith('missing_scope', { needed, provided: '' }),
    );
  },
);

const REQUIRED: [name: string, given: Record<string, unknown>, missing: string[]][] = [
  ['chat.postMessage', { text: 'x' }, ['channel']],
  ['chat.update', { channel: 'C0GENERAL' }, ['ts']],
  ['chat.postEphemeral', { channel: 'C0GENERAL' }, ['user']],
  ['chat.scheduleMessage', {}, ['channel', 'post_at']],
  ['chat.getPermalink', { channel: 'C0GENERAL' }, ['message_ts']],
  ['conversations.history', {}, ['channel']],
  ['users.info', {}, ['user']],
  ['views.open', { trigger_id: '1.2.x' }, ['view']],
  ['views.publish', {}, ['user_id', 'view']],
  ['files.getUploadURLExternal', { filename: 'a.png' }, ['length']],
];

test.for(REQUIRED)('%s names the arguments that are missing', async ([name, given, missing]) => {
  await expect(bench.client().apiCall(name, given)).rejects.toMatchObject(
    refusedWith('invalid_arguments', {
      response_metadata: {
        messages: missing.map((field) => `[ERROR] missing required field: ${field} [json-pointer:]`),
      },
    }),
  );
});

describe('pages', () => {
  test.for(['conversations.list', 'users.list', 'users.conversations'])(
    '%s goes through everything with its cursor, once each',
    async (name) => {
      const ids: unknown[] = [];
      let cursor = '';
      do {
        const page = await bench.client().apiCall(name, { limit: 2, ...(cursor === '' ? {} : { cursor }) });
        const found: unknown = Object(page).channels ?? Object(page).members;
        if (!Array.isArray(found)) throw new Error(`${name} listed nothing`);
        expect(found.length).toBeLessThanOrEqual(2);
        ids.push(...found.map(({ id }: { id: string }) => id));
        cursor = page.response_metadata?.next_cursor ?? '';
      } while (cursor !== '');
      expect(ids.length).toBeGreaterThan(2);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test.for([
    ['conversations.list', { limit: 1_001 }, 'invalid_limit'],
    ['conversations.list', { limit: 'many' }, 'invalid_limit'],
    ['conversations.list', { types: 'telepathy' }, 'invalid_types'],
    ['users.list', { cursor: 'bm9uc2Vuc2U=' }, 'invalid_cursor'],
    ['conversations.history', { channel: 'C0NURTUREEMAILS', limit: 1_000 }, 'invalid_limit'],
    ['conversations.history', { channel: 'C0NURTUREEMAILS', cursor: 'bm9uc2Vuc2U=' }, 'invalid_cursor'],
    ['conversations.history', { channel: 'C0NURTUREEMAILS', oldest: 'yesterday' }, 'invalid_ts_oldest'],
  ] as const)('%s with %j is refused as %s', async ([name, args, error]) => {
    await expect(bench.client().apiCall(name, args)).rejects.toMatchObject(refusedWith(error));
  });
});
