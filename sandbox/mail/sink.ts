import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { MailFault, Phase } from './faults.ts';

type Connection = SMTPServer['connections'] extends Set<infer Each> ? Each : never;

/** What the sink tells its owner, and asks of it. */
export type SinkOwner = {
  note(event: 'connect' | 'ehlo' | 'mail_from' | 'rcpt_to' | 'data' | 'close' | 'error', detail: string): void;
  keep(raw: Buffer, session: SMTPServerSession): Promise<void>;
  takeFault(phase: Phase): MailFault | null;
};

export type Sink = { server: SMTPServer; close(): Promise<void> };

const LARGEST_MAIL = 10 * 1024 * 1024;

/** The server itself: every phase asks for a fault first and goes on when there is none. */
export function createSink(owner: SinkOwner): Sink {
  const stalled = new Set<NodeJS.Timeout>();
  const pass: Pass = (phase, connection, proceed, refuse) =>
    meet(owner.takeFault(phase), stalled, connection, proceed, refuse);
  const server = new FaultyServer(
    {
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      size: LARGEST_MAIL,
      banner: 'sandbox mail server, keeps everything and delivers nothing',
      onConnect: (session, done) => {
        owner.note('connect', session.remoteAddress);
        pass('connect', connectionOf(server, session), done, (fault) => done(smtpError(fault.code, fault.text)));
      },
      onMailFrom: (address, session, done) => {
        owner.note('mail_from', address.address);
        pass('mail', connectionOf(server, session), done, (fault) => done(smtpError(fault.code, fault.text)));
      },
      onRcptTo: (address, session, done) => {
        owner.note('rcpt_to', address.address);
        pass('rcpt', connectionOf(server, session), done, (fault) => done(smtpError(fault.code, fault.text)));
      },
      onData: (stream, session, done) => {
        receive(owner, server, stalled, stream, session).then(
          (refused) => done(refused),
          // The client went away in mid-message: nobody is left to answer.
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
      },
      onClose: (session) => owner.note('close', session.id),
    },
    owner,
    pass,
  );
  // A client that is killed resets its connection; without a listener that would end the process.
  server.on('error', (error: Error) => owner.note('error', error.message));
  return { server, close: () => close(server, stalled) };
}

type CodeFault = Extract<MailFault, { kind: 'code' }>;
type Pass = (
  phase: Phase,
  connection: Connection | undefined,
  proceed: () => void,
  refuse: (fault: CodeFault) => void,
) => void;

function meet(
  fault: MailFault | null,
  stalled: Set<NodeJS.Timeout>,
  connection: Connection | undefined,
  proceed: () => void,
  refuse: (fault: CodeFault) => void,
): void {
  switch (fault?.kind) {
    case undefined:
      return proceed();
    case 'code':
      return refuse(fault);
    case 'drop':
      if (connection) cut(connection);
      return;
    case 'stall': {
      const timer = setTimeout(() => {
        stalled.delete(timer);
        proceed();
      }, fault.ms);
      stalled.add(timer);
    }
  }
}

/** Reads the mail and keeps it; an error to answer with, or null for 250. */
async function receive(
  owner: SinkOwner,
  server: SMTPServer,
  stalled: Set<NodeJS.Timeout>,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<Error | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  if (stream.sizeExceeded) return smtpError(552, 'message too big');
  const fault = owner.takeFault('message');
  if (fault?.kind === 'code') return smtpError(fault.code, fault.text);
  if (fault?.kind !== 'drop' || fault.stored !== false) await owner.keep(Buffer.concat(chunks), session);
  return await new Promise((resolve) => {
    meet(
      fault,
      stalled,
      connectionOf(server, session),
      () => resolve(null),
      () => resolve(null),
    );
  });
}

/** smtp-server has no hooks for EHLO and DATA, and waits 100 ms before it greets; both are mended a connection. */
class FaultyServer extends SMTPServer {
  readonly owner: SinkOwner;
  readonly pass: Pass;

  constructor(options: ConstructorParameters<typeof SMTPServer>[0], owner: SinkOwner, pass: Pass) {
    super(options);
    this.owner = owner;
    this.pass = pass;
  }

  override connect(...args: Parameters<SMTPServer['connect']>): void {
    const before = new Set(this.connections);
    super.connect(...args);
    for (const connection of this.connections) {
      if (before.has(connection)) continue;
      sockets.set(connection, args[0]);
      this.prepare(connection);
    }
  }

  private prepare(connection: Connection): void {
    greetAtOnce(connection);
    let refusedGreeting: CodeFault | null = null;
    const greet =
      (original: Connection['handler_EHLO']): Connection['handler_EHLO'] =>
      (command, done) => {
        this.owner.note('ehlo', command.toString('utf8').trim());
        const refuse = (fault: CodeFault): void => {
          // A client whose EHLO is refused tries HELO next; a server in trouble refuses both.
          refusedGreeting = fault;
          connection.send(fault.code, fault.text);
          done();
        };
        if (refusedGreeting) refuse(refusedGreeting);
        else this.pass('ehlo', connection, () => original(command, done), refuse);
      };
    connection.handler_EHLO = greet(connection.handler_EHLO.bind(connection));
    connection.handler_HELO = greet(connection.handler_HELO.bind(connection));
    const data = connection.handler_DATA.bind(connection);
    connection.handler_DATA = (command, done) => {
      this.owner.note('data', connection.session.id);
      this.pass(
        'data',
        connection,
        () => data(command, done),
        (fault) => {
          connection.send(fault.code, fault.text);
          done();
        },
      );
    };
  }
}

/** The socket under each connection: the library has no way to break a connection without a word. */
const sockets = new WeakMap<Connection, Parameters<SMTPServer['connect']>[0]>();

function cut(connection: Connection): void {
  sockets.get(connection)?.destroy();
}

function greetAtOnce(connection: Connection): void {
  const ready = connection.connectionReady.bind(connection);
  let greeted = false;
  connection.connectionReady = (next) => {
    if (greeted) return;
    greeted = true;
    ready(next);
  };
  setImmediate(() => connection.connectionReady());
}

function connectionOf(server: SMTPServer, session: SMTPServerSession): Connection | undefined {
  return [...server.connections].find((connection) => connection.id === session.id);
}

function smtpError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

export function portOf(server: SMTPServer): number {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server does not listen on a port');
  return address.port;
}

async function close(server: SMTPServer, stalled: Set<NodeJS.Timeout>): Promise<void> {
  for (const timer of stalled) clearTimeout(timer);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const connection of server.connections) cut(connection);
  await closed;
}
