export type Fetch = typeof globalThis.fetch;

/** An answer longer than what any proposal could need. */
export class AnswerTooLong extends Error {
  override name = 'AnswerTooLong';
}

/**
 * Reads the whole body before anybody else sees the answer, and gives up after `longest` bytes. So a body that never ends
 * is bounded in memory by this and in time by the caller's signal, which the SDK's own timeout no longer covers by then.
 */
export function boundedFetch(fetch: Fetch, longest: number): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const declared = Number(response.headers.get('content-length') ?? 0);
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = response.body.getReader();
    for (;;) {
      if (declared > longest || size > longest) {
        await reader.cancel().catch(() => undefined);
        throw new AnswerTooLong(`the answer has more than ${longest} bytes`);
      }
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
    const headers = new Headers(response.headers);
    // The body is decoded by now; its old length and encoding would be wrong.
    headers.delete('content-encoding');
    headers.delete('content-length');
    return new Response(Buffer.concat(chunks), { status: response.status, statusText: response.statusText, headers });
  };
}
