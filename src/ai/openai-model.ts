import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ProposalInputs } from '../core/facts.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { type Proposals, kindRules } from '../core/kinds/rules.ts';
import { boundedFetch, type Fetch } from './bounded-fetch.ts';
import { failed } from './failure.ts';
import type { Prompt, Written } from './prompts/prompt.ts';
import { prompts } from './prompts/prompts.ts';
import { modelOf, readAnswer, schemaProblem, tokensOf } from './read-answer.ts';

export type ModelOptions = {
  apiKey: string;
  /** An OpenAI-compatible endpoint, such as `http://127.0.0.1:3000/openai/v1`. */
  baseUrl?: string | undefined;
  model: string;
  /** Of one call, from the request to the last byte, machine milliseconds. */
  timeoutMs?: number;
  /** Before the one quick repeat after 429 or 5xx, unless the answer names a shorter or longer time. */
  repeatAfterMs?: number;
  fetch?: Fetch;
  log: { warn(fields: Record<string, unknown>, message: string): void };
};

type Usage = { inputTokens: number; outputTokens: number; calls: number };
type Problem = 'unavailable' | 'refused' | 'truncated' | 'invalid';
export type ProposeAnswer<K extends Kind> =
  | {
      ok: true;
      content: Proposals[K];
      rationale: string;
      doubt: number | null;
      model: string;
      promptVersion: string;
      usage: Usage;
    }
  | { ok: false; problem: Problem; detail: string; model: string; promptVersion: string; usage: Usage };

export type OpenAiModel = {
  propose<K extends Kind>(kind: K, inputs: ProposalInputs, signal?: AbortSignal): Promise<ProposeAnswer<K>>;
  version(kind: Kind): { model: string; promptVersion: string };
};

const OFFICIAL = 'https://api.openai.com/v1';
const MOST_CALLS = 3;
const LONGEST_ANSWER_BYTES = 256 * 1024;
/** Reasoning counts as output too. A repeat after a cut answer gets twice as much. */
const OUTPUT_TOKENS = 4_000;
/** The engine has a clock of its own for longer waits. */
const LONGEST_PAUSE_MS = 1_000;

/** What one call came to, after reading and checking. */
type Attempt<K extends Kind> =
  | { type: 'written'; written: Written<K> }
  | { type: 'invalid'; problem: string }
  | { type: 'truncated' }
  | { type: 'final'; problem: Problem; detail: string }
  | { type: 'busy'; detail: string; pauseMs: number | null };

/**
 * The model behind `Context.model`. Each proposal makes at most three calls and never throws for what the model or the
 * network does. Nothing the model wrote gets into details or logs; nothing is stored at the provider; there are no tools.
 */
