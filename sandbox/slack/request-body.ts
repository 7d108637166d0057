import type { IncomingMessage } from 'node:http';
import { isRecord, parseJson } from './json.ts';

/** Request bodies as Slack takes them: form-encoded, JSON or multipart; all become one record of arguments. */

export type ParsedBody = { args: Record<string, unknown>; file: Buffer | null } | { error: string };

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

async function multipart(body: Buffer, contentType: string): Promise<ParsedBody> {
  const sent = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  const form = await sent.formData().catch(() => null);
  if (form === null) return { error: 'invalid_form_data' };
  const args: Record<string, unknown> = {};
  let file: Buffer | null = null;
  for (const [name, value] of form) {
    if (typeof value === 'string') args[name] = value;
    else file = Buffer.from(await value.arrayBuffer());
  }
  return { args, file };
}

export async function parseBody(body: Buffer, contentType: string, query: URLSearchParams): Promise<ParsedBody> {
  const fromQuery = Object.fromEntries(query);
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') {
    const parsed = await multipart(body, contentType);
    return 'error' in parsed ? parsed : { args: { ...fromQuery, ...parsed.args }, file: parsed.file };
  }
  if (type === 'application/json') {
    const parsed = body.length === 0 ? {} : parseJson(body.toString());
    if (parsed === undefined) return { error: 'invalid_json' };
    return isRecord(parsed) ? { args: { ...fromQuery, ...parsed }, file: null } : { error: 'json_not_object' };
  }
  if (type === 'application/x-www-form-urlencoded' || body.length === 0)
    return { args: { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body.toString())) }, file: null };
  return { error: 'invalid_post_type' };
}
