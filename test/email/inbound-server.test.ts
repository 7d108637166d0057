import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createInboundServer,
  type InboundLimits,
  type InboundServer,
  type MailVerbs,
} from '../../src/email/inbound-server.ts';

const OURS = 'nora@fieldlark.example';

type Taken = { raw: Buffer; envelope: { from: string | null; to: string[] } };
type Door = { port: number; taken: Taken[]; errors: string[]; server: InboundServer };

let open: Door | null = null;
afterEach(async () => {
  await open?.server.close();
  open = null;
});

async function door(verbs: Partial<MailVerbs> = {}, limits: Partial<InboundLimits> = {}): Promise<Door> {
  const taken: Taken[] = [];
  const errors: string[] = [];
  const server = createInboundServer({
    name: 'mail.fieldlark.example',
    limits,
    log: { error: (_fields, message) => errors.push(message), warn: () => undefined },
    verbs: {
      takesMailFor: async (recipient) => /^nora(?:\+[^@]*)?@fieldlark\.example$/i.test(recipient),
      take: async (raw, envelope) => {
        taken.push({ raw, envelope });
        return { ok: true };
      },
      ...verbs,
    },
  });
  open = { port: await server.listen(0, '127.0.0.1'), taken, errors, server };
  return open;
}

/** Hands a mail in as another mail server does; the answer it got. */
async function handIn(
  { port }: Door,
  mail: { from?: string; to?: string | string[]; raw?: string | Buffer } = {},
): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, name: 'mx.acme.example', ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({
      envelope: { from: mail.from ?? 'karen@acme.example', to: mail.to ?? OURS },
      raw: mail.raw ?? 'Subject: hi\r\n\r\nHello\r\n',
    });
    return response;
  } catch (error) {
    return String((error as { response?: string }).response);
  } finally {
    transport.close();
  }
}

/** A conversation by hand: each line is said once the last was answered. Ends with what the server said. */
function talk(port: number, lines: Array<string | Buffer>): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    let next = 0;
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
      if (!/(?:^|\n)\d{3} [^\n]*\n$/.test(heard)) return;
      const line = lines[next++];
      if (line === undefined) socket.end();
      else socket.write(typeof line === 'string' ? `${line}\r\n` : line);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

