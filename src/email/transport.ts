import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { RenderedMail } from '../core/message.ts';
import { classifyDelivery, type Delivery, readable } from './classify-answer.ts';
import { createSigner, type DkimSettings, type Signer } from './dkim.ts';
import { buildMime, recipientAddress, senderAddress } from './mime.ts';
import { parseSmtpUrl, type SmtpTarget } from './smtp-url.ts';
import { verifyMime } from './verify-mime.ts';

export type MailTransport = {
  /** Connection, EHLO, STARTTLS and AUTH: everything that can fail before a row is marked. */
  open(): Promise<OpenResult>;
};

/** `retryable` false: nothing will change until somebody mends settings, password or certificate. */
export type OpenResult = { ok: true; session: MailSession } | { ok: false; retryable: boolean; detail: string };

export type MailSession = {
  /**
   * MAIL FROM … final dot, once. Never retried by the transport. Throws before MAIL FROM, with nothing sent, when the mail
   * is not fit to be sent (an odd address, a header that could be broken out of, a built mail that differs from `mail`).
   */
  send(mail: RenderedMail, messageId: string, date: Date): Promise<SendResult>;
  /** Ends the session; a delivery in flight is answered at once with what is known. */
  close(): void;
};

/** What the server's answer means. `later`: surely not accepted. `unknown`: nobody can know. */
export type SendResult =
  | { type: 'sent'; answer: string }
  | { type: 'later'; answer: string }
  | { type: 'failed'; answer: string; phase: 'mail' | 'rcpt' | 'data' | 'message' }
  | { type: 'unknown'; answer: string };

/** Milliseconds of machine time. */
export type MailTimeouts = {
  /** TCP and TLS. */
  connect: number;
  /** Until the server greets. */
  greeting: number;
  /** Silence in mid-conversation. */
  socket: number;
  /** The whole of one delivery, for servers that trickle. */
  delivery: number;
};

export type MailTransportSettings = {
  /** `smtp://user:pass@host:port` or `smtps://…` */
  url: string;
  /** What we call ourselves in EHLO. */
  name: string;
  timeouts?: Partial<MailTimeouts>;
  /** Accepts a server without TLS, or with a certificate nobody vouches for. Never needed for loopback. */
  allowInsecure?: boolean;
  dkim?: DkimSettings;
};

const TIMEOUTS: MailTimeouts = { connect: 30_000, greeting: 30_000, socket: 300_000, delivery: 600_000 };

/** Throws for settings that can never work. */
export function createMailTransport(settings: MailTransportSettings): MailTransport {
  const target = parseSmtpUrl(settings.url);
  if (!/^[A-Za-z0-9.:[\]-]{1,255}$/.test(settings.name)) throw new Error(`“${settings.name}” is not a name for EHLO`);
  const sign = settings.dkim === undefined ? null : createSigner(settings.dkim);
  const timeouts = { ...TIMEOUTS, ...settings.timeouts };
  return {
    open: () => openSession(target, settings, timeouts, sign),
  };
}

async function openSession(
  target: SmtpTarget,
  settings: MailTransportSettings,
  timeouts: MailTimeouts,
  sign: Signer | null,
): Promise<OpenResult> {
  const replies: string[] = [];
  const connection = new SMTPConnection({
    host: target.host,
    port: target.port,
    secure: target.secure,
    name: settings.name,
    ...encryption(target, settings.allowInsecure ?? false),
    allowInternalNetworkInterfaces: target.loopback,
    connectionTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    // The log is where the library says which reply came, in order; its errors alone lose that when commands are pipelined.
    transactionLog: true,
    logger: {
      debug: (entry: { tnx?: string }, text: string) => {
        // What was left when the socket closed is logged like a reply, but a reply cut off in the middle is none.
        const { _socket: socket } = connection;
        if (entry.tnx === 'server' && socket && !socket.destroyed) replies.push(text);
      },
    },
  });
  const failure = await shakeHands(connection, target, timeouts);
  if (failure === null) return { ok: true, session: createSession(connection, replies, timeouts, sign) };
  connection.close();
  return failure;
}

function encryption(target: SmtpTarget, allowInsecure: boolean): SMTPConnection.Options {
  if (target.loopback) return { ignoreTLS: true, tls: { rejectUnauthorized: false } };
  if (allowInsecure) return { opportunisticTLS: true, tls: { rejectUnauthorized: false } };
  return { requireTLS: true };
}

