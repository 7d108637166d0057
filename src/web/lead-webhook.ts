import { timingSafeEqual } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { type GivenLead, readLead } from '../core/lead-import.ts';
import { type LeadField, leadFields } from '../core/lead.ts';
import { cut } from '../core/lead-values.ts';
import { oneLine } from '../core/plain-text.ts';
import { addLead, type AddLeadResult } from '../engine/add-lead.ts';
import type { Context } from '../engine/context.ts';
import type { Route, WebRequest, WebResponse } from './route.ts';

const MAX_BYTES = 256 * 1024;
const MAX_FIELDS = 100;
/** Seconds, both ways: a message from the future can't be replayed later either. */
const TOLERANCE = 300;

/**
 * `POST /webhooks/leads`: one lead, signed as Standard Webhooks says (https://www.standardwebhooks.com): `webhook-id`,
 * `webhook-timestamp`, `webhook-signature`. Body: `{ "type": "lead.created" | "lead.updated", "data": { "email": …,
 * "first_name": …, "fields": { … } } }`. Both types do the same: the lead is created, or merged by the rule of an import.
 *
 * - 202 `{ lead_id, created: true, enrolled, warnings }` · 200 with `created: false` for a known address
 * - 200 `{ duplicate: true }` when this `webhook-id` was taken before
 * - 401 for any doubt about the signature, without details · 413 · 503 while no secret is configured
 * - 422 `{ error, problems: [{ field, value, problem, remedy }] }`
 *
 * @param secrets `whsec_…`, several while they are rotated. @throws for one that is not base64, without showing it.
 */
export function leadWebhook(ctx: Context, { secrets }: { secrets: readonly string[] }): Route {
  const signers = secrets.map(signer);
  return {
    method: 'POST',
    path: '/webhooks/leads',
    maxBytes: MAX_BYTES,
    async handle(request) {
      if (signers.length === 0) return json(503, { error: 'not configured' });
      if (request.body.length > MAX_BYTES) return json(413, { error: `at most ${MAX_BYTES} bytes` });
      const id = verifiedId(request, signers, ctx.machine.now());
      return id === null ? json(401, { error: 'unauthorized' }) : take(ctx, id, request.body.toString('utf8'));
    },
  };
}

async function take(ctx: Context, externalId: string, body: string): Promise<WebResponse> {
  const read = readBody(body);
  if (!read.ok) return json(422, { error: 'invalid lead', problems: read.problems });
  const added = await addLead(ctx, {
    lead: read.lead,
    actor: 'system:webhook',
    inbound: { source: 'webhook:leads', externalId },
  });
  return answer(added, read.warnings);
}

function answer(added: AddLeadResult, warnings: string[]): WebResponse {
  switch (added.result) {
    case 'duplicate':
      return json(200, { duplicate: true });
    case 'erased':
      return json(200, { lead_id: added.leadId, created: false, erased: true });
    case 'created':
      return json(202, { lead_id: added.leadId, created: true, enrolled: added.enrolled, warnings });
    case 'merged':
    case 'unchanged':
      return json(200, { lead_id: added.leadId, created: false, changed: added.result === 'merged', warnings });
    default:
      return added satisfies never;
  }
}

function json(status: number, body: Record<string, unknown>): WebResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

// The signature --------------------------------------------------------------------------------------------------------

function signer(secret: string, i: number): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new Error(
      `secret ${i + 1} of the lead webhook is not a Standard Webhooks secret: it must be "whsec_" and base64`,
    );
  }
}

/**
 * The message's id, or null. The package computes the signature; the rest is stricter than its own `verify`, which reads
 * the machine's clock itself and takes `1700000000abc` for a time and `v1,signature,anything` for a signature.
 */
function verifiedId(request: WebRequest, signers: readonly Webhook[], now: Date): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = request.headers;
  if (!id || !timestamp || !signatures || id.length > 256 || signatures.length > 4096) return null;
  if (!/^\d{1,12}$/.test(timestamp) || String(Number(timestamp)) !== timestamp) return null;
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > TOLERANCE) return null;
  // Bytes that are not text would be signed as what they are replaced by.
  if (!isUtf8(request.body)) return null;
  const at = new Date(Number(timestamp) * 1000);
  const given = signatures.split(' ').map((signature) => Buffer.from(signature));
  let valid = false;
  for (const webhook of signers) {
    const expected = Buffer.from(webhook.sign(id, at, request.body.toString('utf8')));
    for (const signature of given)
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) valid = true;
  }
  return valid ? id : null;
}

