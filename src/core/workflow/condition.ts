import { z } from 'zod';
import { DURATION, durationMs } from '../duration.ts';

/** What is known of a lead when a condition is asked; gathered by the engine, never by the core. */
export type LeadFacts = {
  /** Named facts (first_name, company, title, country, language, timezone, source, …) and further columns, under their names. */
  fields: Record<string, string>;
  tags: readonly string[];
  score: number | null;
  /** Names of the saved segments the lead is in now. */
  segments: readonly string[];
  /** Lead events and outcomes in one view. `detail`: how a reply was read (“interested”), when that is known. */
  events: ReadonlyArray<{ type: string; at: Date; detail?: string | null }>;
  /** When the enrollment began; for a lead outside a workflow, when the lead came. */
  enteredAt: Date;
  /** When the step began on which the lead stands; left out, the enrollment's beginning. */
  stepEnteredAt?: Date;
  /** IANA zone of the lead. */
  zone: string;
};

type FieldCondition = {
  field: string;
  is?: string | number | boolean | undefined;
  is_not?: string | number | boolean | undefined;
  in?: Array<string | number | boolean> | undefined;
  contains?: string | undefined;
  at_least?: number | undefined;
  at_most?: number | undefined;
  exists?: boolean | undefined;
};
type EventCondition = {
  event: string;
  within?: string | undefined;
  at_least?: number | undefined;
  since?: 'enrollment' | 'step' | undefined;
};

/** A question about a lead that is answered yes or no. Closed: every kind is one member, told apart by its key. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | FieldCondition
  | { tag: string }
  | EventCondition
  | { score: { at_least?: number | undefined; at_most?: number | undefined } }
  | { segment: string }
  | { replied: boolean | string };

/** The key that says which kind of condition it is, in the order of the schema's members. */
export const conditionKeys = ['all', 'any', 'not', 'field', 'tag', 'event', 'score', 'segment', 'replied'] as const;

/** Conditions nest at most so deep: nobody reads deeper ones, and a hostile one must not exhaust the stack. */
export const DEEPEST_CONDITION = 8;

const duration = z.string().regex(DURATION, 'a duration like 30s, 10m, 4h, 3d or 2w');
const word = z.string().min(1).max(120);
const scalar = z.union([z.string().max(300), z.number(), z.boolean()], 'a text, a number, true or false');
const operators = ['is', 'is_not', 'in', 'contains', 'at_least', 'at_most', 'exists'] as const;

/** @see LeadFacts for what a condition can ask about. */
export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() => conditionUnion)
  .meta({ id: 'condition', description: 'A question about the lead that is answered yes or no.' });

const several = z.array(conditionSchema).min(1).max(20);
const conditionUnion: z.ZodType<Condition> = z.union([
  z.strictObject({ all: several.describe('Every one of these holds.') }),
  z.strictObject({ any: several.describe('At least one of these holds.') }),
  z.strictObject({ not: conditionSchema.describe('This does not hold.') }),
  z
    .strictObject({
      field: word.describe('A fact of the lead, such as country, or a column of your imports.'),
      is: scalar.optional(),
      is_not: scalar.optional(),
      in: z.array(scalar).min(1).max(200).optional(),
      contains: z.string().min(1).max(120).optional(),
      at_least: z.number().optional(),
      at_most: z.number().optional(),
      exists: z.boolean().optional(),
    })
    .refine((value) => operators.some((name) => value[name] !== undefined), {
      message: `what the field should be: one of ${operators.join(', ')}`,
    }),
  z.strictObject({ tag: word }),
  z.strictObject({
    event: word.describe('The type of an event or outcome: clicked, replied, converted, trial_started, …'),
    within: duration.describe('Only events so recent.').optional(),
    at_least: z.int().min(1).max(1000).describe('So many of them; left out, one.').optional(),
    since: z.enum(['enrollment', 'step']).describe('Only events after the enrollment, or the step, began.').optional(),
  }),
  z.strictObject({
    score: z
      .strictObject({
        at_least: z.number().min(0).max(100).optional(),
        at_most: z.number().min(0).max(100).optional(),
      })
      .refine((value) => value.at_least !== undefined || value.at_most !== undefined, {
        message: 'at_least or at_most',
      }),
  }),
  z.strictObject({ segment: word.describe('The name of a saved segment.') }),
  z.strictObject({
    replied: z
      .union([z.boolean(), word], 'true, false, or how the reply was read, such as interested')
      .describe('Whether the lead answered since the enrollment began.'),
  }),
]);

/** Whether something nests deeper than `deepest` levels; counted without recursion, so that it can be asked before anything is parsed. */
export function nestedTooDeep(value: unknown, deepest = DEEPEST_CONDITION * 2 + 4): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** How many of all, any and not stand inside each other at most, in any condition of a value that holds some. */
export function conditionDepth(value: unknown): number {
  let deepest = 0;
  const open = [{ item: value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { item, depth } = next;
    deepest = Math.max(deepest, depth);
    if (typeof item !== 'object' || item === null) continue;
    for (const [key, inner] of Object.entries(item))
      open.push({ item: inner, depth: depth + (key === 'all' || key === 'any' || key === 'not' ? 1 : 0) });
  }
  return deepest;
}

/** Whether the condition is true of the lead now. What is not known is not so: only `not` and `is_not` hold of it. */
export function holds(condition: Condition, facts: LeadFacts, now: Date): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, facts, now));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts, now));
  if ('not' in condition) return !holds(condition.not, facts, now);
  if ('field' in condition) return fieldHolds(condition, fieldOf(facts, condition.field));
  if ('tag' in condition) return facts.tags.some((tag) => same(tag, condition.tag));
  if ('event' in condition) return countOf(condition, facts, now) >= (condition.at_least ?? 1);
  if ('score' in condition) return facts.score !== null && within(facts.score, condition.score);
  if ('segment' in condition) return facts.segments.includes(condition.segment);
  return repliedAs(condition.replied, facts, now);
}

