import { z } from 'zod';
import { normaliseAddress } from '../core/email-address.ts';
import { eventName, flatFacts, readTraits } from '../core/identify-traits.ts';
import { readLead } from '../core/lead-import.ts';
import type { Context } from '../engine/context.ts';
import { identify } from '../engine/identify.ts';
import { track } from '../engine/track.ts';
import { type ApiKeys, apiDoor } from './api-door.ts';
import { type BodyProblem, bodyProblems } from './body-problems.ts';
import { timeOf } from './event-body.ts';
import { json } from './json-answer.ts';
import type { Route, WebResponse } from './route.ts';

/** As Segment has them (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/). */
const CALL_BYTES = 32 * 1024;
const BATCH_BYTES = 500 * 1024;
const MOST_CALLS = 500;
const MOST_TRAITS = 100;
const MOST_PROPERTIES = 50;

/**
 * The two calls of Segment's HTTP API that are about leads, and their batch: `POST /v1/identify`, `/v1/track`, `/v1/batch`; so any
 * program that speaks to Segment can speak to us. Write key as the user name of Basic authentication (or signed, or Bearer).
 * `page`, `screen`, `group` and `alias` are taken and left alone. A person is named by `traits.email`, by a `userId` that is an
 * address, or in `track` by a `userId` that an `identify` told. A `messageId` is taken once.
 *
 * - 200 `{ success: true, result: 'created' | 'merged' | 'unchanged' | 'recorded' | 'duplicate' | 'erased' | 'unknown_lead' | 'ignored' }`
 * - 422 `{ success: false, error, problems }` · of a batch 200 `{ success, results: [ { index, … } ] }`
 * - 400, 401, 413, 503 as of the events API
 */
export function segmentApi(ctx: Context, keys: ApiKeys): Route[] {
  const door = (path: string, maxBytes: number, take: (body: unknown) => Promise<WebResponse>) =>
    apiDoor({ ...keys, path, maxBytes, machine: ctx.machine, take });
  const one = (type: string) =>
    door(`/v1/${type}`, CALL_BYTES, async (body) => {
      const taken = await takeCall(ctx, body, type, '');
      return 'problems' in taken
        ? json(422, { success: false, error: `invalid ${type}`, problems: taken.problems })
        : json(200, { success: true, ...taken });
    });
  return [
    ...['identify', 'track', 'page', 'screen', 'group', 'alias'].map(one),
    door('/v1/batch', BATCH_BYTES, (body) => takeBatch(ctx, body)),
  ];
}

const text = z.string().max(1000);
const callSchema = z.looseObject({
  type: text.nullish(),
  userId: z.union([text, z.number()]).nullish(),
  messageId: z.string().min(1).max(200).nullish(),
  timestamp: z.string().max(40).nullish(),
  originalTimestamp: z.string().max(40).nullish(),
  event: z.string().max(200).nullish(),
  traits: z.record(z.string().max(200), z.unknown()).nullish(),
  properties: z.record(z.string().max(200), z.unknown()).nullish(),
  context: z
    .looseObject({
      timezone: text.nullish(),
      locale: text.nullish(),
      traits: z.record(z.string().max(200), z.unknown()).nullish(),
    })
    .nullish(),
});
type Call = z.infer<typeof callSchema>;

type Taken = { result: string; lead_id?: string; warnings?: string[] } | { problems: BodyProblem[] };

async function takeBatch(ctx: Context, body: unknown): Promise<WebResponse> {
  const calls = typeof body === 'object' && body !== null && 'batch' in body ? body.batch : undefined;
  const wrong = (problem: string, remedy: string): WebResponse =>
    json(422, { success: false, error: 'invalid batch', problems: [{ field: 'batch', value: null, problem, remedy }] });
  if (!Array.isArray(calls)) return wrong('is not a list', 'send { "batch": [ … ] }');
  if (calls.length > MOST_CALLS) return wrong(`has ${calls.length} members`, `send at most ${MOST_CALLS} at once`);
  const results: Array<{ index: number } & Taken> = [];
  for (const [index, call] of calls.entries()) {
    const type: unknown = typeof call === 'object' && call !== null && 'type' in call ? call.type : null;
    results.push({ index, ...(await takeCall(ctx, call, typeof type === 'string' ? type : '', `batch.${index}`)) });
  }
  return json(200, { success: results.every((each) => !('problems' in each)), results });
}

