import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit, enrollments, inboundIds, leads } from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import type { Context } from '../../src/engine/context.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { leadWebhook } from '../../src/web/lead-webhook.ts';
import type { WebRequest } from '../../src/web/route.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { engines, testDatabase, type TestDatabase } from '../support/database.ts';
import { testWorkflow } from '../support/fixtures.ts';

const oldSecret = `whsec_${Buffer.from('the secret that is on its way out').toString('base64')}`;
const newSecret = `whsec_${Buffer.from('the secret that is on its way in!').toString('base64')}`;
const foreign = `whsec_${Buffer.from('the secret of somebody else......').toString('base64')}`;
const machineNow = new Date('2026-03-10T12:00:00.500Z');

type Sent = { id?: string; secret?: string; at?: Date; signed?: string; headers?: Record<string, string> };
let next = 0;

function request(
  body: string | Buffer,
  { id = `msg_${next++}`, secret = newSecret, at = machineNow, signed, headers = {} }: Sent = {},
): WebRequest {
  const bytes = Buffer.from(body);
  const signature = new Webhook(secret).sign(id, at, signed ?? bytes);
  return {
    method: 'POST',
    path: '/webhooks/leads',
    params: {},
    query: new URLSearchParams(),
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signature,
      ...headers,
    },
    body: bytes,
    remoteAddress: '127.0.0.1',
  };
}

const event = (data: Record<string, unknown>, type = 'lead.created') => JSON.stringify({ type, data });

