import { saysNoMail } from './data-quality/contradictions.ts';
import { fieldCalled } from './lead-columns.ts';
import type { GivenLead } from './lead-import.ts';
import type { LeadField } from './lead.ts';

/** What a call of another program knows of a person, besides its traits. */
export type Identified = { userId: string | null; zone: string | null; locale: string | null };

export type ReadTraits = { given: GivenLead /** A trait says that the person wants no mail. */; optOut: boolean };

/** Under it a lead keeps the id by which another program knows it; events may name it instead of the address. */
export const USER_ID = 'user_id';

/**
 * Traits as Segment and HubSpot name them (firstName, firstname, jobtitle, company.name, hs_language, …) to a lead as files bring
 * it; what is no known field is kept under its own name, nested ones with a dot (`address.city`).
 */
export function readTraits(traits: Readonly<Record<string, unknown>>, also: Identified): ReadTraits {
  const flat = flatten(traits);
  const values: GivenLead['values'] = {};
  const further: Array<{ place: string; name: string; raw: string }> = [];
  let optOut = false;
  const set = (field: LeadField, place: string, raw: string): void => {
    if (raw.trim() !== '') values[field] ??= { place, raw };
  };
  for (const [name, raw] of flat) {
    if (saysNoMail(name, raw) || (name.toLowerCase() === 'subscribed' && raw === 'false')) optOut = true;
    const place = `traits.${name}`;
    const field = fieldOfTrait(name);
    if (field !== null && values[field] === undefined) set(field, place, field === 'created_at' ? instant(raw) : raw);
    else if (!['name', 'id', 'userId', USER_ID].includes(name)) further.push({ place, name, raw });
  }
  const whole = flat.get('name');
  if (whole !== undefined && values.first_name === undefined && values.last_name === undefined) {
    const [first = '', ...rest] = whole.trim().split(/\s+/);
    set('first_name', 'traits.name', first);
    set('last_name', 'traits.name', rest.join(' '));
  }
  if (also.userId !== null) {
    further.push({ place: 'userId', name: USER_ID, raw: also.userId });
    if (also.userId.includes('@')) set('email', 'userId', also.userId);
  }
  if (also.zone !== null) set('timezone', 'context.timezone', also.zone);
  if (also.locale !== null) set('language', 'context.locale', also.locale);
  return { given: { values, further, source: null }, optOut };
}

/** Facts of an event: scalars under their names, nested ones with a dot; at most `most`, the rest is left out. */
export function flatFacts(value: unknown, most: number): Record<string, string> {
  const facts = isObject(value) ? [...flatten(value)] : [];
  return Object.fromEntries(
    facts.slice(0, most).map(([name, text]) => [name.slice(0, 60), text.toWellFormed().slice(0, 300)]),
  );
}

/** “Trial Started” and `trial-started` are the event `trial_started`; empty for a name without letters and digits. */
export function eventName(raw: string): string {
  return raw
    .normalize('NFKC')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60);
}

const NESTED: Readonly<Record<string, LeadField>> = { 'company.name': 'company', 'address.country': 'country' };

function fieldOfTrait(name: string): LeadField | null {
  if (Object.hasOwn(NESTED, name)) return NESTED[name] ?? null;
  return name.includes('.') ? null : fieldCalled(name);
}

function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, inner] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean')
      flat.set(name, String(inner));
    else if (Array.isArray(inner)) {
      const scalars = inner.filter((each) => typeof each === 'string' || typeof each === 'number');
      if (scalars.length > 0) flat.set(name, scalars.join(', '));
    } else if (isObject(inner) && prefix === '')
      for (const [deep, text] of flatten(inner, `${name}.`)) flat.set(deep, text);
  }
  return flat;
}

/** Milliseconds since 1970, as HubSpot has them, as an instant; anything else as it is. */
function instant(raw: string): string {
  if (!/^\d{12,14}$/.test(raw)) return raw;
  return new Date(Number(raw)).toISOString();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
