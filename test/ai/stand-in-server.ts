import { createServer, type RequestListener, type Server } from 'node:http';
import { createModel, type ModelOptions, type OpenAiModel } from '../../src/ai/openai-model.ts';
import { createOpenAiStandIn, type OpenAiStandIn } from '../../sandbox/openai/stand-in.ts';

export type LogLine = { fields: Record<string, unknown>; message: string };
export type Rig = {
  model: OpenAiModel;
  requests: () => number;
  lastBody: () => Record<string, unknown>;
  log: LogLine[];
  close(): Promise<void>;
};

async function listen(handler: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return { server, port: address.port };
}

/** The real SDK against a server of ours; `handler` answers, and may do so badly. */
export async function rigFor(handler: RequestListener, options: Partial<ModelOptions> = {}): Promise<Rig> {
  let requests = 0;
  let lastBody: Record<string, unknown> = {};
  const log: LogLine[] = [];
  const { server, port } = await listen((req, res) => {
    requests += 1;
    handler(req, res);
  });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (typeof init?.body === 'string') lastBody = JSON.parse(init.body) as Record<string, unknown>;
    return await globalThis.fetch(input, init);
  };
  return {
    model: createModel({
      apiKey: 'sk-test-canary',
      baseUrl: `http://127.0.0.1:${port}/openai/v1`,
      model: 'gpt-test-2026-08-01',
      timeoutMs: 20_000,
      repeatAfterMs: 0,
      fetch,
      log: { warn: (fields, message) => log.push({ fields, message }) },
      ...options,
    }),
    requests: () => requests,
    lastBody: () => lastBody,
    log,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The same against the sandbox's stand-in. */
export async function standInRig(options: Partial<ModelOptions> = {}): Promise<Rig & { standIn: OpenAiStandIn }> {
  const standIn = createOpenAiStandIn({ seed: 7, now: () => 1_800_000_000_000 });
  const rig = await rigFor(
    (req, res) => void standIn.handle(req, res).then((ours) => ours || res.writeHead(404).end()),
    { apiKey: standIn.apiKey, ...options },
  );
  return {
    ...rig,
    standIn,
    close: async () => {
      await standIn.close();
      await rig.close();
    },
  };
}

/** A body of the responses API that says `text`. */
export function answered(text: string, over: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-test-2026-08-01',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text, annotations: [] }],
      },
    ],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    ...over,
  });
}
