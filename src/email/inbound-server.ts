import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MAX_MAIL_BYTES } from './read-inbound.ts';

/** What the engine does with mail, bound to its context by whoever starts the server. A throw means: not now, try again. */
export type MailVerbs = {
  /** Whether mail to this address is for us. */
  takesMailFor(recipient: string): Promise<boolean>;
  /** Resolves when all that follows from the mail is committed. `from` null: the null return path. */
  take(
    raw: Buffer,
    envelope: { from: string | null; to: string[] },
  ): Promise<{ ok: true } | { ok: false; problem: string }>;
};

export type InboundServerOptions = {
  verbs: MailVerbs;
  /** How it calls itself in its greeting. */
  name: string;
  log: {
    error(fields: Record<string, unknown>, message: string): void;
    warn(fields: Record<string, unknown>, message: string): void;
  };
  limits?: Partial<InboundLimits>;
};

export type InboundLimits = {
  bytes: number;
  clients: number;
  clientsOfOneAddress: number;
  recipients: number;
  /** Silence, milliseconds of machine time. */
  idleMs: number;
  /** One mail, from DATA to its last byte: for clients that trickle. */
  mailMs: number;
  /** One connection. */
  sessionMs: number;
};

export type InboundServer = {
  /** Resolves with the port, which differs from the one asked for when that is 0. */
  listen(port: number, host: string): Promise<number>;
  /** Takes no new mail and waits for what is being taken in, at most some seconds. */
  close(): Promise<void>;
};

const LIMITS: InboundLimits = {
  bytes: MAX_MAIL_BYTES,
  clients: 100,
  clientsOfOneAddress: 20,
  recipients: 50,
  idleMs: 60_000,
  mailMs: 300_000,
  sessionMs: 900_000,
};
const CLOSE_MS = 5_000;
const LOOPBACK = /^(?:127\.|::1$)/;
/** How far beyond the limit a client may go on sending before the line is cut. */
const PATIENCE = 2;

/**
 * The mail server that mail to our senders is delivered to, by the firm's own mail server or as their MX. It relays nothing:
 * other recipients are refused with 550. 250 means that the mail is committed; a failure of ours is 451, so that the other side
 * keeps the mail and tries again. No authentication, since mail comes from anybody, and no greeting that names a version.
 */
export function createInboundServer({ verbs, name, log, limits: given }: InboundServerOptions): InboundServer {
  const limits = { ...LIMITS, ...given };
  const lines = lineKeeper(limits, (session) => cut(server, session));
  const failed = (error: unknown, what: string): Error => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, what);
    return smtpError(451, 'Not now, please try again later');
  };
  const server: SMTPServer = new PromptServer({
    name,
    size: limits.bytes,
    maxClients: limits.clients,
    maxRecipients: limits.recipients,
    maxAllowedUnauthenticatedCommands: false,
    socketTimeout: limits.idleMs,
    closeTimeout: CLOSE_MS,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS', 'VRFY', 'HELP', 'WIZ', 'SHELL'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    logger: false,
    onConnect: (session, done) => done(lines.opened(session) ? null : smtpError(421, 'Too many connections from you')),
    onClose: lines.closed,
    onRcptTo: ({ address }, _session, done) => {
      verbs.takesMailFor(address).then(
        (ours) => done(ours ? null : smtpError(550, 'There is no such mailbox here')),
        (error: unknown) => done(failed(error, 'a recipient could not be looked up')),
      );
    },
    onData: (stream, session, done) => {
      receive(stream, session, verbs, limits, () => cut(server, session)).then(
        (refusal) => done(refusal, refusal === null ? 'Kept' : undefined),
        (error: unknown) => done(failed(error, 'a mail could not be taken in')),
      );
    },
  });
  // A client that is killed resets its connection; without a listener that would end the process.
  server.on('error', (error: Error) => log.warn({ error: error.message }, 'an inbound mail connection failed'));
  return { listen: (port, host) => listen(server, port, host), close: () => close(server) };
}

type LineKeeper = {
  /** False when this address holds its share already. */
  opened: (session: SMTPServerSession) => boolean;
  closed: (session: SMTPServerSession) => void;
};

/** Who holds how many lines, and since when: nobody holds one for ever. */
function lineKeeper(limits: InboundLimits, hangUp: (session: SMTPServerSession) => void): LineKeeper {
  const held = new Map<string, number>();
  const deadlines = new Map<string, NodeJS.Timeout>();
  return {
    opened: (session) => {
      deadlines.set(session.id, setTimeout(() => hangUp(session), limits.sessionMs).unref());
      const now = (held.get(session.remoteAddress) ?? 0) + 1;
      held.set(session.remoteAddress, now);
      return now <= limits.clientsOfOneAddress;
    },
    closed: ({ id, remoteAddress }) => {
      clearTimeout(deadlines.get(id));
      deadlines.delete(id);
      const now = (held.get(remoteAddress) ?? 1) - 1;
      if (now > 0) held.set(remoteAddress, now);
      else held.delete(remoteAddress);
    },
  };
}

type Connection = SMTPServer['connections'] extends Set<infer Each> ? Each : never;

/** The library waits 100 ms before it greets, to catch programs that talk first; a mail server on this machine is none of them. */
class PromptServer extends SMTPServer {
  override connect(...args: Parameters<SMTPServer['connect']>): void {
    const before = new Set(this.connections);
    super.connect(...args);
    for (const connection of this.connections)
      if (!before.has(connection) && LOOPBACK.test(connection.remoteAddress)) this.greetAtOnce(connection);
  }

  private greetAtOnce(connection: Connection): void {
    const ready = connection.connectionReady.bind(connection);
    let greeted = false;
    connection.connectionReady = (next) => {
      if (greeted || !this.connections.has(connection)) return;
      greeted = true;
      ready(next);
    };
    setImmediate(() => connection.connectionReady());
  }
}

/** Reads the mail and has it taken in; an error to answer with, or null for 250. */
async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  verbs: MailVerbs,
  limits: InboundLimits,
  hangUp: () => void,
): Promise<Error | null> {
  const deadline = setTimeout(hangUp, limits.mailMs);
  let chunks: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (stream.sizeExceeded) chunks = [];
      else chunks.push(chunk);
      if (stream.byteLength > PATIENCE * limits.bytes) hangUp();
    }
  } catch {
    // The client went away in the middle of its mail: nobody is left to answer, and it will come again.
    return smtpError(451, 'The mail did not arrive whole');
  } finally {
    clearTimeout(deadline);
  }
  if (stream.sizeExceeded) return smtpError(552, `The mail is larger than ${limits.bytes} bytes`);
  const raw = Buffer.concat(chunks);
  const { mailFrom, rcptTo } = session.envelope;
  const from = mailFrom === false || mailFrom.address === '' ? null : mailFrom.address;
  const taken = await verbs.take(raw, { from, to: rcptTo.map((to: SMTPServerAddress) => to.address) });
  return taken.ok ? null : smtpError(554, `The mail was refused: ${taken.problem}`);
}

function smtpError(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

/** The library has no way to end one connection: the one of this session is looked for. */
function cut(server: SMTPServer, { id }: SMTPServerSession): void {
  for (const connection of server.connections) if (connection.session.id === id) connection.close();
}

function listen(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      const address = server.server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
