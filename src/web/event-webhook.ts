import { z } from 'zod';
import { normaliseAddress } from '../core/email-address.ts';
import { plainText } from '../core/plain-text.ts';
import type { Context } from '../engine/context.ts';
import { recordEvent, type RecordEventResult } from '../engine/record-event.ts';
import { type BodyProblem, bodyProblems, notJson } from './body-problems.ts';
import { json } from './json-answer.ts';
import type { Route, WebResponse } from './route.ts';
import { signedWebhook } from './signed-webhook.ts';

const MAX_BYTES = 256 * 1024;
const MAX_PROPERTIES = 50;
const SOURCE = 'webhook:events';
const AHEAD_MS = 5 * 60_000;
const YEARS_BACK = 2;

/**
 * `POST /webhooks/events`: something a lead did outside our mails, signed like the lead webhook. Body: `{ "type": "lead.event",
 * "data": { "email": …, "event": "converted" | any name, "occurred_at"?: ISO 8601, "id"?: …, "properties"?: { … } } }`. Each
 * `webhook-id` is taken once, and each `data.id` of a lead's event once. `converted` is the goal: every workflow that the lead is
 * in ends at once.
 *
 * - 202 `{ lead_id, recorded: true, workflows_ended }`
 * - 202 `{ recorded: false, unknown_lead: true }`: a CRM reports everybody, and asking it to try for days would help nobody.
 *   The same message may be sent again once the lead is there
 * - 200 `{ duplicate: true }` · 200 `{ recorded: false, erased: true }`
 * - 401, 413, 503 as of the lead webhook · 422 `{ error, problems: [{ field, value, problem, remedy }] }`
 *
 * @param secrets `whsec_…`, several while they are rotated. @throws for one that is not base64, without showing it.
 */
export function eventWebhook(ctx: Context, { secrets }: { secrets: readonly string[] }): Route {
  return signedWebhook({
    path: '/webhooks/events',
    maxBytes: MAX_BYTES,
    secrets,
    name: 'event webhook',
    machine: ctx.machine,
    take: async (id, request) => {
      const read = readBody(request.body.toString('utf8'), ctx.clock.now());
      if (!read.ok) return json(422, { error: 'invalid event', problems: read.problems });
      const inbound = { source: SOURCE, externalId: id };
      return answer(await recordEvent(ctx, { ...read.event, inbound }));
    },
  });
}

function answer(recorded: RecordEventResult): WebResponse {
  switch (recorded.result) {
    case 'recorded':
      return json(202, { lead_id: recorded.leadId, recorded: true, workflows_ended: recorded.ended });
    case 'unknown_lead':
      return json(202, {
        recorded: false,
        unknown_lead: true,
        remedy: 'add the lead with POST /webhooks/leads, then send the event again',
      });
    case 'duplicate':
      return json(200, { lead_id: recorded.leadId, duplicate: true });
    case 'erased':
      return json(200, { lead_id: recorded.leadId, recorded: false, erased: true });
    default:
      return recorded satisfies never;
  }
}

const name = z
  .string()
  .max(60)
  .refine((text) => /^[\p{L}\p{N}_][\p{L}\p{N} _.:/-]*$/u.test(text), {
    message: 'is not a name of letters, digits, blanks and _ . : / -',
  });
const scalar = z.union([z.string().max(300), z.number(), z.boolean(), z.null()]);
const bodySchema = z.object({
  type: z.literal('lead.event'),
  data: z.strictObject({
    email: z.string().max(1000),
    event: name,
    occurred_at: z.string().max(40).nullish(),
    id: z.string().min(1).max(200).nullish(),
    properties: z.record(name, scalar).nullish(),
  }),
});

const REMEDIES: Record<string, string> = {
  '(body)': notJson.remedy,
  type: 'send lead.event',
  data: 'send an object with the lead’s email and the event',
  'data.email': 'send the address as name@company.com',
  'data.event': 'send converted, or a name of your own of at most 60 characters such as demo_booked',
  'data.occurred_at': 'send a time such as 2026-03-10T12:00:00Z, or leave it out for now',
  'data.id': 'send your own id of the event, at most 200 characters, or leave it out',
  'data.properties':
    'send at most 50 facts: names of at most 60 characters, values that are texts of at most 300 characters, numbers, true or false',
};
const WORDS = {
  remedies: REMEDIES,
  unknown: { problem: 'is not a field of an event', remedy: 'put anything else into data.properties' },
};

type Event = Omit<Parameters<typeof recordEvent>[1], 'inbound'>;
type ReadBody = { ok: true; event: Event } | { ok: false; problems: BodyProblem[] };

function readBody(body: string, now: Date): ReadBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { ok: false, problems: [notJson] };
  }
  const checked = bodySchema.safeParse(parsed);
  if (!checked.success) return { ok: false, problems: problemsOf(checked.error.issues, parsed) };
  const { email, event, occurred_at: occurred, id, properties } = checked.data.data;
  const address = normaliseAddress(email);
  const at = occurred ? timeOf(occurred, now) : { ok: true as const, at: now };
  const entries = Object.entries(properties ?? {});
  const problems = [
    ...(address.ok ? [] : [problem('data.email', email.slice(0, 100), `has ${address.problem}`)]),
    ...(at.ok ? [] : [problem('data.occurred_at', occurred, at.problem)]),
    ...(entries.length <= MAX_PROPERTIES ? [] : [problem('data.properties', null, `has ${entries.length} members`)]),
  ];
  if (!address.ok || !at.ok || problems.length > 0) return { ok: false, problems };
  const kept = entries.flatMap(([key, value]) =>
    value === null ? [] : [[key, plainText(String(value).toWellFormed())]],
  );
  return {
    ok: true,
    event: {
      email: address.address,
      event: event.trim(),
      occurredAt: at.at,
      id: id ? plainText(id.toWellFormed()) : null,
      properties: Object.fromEntries(kept) as Record<string, string>,
    },
  };
}

/** A property has no remedy of its own: what holds for one holds for all. */
function problemsOf(issues: readonly z.core.$ZodIssue[], body: unknown): BodyProblem[] {
  return bodyProblems(issues, body, WORDS).map((each) =>
    each.field.startsWith('data.properties.') ? { ...each, remedy: REMEDIES['data.properties'] ?? '' } : each,
  );
}

function problem(field: string, value: unknown, text: string): BodyProblem {
  return { field, value, problem: text, remedy: REMEDIES[field] ?? '' };
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

function timeOf(text: string, now: Date): { ok: true; at: Date } | { ok: false; problem: string } {
  const at = TIME.test(text) ? new Date(text) : null;
  if (at === null || Number.isNaN(at.getTime())) return { ok: false, problem: 'is not a time with a date and a zone' };
  if (at.getTime() > now.getTime() + AHEAD_MS) return { ok: false, problem: 'lies more than 5 minutes ahead' };
  const oldest = new Date(now);
  oldest.setUTCFullYear(now.getUTCFullYear() - YEARS_BACK);
  if (at < oldest) return { ok: false, problem: `lies more than ${YEARS_BACK} years back` };
  return { ok: true, at };
}