describe('the inbound mail server', () => {
  test('takes mail to our senders, with or without a plus sign, and from programs', async () => {
    const at = await door();
    expect(await handIn(at)).toMatch(/^250 /);
    expect(await handIn(at, { to: ['nora+abc@fieldlark.example', OURS], from: '' })).toMatch(/^250 /);
    expect(at.taken.map(({ envelope }) => envelope)).toEqual([
      { from: 'karen@acme.example', to: [OURS] },
      { from: null, to: ['nora+abc@fieldlark.example', OURS] },
    ]);
    expect(at.taken[0]?.raw.toString()).toBe('Subject: hi\r\n\r\nHello\r\n');
  });

  test('refuses everybody else and relays nothing', async () => {
    const at = await door();
    for (const to of ['ana@fieldlark.example', 'victim@elsewhere.example', 'nora%elsewhere.example@fieldlark.example'])
      expect(await handIn(at, { to })).toMatch(/^550 /);
    expect(at.taken).toEqual([]);
  });

  test('greets without a version, offers neither login nor TLS, tells no secrets', async () => {
    const { port } = await door();
    const said = await talk(port, ['EHLO x', 'VRFY nora', 'HELP', 'AUTH PLAIN AGEAYg==', 'STARTTLS', 'SHELL', 'QUIT']);
    expect(said).toMatch(/^220 mail\.fieldlark\.example ESMTP\r\n/);
    expect(said).not.toMatch(/nodemailer|smtp-server|\d+\.\d+\.\d+.*(?:node|version)|AUTH|250[- ]STARTTLS/i);
    expect(said.match(/^5\d\d .*$/gm)).toHaveLength(5);
  });

  test('says 250 only when the mail is kept', async () => {
    let keep = (): void => undefined;
    const kept = new Promise<void>((resolve) => (keep = resolve));
    let reached = (): void => undefined;
    const began = new Promise<void>((resolve) => (reached = resolve));
    const at = await door({
      take: async () => {
        reached();
        await kept;
        return { ok: true };
      },
    });
    let answered = false;
    const answer = handIn(at).then((text) => {
      answered = true;
      return text;
    });
    await began;
    expect(answered).toBe(false);
    keep();
    expect(await answer).toMatch(/^250 /);
  });

  test('asks to try again later when we fail, in words that tell nothing', async () => {
    const failing = async (): Promise<never> => {
      throw new Error('relation "leads" does not exist');
    };
    const lookup = await door({ takesMailFor: failing });
    expect(await handIn(lookup)).toMatch(/^451 .*try again later$/);
    expect(lookup.errors).toHaveLength(1);
    await lookup.server.close();
    const keeping = await door({ take: failing });
    expect(await handIn(keeping)).toMatch(/^451 .*try again later$/);
  });

  test('says why it cannot read a mail, once and for all', async () => {
    const at = await door({ take: async () => ({ ok: false, problem: 'it has no headers: it is no mail' }) });
    expect(await handIn(at)).toMatch(/^554 .*it has no headers/);
  });

  test('refuses a mail that is too large, announced or not, and keeps nothing of it', async () => {
    const at = await door({}, { bytes: 1024 * 1024 });
    const raw = Buffer.alloc(1536 * 1024, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n');
    expect(await handIn(at, { raw })).toMatch(/^552 /);
    const said = await talk(at.port, ['EHLO x', 'MAIL FROM:<karen@acme.example> SIZE=5000000']);
    expect(said).toMatch(/^552 /m);
    expect(at.taken).toEqual([]);
  });

  test('cuts the line when somebody sends on and on', async () => {
    const at = await door({}, { bytes: 64 * 1024 });
    const line = Buffer.alloc(1024 * 1024, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n');
    const ended = await new Promise<boolean>((resolve) => {
      const socket = connect(at.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(true));
      socket.write('EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<nora@fieldlark.example>\r\nDATA\r\n');
      const more = (): void => {
        if (!socket.destroyed) socket.write(line, () => setImmediate(more));
      };
      socket.once('data', more);
    });
    expect(ended).toBe(true);
    expect(at.taken).toEqual([]);
  });

  test('keeps nothing of a mail whose sender went away in the middle', async () => {
    const at = await door();
    await new Promise<void>((resolve) => {
      const socket = connect(at.port, '127.0.0.1');
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk.toString();
        if (/^354/m.test(said)) socket.write('Subject: half\r\n\r\nHello', () => socket.destroy());
      });
      socket.write('EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<nora@fieldlark.example>\r\nDATA\r\n');
      socket.on('close', () => resolve());
    });
    expect(await handIn(at)).toMatch(/^250 /);
    expect(at.taken).toHaveLength(1);
    expect(at.errors).toEqual([]);
  });

  test('reads commands only where they belong: a dot in an odd place ends no mail', async () => {
    const at = await door();
    const smuggled =
      'Subject: x\r\n\r\nHello\n.\nMAIL FROM:<evil@else.example>\nRCPT TO:<nora@fieldlark.example>\nDATA\nSubject: second\n\nEvil\r\n';
    const said = await talk(at.port, [
      'EHLO x',
      'MAIL FROM:<a@b.example>',
      `RCPT TO:<${OURS}>`,
      'DATA',
      `${smuggled}.`,
      'QUIT',
    ]);
    expect(said.match(/^354/gm)).toHaveLength(1);
    expect(at.taken).toHaveLength(1);
    expect(at.taken[0]?.raw.toString()).toContain('Subject: second');
  });

  test('refuses a command that would break out of its line, and many recipients', async () => {
    const at = await door({}, { recipients: 2 });
    const said = await talk(at.port, [
      'EHLO x\0y',
      'EHLO x',
      'MAIL FROM:<a@b.example\0>',
      'MAIL FROM:<a@b.example>',
      `RCPT TO:<${OURS}>`,
      'RCPT TO:<nora+a@fieldlark.example>',
      'RCPT TO:<nora+b@fieldlark.example>',
    ]);
    expect(said.match(/^5\d\d/gm)?.length).toBeGreaterThanOrEqual(1);
    expect(said.trimEnd().split('\r\n').at(-1)).toMatch(/^452 /);
  });

  test('lets one address hold no more than its share of connections', async () => {
    const at = await door({}, { clientsOfOneAddress: 2 });
    const held = [connect(at.port, '127.0.0.1'), connect(at.port, '127.0.0.1')];
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    expect(await talk(at.port, [])).toMatch(/^421 /);
    await Promise.all(
      held.map((socket) => {
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.end('QUIT\r\n');
        socket.resume();
        return closed;
      }),
    );
    // The share is given back when the server has seen them go.
    let said = '';
    while (!said.startsWith('220')) said = await talk(at.port, []);
    expect(said).toMatch(/^220 /);
  });

  test('ends a connection that says nothing, and one that talks for ever', async () => {
    const silent = await door({}, { idleMs: 50 });
    expect(await talk(silent.port, ['EHLO x', Buffer.from('MAIL')])).toContain('421');
    await silent.server.close();
    const endless = await door({}, { sessionMs: 50 });
    const said = await talk(
      endless.port,
      Array.from({ length: 100_000 }, () => 'NOOP'),
    );
    expect(said.match(/\n250/g)?.length ?? 0).toBeLessThan(100_000);
  });

  test('a port that is taken is told', async () => {
    const at = await door();
    const second = createInboundServer({
      name: 'x',
      verbs: { takesMailFor: async () => true, take: async () => ({ ok: true }) },
      log: { error() {}, warn() {} },
    });
    await expect(second.listen(at.port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
