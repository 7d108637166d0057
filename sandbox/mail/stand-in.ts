import type { SMTPServerSession } from 'smtp-server';
import { createMailFaults, type MailFault, type MailFaults, type Phase } from './faults.ts';
import { openMailJournal } from './journal.ts';
import { readMail, type StoredMail } from './stored-mail.ts';
import { createSink, portOf, type Sink } from './sink.ts';

type MailEvent = 'connect' | 'ehlo' | 'mail_from' | 'rcpt_to' | 'data' | 'message' | 'fault' | 'close' | 'error';

export type MailStandIn = {
  /** `smtp://127.0.0.1:port` */
  url: string;
  port: number;
  /** What was kept, oldest first; with a journal, also what earlier processes kept. */
  messages(): StoredMail[];
  /** Called after a mail is kept. Returns the way to stop. */
  on(event: 'mail', listener: (mail: StoredMail) => void): () => void;
  faults: MailFaults;
  /** The latest 10,000 events. */
  transcript(): Array<{ at: number; event: MailEvent; detail: string }>;
  close(): Promise<void>;
};

const REMEMBERED = 10_000;

/**
 * An SMTP server that keeps every mail and delivers none. With a `journal` path each mail is on the disk before it is
 * acknowledged, so a count of lines is a count of 250s, whatever was killed when.
 */
export async function createMailStandIn(
  options: { port?: number; journal?: string; now?: () => number } = {},
): Promise<MailStandIn> {
  const now = options.now ?? Date.now;
  const opened = options.journal === undefined ? null : await openMailJournal(options.journal);
  const kept: StoredMail[] = opened?.earlier ?? [];
  const transcript: Array<{ at: number; event: MailEvent; detail: string }> = [];
  const listeners = new Set<(mail: StoredMail) => void>();
  const faults = createMailFaults();
  let received = kept.length;

  const note = (event: MailEvent, detail: string): void => {
    transcript.push({ at: now(), event, detail });
    if (transcript.length > REMEMBERED) transcript.shift();
  };
  const keep = async (raw: Buffer, session: SMTPServerSession): Promise<void> => {
    const { mailFrom, rcptTo } = session.envelope;
    received += 1;
    const mail = await readMail(raw, {
      id: `mail-${String(received).padStart(6, '0')}`,
      at: now(),
      envelopeFrom: mailFrom ? mailFrom.address : '',
      envelopeTo: rcptTo.map(({ address }) => address),
    });
    await opened?.journal.append(mail);
    kept.push(mail);
    note('message', `${mail.id} ${mail.messageId}`);
    for (const listener of listeners) listener(mail);
  };
  const takeFault = (phase: Phase): MailFault | null => {
    const fault = faults.take(phase);
    if (fault) note('fault', `${phase}: ${fault.kind}`);
    return fault;
  };

  const sink = createSink({ note, keep, takeFault });
  await listen(sink, options.port ?? 0);
  const port = portOf(sink.server);
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    messages: () => [...kept],
    on: (_event, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    faults: { next: faults.next, clear: faults.clear },
    transcript: () => [...transcript],
    close: async () => {
      await sink.close();
      await opened?.journal.close();
    },
  };
}

async function listen(sink: Sink, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: Error): void => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(`port ${port} for the sandbox's mail server is taken; choose another`, { cause: error })
          : error,
      );
    };
    sink.server.server.once('error', refused);
    sink.server.listen(port, '127.0.0.1', () => {
      sink.server.server.off('error', refused);
      resolve();
    });
  });
}