export function createModel(options: ModelOptions): OpenAiModel {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? OFFICIAL,
    maxRetries: 0,
    timeout: timeoutMs,
    fetch: boundedFetch(options.fetch ?? globalThis.fetch, LONGEST_ANSWER_BYTES),
    // The SDK would read these from the environment, and would log whole requests if told to there.
    organization: null,
    project: null,
    logLevel: 'off',
  });

  async function call<K extends Kind>(
    kind: K,
    inputs: ProposalInputs,
    run: Run,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<K>> {
    const prompt: Prompt<K> = prompts[kind];
    const { system, user } = prompt.build(inputs);
    const deadline = AbortSignal.timeout(timeoutMs);
    run.usage.calls += 1;
    try {
      const response = await client.responses.create(
        {
          model: options.model,
          store: false,
          max_output_tokens: run.outputTokens,
          input: [
            { role: 'developer', content: system },
            { role: 'user', content: run.remark === null ? user : `${user}\n\n${run.remark}` },
          ],
          text: { format: zodTextFormat(prompt.schema, prompt.schemaName) },
        },
        { signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
      );
      const tokens = tokensOf(response);
      run.usage.inputTokens += tokens.input;
      run.usage.outputTokens += tokens.output;
      run.model = modelOf(response) ?? options.model;
      return checked(kind, response, inputs);
    } catch (error) {
      return failed(error, {
        timedOut: deadline.aborted,
        stopped: signal?.aborted === true,
        timeoutMs,
        model: options.model,
      });
    }
  }

  return {
    version: (kind) => ({ model: options.model, promptVersion: prompts[kind].version }),
    async propose(kind, inputs, signal) {
      const run: Run = {
        usage: { inputTokens: 0, outputTokens: 0, calls: 0 },
        model: options.model,
        remark: null,
        outputTokens: OUTPUT_TOKENS,
      };
      const promptVersion = prompts[kind].version;
      const attempt = await attempts(run, () => call(kind, inputs, run, signal), options.repeatAfterMs ?? 250, signal);
      const { usage, model } = run;
      if (attempt.type === 'written') return { ok: true, ...attempt.written, model, promptVersion, usage };
      const { problem, detail } = inWords(attempt);
      options.log.warn(
        {
          kind,
          workflow: inputs.workflow,
          step: inputs.step,
          leadId: inputs.lead.leadId,
          problem,
          detail,
          model,
          promptVersion,
          ...usage,
        },
        'the model made no proposal',
      );
      return { ok: false, problem, detail, model, promptVersion, usage };
    },
  };
}

/** What changes from call to call within one proposal. */
type Run = { usage: Usage; model: string; remark: string | null; outputTokens: number };

/** At most three calls: one repeat for a busy provider, one for a cut answer, two for an invalid one. */
async function attempts<K extends Kind>(
  run: Run,
  call: () => Promise<Attempt<K>>,
  repeatAfterMs: number,
  signal: AbortSignal | undefined,
): Promise<Attempt<K>> {
  const left = { busy: 1, truncated: 1, invalid: 2 };
  for (;;) {
    const attempt = await call();
    if (attempt.type === 'written' || attempt.type === 'final') return attempt;
    if (left[attempt.type] === 0 || run.usage.calls >= MOST_CALLS || signal?.aborted) return attempt;
    left[attempt.type] -= 1;
    switch (attempt.type) {
      case 'busy': {
        const pauseMs = attempt.pauseMs ?? repeatAfterMs;
        if (pauseMs > LONGEST_PAUSE_MS) return attempt;
        await pause(pauseMs, signal);
        break;
      }
      case 'truncated':
        run.outputTokens = OUTPUT_TOKENS * 2;
        run.remark = 'NOTE: the last answer was cut off because it was too long. Answer more briefly.';
        break;
      case 'invalid':
        run.remark = `NOTE: the last answer could not be used (${attempt.problem}). Answer with exactly the JSON object of the schema.`;
        break;
    }
  }
}

function inWords(attempt: Exclude<Attempt<Kind>, { type: 'written' }>): { problem: Problem; detail: string } {
  switch (attempt.type) {
    case 'final':
      return { problem: attempt.problem, detail: attempt.detail };
    case 'busy':
      return { problem: 'unavailable', detail: attempt.detail };
    case 'truncated':
      return { problem: 'truncated', detail: 'The answer was cut off before its end, twice or with no call left.' };
    case 'invalid':
      return { problem: 'invalid', detail: `The answer could not be used: ${attempt.problem}.` };
  }
}

/** From an envelope to a proposal that the kind's own schema accepts. */
function checked<K extends Kind>(kind: K, response: unknown, inputs: ProposalInputs): Attempt<K> {
  const reading = readAnswer(response);
  switch (reading.type) {
    case 'refused':
      return { type: 'final', problem: 'refused', detail: reading.detail };
    case 'failed':
      return { type: 'busy', detail: reading.detail, pauseMs: null };
    case 'truncated':
    case 'invalid':
      return reading;
    case 'text':
      return parsed(kind, reading.text, inputs);
  }
}

function parsed<K extends Kind>(kind: K, text: string, inputs: ProposalInputs): Attempt<K> {
  const prompt: Prompt<K> = prompts[kind];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { type: 'invalid', problem: 'it was not JSON' };
  }
  const answer = prompt.schema.safeParse(json);
  if (!answer.success) return { type: 'invalid', problem: schemaProblem(answer.error) };
  const written = prompt.toContent(answer.data, inputs);
  const content = kindRules[kind].schema.safeParse(written.content);
  if (!content.success) return { type: 'invalid', problem: schemaProblem(content.error) };
  if (written.rationale === '') return { type: 'invalid', problem: 'rationale: empty' };
  return { type: 'written', written: { ...written, rationale: written.rationale.slice(0, 2_000) } };
}

/** Machine time; ends early when the caller gives up. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0 || signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
