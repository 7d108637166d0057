import type { IncomingMessage } from 'node:http';
import { isRecord, parseJson } from './json.ts';

/**
 * Request bodies as Slack takes them (https://docs.slack.dev/apis/web-api): form-encoded, JSON or multipart; all become one
 * record of arguments. A token counts in a form and in the header, not in JSON and not in the address.
 */

export type ParsedBody = {
  args: Record<string, unknown>;
  /** From a form. */
  token: string | null;
  /** What a JSON body said is left out of `formArgs`: some methods do not read it. */
  formArgs: Record<string, unknown>;
  warnings: string[];
};

const LARGEST = 20_000_000;

export async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw new Error('request body larger than 20 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function formOf(body: Buffer, contentType: string): Promise<FormData | null> {
  const sent = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  return sent.formData().catch(() => null);
}

/** The one file of a form, or the body as it is; null for a form without a file. */
export async function fileIn(body: Buffer, contentType: string): Promise<Buffer | null> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await formOf(body, contentType);
  for (const [, value] of form ?? []) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return null;
}

async function multipart(body: Buffer, contentType: string): Promise<Record<string, string> | null> {
  const form = await formOf(body, contentType);
  if (form === null) return null;
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name] = value;
  return fields;
}

function charsetOf(contentType: string): string | null {
  return /;\s*charset="?([^";\s]+)"?/i.exec(contentType)?.[1]?.toLowerCase() ?? null;
}

const CHARSETS = new Set(['utf-8', 'iso-8859-1']);

function fromForm(query: Record<string, string>, fields: Record<string, string>, warnings: string[]): ParsedBody {
  const { token = null, ...rest } = fields;
  const args = { ...query, ...rest };
  return { args, formArgs: args, token, warnings };
}

export async function parseBody(
  body: Buffer,
  contentType: string,
  query: URLSearchParams,
): Promise<ParsedBody | { error: string }> {
  const { token: _neverInAddresses, ...fromQuery } = Object.fromEntries(query);
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const charset = charsetOf(contentType);
  if (charset !== null && !CHARSETS.has(charset)) return { error: 'invalid_charset' };
  const superfluous = charset === null ? [] : ['superfluous_charset'];
  const missing = charset === null ? ['missing_charset'] : [];
  if (type === 'multipart/form-data') {
    const fields = await multipart(body, contentType);
    return fields === null ? { error: 'invalid_form_data' } : fromForm(fromQuery, fields, superfluous);
  }
  if (type === 'application/json') {
    const parsed = body.length === 0 ? {} : parseJson(body.toString());
    if (parsed === undefined) return { error: 'invalid_json' };
    if (!isRecord(parsed)) return { error: 'json_not_object' };
    const { token: _onlyInTheHeader, ...said } = parsed;
    return { args: { ...fromQuery, ...said }, formArgs: fromQuery, token: null, warnings: missing };
  }
  if (type === 'application/x-www-form-urlencoded')
    return fromForm(fromQuery, Object.fromEntries(new URLSearchParams(body.toString())), superfluous);
  if (type === 'text/plain') return { ...fromForm(fromQuery, {}, missing) };
  if (body.length === 0) return fromForm(fromQuery, {}, []);
  return { error: type === '' ? 'missing_post_type' : 'invalid_post_type' };
}
