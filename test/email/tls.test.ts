import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { createMailTransport } from '../../src/email/transport.ts';
import { DATE, MESSAGE_ID, sampleMail } from './sample-mail.ts';

const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Its certificate is the library's own, which nobody vouches for. */
async function listen(options: SMTPServerOptions): Promise<{ port: number; secured: boolean[] }> {
  const secured: boolean[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onMailFrom: (_address, session, done) => {
      secured.push(session.secure);
      done();
    },
    ...options,
  });
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return { port: (server.server.address() as AddressInfo).port, secured };
}

const ACCEPT: SMTPServerOptions = { onData: (stream, _session, done) => stream.on('end', () => done()).resume() };

/** 0.0.0.0 reaches this machine and is not its loopback address, so it is treated like any server elsewhere. */
const ELSEWHERE = '0.0.0.0';
const name = 'acme.example';

test('a server elsewhere that offers no TLS gets nothing', async () => {
  const { port } = await listen({ disabledCommands: ['STARTTLS'] });
  expect(await createMailTransport({ url: `smtp://${ELSEWHERE}:${port}`, name }).open()).toMatchObject({
    ok: false,
    retryable: false,
  });
});

test('a server elsewhere with a certificate nobody vouches for gets nothing, and a person is needed', async () => {
  const { port } = await listen({});
  expect(await createMailTransport({ url: `smtp://${ELSEWHERE}:${port}`, name }).open()).toMatchObject({
    ok: false,
    retryable: false,
  });
  const { port: smtps } = await listen({ secure: true });
  expect(await createMailTransport({ url: `smtps://${ELSEWHERE}:${smtps}`, name }).open()).toMatchObject({
    ok: false,
    retryable: false,
  });
});

test('when that is allowed, what encryption there is gets used', async () => {
  const { port, secured } = await listen(ACCEPT);
  const opened = await createMailTransport({ url: `smtp://${ELSEWHERE}:${port}`, name, allowInsecure: true }).open();
  if (!opened.ok) throw new Error(opened.detail);
  expect((await opened.session.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('sent');
  opened.session.close();
  expect(secured).toEqual([true]);
});

test('a server on this machine needs no TLS', async () => {
  const { port, secured } = await listen(ACCEPT);
  const opened = await createMailTransport({ url: `smtp://127.0.0.1:${port}`, name }).open();
  if (!opened.ok) throw new Error(opened.detail);
  expect((await opened.session.send(sampleMail(), MESSAGE_ID, DATE)).type).toBe('sent');
  opened.session.close();
  expect(secured).toEqual([false]);
});