async function takeCall(ctx: Context, body: unknown, type: string, place: string): Promise<Taken> {
  const checked = callSchema.safeParse(body);
  if (!checked.success)
    return {
      problems: bodyProblems(checked.error.issues, body, {
        remedies: {},
        unknown: { problem: 'is not known here', remedy: 'leave it out' },
      }).map((each) => placed(each, place)),
    };
  const call = checked.data;
  switch (type) {
    case 'identify':
      return takeIdentify(ctx, call, place);
    case 'track':
      return takeTrack(ctx, call, place);
    case 'page':
    case 'screen':
    case 'group':
    case 'alias':
      return { result: 'ignored' };
    default: {
      const remedy = 'send identify or track; page, screen, group and alias are taken and left alone';
      return refuse(place, 'type', type, 'is no kind of call that is known here', remedy);
    }
  }
}

async function takeIdentify(ctx: Context, call: Call, place: string): Promise<Taken> {
  const traits = { ...call.context?.traits, ...call.traits };
  if (Object.keys(traits).length > MOST_TRAITS)
    return refuse(place, 'traits', null, `has ${Object.keys(traits).length} members`, `send at most ${MOST_TRAITS}`);
  const { given, optOut } = readTraits(traits, {
    userId: userIdOf(call),
    zone: call.context?.timezone ?? null,
    locale: call.context?.locale ?? null,
  });
  if (given.values.email === undefined)
    return refuse(place, 'traits.email', null, 'is missing', 'send the address of the person as traits.email');
  const read = readLead(given);
  if (!read.ok) {
    const { place: field, value, problem, remedy } = read.problem;
    return refuse(place, field, value, problem, remedy);
  }
  const added = await identify(ctx, { lead: read.lead, optOut, messageId: call.messageId ?? null });
  const warnings = read.notes.map((note) => `${note.place}: ${note.problem}`);
  return {
    result: added.result,
    ...('leadId' in added ? { lead_id: added.leadId } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

async function takeTrack(ctx: Context, call: Call, place: string): Promise<Taken> {
  const event = eventName(call.event ?? '');
  if (event === '')
    return refuse(
      place,
      'event',
      call.event ?? null,
      'is no name of an event',
      'send what happened, such as “Trial Started”',
    );
  const who = whoOf(call);
  if (who === null)
    return refuse(
      place,
      'userId',
      null,
      'names nobody',
      'send the userId of an identify, or the address as properties.email',
    );
  const now = ctx.clock.now();
  const told = call.timestamp ?? call.originalTimestamp ?? null;
  const time = told === null ? { ok: true as const, at: now } : timeOf(told, now);
  if (!time.ok)
    return refuse(
      place,
      'timestamp',
      told,
      time.problem,
      'send a time such as 2026-03-10T12:00:00Z, or leave it out for now',
    );
  const { email: _email, ...properties } = flatFacts(call.properties, MOST_PROPERTIES);
  const tracked = await track(ctx, { who, event, occurredAt: time.at, properties, messageId: call.messageId ?? null });
  return { result: tracked.result, ...('leadId' in tracked ? { lead_id: tracked.leadId } : {}) };
}

function whoOf(call: Call): { email: string } | { userId: string } | null {
  const userId = userIdOf(call);
  for (const told of [call.properties?.['email'], call.context?.traits?.['email'], call.traits?.['email'], userId]) {
    const address = typeof told === 'string' ? normaliseAddress(told) : null;
    if (address?.ok === true) return { email: address.address };
  }
  return userId === null ? null : { userId };
}

function userIdOf({ userId }: Call): string | null {
  const id = userId === null || userId === undefined ? '' : String(userId).trim();
  return id === '' || id.length > 300 ? null : id;
}

function refuse(
  place: string,
  field: string,
  value: unknown,
  problem: string,
  remedy: string,
): { problems: BodyProblem[] } {
  return { problems: [placed({ field, value, problem, remedy }, place)] };
}

function placed(problem: BodyProblem, place: string): BodyProblem {
  return place === '' ? problem : { ...problem, field: `${place}.${problem.field}` };
}
