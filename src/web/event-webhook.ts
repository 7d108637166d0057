import { z } from 'zod';
import type { Context } from '../engine/context.ts';
import { recordEvent, type RecordEventResult } from '../engine/record-event.ts';
import { bodyProblems, notJson } from './body-problems.ts';
import { readEvent, type ReadEvent } from './event-body.ts';
import { json } from './json-answer.ts';
import type { Route, WebResponse } from './route.ts';
import { signedWebhook } from './signed-webhook.ts';

const MAX_BYTES = 256 * 1024;
const SOURCE = 'webhook:events';

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

const envelope = z.object({ type: z.literal('lead.event'), data: z.unknown() });
const WORDS = {
  remedies: {
    '(body)': notJson.remedy,
    type: 'send lead.event',
    data: 'send an object with the lead’s email and the event',
  },
  unknown: { problem: 'is not a field of an event', remedy: 'put anything else into data.properties' },
};

function readBody(body: string, now: Date): ReadEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { ok: false, problems: [notJson] };
  }
  const checked = envelope.safeParse(parsed);
  if (!checked.success) return { ok: false, problems: bodyProblems(checked.error.issues, parsed, WORDS) };
  return readEvent(checked.data.data, 'data', now);
}
