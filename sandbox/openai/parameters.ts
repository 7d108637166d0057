import type { Api, BadRequest } from './request.ts';

/** Parameters that change nothing here, or do what they say (a limit of tokens, metadata, a format). */
const BOTH = [
  'model',
  'metadata',
  'parallel_tool_calls',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'temperature',
  'top_p',
  'user',
];
const TAKEN: Record<Api, ReadonlySet<string>> = {
  responses: new Set([...BOTH, 'input', 'instructions', 'max_output_tokens', 'text', 'truncation']),
  chat: new Set([
    ...BOTH,
    'frequency_penalty',
    'max_completion_tokens',
    'max_tokens',
    'messages',
    'presence_penalty',
    'response_format',
    'seed',
  ]),
};
/** Parameters of the real API that ask for something which templates cannot do. */
const UNSUPPORTED: Record<Api, ReadonlySet<string>> = {
  responses: new Set([
    'conversation',
    'include',
    'max_tool_calls',
    'previous_response_id',
    'prompt',
    'reasoning',
    'top_logprobs',
  ]),
  chat: new Set([
    'audio',
    'function_call',
    'functions',
    'logit_bias',
    'logprobs',
    'modalities',
    'prediction',
    'reasoning_effort',
    'stop',
    'top_logprobs',
    'verbosity',
    'web_search_options',
  ]),
};

/** The first parameter that is not taken, in OpenAI's words and codes; null where all are. */
export function refuseParameters(api: Api, body: Record<string, unknown>): BadRequest | null {
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined || TAKEN[api].has(name) || asksForNothing(name, value)) continue;
    if (name === 'stream') return unsupported(name, 'The sandbox does not stream. Leave `stream` out.');
    if (UNSUPPORTED[api].has(name) || OPTIONAL.has(name))
      return unsupported(name, `Unsupported parameter: '${name}' is not supported with this model.`);
    return { problem: `Unknown parameter: '${name}'.`, param: name, code: 'unknown_parameter' };
  }
  return null;
}

const OPTIONAL = new Set(['background', 'n', 'stream_options', 'tool_choice', 'tools']);

/** The value that stands for leaving it out. */
function asksForNothing(name: string, value: unknown): boolean {
  switch (name) {
    case 'stream':
    case 'background':
      return value === false;
    case 'n':
      return value === 1;
    case 'tools':
      return Array.isArray(value) && value.length === 0;
    case 'tool_choice':
      return value === 'auto' || value === 'none';
    default:
      return false;
  }
}

function unsupported(param: string, problem: string): BadRequest {
  return { problem, param, code: 'unsupported_parameter' };
}
