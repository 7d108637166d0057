import { createHmac } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createTransport } from 'nodemailer';
import { leadEvents, type messages, outcomes, suppressions } from '../../src/db/schema.ts';
import { listenForMail } from '../../src/inbound-listener.ts';
import { inboundMailWebhook } from '../../src/web/inbound-mail.ts';
import type { WebRequest } from '../../src/web/route.ts';
import { createWebServer } from '../../src/web/server.ts';
import { LEAD, postfixBounce, reply, US } from '../email/inbound-samples.ts';
import { engineWorld, oneMail } from '../engine/engine-world.ts';
import { engines } from '../support/database.ts';
import { machineNow, SECRET, secretOf, signedRequest } from './signed-request.ts';

type Message = typeof messages.$inferSelect;
const PLAIN = { 'content-type': 'message/rfc822' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

describe.each(engines)('inbound mail on %s', (engine) => {
  const at = engineWorld(engine, { machine: { now: () => machineNow } });
  const sent = async (): Promise<Message> => {
    const { id } = await at.approvedMail(oneMail(), { email: LEAD, firstName: 'Karen' });
    await at.world.drain();
    return at.message(id);
  };

  describe('by webhook', () => {
    const send = async (asked: WebRequest, secrets: readonly string[] = [SECRET]) => {
      const answer = await inboundMailWebhook(at.ctx, { secrets }).handle(asked);
      return { status: answer.status, body: JSON.parse(String(answer.body)) as Record<string, unknown> };
    };
    const request = (body: string | Buffer, headers: Record<string, string> = PLAIN, query = '') =>
      signedRequest('/webhooks/inbound-mail', body, { headers, query });
    const json = (body: unknown) => request(JSON.stringify(body), JSON_TYPE);
    const answer = (message: Message) => reply({ answers: message.messageIdHeader });

    test('is taken as it came, with the envelope in the address or in headers', async () => {
      const message = await sent();
      const raw = answer(message);
      expect(await send(request(raw, PLAIN, `from=${LEAD}&to=${US}`))).toEqual({
        status: 202,
        body: { kind: 'human', matched: true, opted_out: false },
      });
      expect(await send(request(raw, { ...PLAIN, 'x-envelope-from': LEAD, 'x-envelope-to': US }))).toEqual({
        status: 200,
        body: { duplicate: true },
      });
    });

    test('is taken as JSON, also where its bytes are no UTF-8', async () => {
      const message = await sent();
      const raw = Buffer.from(
        answer(message).toString().replace('charset=utf-8', 'charset=iso-8859-1').replace('yes,', 'j\xe4,'),
        'latin1',
      );
      const envelope = { from: LEAD, to: [US] };
      expect((await send(json({ raw: raw.toString('base64'), envelope }))).body).toMatchObject({ matched: true });
      const [event] = await at.ctx.db.select().from(leadEvents).where(eq(leadEvents.source, 'mail'));
      expect(event?.payload['text']).toContain('jä, let us talk');
    });

    test('of bytes that are no UTF-8 can be signed over its bytes', async () => {
      const message = await sent();
      const raw = Buffer.from(answer(message).toString().replace('yes,', 'j\xe4,'), 'latin1');
      const asked = request(raw);
      const timestamp = asked.headers['webhook-timestamp'] ?? '';
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
      const mac = createHmac('sha256', key).update(`msg_bytes.${timestamp}.`).update(raw).digest('base64');
      const headers = { ...asked.headers, 'webhook-id': 'msg_bytes', 'webhook-signature': `v1,${mac}` };
      expect((await send({ ...asked, headers })).status).toBe(202);
    });

    test('without a word on its envelope is not taken for a program’s, with an empty return path it is', async () => {
      const message = await sent();
      expect((await send(json({ raw: answer(message).toString('base64') }))).body).toMatchObject({ kind: 'human' });
      for (const from of ['', '<>'])
        expect((await send(json({ raw: answer(message).toString('base64'), envelope: { from } }))).body).toMatchObject({
          kind: 'automatic',
        });
    });

    test('with base64 in lines is read', async () => {
      const message = await sent();
      const lines = answer(message).toString('base64').replace(/.{76}/g, '$&\r\n');
      expect((await send(json({ raw: lines }))).body).toMatchObject({ matched: true });
    });

    test.for<[string, () => WebRequest, number, string]>([
      ['nothing', () => request(''), 422, 'no headers'],
      ['no mail', () => request('hello'), 422, 'no headers'],
      ['no JSON', () => request('{', JSON_TYPE), 422, 'not JSON'],
      ['JSON of another shape', () => json({ mail: 'x' }), 422, 'raw: base64'],
      ['no base64', () => json({ raw: 'ä!!' }), 422, 'not base64'],
      [
        'another type',
        () => request('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'send message/rfc822',
      ],
      ['no type', () => request('From: a@b.de\r\n\r\nHello', {}), 415, 'send message/rfc822'],
      ['more than ten megabytes', () => request(Buffer.alloc(10 * 1024 * 1024 + 1, 'a')), 422, 'larger than'],
      ['far more', () => request(Buffer.alloc(15 * 1024 * 1024, 'a')), 413, 'at most'],
    ])('%s is refused with a word why', async ([, asked, status, says]) => {
      const refused = await send(asked());
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([status, expect.stringContaining(says)]);
    });

    test('ten megabytes as JSON fit', async () => {
      const message = await sent();
      const raw = Buffer.concat([answer(message), Buffer.alloc(10 * 1024 * 1024 - 2_000, '\r\n')]);
      expect((await send(json({ raw: raw.toString('base64') }))).status).toBe(202);
    });

    test('that nobody signed, or the secret of leads did, is refused, and without a secret the door is shut', async () => {
      const message = await sent();
      const foreign = signedRequest('/webhooks/inbound-mail', answer(message), {
        headers: PLAIN,
        secret: secretOf('the secret of somebody else.....'),
      });
      expect(await send(foreign)).toEqual({ status: 401, body: { error: 'unauthorized' } });
      const changed = request(answer(message));
      expect((await send({ ...changed, body: Buffer.from('From: a@b.de\r\n\r\nEvil') })).status).toBe(401);
      expect((await send(request(answer(message)), [])).status).toBe(503);
      expect(await at.ctx.db.$count(outcomes)).toBe(0);
    });

    test('comes through the web server as bytes', async () => {
      const message = await sent();
      const web = createWebServer({
        routes: [inboundMailWebhook(at.ctx, { secrets: [SECRET] })],
        machine: { now: () => machineNow },
        log: { error() {} },
      });
      const port = await web.listen(0, '127.0.0.1');
      const asked = request(answer(message));
      const answered = await fetch(`http://127.0.0.1:${port}/webhooks/inbound-mail?from=${LEAD}`, {
        method: 'POST',
        headers: asked.headers,
        body: new Uint8Array(asked.body),
      });
      expect([answered.status, await answered.json()]).toMatchObject([202, { matched: true }]);
      await web.close(100);
    });
  });

  describe('by SMTP', () => {
    const handIn = async (raw: Buffer, from = LEAD, to = US): Promise<string> => {
      const door = await listenForMail(at.ctx, { smtp: { host: '127.0.0.1', port: 0 } });
      if (door === null) throw new Error('the door is shut');
      const transport = createTransport({ url: door.url, ignoreTLS: true });
      try {
        const { response } = await transport.sendMail({ envelope: { from, to }, raw });
        return response;
      } catch (error) {
        return String((error as { response?: string }).response);
      } finally {
        transport.close();
        await door.close();
      }
    };

    test('an answer ends the workflow, a bounce suppresses, strangers are refused', async () => {
      const message = await sent();
      expect(await handIn(reply({ answers: message.messageIdHeader }))).toMatch(/^250 /);
      expect(await at.ctx.db.select().from(outcomes)).toMatchObject([{ type: 'replied', classification: 'human' }]);
      const bounce = postfixBounce({ status: '5.1.1', diagnostic: '550 5.1.1 User unknown' });
      const ours = Buffer.from(
        bounce
          .toString()
          .replaceAll('<01958000-0000-7000-8000-00000000000a@fieldlark.example>', message.messageIdHeader),
      );
      expect(await handIn(ours, '')).toMatch(/^250 /);
      expect(await at.ctx.db.select().from(suppressions)).toMatchObject([{ reason: 'bounced' }]);
      expect(await handIn(reply(), LEAD, 'nobody@fieldlark.example')).toMatch(/^550 /);
      expect(await handIn(reply(), LEAD, 'nora+anything@fieldlark.example')).toMatch(/^250 /);
    });

    test('a mail to a sender of an earlier version of a workflow is taken', async () => {
      await sent();
      const { sender } = oneMail();
      await at.pendingDecision(oneMail({ sender: { ...sender, email: 'new@fieldlark.example', reply_to: undefined } }));
      expect(await handIn(reply(), LEAD, 'new@fieldlark.example')).toMatch(/^250 /);
      expect(await handIn(reply(), LEAD, US)).toMatch(/^250 /);
    });

    test('while the database fails the other side is asked to come again, and then it is taken', async () => {
      const message = await sent();
      const raw = reply({ answers: message.messageIdHeader });
      const real = at.ctx.db.transaction.bind(at.ctx.db);
      at.ctx.db.transaction = () => Promise.reject(new Error('connection refused'));
      expect(await handIn(raw)).toMatch(/^451 /);
      at.ctx.db.transaction = real;
      expect(await handIn(raw)).toMatch(/^250 /);
      expect(await at.ctx.db.$count(outcomes)).toBe(1);
    });

    test('is off where no port is set', async () => {
      expect(await listenForMail(at.ctx, {})).toBeNull();
    });
  });
});
