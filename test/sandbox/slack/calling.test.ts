import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, refusedWith, startSlack } from './world-for-tests.ts';

/** How a call may be put, and what Slack says about how it was. */

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const CHANNEL = '#nurture-emails';

type Sent = { type?: string | null; body?: string | FormData; token?: string | null; query?: string; method?: string };

/** A request as it goes over the wire, without a client that knows how it should look. */
async function send(on: Bench, name: string, sent: Sent): Promise<Record<string, unknown>> {
  const { type = null, body, token = on.slack.credentials.botToken, query = '', method = 'POST' } = sent;
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(type === null ? {} : { 'content-type': type }),
  };
  const payload = typeof body === 'string' ? Buffer.from(body) : body;
  const response = await fetch(`${on.api}${name}${query}`, {
    method,
    headers,
    ...(payload === undefined ? {} : { body: payload }),
  });
  return Object(await response.json());
}

const FORM = 'application/x-www-form-urlencoded';

describe('the body', () => {
  const fields = new URLSearchParams({ channel: CHANNEL, text: 'x', blocks: '[{"type":"divider"}]' }).toString();
  const json = JSON.stringify({ channel: CHANNEL, text: 'x', blocks: [{ type: 'divider' }] });

  test('may be a form, JSON, multipart, or stand in the address', async () => {
    bench = await startSlack();
    const multipart = new FormData();
    for (const [name, value] of new URLSearchParams(fields)) multipart.set(name, value);
    for (const sent of [
      { type: FORM, body: fields },
      { type: 'application/json; charset=utf-8', body: json },
      { body: multipart },
      { query: `?${fields}` },
      { query: `?${fields}`, method: 'GET' },
    ])
      expect(await send(bench, 'chat.postMessage', sent)).toMatchObject({ ok: true });
    expect(bench.slack.workspace.messages(CHANNEL).map(({ blocks }) => blocks)).toMatchObject(
      Array.from({ length: 5 }, () => [{ type: 'divider' }]),
    );
  });

  test('draws a warning where its charset is missing or superfluous, and is taken all the same', async () => {
    bench = await startSlack();
    const warned = (warning: string) => ({ ok: true, warning, response_metadata: { warnings: [warning] } });
    expect(await send(bench, 'chat.postMessage', { type: 'application/json', body: json })).toMatchObject(
      warned('missing_charset'),
    );
    expect(await send(bench, 'chat.postMessage', { type: `${FORM}; charset=utf-8`, body: fields })).toMatchObject(
      warned('superfluous_charset'),
    );
    expect(await send(bench, 'chat.postMessage', { type: FORM, body: fields })).not.toHaveProperty('warning');
  });

  test.for([
    ['broken JSON', { type: 'application/json; charset=utf-8', body: '{' }, 'invalid_json'],
    ['a JSON list', { type: 'application/json; charset=utf-8', body: '[]' }, 'json_not_object'],
    ['another type', { type: 'application/xml', body: '<x/>' }, 'invalid_post_type'],
    ['no type', { type: '', body: 'x' }, 'missing_post_type'],
    ['another charset', { type: `${FORM}; charset=utf-16`, body: 'text=x' }, 'invalid_charset'],
    ['a broken multipart', { type: 'multipart/form-data; boundary=b', body: 'x' }, 'invalid_form_data'],
    ['a list of fields', { type: FORM, body: 'text[]=x' }, 'invalid_array_arg'],
    ['an odd name', { type: FORM, body: 'te-xt=x' }, 'invalid_arg_name'],
  ] as const)('is refused for %s', async ([, sent, error]) => {
    bench = await startSlack();
    expect(await send(bench, 'chat.postMessage', sent)).toMatchObject({ ok: false, error });
    expect(bench.slack.workspace.journal().at(-1)).toMatchObject({ method: 'chat.postMessage', ok: false });
  });

  test('in JSON is not read by methods that take forms only', async () => {
    bench = await startSlack();
    const sent = { type: 'application/json; charset=utf-8', body: '{"user":"U0ANA"}' };
    expect(await send(bench, 'users.info', sent)).toMatchObject({ error: 'invalid_arguments' });
    expect(await send(bench, 'users.info', { type: FORM, body: 'user=U0ANA' })).toMatchObject({ ok: true });
  });
});

