import { z } from 'zod';
import { normaliseAddress } from '../core/email-address.ts';
import { plainText } from '../core/plain-text.ts';
import type { LeadEvent } from '../engine/record-event.ts';
import { type BodyProblem, bodyProblems } from './body-problems.ts';

const MAX_PROPERTIES = 50;
const AHEAD_MS = 5 * 60_000;
const YEARS_BACK = 2;

const name = z
  .string()
  .max(60)
  .refine((text) => /^[\p{L}\p{N}_][\p{L}\p{N} _.:/-]*$/u.test(text), {
    message: 'is not a name of letters, digits, blanks and _ . : / -',
  });
const scalar = z.union([z.string().max(300), z.number(), z.boolean(), z.null()]);

/** One event as the outside sends it. */
const eventSchema = z.strictObject({
  email: z.string().max(1000),
  event: name,
  occurred_at: z.string().max(40).nullish(),
  id: z.string().min(1).max(200).nullish(),
  properties: z.record(name, scalar).nullish(),
});

const REMEDIES: Record<string, string> = {
  email: 'send the address as name@company.com',
  event: 'send converted, or a name of your own of at most 60 characters such as demo_booked',
  occurred_at: 'send a time such as 2026-03-10T12:00:00Z, or leave it out for now',
  id: 'send your own id of the event, at most 200 characters, or leave it out',
  properties:
    'send at most 50 facts: names of at most 60 characters, values that are texts of at most 300 characters, numbers, true or false',
};

export type ReadEvent = { ok: true; event: Omit<LeadEvent, 'inbound'> } | { ok: false; problems: BodyProblem[] };

/** @param place where it stands in the body, for problems: `data`, `events.3`; empty for the body itself. */
export function readEvent(value: unknown, place: string, now: Date): ReadEvent {
  const at = (field: string): string => (place === '' ? field : `${place}.${field}`);
  const checked = eventSchema.safeParse(value);
  if (!checked.success) return { ok: false, problems: problemsOf(checked.error.issues, value, place) };
  const { email, event, occurred_at: occurred, id, properties } = checked.data;
  const address = normaliseAddress(email);
  const time = occurred ? timeOf(occurred, now) : { ok: true as const, at: now };
  const entries = Object.entries(properties ?? {});
  const problem = (field: string, sent: unknown, text: string): BodyProblem => ({
    field: at(field),
    value: sent,
    problem: text,
    remedy: REMEDIES[field] ?? '',
  });
  const problems = [
    ...(address.ok ? [] : [problem('email', email.slice(0, 100), `has ${address.problem}`)]),
    ...(time.ok ? [] : [problem('occurred_at', occurred, time.problem)]),
    ...(entries.length <= MAX_PROPERTIES ? [] : [problem('properties', null, `has ${entries.length} members`)]),
  ];
  if (!address.ok || !time.ok || problems.length > 0) return { ok: false, problems };
  const kept = entries.flatMap(
    ([key, sent]): Array<[string, string]> => (sent === null ? [] : [[key, plainText(String(sent).toWellFormed())]]),
  );
  return {
    ok: true,
    event: {
      email: address.address,
      event: event.trim(),
      occurredAt: time.at,
      id: id ? plainText(id.toWellFormed()) : null,
      properties: Object.fromEntries(kept),
    },
  };
}

/** A property has no remedy of its own: what holds for one holds for all. */
function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown, place: string): BodyProblem[] {
  const words = {
    remedies: { '(body)': 'send an object with the lead’s email and the event', ...REMEDIES },
    unknown: {
      problem: 'is not a field of an event',
      remedy: `put anything else into ${place === '' ? 'properties' : `${place}.properties`}`,
    },
  };
  return bodyProblems(issues, value, words).map((each) => {
    const own = each.field.replace(/^\(body\)\.?/, '');
    const field = own === '' ? place || '(body)' : place === '' ? own : `${place}.${own}`;
    return own.startsWith('properties.')
      ? { ...each, field, remedy: REMEDIES['properties'] ?? '' }
      : { ...each, field };
  });
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** A moment that can have happened: at most 5 minutes ahead, for clocks that differ, and 2 years back. */
export function timeOf(text: string, now: Date): { ok: true; at: Date } | { ok: false; problem: string } {
  const at = TIME.test(text) ? new Date(text) : null;
  if (at === null || Number.isNaN(at.getTime())) return { ok: false, problem: 'is not a time with a date and a zone' };
  if (at.getTime() > now.getTime() + AHEAD_MS) return { ok: false, problem: 'lies more than 5 minutes ahead' };
  const oldest = new Date(now);
  oldest.setUTCFullYear(now.getUTCFullYear() - YEARS_BACK);
  if (at < oldest) return { ok: false, problem: `lies more than ${YEARS_BACK} years back` };
  return { ok: true, at };
}
