import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { audit, decisions, leadEvents, leads, outcomes } from '../../src/db/schema.ts';
import { eventWebhook } from '../../src/web/event-webhook.ts';
import type { WebRequest } from '../../src/web/route.ts';
import { DAY, engineWorld, HOUR, MINUTE, oneMail } from '../engine/engine-world.ts';
import { engines } from '../support/database.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { machineNow, SECRET, secretOf, signedRequest, type Signed } from './signed-request.ts';

const body = (data: Record<string, unknown>, type = 'lead.event') => JSON.stringify({ type, data });
const request = (text: string, signed?: Signed) => signedRequest('/webhooks/events', text, signed);

describe.each(engines)('events by webhook on %s', (engine) => {
  const at = engineWorld(engine, { machine: { now: () => machineNow } });
  const send = async (asked: WebRequest, secrets: readonly string[] = [SECRET]) => {
    const answer = await eventWebhook(at.ctx, { secrets }).handle(asked);
    return { status: answer.status, body: JSON.parse(String(answer.body)) as Record<string, unknown> };
  };
  const events = () => at.ctx.db.select().from(leadEvents).where(eq(leadEvents.source, 'webhook:events'));
  /** A lead in a workflow whose draft waits for a verdict. */
  const waiting = () => at.pendingDecision(oneMail(), { email: 'lee@acme.example' });

  test('are kept, once a message and once an event', async () => {
    const decision = await waiting();
    const data = {
      email: 'LEE@acme.example',
      event: 'demo_booked',
      occurred_at: '2026-03-09T10:00:00+01:00',
      id: 'crm-1',
      properties: { plan: 'Pro', seats: 5, trial: true, gone: null },
    };
    const asked = request(body(data), { id: 'msg_same' });
    expect(await send(asked)).toEqual({
      status: 202,
      body: { lead_id: decision.leadId, recorded: true, workflows_ended: 0 },
    });
    expect(await events()).toMatchObject([
      {
        leadId: decision.leadId,
        type: 'demo_booked',
        payload: { plan: 'Pro', seats: '5', trial: 'true' },
        occurredAt: new Date('2026-03-09T09:00:00Z'),
      },
    ]);
    for (const again of [asked, request(body(data))])
      expect(await send(again)).toEqual({ status: 200, body: { lead_id: decision.leadId, duplicate: true } });
    expect((await send(request(body({ ...data, event: 'signed_in' })))).status).toBe(202);
    expect(await events()).toHaveLength(2);
    expect((await at.enrollmentOf(decision.leadId ?? '')).status).toBe('waiting');
  });

  test('sent twice at the same moment are one', async () => {
    await waiting();
    const asked = request(body({ email: 'lee@acme.example', event: 'converted' }), { id: 'msg_race' });
    const answers = await Promise.all([send(asked), send(asked), send(asked)]);
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '200', '202']);
    expect(await at.ctx.db.$count(outcomes)).toBe(1);
  });

  test('of nobody we know are told so, and taken when the lead is there', async () => {
    const asked = request(body({ email: 'new@acme.example', event: 'converted' }), { id: 'msg_early' });
    expect(await send(asked)).toEqual({
      status: 202,
      body: {
        recorded: false,
        unknown_lead: true,
        remedy: 'add the lead with POST /webhooks/leads, then send the event again',
      },
    });
    await at.pendingDecision(oneMail(), { email: 'new@acme.example' });
    expect((await send(asked)).body).toMatchObject({ recorded: true, workflows_ended: 1 });
  });

  test('of somebody whose data was erased are not kept', async () => {
    const decision = await waiting();
    await at.ctx.db
      .update(leads)
      .set({ email: null, erasedAt: at.world.now })
      .where(eq(leads.id, decision.leadId ?? ''));
    expect(await send(request(body({ email: 'lee@acme.example', event: 'converted' })))).toEqual({
      status: 200,
      body: { lead_id: decision.leadId, recorded: false, erased: true },
    });
    expect(await events()).toEqual([]);
  });

  describe('the goal', () => {
    test('withdraws what waits and ends the workflow at once', async () => {
      const decision = await waiting();
      expect((await send(request(body({ email: 'lee@acme.example', event: 'converted' })))).body).toMatchObject({
        workflows_ended: 1,
      });
      expect(await at.decision(decision.id)).toMatchObject({ status: 'withdrawn', settledReason: 'goal reached' });
      expect(await at.enrollmentOf(decision.leadId ?? '')).toMatchObject({
        status: 'exited',
        exitReason: 'goal reached',
      });
      expect(await at.ctx.db.select().from(outcomes)).toMatchObject([
        { type: 'converted', classification: 'human', messageId: null, reasons: ['no_mail_within_30_days'] },
      ]);
      expect(await at.decide(decision.id)).toMatchObject({ ok: false, refusal: { code: 'already_settled' } });
    });

    test('keeps an approved mail here', async () => {
      const message = await at.approvedMail(oneMail({ undo_window: '1h' }), { email: 'lee@acme.example' });
      await send(request(body({ email: 'lee@acme.example', event: 'converted' })));
      at.world.passTime(2 * HOUR);
      await at.world.drain();
      expect(await at.message(message.id)).toMatchObject({ status: 'cancelled', statusReason: 'goal reached' });
      expect(at.world.mails).toEqual([]);
    });

    test('is put down to the last mail that left within thirty days before it, and to none after it', async () => {
      const workflow = testWorkflow({ undo_window: '0s' });
      const message = await at.approvedMail(
        { ...workflow, steps: workflow.steps.filter((step) => step.id === 'first-mail') },
        { email: 'lee@acme.example' },
      );
      await at.world.drain();
      const sent = (await at.message(message.id)).sentAt ?? new Date(0);
      const converted = async (after: number) => {
        const occurred = new Date(sent.getTime() + after).toISOString();
        at.world.now = new Date(sent.getTime() + Math.max(after, 0));
        await send(request(body({ email: 'lee@acme.example', event: 'converted', occurred_at: occurred })));
        return (await at.ctx.db.select().from(outcomes).orderBy(outcomes.id)).at(-1)?.decisionId ?? null;
      };
      expect(await converted(-MINUTE)).toBeNull();
      expect(await converted(MINUTE)).toBe(message.decisionId);
      expect(await converted(30 * DAY)).toBe(message.decisionId);
      expect(await converted(31 * DAY)).toBeNull();
    });

    test('can be reached again, and ends nothing then', async () => {
      await waiting();
      await send(request(body({ email: 'lee@acme.example', event: 'converted', id: 'a' })));
      expect(
        (await send(request(body({ email: 'lee@acme.example', event: 'converted', id: 'b' })))).body,
      ).toMatchObject({
        recorded: true,
        workflows_ended: 0,
      });
      expect(await at.ctx.db.$count(outcomes)).toBe(2);
    });

    test('reached while Ana approves: the mail is not sent, whoever comes first', async () => {
      for (let i = 0; i < 6; i++) {
        const decision = await at.pendingDecision(oneMail(), { email: `race${i}@acme.example` });
        const acts = [
          () => at.decide(decision.id) as Promise<unknown>,
          () => send(request(body({ email: `race${i}@acme.example`, event: 'converted' }))) as Promise<unknown>,
        ];
        if (i % 2 === 1) acts.reverse();
        await Promise.all(acts.map((act) => act()));
      }
      await at.world.drain();
      expect(at.world.mails).toEqual([]);
      expect(await at.ctx.db.$count(decisions, eq(decisions.status, 'pending'))).toBe(0);
    });
  });

  const ok = { email: 'lee@acme.example', event: 'demo' };
  test.for<[string, string, Record<string, unknown>]>([
    ['no JSON', '{', { field: '(body)', problem: 'is not JSON' }],
    ['another type', body(ok, 'lead.created'), { field: 'type', value: 'lead.created', remedy: 'send lead.event' }],
    ['no address', body({ event: 'demo' }), { field: 'data.email', problem: 'is missing' }],
    ['a bad address', body({ ...ok, email: 'lee' }), { field: 'data.email', value: 'lee', problem: 'has no single @' }],
    ['no event', body({ email: 'a@b.de' }), { field: 'data.event', problem: 'is missing' }],
    ['an empty event', body({ ...ok, event: '' }), { field: 'data.event' }],
    [
      'a long event',
      body({ ...ok, event: 'e'.repeat(61) }),
      { field: 'data.event', problem: 'is longer than 60 characters' },
    ],
    [
      'an event of other signs',
      body({ ...ok, event: 'a\nb <script>' }),
      { field: 'data.event', problem: expect.stringContaining('letters') },
    ],
    [
      'a time without a zone',
      body({ ...ok, occurred_at: '2026-03-10T12:00:00' }),
      { field: 'data.occurred_at', problem: 'is not a time with a date and a zone' },
    ],
    ['a date that is none', body({ ...ok, occurred_at: '2026-13-40T12:00:00Z' }), { field: 'data.occurred_at' }],
    [
      'a time ahead',
      body({ ...ok, occurred_at: '2026-03-10T12:05:01Z' }),
      { field: 'data.occurred_at', problem: 'lies more than 5 minutes ahead' },
    ],
    [
      'a time long ago',
      body({ ...ok, occurred_at: '2024-03-10T11:59:59Z' }),
      { field: 'data.occurred_at', problem: 'lies more than 2 years back' },
    ],
    [
      'a long property',
      body({ ...ok, properties: { a: 'x'.repeat(301) } }),
      { field: 'data.properties.a', remedy: expect.stringContaining('at most 50 facts') },
    ],
    ['a property in a property', body({ ...ok, properties: { a: { b: 1 } } }), { field: 'data.properties.a' }],
    ['a property of a long name', body({ ...ok, properties: { ['n'.repeat(61)]: 1 } }), {}],
    [
      'many properties',
      body({ ...ok, properties: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, i])) }),
      { field: 'data.properties', problem: 'has 51 members' },
    ],
    [
      'a field that events do not have',
      body({ ...ok, name: 'Lee' }),
      { field: 'data.name', value: 'Lee', remedy: 'put anything else into data.properties' },
    ],
  ])('%s is answered with field, value, problem and remedy, and nothing is kept', async ([, sent, problem]) => {
    await waiting();
    const { status, body: answer } = await send(request(sent));
    expect({ status, answer }).toMatchObject({ status: 422, answer: { error: 'invalid event', problems: [problem] } });
    expect(await events()).toEqual([]);
  });

  test('at the edges of what is allowed are taken', async () => {
    await waiting();
    for (const change of [
      { occurred_at: '2026-03-10T12:05:00Z' },
      { occurred_at: '2024-03-10T12:00:00.000Z' },
      { event: 'Demo booked: v2.1/x', properties: { __proto__x: 'y', n: 'x'.repeat(300) } },
      { properties: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`p${i}`, i])) },
    ])
      expect((await send(request(body({ ...ok, ...change })))).status).toBe(202);
  });

  test('leave no name, address or value in the audit log', async () => {
    await waiting();
    await send(request(body({ ...ok, event: 'Karen booked', properties: { who: 'Karen Osei' } })));
    expect(JSON.stringify(await at.ctx.db.select().from(audit))).not.toMatch(/karen|lee@/i);
  });

  test('with what the database cannot hold are only text', async () => {
    await waiting();
    const evil = `{"type":"lead.event","data":{"email":"lee@acme.example","event":"demo","properties":{"__proto__":{"a":1}}}}`;
    expect([202, 422]).toContain((await send(request(evil))).status);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    await at.ctx.db.delete(leadEvents);
    const odd = `{"type":"lead.event","data":{"email":"lee@acme.example","event":"demo","id":"a\\u0000\\ud800","properties":{"constructor":"x\\u0000\\udfff"}}}`;
    expect((await send(request(odd))).status).toBe(202);
    expect(await events()).toMatchObject([{ payload: { constructor: 'x\ufffd' } }]);
  });

  test('that nobody signed are refused without a word why, and without a secret the door is shut', async () => {
    await waiting();
    const asked = request(body(ok), { secret: secretOf('the secret of somebody else.....') });
    expect(await send(asked)).toEqual({ status: 401, body: { error: 'unauthorized' } });
    expect(await send(request(body(ok)), [])).toEqual({ status: 503, body: { error: 'not configured' } });
    expect(await events()).toEqual([]);
  });
});