describe('the token', () => {
  test('counts in the header and in a form, not in JSON and not in the address', async () => {
    bench = await startSlack();
    const { botToken } = bench.slack.credentials;
    const tokenless = { token: null };
    expect(await send(bench, 'auth.test', { ...tokenless, type: FORM, body: `token=${botToken}` })).toMatchObject({
      ok: true,
    });
    const json = { type: 'application/json; charset=utf-8', body: JSON.stringify({ token: botToken }) };
    expect(await send(bench, 'auth.test', { ...tokenless, ...json })).toMatchObject({ error: 'not_authed' });
    expect(await send(bench, 'auth.test', { ...tokenless, query: `?token=${botToken}` })).toMatchObject({
      error: 'not_authed',
    });
  });

  test('is worth nothing once it was given back', async () => {
    bench = await startSlack();
    const client = bench.client();
    expect(await client.auth.revoke({ test: true })).toMatchObject({ revoked: false });
    expect(await client.auth.revoke()).toMatchObject({ revoked: true });
    await expect(client.auth.test()).rejects.toMatchObject(refusedWith('token_revoked'));
    const sent = await bench.slack.workspace.slash({ user: 'ana', channel: CHANNEL, text: '/workflow' });
    expect(sent).toMatchObject({ acked: false, error: 'dispatch_failed' });
    expect(bench.slack.workspace.deliveries()).toHaveLength(0);
  });

  test('comes for the code of an installation, once, within ten minutes, for whoever knows the secret', async () => {
    let now = 1_732_290_000_000;
    bench = await startSlack({ now: () => now });
    const { clientId, clientSecret, botToken } = bench.slack.credentials;
    const client = bench.client({ token: '' });
    const code = bench.slack.workspace.install({ user: 'ben' });
    const whole = { client_id: clientId, client_secret: clientSecret, code };
    const access = (args: Partial<typeof whole>) => client.oauth.v2.access({ ...whole, ...args });
    await expect(access({ client_id: '1.2' })).rejects.toMatchObject(refusedWith('invalid_client_id'));
    await expect(access({ client_secret: 'guess' })).rejects.toMatchObject(refusedWith('bad_client_secret'));
    await expect(access({ code: 'guess' })).rejects.toMatchObject(refusedWith('invalid_code'));
    expect(await access({})).toMatchObject({ access_token: botToken, authed_user: { id: 'U0BEN' } });
    await expect(access({})).rejects.toMatchObject(refusedWith('code_already_used'));
    const late = bench.slack.workspace.install({ user: 'ben', redirectUri: 'https://app.example/back' });
    await expect(access({ code: late })).rejects.toMatchObject(refusedWith('bad_redirect_uri'));
    now += 10 * 60_000 + 1;
    await expect(access({ code: late })).rejects.toMatchObject(refusedWith('invalid_code'));
  });
});

describe('blocks.validate', () => {
  const wrong = [{ type: 'section', text: { type: 'html', text: 'x' } }];

  test('tells what is wrong with blocks, a message or a view, each with a pointer into it', async () => {
    bench = await startSlack();
    const client = bench.client();
    const constraint = { type: 'enum', expected: ['plain_text', 'mrkdwn'], got: 'html' };
    const found = (pointer: string) => ({
      errors: [{ pointer, code: 'failed_constraint', message: 'unsupported type: html', constraint }],
    });
    await expect(client.apiCall('blocks.validate', { blocks: wrong })).rejects.toMatchObject(
      refusedWith('invalid_blocks', found('/0/text/type')),
    );
    await expect(client.apiCall('blocks.validate', { message: { blocks: wrong } })).rejects.toMatchObject(
      refusedWith('invalid_message', found('/blocks/0/text/type')),
    );
    const view = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: wrong };
    await expect(client.apiCall('blocks.validate', { view })).rejects.toMatchObject(
      refusedWith('invalid_view', found('/blocks/0/text/type')),
    );
  });

  test('passes what could be posted, takes one thing at a time, and posts nothing', async () => {
    bench = await startSlack();
    const client = bench.client();
    const blocks = [{ type: 'divider' }];
    expect(await client.apiCall('blocks.validate', { blocks })).toMatchObject({ ok: true });
    expect(await client.apiCall('blocks.validate', { view: { type: 'home', blocks } })).toMatchObject({ ok: true });
    await expect(client.apiCall('blocks.validate', { blocks, message: { blocks } })).rejects.toMatchObject(
      refusedWith('invalid_arguments'),
    );
    expect(bench.slack.workspace.messages(CHANNEL)).toEqual([]);
  });
});