describe.each(engines)('a lead by webhook on %s', (engine) => {
  let database: TestDatabase;
  let world: TestWorld;
  let ctx: Context;
  let woken = 0;
  beforeAll(async () => {
    database = await testDatabase(engine);
    world = await testContext(database);
    ctx = { ...world.ctx, machine: { now: () => machineNow }, queue: { ...world.ctx.queue, wake: () => void woken++ } };
    await publishWorkflow(ctx, testWorkflow({ trigger: { on: 'lead_added' } }), 'test');
  });
  afterAll(() => database.close());

  const send = async (asked: WebRequest, secrets: readonly string[] = [oldSecret, newSecret]) => {
    const { status, body } = await leadWebhook(ctx, { secrets }).handle(asked);
    return { status, body: JSON.parse(String(body)) as Record<string, unknown> };
  };
  const counts = async () => [
    await ctx.db.$count(leads),
    await ctx.db.$count(enrollments),
    await ctx.db.$count(audit),
    await ctx.db.$count(inboundIds),
  ];
  const leadOf = async (email: string) => {
    const [lead] = await ctx.db
      .select()
      .from(leads)
      .where(eq(leads.emailHash, addressHash(ctx.secrets.addressKey, email)));
    return lead;
  };

  test('is created, enrolled and audited, and wakes the tick', async () => {
    const before = woken;
    const { status, body } = await send(
      request(
        event({
          email: 'Ana@ACME.example',
          first_name: ' Ana ',
          country: 'de',
          fields: { Plan: 'Pro', Seats: 5, Trial: true, Gone: null },
        }),
      ),
    );
    const lead = await leadOf('ana@acme.example');
    expect({ status, body }).toEqual({
      status: 202,
      body: { lead_id: lead?.id, created: true, enrolled: 1, warnings: [] },
    });
    expect(lead).toMatchObject({
      email: 'Ana@acme.example',
      firstName: 'Ana',
      country: 'DE',
      fields: { Plan: 'Pro', Seats: '5', Trial: 'true' },
    });
    expect(lead?.accountId).not.toBeNull();
    expect(await ctx.db.select().from(audit).where(eq(audit.action, 'lead.created'))).toMatchObject([
      { actor: 'system:webhook', subjectId: lead?.id },
    ]);
    expect(woken).toBe(before + 1);
  });

  test('that is known is merged by the rule of imports, and what did not change is not audited', async () => {
    await send(request(event({ email: 'bo@merge.example', title: 'CTO', company: 'Merge' })));
    const changed = await send(
      request(event({ email: 'BO@merge.example', title: 'CEO', company: '' }, 'lead.updated')),
    );
    expect(changed).toMatchObject({ status: 200, body: { created: false, changed: true } });
    expect(await leadOf('bo@merge.example')).toMatchObject({
      email: 'bo@merge.example',
      title: 'CEO',
      company: 'Merge',
    });
    const audited = await ctx.db.$count(audit);
    expect(await send(request(event({ email: 'bo@merge.example', title: 'CEO' })))).toMatchObject({
      status: 200,
      body: { created: false, changed: false },
    });
    expect(await ctx.db.$count(audit)).toBe(audited);
  });

  test('sent a hundred times over three days under one id is one lead', async () => {
    const body = event({ email: 'cy@replay.example', title: 'CTO' });
    const first = await send(request(body, { id: 'msg_replayed' }));
    expect(first).toMatchObject({ status: 202 });
    const after = await counts();
    for (let i = 1; i < 100; i++) {
      const later = { ...ctx, machine: { now: () => new Date(machineNow.getTime() + i * 2_600_000) } };
      const answer = await leadWebhook(later, { secrets: [newSecret] }).handle(
        request(body, { id: 'msg_replayed', at: later.machine.now() }),
      );
      expect([answer.status, answer.body]).toEqual([200, '{"duplicate":true}']);
    }
    expect(await counts()).toEqual(after);
  });

  test('sent twice at the same moment under one id is one lead', async () => {
    const asked = request(event({ email: 'dee@race.example' }), { id: 'msg_race' });
    const answers = await Promise.all([send(asked), send(asked)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 202]));
  });

  test('sent twice at the same moment under two ids is one lead', async () => {
    const answers = await Promise.all(
      ['a', 'b'].map((title) => send(request(event({ email: 'eli@race.example', title })))),
    );
    expect(new Set(answers.map(({ body }) => body['created']))).toEqual(new Set([false, true]));
  });

  test('is taken with either secret while they are rotated, and with several signatures in one header', async () => {
    expect((await send(request(event({ email: 'fay@rotate.example' }), { secret: oldSecret }))).status).toBe(202);
    expect((await send(request(event({ email: 'gil@rotate.example' }), { secret: newSecret }))).status).toBe(202);
    const asked = request(event({ email: 'hal@rotate.example' }));
    asked.headers['webhook-signature'] = `v1a,abc v1,${'A'.repeat(43)}= ${asked.headers['webhook-signature'] ?? ''}`;
    expect((await send(asked)).status).toBe(202);
  });

  test('of a person whose data was erased stays erased', async () => {
    const id = ctx.ids.id();
    await ctx.db.insert(leads).values({
      id,
      workspaceId: ctx.workspaceId,
      email: null,
      erasedAt: world.now,
      emailHash: addressHash(ctx.secrets.addressKey, 'ida@gone.example'),
      createdAt: world.now,
      updatedAt: world.now,
    });
    expect(await send(request(event({ email: 'ida@gone.example', first_name: 'Ida' })))).toEqual({
      status: 200,
      body: { lead_id: id, created: false, erased: true },
    });
    expect(await leadOf('ida@gone.example')).toMatchObject({ email: null, firstName: null });
  });

  const body = event({ email: 'eve@evil.example' });
  const at = (seconds: number) => new Date(Math.floor(machineNow.getTime() / 1000) * 1000 + seconds * 1000);
  test.for<[string, WebRequest]>([
    ['of a foreign secret', request(body, { secret: foreign })],
    ['over another body', request(body, { signed: event({ email: 'other@evil.example' }) })],
    ['301 seconds old', request(body, { at: at(-301) })],
    ['301 seconds ahead', request(body, { at: at(301) })],
    ['without an id', request(body, { headers: { 'webhook-id': '' } })],
    ['without a time', request(body, { headers: { 'webhook-timestamp': '' } })],
    ['without a signature', request(body, { headers: { 'webhook-signature': '' } })],
    ['for another id', request(body, { headers: { 'webhook-id': 'msg_other' } })],
    [
      'with something behind the time',
      request(body, { headers: { 'webhook-timestamp': `${Math.floor(machineNow.getTime() / 1000)}abc` } }),
    ],
    ['with the time NaN', request(body, { headers: { 'webhook-timestamp': 'NaN' } })],
    [
      'in the style of another provider',
      request(body, {
        headers: {
          'webhook-signature': '',
          'stripe-signature': 't=1773144000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd',
        },
      }),
    ],
    ['over bytes that are no text', request(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
  ])('a signature %s is refused without a word why', async ([, asked]) => {
    const before = await counts();
    expect(await send(asked)).toEqual({ status: 401, body: { error: 'unauthorized' } });
    expect(await counts()).toEqual(before);
  });

  test('300 seconds are near enough, both ways', async () => {
    expect((await send(request(event({ email: 'kim@time.example' }), { at: at(-300) }))).status).toBe(202);
    expect((await send(request(event({ email: 'lea@time.example' }), { at: at(300) }))).status).toBe(202);
  });

  test('no signature that differs in any place is accepted', async () => {
    const good = request(body);
    const signature = good.headers['webhook-signature'] ?? '';
    const before = await counts();
    for (let i = 0; i < 2000; i++) {
      const place = i % signature.length;
      const char = String.fromCharCode(33 + ((i * 7 + Math.floor(i / signature.length)) % 94));
      const changed =
        i % 3 === 0
          ? signature.slice(0, place) + signature.slice(place + 1)
          : i % 3 === 1
            ? signature.slice(0, place) + char + signature.slice(place)
            : signature.slice(0, place) + char + signature.slice(place + 1);
      if (changed.split(' ').includes(signature)) continue;
      expect([
        changed,
        (await send({ ...good, headers: { ...good.headers, 'webhook-signature': changed } })).status,
      ]).toEqual([changed, 401]);
    }
    expect(await counts()).toEqual(before);
  });

  test.for<[string, string, Array<Record<string, unknown>>]>([
    [
      'no JSON',
      '{',
      [{ field: '(body)', value: null, problem: 'is not JSON', remedy: 'send one JSON object with type and data' }],
    ],
    ['a list', '[]', [{ field: '(body)', problem: 'is not of the type object' }]],
    [
      'no address',
      event({ first_name: 'Ana' }),
      [{ field: 'data.email', value: null, problem: 'is missing', remedy: 'send the address as name@company.com' }],
    ],
    [
      'a bad address',
      event({ email: 'ana(at)acme' }),
      [
        {
          field: 'data.email',
          value: 'ana(at)acme',
          problem: 'has no single @',
          remedy: 'write it as name@company.com',
        },
      ],
    ],
    [
      'a line break in the address',
      event({ email: 'a@b.de\r\nBcc: c@d.de' }),
      [{ field: 'data.email', problem: 'has characters that cannot be seen' }],
    ],
    [
      'a field that leads do not have',
      event({ email: 'a@b.de', frist_name: 'Ana' }),
      [
        {
          field: 'data.frist_name',
          value: 'Ana',
          problem: 'is not a field of a lead',
          remedy: expect.stringContaining('first_name'),
        },
      ],
    ],
    ['a name that is a number', event({ email: 'a@b.de', first_name: 5 }), [{ field: 'data.first_name', value: 5 }]],
    [
      'another type',
      event({ email: 'a@b.de' }, 'lead.deleted'),
      [{ field: 'type', value: 'lead.deleted', problem: 'is not one of lead.created, lead.updated' }],
    ],
    ['a field within a field', event({ email: 'a@b.de', fields: { a: { b: 1 } } }), [{ field: 'data.fields.a' }]],
    [
      'too many fields',
      event({ email: 'a@b.de', fields: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, 1])) }),
      [{ field: 'data.fields', problem: 'has 101 members' }],
    ],
  ])('%s is answered with field, value and remedy', async ([, sent, problems]) => {
    const before = await counts();
    const { status, body: answer } = await send(request(sent));
    expect({ status, answer }).toMatchObject({ status: 422, answer: { error: 'invalid lead', problems } });
    expect(await counts()).toEqual(before);
  });

  test('what the database cannot hold, and names that mean something to programs, are only text', async () => {
    const sent =
      '{"type":"lead.created","data":{"email":"max@odd.example","first_name":"a\\u0000b\\ud800","fields":{"__proto__":"x","constructor":"y"}}}';
    expect((await send(request(sent))).status).toBe(202);
    expect(await leadOf('max@odd.example')).toMatchObject({ firstName: 'ab\ufffd' });
  });

  test('a value that is not taken is a warning, and the lead is', async () => {
    const { status, body: answer } = await send(request(event({ email: 'nic@zone.example', timezone: 'IST?' })));
    expect({ status, warnings: answer['warnings'] }).toEqual({
      status: 202,
      warnings: ['data.timezone: not a time zone such as Europe/Berlin; left empty'],
    });
  });

  test('more than 256 KB is refused before anything is looked at', async () => {
    expect((await send(request('x'.repeat(256 * 1024 + 1)))).status).toBe(413);
  });

  test('without a secret the door is shut', async () => {
    expect(await send(request(body), [])).toEqual({ status: 503, body: { error: 'not configured' } });
  });
});

test('a secret that is none stops the program without being shown', () => {
  const make = () => leadWebhook({} as Context, { secrets: [newSecret, 'not!base64'] });
  expect(make).toThrow('secret 2 of the lead webhook is not a Standard Webhooks secret');
  expect(make).not.toThrow('not!base64');
});
