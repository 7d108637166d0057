import { createTransport } from 'nodemailer';

/** How the other side took a mail. `answer` is what it said, such as `250 OK: queued as 17`. */
export type HandedIn = { taken: boolean; answer: string };

const PATIENCE_MS = 10_000;

/**
 * Hands a mail in as another mail server does: envelope first, TLS where it is offered, without checking whose. `from` is
 * '' for mail that nobody may answer. Throws when the server does not answer at all.
 */
export async function handIn(
  url: string,
  mail: { from: string; to: string; raw: Buffer; host: string },
): Promise<HandedIn> {
  const { hostname, port } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') throw new Error(`${url} is not on this machine`);
  const transport = createTransport({
    host: hostname,
    port: Number(port),
    name: mail.host,
    tls: { rejectUnauthorized: false },
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
  });
  try {
    const { response } = await transport.sendMail({ envelope: { from: mail.from, to: [mail.to] }, raw: mail.raw });
    return { taken: true, answer: response };
  } catch (error) {
    if (error instanceof Error && 'response' in error && typeof error.response === 'string')
      return { taken: false, answer: error.response };
    throw new Error(`The app's mail server did not answer: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    transport.close();
  }
}
