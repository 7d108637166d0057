import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { leadEvents, leads, outcomes, suppressions } from '../../src/db/schema.ts';
import type { WebRequest } from '../../src/web/route.ts';
import { eventsApi } from '../../src/web/events-api.ts';
import { segmentApi } from '../../src/web/segment-api.ts';
import { engineWorld, MINUTE, oneMail } from '../engine/engine-world.ts';
import { machineNow, SECRET, signedRequest } from './signed-request.ts';

const KEY = 'write_key_of_at_least_24_characters';
const keys = { secrets: [SECRET], writeKeys: [KEY] };
const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

describe('the events API', () => {
  const at = engineWorld('pglite', { machine: { now: () => machineNow } });
  const call = async (path: string, body: unknown, headers: Record<string, string> = basic(KEY)) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request: WebRequest = {
      method: 'POST',
      path,
      params: {},
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(text),
      remoteAddress: '127.0.0.1',
    };
    return send(path, request);
  };
  const send = async (path: string, request: WebRequest, given = keys) => {
    const route = [...eventsApi(at.ctx, given), ...segmentApi(at.ctx, given)].find((each) => each.path === path);
    if (!route) throw new Error(`there is no ${path}`);
    const answer = await route.handle(request);
    return { status: answer.status, body: JSON.parse(String(answer.body)) as Record<string, unknown> };
  };
  const events = () => at.ctx.db.select().from(leadEvents);
  const lead = async (email: string) => {
    const [found] = await at.ctx.db.select().from(leads).where(eq(leads.email, email));
    return found ?? null;
  };

  test('takes one event, and the same one once: by its id, by the request’s key, by its content', async () => {
    const { leadId } = await at.pendingDecision(oneMail(), { email: 'lee@acme.example' });
    const event = { email: 'LEE@acme.example', event: 'demo_booked', properties: { seats: 5 } };
    const once = async (body: unknown, headers?: Record<string, string>) =>
      (await call('/events', body, headers)).body['result'];
    expect(await call('/events', { ...event, id: 'e1' })).toEqual({
      status: 202,
      body: { result: 'recorded', lead_id: leadId, workflows_ended: 0 },
    });
    expect(await once({ ...event, id: 'e1' })).toBe('duplicate');
    const key = { ...basic(KEY), 'idempotency-key': 'k1' };
    expect([await once(event, key), await once({ ...event, event: 'other' }, key)]).toEqual(['recorded', 'duplicate']);
    const signedUp = { ...event, event: 'signed_up', occurred_at: '2026-03-10T11:00:00Z' };
    expect([await once(signedUp), await once(signedUp)]).toEqual(['recorded', 'duplicate']);
    expect(await events()).toHaveLength(3);
  });

  test('takes a batch with one result an event: a wrong one keeps no other back, and all again change nothing', async () => {
    await at.pendingDecision(oneMail(), { email: 'lee@acme.example' });
    const batch = {
      events: [
        { email: 'lee@acme.example', event: 'opened_app', id: '1' },
        { email: 'no address', event: 'opened_app' },
        { email: 'nobody@acme.example', event: 'opened_app' },
        { email: 'lee@acme.example', event: 'opened_app', id: '1' },
        { email: 'lee@acme.example', event: 'converted', id: '2', colour: 'red' },
      ],
    };
    const { status, body } = await call('/events/batch', batch);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      recorded: 1,
      failed: 2,
      results: [
        { index: 0, result: 'recorded' },
        { index: 1, result: 'invalid', problems: [{ field: 'events.1.email' }] },
        { index: 2, result: 'unknown_lead' },
        { index: 3, result: 'duplicate' },
        { index: 4, result: 'invalid', problems: [{ field: 'events.4.colour' }] },
      ],
    });
    expect((await call('/events/batch', batch)).body).toMatchObject({ recorded: 0 });
    expect(await events()).toHaveLength(1);
  });

  test('ends every workflow at the goal, at once', async () => {
    const decision = await at.pendingDecision(oneMail(), { email: 'lee@acme.example' });
    expect((await call('/events', { email: 'lee@acme.example', event: 'converted' })).body).toMatchObject({
      workflows_ended: 1,
    });
    expect((await at.decision(decision.id)).status).toBe('withdrawn');
    expect(await at.ctx.db.$count(outcomes)).toBe(1);
  });

  test.for([
    ['nobody', {}, 401],
    ['a wrong key', basic('write_key_of_at_least_24_charactersX'), 401],
    ['an empty key', basic(''), 401],
    ['a key as Bearer', { authorization: `Bearer ${KEY}` }, 202],
  ] as Array<[string, Record<string, string>, number]>)('answers %s with %o: %s', async ([, headers, status]) => {
    expect((await call('/events', { email: 'a@b.example', event: 'x' }, headers)).status).toBe(status);
  });

  test('takes signed requests, is shut without any key, and refuses what is no JSON, too long or too many', async () => {
    const signed = signedRequest('/events', JSON.stringify({ email: 'a@b.example', event: 'x' }));
    expect((await send('/events', signed)).status).toBe(202);
    expect((await send('/events', signed, { secrets: [], writeKeys: [] })).status).toBe(503);
    expect((await call('/events', '{')).status).toBe(400);
    expect((await call('/events', { email: 'x'.repeat(40_000) })).status).toBe(413);
    const many = { events: Array.from({ length: 501 }, () => ({})) };
    expect((await call('/events/batch', many)).body).toMatchObject({ problems: [{ problem: 'has 501 members' }] });
    expect((await call('/events', { email: 'a@b.example', event: 'x', properties: { '<b>': 1 } })).status).toBe(422);
  });

  test('identify makes a lead from traits as Segment and HubSpot name them, and merges it later', async () => {
    const identify = {
      userId: 'u-17',
      messageId: 'm1',
      traits: {
        email: 'Pia@Acme.example',
        firstname: 'Pia',
        lastName: 'Roth',
        jobtitle: 'CTO',
        company: { name: 'Acme', employees: 40 },
        address: { country: 'DE', city: 'Ulm' },
        hs_language: 'de',
        createdate: 1_772_000_000_000,
        plan: 'pro',
      },
      context: { timezone: 'Europe/Berlin', locale: 'fr-FR' },
    };
    expect(await call('/v1/identify', identify)).toMatchObject({
      status: 200,
      body: { success: true, result: 'created' },
    });
    expect((await call('/v1/identify', identify)).body).toMatchObject({ result: 'duplicate' });
    expect(await lead('Pia@acme.example')).toMatchObject({
      firstName: 'Pia',
      lastName: 'Roth',
      company: 'Acme',
      title: 'CTO',
      country: 'DE',
      language: 'de',
      timezone: 'Europe/Berlin',
      fields: { 'company.employees': '40', 'address.city': 'Ulm', plan: 'pro', user_id: 'u-17' },
      valueSources: { '*': { by: 'identify' } },
    });
    at.world.passTime(MINUTE);
    const later = { userId: 'u-17', traits: { email: 'pia@acme.example', title: 'CEO', company: '' } };
    expect((await call('/v1/identify', later)).body).toMatchObject({ result: 'merged' });
    expect(await lead('Pia@acme.example')).toMatchObject({ title: 'CEO', company: 'Acme' });
  });

  test('track finds the person by the id that identify told, and says when it finds nobody', async () => {
    await call('/v1/identify', { userId: 'u-18', traits: { email: 'quy@acme.example' } });
    const track = { userId: 'u-18', event: 'Trial Started', messageId: 't1', properties: { plan: { name: 'Pro' } } };
    expect((await call('/v1/track', track)).body).toMatchObject({ result: 'recorded' });
    expect((await call('/v1/track', track)).body).toMatchObject({ result: 'duplicate' });
    expect(await events()).toMatchObject([{ type: 'trial_started', payload: { 'plan.name': 'Pro' } }]);
    expect((await call('/v1/track', { ...track, userId: 'nobody', messageId: 't2' })).body).toMatchObject({
      success: true,
      result: 'unknown_lead',
    });
    const anonymous = { anonymousId: 'a', event: 'Trial Started' };
    expect(await call('/v1/track', anonymous)).toMatchObject({
      status: 422,
      body: { problems: [{ field: 'userId' }] },
    });
  });

  test('a batch of calls has one result a call; calls about pages are left alone', async () => {
    const { status, body } = await call('/v1/batch', {
      batch: [
        { type: 'identify', userId: 'rae@acme.example', traits: { name: 'Rae Ann Fox' } },
        { type: 'page', userId: 'rae@acme.example' },
        { type: 'track', userId: 'rae@acme.example', event: 'Signed Up' },
        { type: 'trck' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: false,
      results: [
        { result: 'created' },
        { result: 'ignored' },
        { result: 'recorded' },
        { problems: [{ field: 'batch.3.type' }] },
      ],
    });
    expect(await lead('rae@acme.example')).toMatchObject({ firstName: 'Rae', lastName: 'Ann Fox' });
  });

  test('a trait that says no mail suppresses the address and ends what runs', async () => {
    const decision = await at.pendingDecision(oneMail(), { email: 'sol@acme.example' });
    await call('/v1/identify', { traits: { email: 'sol@acme.example', hs_email_optout: true } });
    expect(await at.ctx.db.$count(suppressions)).toBe(1);
    expect((await at.decision(decision.id)).status).toBe('withdrawn');
  });
});
