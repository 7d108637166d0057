import { contentHash } from '../core/canonical-json.ts';
import type { Context } from '../engine/context.ts';
import { type LeadEvent, recordEvent } from '../engine/record-event.ts';
import { type ApiKeys, apiDoor } from './api-door.ts';
import type { BodyProblem } from './body-problems.ts';
import { readEvent } from './event-body.ts';
import { json } from './json-answer.ts';
import type { Route, WebResponse } from './route.ts';

const SINGLE_BYTES = 32 * 1024;
const BATCH_BYTES = 512 * 1024;
const MOST_EVENTS = 500;
const SOURCE = 'api:events';

/**
 * `POST /events`: one thing a lead did, `{ email, event, occurred_at?, id?, properties? }`; `POST /events/batch`: `{ events: [ … ] }`,
 * at most 500. Signed as Standard Webhooks says, or with a write key (Basic or Bearer). Each event's `id` is taken once, and each
 * request once that has a `webhook-id` or an `idempotency-key`; of an event with neither, the very same content is taken once.
 *
 * - `/events` 202 `{ result: 'recorded', lead_id, workflows_ended }` · 202 `{ result: 'unknown_lead' }` · 200 `{ result: 'duplicate' |
 *   'erased', lead_id }` · 422 `{ error, problems }`
 * - `/events/batch` 200 `{ recorded, failed, results: [ { index, result, … } ] }`: one result an event, in their order; an event that
 *   is wrong (`invalid`, with its problems) keeps no other back. Sending the whole batch again is safe.
 * - 400 no JSON · 401 · 413 · 503 while no key is configured
 */
export function eventsApi(ctx: Context, keys: ApiKeys): Route[] {
  const { machine } = ctx;
  return [
    apiDoor({ ...keys, path: '/events', maxBytes: SINGLE_BYTES, machine, take: (body, key) => single(ctx, body, key) }),
    apiDoor({
      ...keys,
      path: '/events/batch',
      maxBytes: BATCH_BYTES,
      machine,
      take: (body, key) => batch(ctx, body, key),
    }),
  ];
}

type Result =
  | { result: 'recorded'; lead_id: string; workflows_ended: number }
  | { result: 'duplicate' | 'erased'; lead_id: string }
  | { result: 'unknown_lead'; remedy: string }
  | { result: 'invalid'; problems: BodyProblem[] };

async function single(ctx: Context, body: unknown, key: string | null): Promise<WebResponse> {
  const taken = await takeEvent(ctx, body, '', key);
  switch (taken.result) {
    case 'invalid':
      return json(422, { error: 'invalid event', problems: taken.problems });
    case 'recorded':
    case 'unknown_lead':
      return json(202, taken);
    case 'duplicate':
    case 'erased':
      return json(200, taken);
  }
}

async function batch(ctx: Context, body: unknown, key: string | null): Promise<WebResponse> {
  const events = typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined;
  const wrong = (problem: string, remedy: string): WebResponse =>
    json(422, { error: 'invalid batch', problems: [{ field: 'events', value: null, problem, remedy }] });
  if (!Array.isArray(events)) return wrong('is not a list', 'send { "events": [ … ] }');
  if (events.length > MOST_EVENTS) return wrong(`has ${events.length} members`, `send at most ${MOST_EVENTS} at once`);
  const results: Array<{ index: number } & Result> = [];
  // One after the other: events of one lead keep their order, and clicks in Slack their place in the database.
  for (const [index, event] of events.entries())
    results.push({
      index,
      ...(await takeEvent(ctx, event, `events.${index}`, key === null ? null : `${key}:${index}`)),
    });
  const recorded = results.filter(({ result }) => result === 'recorded').length;
  const failed = results.filter(({ result }) => result === 'invalid').length;
  return json(200, { recorded, failed, results });
}

async function takeEvent(ctx: Context, value: unknown, place: string, key: string | null): Promise<Result> {
  const read = readEvent(value, place, ctx.clock.now());
  if (!read.ok) return { result: 'invalid', problems: read.problems };
  const externalId = inboundId(read.event, value, key);
  const recorded = await recordEvent(ctx, { ...read.event, inbound: { source: SOURCE, externalId } });
  switch (recorded.result) {
    case 'recorded':
      return { result: 'recorded', lead_id: recorded.leadId, workflows_ended: recorded.ended };
    case 'duplicate':
    case 'erased':
      return { result: recorded.result, lead_id: recorded.leadId };
    case 'unknown_lead':
      return {
        result: 'unknown_lead',
        remedy: 'add the lead with POST /webhooks/leads or /v1/identify, then send the event again',
      };
  }
}

/** Beside lead and event, so that whoever sends a person's id for the event's loses none but true repetitions. */
function inboundId(event: Omit<LeadEvent, 'inbound'>, value: unknown, key: string | null): string {
  if (event.id !== null) return `id:${contentHash([event.email.toLowerCase(), event.event, event.id])}`;
  return key === null ? `content:${contentHash(value)}` : `key:${key}`;
}
