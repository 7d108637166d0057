import { z } from 'zod';
import { type GivenLead, readLead } from '../core/lead-import.ts';
import { type LeadField, leadFields } from '../core/lead.ts';
import { addLead, type AddLeadResult } from '../engine/add-lead.ts';
import type { Context } from '../engine/context.ts';
import { type BodyProblem, bodyProblems, notJson } from './body-problems.ts';
import { json } from './json-answer.ts';
import type { Route, WebResponse } from './route.ts';
import { signedWebhook } from './signed-webhook.ts';

const MAX_BYTES = 256 * 1024;
const MAX_FIELDS = 100;

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
  return signedWebhook({
    path: '/webhooks/leads',
    maxBytes: MAX_BYTES,
    secrets,
    name: 'lead webhook',
    machine: ctx.machine,
    take: (id, request) => take(ctx, id, request.body.toString('utf8')),
  });
}

async function take(ctx: Context, externalId: string, body: string): Promise<WebResponse> {
  const read = readBody(body);
  if (!read.ok) return json(422, { error: 'invalid lead', problems: read.problems });
  const added = await addLead(ctx, {
    lead: read.lead,
    actor: 'system:webhook',
    by: 'webhook',
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

type ReadBody =
  | { ok: true; lead: Extract<ReturnType<typeof readLead>, { ok: true }>['lead']; warnings: string[] }
  | { ok: false; problems: BodyProblem[] };

function readBody(body: string): ReadBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { ok: false, problems: [notJson] };
  }
  const checked = bodySchema.safeParse(parsed);
  if (!checked.success)
    return {
      ok: false,
      problems: bodyProblems(checked.error.issues, parsed, { remedies: REMEDIES, unknown: UNKNOWN }),
    };
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

const UNKNOWN = {
  problem: 'is not a field of a lead',
  remedy: `known are ${leadFields.join(', ')}; put anything else into data.fields`,
};

const REMEDIES: Record<string, string> = {
  '(body)': 'send one JSON object with type and data',
  type: 'send lead.created or lead.updated; both create the lead or merge it',
  data: 'send an object with the lead’s email and what else is known',
  'data.email': 'send the address as name@company.com',
  'data.fields':
    'send an object of further facts: names of at most 60 characters, values that are texts, numbers, true or false',
};