/** Null when the session is ready for MAIL FROM. */
function shakeHands(
  connection: SMTPConnection,
  target: SmtpTarget,
  timeouts: MailTimeouts,
): Promise<Extract<OpenResult, { ok: false }> | null> {
  return new Promise((resolve) => {
    const fail = (error: SMTPConnection.SMTPError): void => settle(trouble(error));
    const silent = (what: string): void => settle({ ok: false, retryable: true, detail: what });
    const deadline = setTimeout(
      () => silent('the mail server did not finish its greeting in time'),
      timeouts.connect + timeouts.greeting,
    );
    const settle = (result: Extract<OpenResult, { ok: false }> | null): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    // Stays for the life of the connection: an error nobody listens for would end the process.
    connection.on('error', fail);
    // A lost connection ends before, or instead of, telling its callback.
    connection.once('end', () => setImmediate(silent, 'the mail server closed the connection'));
    connection.connect((error) => {
      if (error) fail(error);
      else if (target.credentials === null) settle(null);
      else
        connection.login({ ...target.credentials, credentials: target.credentials }, (refused) =>
          refused ? fail(refused) : settle(null),
        );
    });
  });
}

const NEEDS_A_PERSON = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:TLS|SSL)|^EPROTO$/;

function trouble(error: SMTPConnection.SMTPError): Extract<OpenResult, { ok: false }> {
  const detail = readable(error.message);
  if (error.responseCode !== undefined) return { ok: false, retryable: error.responseCode < 500, detail };
  const cause = 'originalCode' in error && typeof error.originalCode === 'string' ? error.originalCode : '';
  return { ok: false, retryable: !(error.code === 'EAUTH' || NEEDS_A_PERSON.test(cause)), detail };
}

/** `replies` grows with every complete reply of the server. */
function createSession(
  connection: SMTPConnection,
  replies: string[],
  timeouts: MailTimeouts,
  sign: Signer | null,
): MailSession {
  let abort: ((why: string) => void) | null = null;
  let ended = false;
  connection.once('end', () => {
    ended = true;
  });
  return {
    send: async (mail, messageId, date) => {
      const mime = await prepare(mail, messageId, date, sign);
      if (abort) throw new Error(`mail ${messageId}: this session is already sending another one`);
      if (ended || connection.destroyed) return { type: 'later', answer: 'the mail server closed the connection' };
      replies.length = 0;
      const envelope = { from: senderAddress('From', mail.from), to: [recipientAddress(mail.to)] };
      const result = await new Promise<SendResult>((resolve) => {
        abort = deliver(connection, envelope, mime, replies, timeouts.delivery, resolve);
      });
      abort = null;
      // After anything but a clean end the conversation may be out of step: nothing else may be said on it.
      if (result.type !== 'sent') connection.close();
      return result;
    },
    close: () => {
      if (abort) abort('the session was closed');
      if (abort || ended || connection.destroyed) return connection.close();
      connection.quit();
      setTimeout(() => connection.close(), 2_000).unref();
    },
  };
}

async function prepare(mail: RenderedMail, messageId: string, date: Date, sign: Signer | null): Promise<Buffer> {
  try {
    const plain = await buildMime(mail, messageId, date);
    const mime = sign === null ? plain : await sign(plain);
    const problems = await verifyMime(mime, mail, { messageId, signed: sign !== null });
    if (problems.length > 0) throw new Error(problems.join('; '));
    return mime;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`mail ${readable(messageId)} was refused before MAIL FROM, nothing was sent: ${why}`, { cause });
  }
}

/** One delivery. Calls `done` exactly once; the answer is a way to end it early. */
function deliver(
  connection: SMTPConnection,
  envelope: { from: string; to: string[] },
  mime: Buffer,
  replies: readonly string[],
  deadlineMs: number,
  done: (result: SendResult) => void,
): (why: string) => void {
  // The library reads from the stream only once DATA is answered: the first read is where the message begins.
  let began = false;
  const message = Readable.from(
    (function* () {
      began = true;
      yield mime;
    })(),
    { objectMode: false },
  );
  let finished = false;
  const finish = (delivery: Omit<Delivery, 'began'>): void => {
    if (finished) return;
    finished = true;
    clearTimeout(deadline);
    connection.off('end', ended);
    done(classifyDelivery({ ...delivery, began }));
  };
  const abort = (why: string): void => {
    finish({ replies: [...replies], broke: why });
    connection.close();
  };
  // The connection may end without telling its callback; when it does tell, it knows more, so that goes first.
  const ended = (): void => {
    setImmediate(finish, { replies: [...replies], broke: 'the connection ended' });
  };
  const deadline = setTimeout(abort, deadlineMs, 'the mail server took too long');
  connection.once('end', ended);
  connection.send(envelope, message, (error) => {
    const answered = error === null || error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
    finish({ replies: [...replies], broke: answered ? null : error.message });
  });
  return abort;
}
