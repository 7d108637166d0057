import { connect } from 'node:net';
import { createWebServer, type WebServerOptions } from '../../src/web/server.ts';

export const NOW = new Date('2026-03-02T09:10:00Z');

export type RunningWeb = {
  url: string;
  port: number;
  /** What was logged as an error. */
  errors: Array<{ fields: Record<string, unknown>; message: string }>;
  close(): Promise<void>;
};

export async function startWeb(options: Partial<WebServerOptions>): Promise<RunningWeb> {
  const errors: RunningWeb['errors'] = [];
  const web = createWebServer({
    routes: [],
    log: { error: (fields, message) => errors.push({ fields, message }) },
    machine: { now: () => NOW },
    ...options,
  });
  const port = await web.listen(0, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}`, port, errors, close: () => web.close(200) };
}

/** Bytes as they are, and all that comes back until the server ends the connection. */
export async function raw(port: number, ...pieces: Array<string | Buffer>): Promise<string> {
  return await new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
  });
}
