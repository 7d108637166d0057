import type { IncomingMessage } from 'node:http';

/** Null: longer than allowed. Rejects when the client goes away in the middle. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (declaredLength(request) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  return await new Promise((resolve, reject) => {
    const stop = (): void => {
      request.off('data', take);
      request.off('end', end);
      request.off('close', lost);
      request.off('error', lost);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) {
        stop();
        // Without a reader it would pause for good, and the answer to a client that is still writing would not be read.
        request.pause();
        resolve(null);
      } else chunks.push(chunk);
    };
    const end = (): void => {
      stop();
      resolve(Buffer.concat(chunks, length));
    };
    const lost = (): void => {
      stop();
      request.on('error', () => undefined);
      reject(new ClientGone());
    };
    request.on('data', take);
    request.on('end', end);
    request.on('close', lost);
    request.on('error', lost);
  });
}

/** The client hung up before its request was complete: nobody is left to answer, and nothing is wrong with us. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away');
  }
}

/** Bytes; 0 when the client does not say. */
export function declaredLength(request: IncomingMessage): number {
  const text = request.headers['content-length'] ?? '';
  return /^\d+$/.test(text) ? Number(text) : 0;
}

export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || declaredLength(request) > 0;
}
