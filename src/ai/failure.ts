import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { AnswerTooLong } from './bounded-fetch.ts';
import { plainCode } from './read-answer.ts';

/** What a call that threw came to: final, worth one quick repeat, or an answer of the wrong form. */
export type Failure =
  | { type: 'final'; problem: 'unavailable' | 'refused'; detail: string }
  | { type: 'busy'; detail: string; pauseMs: number | null }
  | { type: 'invalid'; problem: string };

export type Circumstances = { timedOut: boolean; stopped: boolean; timeoutMs: number; model: string };

/** What went wrong with a call, from the error's kind and status alone: messages of providers repeat keys and prompts. */
export function failed(error: unknown, { timedOut, stopped, timeoutMs, model }: Circumstances): Failure {
  const unavailable = (detail: string): Failure => ({ type: 'final', problem: 'unavailable', detail });
  if (stopped) return unavailable('The program stopped waiting for the model.');
  if (timedOut || error instanceof APIConnectionTimeoutError)
    return unavailable(`The model did not answer within ${timeoutMs / 1000} s.`);
  if (causes(error).some((cause) => cause instanceof AnswerTooLong))
    return { type: 'invalid', problem: `it was too long` };
  if (error instanceof APIUserAbortError) return unavailable('The call to the model was stopped.');
  // A kept-alive connection that the other side had closed looks the same as a network that is down: one repeat tells.
  if (error instanceof APIConnectionError)
    return {
      type: 'busy',
      detail: 'The model could not be reached: check the network and OPENAI_BASE_URL.',
      pauseMs: null,
    };
  if (error instanceof APIError) return byStatus(error, model);
  // The SDK reads the body as JSON and walks through it: what it stumbles over is an answer of the wrong form.
  if (error instanceof SyntaxError || error instanceof TypeError)
    return { type: 'invalid', problem: 'the body was not an answer of the responses API' };
  return unavailable(
    `The call to the model failed (${error instanceof Error ? plainCode(error.name) : 'unknown error'}).`,
  );
}

function byStatus(error: APIError, model: string): Failure {
  const { status } = error;
  const code = typeof error.code === 'string' ? plainCode(error.code) : null;
  const said = `${status ?? 'no status'}${code === null ? '' : `, ${code}`}`;
  const unavailable = (detail: string): Failure => ({ type: 'final', problem: 'unavailable', detail });
  if (code === 'insufficient_quota')
    return unavailable(
      'The provider says that the quota is used up: check the plan and billing of the OPENAI_API_KEY.',
    );
  if (status === 429)
    return { type: 'busy', detail: `The provider limits the rate of calls (${said}).`, pauseMs: retryAfterMs(error) };
  if (status !== undefined && status >= 500)
    return { type: 'busy', detail: `The provider had an error (${said}).`, pauseMs: retryAfterMs(error) };
  if (status === 401) return unavailable(`The provider does not accept the key (${said}): check OPENAI_API_KEY.`);
  if (status === 403)
    return unavailable(`The key may not use this model (${said}): check OPENAI_API_KEY and OPENAI_MODEL (“${model}”).`);
  if (status === 404)
    return unavailable(
      `The provider does not know the model or the address (${said}): check OPENAI_MODEL (“${model}”) and OPENAI_BASE_URL.`,
    );
  if (status === 400 && code !== null && /content_(?:policy|filter)|invalid_prompt|moderation/.test(code))
    return { type: 'final', problem: 'refused', detail: `The provider's policy refused the request (${said}).` };
  return unavailable(
    `The provider did not accept the request (${said}): check that OPENAI_MODEL (“${model}”) can answer with a JSON schema.`,
  );
}

/** The pause a provider asks for, in milliseconds; null where it asks for none. */
function retryAfterMs(error: APIError): number | null {
  const ms = error.headers?.get('retry-after-ms');
  const s = error.headers?.get('retry-after');
  const asked = ms ? Number(ms) : s ? Number(s) * 1000 : Number.NaN;
  // A date, or nonsense, is a wish for a longer pause than this call can have.
  if (Number.isNaN(asked)) return ms || s ? Number.POSITIVE_INFINITY : null;
  return Math.max(0, asked);
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (
    let at = error;
    at !== undefined && at !== null && chain.length < 8;
    at = at instanceof Error ? at.cause : undefined
  )
    chain.push(at);
  return chain;
}
