import type { Answer } from './answer.ts';
import type { ModelRequest } from './request.ts';
import { tokens } from './tokens.ts';

/** What the stand-in calls itself wherever a model's name is asked for. */
const MODEL = 'countersign-sandbox-templates';
const NOTICE = 'Written from templates by the sandbox. This is not a language model.';

/** The body of a successful answer in the shape of the API that was called. `at` in seconds since 1970. */
export function envelope(request: ModelRequest, said: Answer, id: string, at: number): unknown {
  return request.api === 'responses' ? responsesBody(request, said, id, at) : chatBody(request, said, id, at);
}

function responsesBody(request: ModelRequest, said: Answer, id: string, at: number): unknown {
  const status = said.kind === 'truncated' ? 'incomplete' : 'completed';
  const content =
    said.kind === 'refusal'
      ? { type: 'refusal', refusal: said.text }
      : { type: 'output_text', text: said.text, annotations: [], logprobs: [] };
  const input = tokens(request.input);
  const output = tokens(said.text);
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: at,
    completed_at: status === 'completed' ? at : null,
    status,
    error: null,
    incomplete_details: said.kind === 'truncated' ? { reason: 'max_output_tokens' } : null,
    instructions: request.instructions === '' ? null : request.instructions,
    max_output_tokens: request.maxTokens,
    metadata: { ...request.metadata, sandbox: NOTICE },
    model: MODEL,
    output:
      said.text === '' && said.kind === 'text'
        ? []
        : [{ id: `msg_${id}`, type: 'message', status, role: 'assistant', content: [content] }],
    parallel_tool_calls: true,
    previous_response_id: null,
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: formatOf(request) },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  };
}

function chatBody(request: ModelRequest, said: Answer, id: string, at: number): unknown {
  const prompt = tokens(request.input);
  const completion = tokens(said.text);
  const refused = said.kind === 'refusal';
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: at,
    model: MODEL,
    system_fingerprint: 'fp_sandbox_templates_not_a_language_model',
    service_tier: 'default',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: refused ? null : said.text,
          refusal: refused ? said.text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: said.kind === 'truncated' ? 'length' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  };
}

function formatOf(request: ModelRequest): unknown {
  return request.schema === null
    ? { type: 'text' }
    : { type: 'json_schema', name: request.schemaName, schema: request.schema, strict: true };
}

export function modelList(at: number): { object: 'list'; data: Array<Record<string, unknown>> } {
  return { object: 'list', data: [{ id: MODEL, object: 'model', created: at, owned_by: 'sandbox' }] };
}

export function errorBody(message: string, type: string, param: string | null, code: string | null): unknown {
  return { error: { message, type, param, code } };
}