// The body -------------------------------------------------------------------------------------------------------------

const optional = z.string().max(10_000).nullish();
const scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);
const bodySchema = z.object({
  type: z.enum(['lead.created', 'lead.updated']),
  data: z.strictObject({
    email: z.string().max(1000),
    first_name: optional,
    last_name: optional,
    company: optional,
    title: optional,
    country: optional,
    language: optional,
    timezone: optional,
    source: optional,
    created_at: optional,
    fields: z.record(z.string().min(1).max(60), scalar).optional(),
  } satisfies Record<LeadField | 'fields', z.ZodType>),
});

type BodyProblem = { field: string; value: unknown; problem: string; remedy: string };
type ReadBody =
  | { ok: true; lead: Extract<ReturnType<typeof readLead>, { ok: true }>['lead']; warnings: string[] }
  | { ok: false; problems: BodyProblem[] };

function readBody(body: string): ReadBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {
      ok: false,
      problems: [
        { field: '(body)', value: null, problem: 'is not JSON', remedy: 'send one JSON object with type and data' },
      ],
    };
  }
  const checked = bodySchema.safeParse(parsed);
  if (!checked.success)
    return { ok: false, problems: checked.error.issues.slice(0, 20).flatMap((issue) => describeIssue(issue, parsed)) };
  const { fields = {}, ...data } = checked.data.data;
  if (Object.keys(fields).length > MAX_FIELDS) {
    const problem = `has ${Object.keys(fields).length} members`;
    return {
      ok: false,
      problems: [{ field: 'data.fields', value: null, problem, remedy: `send at most ${MAX_FIELDS}` }],
    };
  }
  const values: GivenLead['values'] = {};
  for (const field of leadFields) {
    const raw = data[field];
    if (raw !== null && raw !== undefined) values[field] = { place: `data.${field}`, raw };
  }
  const further = Object.entries(fields).map(([name, value]) => ({
    place: `data.fields.${name}`,
    name,
    raw: value === null ? '' : String(value),
  }));
  const read = readLead({ values, further, source: null });
  if (read.ok)
    return { ok: true, lead: read.lead, warnings: read.notes.map((note) => `${note.place}: ${note.problem}`) };
  const { place: field, value, problem, remedy } = read.problem;
  return { ok: false, problems: [{ field, value, problem, remedy }] };
}

function describeIssue(issue: z.core.$ZodIssue, body: unknown): BodyProblem[] {
  const field = shownText(issue.path.map(String).join('.')) || '(body)';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: `${field}.${shownText(key)}`,
      value: shownValue(valueAt(body, [...issue.path, key])),
      problem: 'is not a field of a lead',
      remedy: `known are ${leadFields.join(', ')}; put anything else into data.fields`,
    }));
  const value = valueAt(body, issue.path);
  return [
    {
      field,
      value: shownValue(value),
      problem: problemOf(issue, value),
      remedy: REMEDIES[field] ?? 'send a text, or leave it out',
    },
  ];
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'too_big') return `is longer than ${issue.maximum} characters`;
  if (issue.code === 'invalid_value') return `is not one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type') return value === undefined ? 'is missing' : `is not of the type ${issue.expected}`;
  return 'is not what it should be';
}

const REMEDIES: Record<string, string> = {
  '(body)': 'send one JSON object with type and data',
  type: 'send lead.created or lead.updated; both create the lead or merge it',
  data: 'send an object with the lead’s email and what else is known',
  'data.email': 'send the address as name@company.com',
  'data.fields':
    'send an object of further facts: names of at most 60 characters, values that are texts, numbers, true or false',
};

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** What was sent, as far as it is short and plain. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function shownText(text: string): string {
  return cut(oneLine(text.toWellFormed()), 100);
}
