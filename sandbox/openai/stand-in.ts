import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from './answer.ts';
import { envelope, errorBody, modelList } from './envelope.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { createKnownAnswers } from './known-answers.ts';
import type { Mistake, Truth } from './mistakes.ts';
import { readModelRequest, type Api, type ModelRequest } from './request.ts';
import { drawFrom } from './seeded.ts';

/**
 * One generated answer, newest last. `output` is the text of the answer, before any envelope; `mistake` what is wrong with
 * it, null where nothing is or where a fault made it useless.
 */
export type ModelCall = {
  model: string;
  schemaName: string | null;
  input: string;
  output: string;
  mistake: Mistake | null;
};

export type OpenAiStandIn = {
  /** Serves `/openai/v1/*`; false when the request is somebody else's. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  apiKey: string;
  faults: Faults;
  /** 1 makes no mistakes, 0 makes one in every answer, 0.99 in about one of a hundred. */
  quality: number;
  /** The mistake of the latest draft or score of ours that a text shows; null: it has none; undefined: it shows none of ours. */
  mistakeIn(visibleText: string): Mistake | null | undefined;
  /** The same with how a person would mend it. */
  truthOf(visibleText: string): Truth | undefined;
  /** The latest 2,000 calls. */
  calls(): ModelCall[];
  /** Ends what hangs; later requests are refused with 503. */
  close(): Promise<void>;
};

/** A good model, which errs in about two answers of a hundred: so that looking and rejecting mean something. */
export const GOOD_QUALITY = 0.99;

const PREFIX = '/openai/v1';
const REMEMBERED = 2_000;
const LARGEST_BODY = 4 * 1024 * 1024;
const ENDPOINTS: Record<string, Api> = { '/responses': 'responses', '/chat/completions': 'chat' };

/**
 * An endpoint that speaks OpenAI's protocol and writes from templates. What it says depends on the seed and on the
 * words of the request alone, never on the order of calls. It says in `model`, `metadata` and `system_fingerprint`
 * that it is no language model.
 */
export function createOpenAiStandIn(options: { seed: number; quality?: number; now?: () => number }): OpenAiStandIn {
  const now = options.now ?? Date.now;
  const apiKey = `sk-sandbox-${drawFrom(`key/${options.seed}`).hex('key', 24)}`;
  const faults = createFaults<Fault>();
  const calls: ModelCall[] = [];
  const hanging = new Set<ServerResponse>();
  const seen = new Map<string, number>();
  let closed = false;
  const known = createKnownAnswers();
  let quality = options.quality ?? 1;

  /** Ids differ even when the same words come twice; the words of the answer do not. */
  const idFor = (key: string): string => {
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return drawFrom(`${key}/${nth}`).hex('id', 32);
  };

  const generate = async (request: ModelRequest, res: ServerResponse): Promise<void> => {
    const fault = faults.take();
    if (fault && failed(fault, res, hanging)) return;
    const key = `${options.seed}/${request.schemaName ?? ''}/${request.input}`;
    const draw = drawFrom(key);
    const said = answer(request, quality, draw, fault);
    const { model, schemaName, input } = request;
    calls.push({ model, schemaName, input, output: said.text, mistake: said.known?.truth.mistake ?? null });
    if (calls.length > REMEMBERED) calls.shift();
    if (said.known !== null) known.remember(said.known);
    const body = envelope(request, said, idFor(draw.hex('key', 32)), Math.floor(now() / 1000));
    if (fault?.kind === 'cut') cutInTheMiddle(res, JSON.stringify(body));
    else send(res, 200, body);
  };

  const serve = async (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> => {
    if (closed) return send(res, 503, errorBody('The sandbox is closing.', 'server_error', null, null));
    if (req.headers.authorization !== `Bearer ${apiKey}`) {
      return send(res, 401, errorBody('Incorrect API key provided.', 'invalid_request_error', null, 'invalid_api_key'));
    }
    const api = ENDPOINTS[path];
    if (api && req.method === 'POST') {
      const request = readModelRequest(api, await readJson(req));
      if ('problem' in request)
        return send(res, 400, errorBody(request.problem, 'invalid_request_error', request.param, request.code));
      return await generate(request, res);
    }
    const list = modelList(Math.floor(now() / 1000));
    if (path === '/models' && req.method === 'GET') return send(res, 200, list);
    const model = list.data.find((entry) => path === `/models/${String(entry['id'])}`);
    if (model && req.method === 'GET') return send(res, 200, model);
    send(
      res,
      404,
      errorBody(`Invalid URL (${req.method ?? ''} ${PREFIX}${path})`, 'invalid_request_error', null, null),
    );
  };

  return {
    apiKey,
    faults: { next: faults.next, clear: faults.clear },
    calls: () => [...calls],
    truthOf: (visibleText) => known.truthOf(visibleText),
    mistakeIn: (visibleText) => known.truthOf(visibleText)?.mistake,
    get quality() {
      return quality;
    },
    set quality(value: number) {
      if (!(value >= 0 && value <= 1)) throw new RangeError(`quality must be between 0 and 1, not ${value}`);
      quality = value;
    },
    handle: async (req, res) => {
      const path = new URL(req.url ?? '/', 'http://sandbox').pathname;
      if (!path.startsWith(`${PREFIX}/`)) return false;
      await serve(req, res, path.slice(PREFIX.length));
      return true;
    },
    close: async () => {
      closed = true;
      for (const res of hanging) res.destroy();
      hanging.clear();
    },
  };
}

/** Faults that need no answer to be written. True when this one is dealt with. */
function failed(fault: Fault, res: ServerResponse, hanging: Set<ServerResponse>): boolean {
  switch (fault.kind) {
    case 'rate_limited':
      res.setHeader('retry-after', String(fault.retryAfter ?? 1));
      send(res, 429, errorBody('Rate limit reached for requests.', 'requests', null, 'rate_limit_exceeded'));
      return true;
    case 'server_error':
      send(
        res,
        fault.status ?? 500,
        errorBody('The server had an error while processing your request.', 'server_error', null, null),
      );
      return true;
    case 'hang':
      hanging.add(res);
      res.once('close', () => hanging.delete(res));
      return true;
    case 'cut':
      if (fault.at === 'middle') return false;
      res.destroy();
      return true;
    case 'truncated':
    case 'refusal':
    case 'invalid_json':
    case 'wrong_types':
    case 'extra_keys':
    case 'empty':
    case 'obey':
      break;
  }
  return false;
}

function cutInTheMiddle(res: ServerResponse, body: string): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  res.write(body.slice(0, body.length / 2), () => res.destroy());
}

function send(res: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'openai-processing-ms': '1', 'x-sandbox': 'templates' });
  res.end(text);
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
