import { refuseParameters } from './parameters.ts';
import type { JsonSchema } from './schema-value.ts';

export type Api = 'responses' | 'chat';

/** Both APIs' requests in one form. */
export type ModelRequest = {
  api: Api;
  model: string;
  schemaName: string | null;
  schema: JsonSchema | null;
  /** What the developer wrote. */
  instructions: string;
  /** What the user messages say; the lead's facts stand here. */
  prompt: string;
  /** All of it, in order: what an answer depends on. */
  input: string;
  /** The longest answer that is wanted, in tokens; null for any. */
  maxTokens: number | null;
  metadata: Record<string, string>;
};

export type BadRequest = { problem: string; param: string | null; code: string | null };

type Dict = Record<string, unknown>;

/** Reads a request body, or says in OpenAI's terms what is wrong with it. */
export function readModelRequest(api: Api, body: unknown): ModelRequest | BadRequest {
  if (!isDict(body)) return bad('We could not parse the JSON body of your request.', null);
  const model = body['model'];
  if (typeof model !== 'string' || model === '')
    return bad("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  const refused = refuseParameters(api, body);
  if (refused) return refused;
  const messages = api === 'responses' ? responsesMessages(body) : chatMessages(body);
  if (messages === null) {
    const param = api === 'responses' ? 'input' : 'messages';
    return bad(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
  }
  const format = api === 'responses' ? dict(dict(body['text'])['format']) : dict(body['response_format']);
  const named = api === 'responses' ? format : dict(format['json_schema']);
  const structured = format['type'] === 'json_schema';
  if (!structured && format['type'] !== undefined && format['type'] !== 'text')
    return bad(
      `Invalid value: ${JSON.stringify(format['type'])}. The sandbox knows 'text' and 'json_schema'.`,
      api === 'responses' ? 'text.format.type' : 'response_format.type',
      'invalid_value',
    );
  const schemaProblem = structured ? schemaError(api, named) : null;
  if (schemaProblem) return schemaProblem;
  const by = (role: (r: string) => boolean): string =>
    messages
      .filter((m) => role(m.role))
      .map((m) => m.text)
      .join('\n\n');
  return {
    api,
    model,
    schemaName: structured ? String(named['name']) : null,
    schema: structured ? dict(named['schema']) : null,
    instructions: by((role) => role === 'system' || role === 'developer'),
    prompt: by((role) => role === 'user'),
    input: messages.map((m) => `${m.role}: ${m.text}`).join('\n\n'),
    maxTokens: number(body['max_output_tokens'] ?? body['max_completion_tokens'] ?? body['max_tokens']),
    metadata: Object.fromEntries(Object.entries(dict(body['metadata'])).map(([key, value]) => [key, String(value)])),
  };
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** The rules of strict structured outputs that an app can break: a name, an object at the root, everything required. */
function schemaError(api: Api, named: Dict): BadRequest | null {
  const at = api === 'responses' ? 'text.format' : 'response_format.json_schema';
  const name = named['name'];
  if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    return bad(`Invalid '${at}.name'.`, `${at}.name`, 'invalid_value');
  const schema = named['schema'];
  if (!isDict(schema))
    return bad(`Missing required parameter: '${at}.schema'.`, `${at}.schema`, 'missing_required_parameter');
  if (named['strict'] !== true) return null;
  const wrong = strictProblem(schema, []);
  if (wrong === null) return null;
  return bad(`Invalid schema for response_format '${name}': ${wrong}`, `${at}.schema`, 'invalid_json_schema');
}

function strictProblem(schema: Dict, path: string[]): string | null {
  const where = `In context=(${path.map((part) => `'${part}'`).join(', ')})`;
  if (path.length === 0 && schema['type'] !== 'object') return `schema must be a JSON Schema of 'type: "object"'.`;
  const properties = schema['properties'];
  if (isDict(properties)) {
    if (schema['additionalProperties'] !== false)
      return `${where}, 'additionalProperties' is required to be supplied and to be false.`;
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const missing = Object.keys(properties).find((name) => !required.includes(name));
    if (missing !== undefined)
      return `${where}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  for (const [key, inner] of Object.entries(schema)) {
    const children =
      key === 'properties' || key === '$defs' || key === 'definitions'
        ? Object.entries(dict(inner))
        : childSchemas(key, inner);
    for (const [name, child] of children) {
      const wrong = isDict(child) ? strictProblem(child, [...path, key, name].filter(Boolean)) : null;
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

function childSchemas(key: string, inner: unknown): Array<[string, unknown]> {
  if (key === 'items') return [['', inner]];
  if (key === 'anyOf' && Array.isArray(inner)) return inner.map((child, index) => [String(index), child]);
  return [];
}

type Message = { role: string; text: string };

function responsesMessages(body: Dict): Message[] | null {
  const first = typeof body['instructions'] === 'string' ? [{ role: 'developer', text: body['instructions'] }] : [];
  const input = body['input'];
  if (typeof input === 'string') return [...first, { role: 'user', text: input }];
  if (!Array.isArray(input)) return null;
  return [...first, ...input.filter(isDict).map(messageOf)];
}

function chatMessages(body: Dict): Message[] | null {
  const messages = body['messages'];
  return Array.isArray(messages) && messages.length > 0 ? messages.filter(isDict).map(messageOf) : null;
}

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

function messageOf(message: Dict): Message {
  const content = message['content'];
  const parts = Array.isArray(content) ? content.filter(isDict).map((part) => words(part['text'])) : [words(content)];
  return { role: typeof message['role'] === 'string' ? message['role'] : 'user', text: parts.join('\n') };
}

function bad(problem: string, param: string | null, code: string | null = null): BadRequest {
  return { problem, param, code };
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dict(value: unknown): Dict {
  return isDict(value) ? value : {};
}