/** A membership in a segment may end as time passes, which the facts do not tell: it is asked again after so long. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * The next moment, after `now`, at which passing time alone could change the answer; null when only something that happens
 * can. Between `now` and it, the answer stays what it is.
 */
export function nextChange(condition: Condition, facts: LeadFacts, now: Date): Date | null {
  if ('all' in condition) return earliest(condition.all.map((part) => nextChange(part, facts, now)));
  if ('any' in condition) return earliest(condition.any.map((part) => nextChange(part, facts, now)));
  if ('not' in condition) return nextChange(condition.not, facts, now);
  if ('segment' in condition) return new Date(now.getTime() + LOOK_AGAIN_MS);
  const moments: number[] = [];
  if ('event' in condition)
    for (const { type, at } of facts.events) {
      if (!same(type, condition.event)) continue;
      moments.push(at.getTime());
      if (condition.within !== undefined) moments.push(at.getTime() + durationMs(condition.within));
    }
  if ('replied' in condition)
    for (const { type, at } of facts.events) if (type === 'replied') moments.push(at.getTime());
  return earliest(moments.filter((moment) => moment > now.getTime()).map((moment) => new Date(moment)));
}

/** The names a condition asks for, each once: what must be known to answer it, and what an event can change. */
export function mentions(condition: Condition): {
  fields: string[];
  events: string[];
  segments: string[];
  tags: string[];
} {
  const found = {
    fields: new Set<string>(),
    events: new Set<string>(),
    segments: new Set<string>(),
    tags: new Set<string>(),
  };
  const look = (part: Condition): void => {
    if ('all' in part) part.all.forEach(look);
    else if ('any' in part) part.any.forEach(look);
    else if ('not' in part) look(part.not);
    else if ('field' in part) found.fields.add(part.field);
    else if ('event' in part) found.events.add(part.event);
    else if ('segment' in part) found.segments.add(part.segment);
    else if ('tag' in part) found.tags.add(part.tag);
    else if ('replied' in part) found.events.add('replied');
  };
  look(condition);
  return {
    fields: [...found.fields],
    events: [...found.events],
    segments: [...found.segments],
    tags: [...found.tags],
  };
}

/** A fact under its name; case, blanks and underscores do not matter when no name fits to the letter. Empty is unknown. */
export function fieldOf({ fields }: Pick<LeadFacts, 'fields'>, name: string): string | null {
  const exact = Object.hasOwn(fields, name) ? name : Object.keys(fields).find((key) => plain(key) === plain(name));
  const value = exact === undefined ? '' : (fields[exact] ?? '').trim();
  return value === '' ? null : value;
}

/** “1200”, “1,200” and “ 1200.5 ” are numbers; anything else is none. */
export function numberOf(value: string): number | null {
  const text = value.trim();
  if (/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

function fieldHolds(condition: FieldCondition, value: string | null): boolean {
  const number = value === null ? null : numberOf(value);
  const equals = (wanted: string | number | boolean) =>
    value !== null && (same(value, String(wanted)) || (typeof wanted === 'number' && number === wanted));
  if (condition.exists !== undefined && condition.exists !== (value !== null)) return false;
  if (condition.is !== undefined && !equals(condition.is)) return false;
  if (condition.is_not !== undefined && equals(condition.is_not)) return false;
  if (condition.in !== undefined && !condition.in.some(equals)) return false;
  if (condition.contains !== undefined && !(value !== null && folded(value).includes(folded(condition.contains))))
    return false;
  const { at_least, at_most } = condition;
  return (
    (at_least === undefined && at_most === undefined) || (number !== null && within(number, { at_least, at_most }))
  );
}

/** How many events count now: an event counts from when it happened until `within` later, not at that moment any more. */
export function countOf(condition: EventCondition, facts: LeadFacts, now: Date): number {
  const since = sinceOf(condition.since, facts);
  return facts.events.filter(
    ({ type, at }) =>
      same(type, condition.event) &&
      at.getTime() <= now.getTime() &&
      at.getTime() >= since &&
      (condition.within === undefined || now.getTime() < at.getTime() + durationMs(condition.within)),
  ).length;
}

function sinceOf(since: EventCondition['since'], facts: LeadFacts): number {
  if (since === undefined) return -Infinity;
  return (since === 'enrollment' ? facts.enteredAt : (facts.stepEnteredAt ?? facts.enteredAt)).getTime();
}

function repliedAs(wanted: boolean | string, facts: LeadFacts, now: Date): boolean {
  const replies = facts.events.filter(
    ({ type, at }) => type === 'replied' && at.getTime() <= now.getTime() && at.getTime() >= facts.enteredAt.getTime(),
  );
  if (typeof wanted === 'boolean') return replies.length > 0 === wanted;
  return replies.some(({ detail }) => typeof detail === 'string' && same(detail, wanted));
}

function within(value: number, range: { at_least?: number | undefined; at_most?: number | undefined }): boolean {
  return value >= (range.at_least ?? -Infinity) && value <= (range.at_most ?? Infinity);
}

function folded(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

function same(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function plain(name: string): string {
  return folded(name).replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function earliest(moments: ReadonlyArray<Date | null>): Date | null {
  let first: Date | null = null;
  for (const moment of moments) if (moment !== null && (first === null || moment < first)) first = moment;
  return first;
}
