import { isMissing } from './placeholders.ts';

/** Something in a lead's values that can't be right, or can't be right beside another value. */
export type Contradiction = {
  code:
    | 'country_zone'
    | 'name_is_address'
    | 'name_has_digits'
    | 'names_equal'
    | 'future_date'
    | 'opted_out'
    | 'company_is_person';
  /** Names of the values, the one to look at first. */
  fields: string[];
  /** For people: `time zone Asia/Tokyo is not in Germany`. */
  text: string;
};

const REGIONS = new Intl.DisplayNames(['en'], { type: 'region' });
const CODES: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 26 * 26 }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26))).flatMap(
    (code): Array<[string, string]> => {
      const name = REGIONS.of(code);
      return name === undefined || name === code || name === 'Unknown Region' ? [] : [[name.toLowerCase(), code]];
    },
  ),
);
const ALSO: Record<string, string> = {
  usa: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  deutschland: 'DE',
  österreich: 'AT',
  schweiz: 'CH',
  españa: 'ES',
  brasil: 'BR',
  'the netherlands': 'NL',
  holland: 'NL',
  uae: 'AE',
  'czech republic': 'CZ',
};

/** The two-letter code of a country by its code or its English name; null for one that is not known. */
function countryCode(text: string): string | null {
  const folded = text.trim().toLowerCase();
  const upper = folded.toUpperCase();
  if (/^[A-Z]{2}$/.test(upper) && upper !== 'UK' && REGIONS.of(upper) !== upper) return upper;
  return ALSO[folded] ?? CODES.get(folded) ?? null;
}

/** Names of columns in which a lead says that it wants no mail, and words that say yes. */
const OPT_OUT =
  /^(?:do[ _-]?not[ _-]?(?:e-?mail|contact)|e-?mail[ _-]?opt(?:ed)?[ _-]?out|unsubscribed|hs_email_optout)$/i;
const YES = /^(?:yes|true|1|y|ja|oui|sí|x)$/i;

/** A column whose values are moments that lie behind us. */
const PAST_DATE =
  /(?:^|[ _-])(?:created|updated|modified|last|signed[ _-]?up|downloaded|since|birth)(?:[ _-]|$|at$|date)/i;

/**
 * What in one lead's values contradicts itself.
 *
 * @param values under the names that files use (`first_name`, `country`, …) and further columns under their own.
 */
export function contradictions(values: Readonly<Record<string, string>>, now: Date): Contradiction[] {
  const value = (name: string): string | null => {
    const raw = Object.hasOwn(values, name) ? (values[name] ?? '') : '';
    return isMissing(raw, name) ? null : raw.trim();
  };
  return [...ofPlace(value), ...ofNames(value), ...ofDates(values, now), ...ofConsent(values)];
}

type Value = (name: string) => string | null;

function ofPlace(value: Value): Contradiction[] {
  const country = value('country');
  const zone = value('timezone');
  const code = country === null ? null : countryCode(country);
  if (zone === null || code === null) return [];
  const zones = zonesOf(code);
  if (zones.length === 0 || zones.includes(zone) || zones.includes(canonicalZone(zone) ?? '')) return [];
  // Zones that are no place (UTC, Etc/GMT+1) and old aliases of places elsewhere tell nothing.
  if (!zone.includes('/') || zone.startsWith('Etc/')) return [];
  const name = REGIONS.of(code) ?? code;
  return [{ code: 'country_zone', fields: ['timezone', 'country'], text: `time zone ${zone} is not in ${name}` }];
}

function zonesOf(code: string): string[] {
  const locale = new Intl.Locale(`und-${code}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined };
  const zones = locale.getTimeZones?.() ?? [];
  return [...new Set(zones.flatMap((zone) => [zone, canonicalZone(zone) ?? zone]))];
}

function canonicalZone(zone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function ofNames(value: Value): Contradiction[] {
  const [first, last, company] = [value('first_name'), value('last_name'), value('company')];
  const found: Contradiction[] = [];
  for (const [name, text] of [
    ['first_name', first],
    ['last_name', last],
  ] as const) {
    if (text === null) continue;
    if (text.includes('@'))
      found.push({ code: 'name_is_address', fields: [name], text: `${label(name)} is an e-mail address` });
    else if (/\d/.test(text))
      found.push({ code: 'name_has_digits', fields: [name], text: `${label(name)} has digits in it` });
  }
  if (first !== null && last !== null && first.length > 2 && first.toLowerCase() === last.toLowerCase())
    found.push({ code: 'names_equal', fields: ['first_name', 'last_name'], text: 'first and last name are the same' });
  const whole = [first, last].filter((part) => part !== null).join(' ');
  if (company !== null && first !== null && last !== null && company.toLowerCase() === whole.toLowerCase())
    found.push({ code: 'company_is_person', fields: ['company'], text: 'the company is the person’s own name' });
  return found;
}

function ofDates(values: Readonly<Record<string, string>>, now: Date): Contradiction[] {
  return Object.entries(values).flatMap(([name, raw]): Contradiction[] => {
    if (!PAST_DATE.test(name)) return [];
    const at = dateOf(raw);
    if (at === null || at.getTime() <= now.getTime() + 86_400_000) return [];
    return [{ code: 'future_date', fields: [name], text: `${name} lies in the future` }];
  });
}

/** Whether a value under this name says that the lead wants no mail: `Do Not Email: Yes`, `hs_email_optout: true`. */
export function saysNoMail(name: string, value: string): boolean {
  return OPT_OUT.test(name.trim()) && YES.test(value.trim());
}

function ofConsent(values: Readonly<Record<string, string>>): Contradiction[] {
  return Object.entries(values).flatMap(([name, raw]): Contradiction[] =>
    saysNoMail(name, raw)
      ? [{ code: 'opted_out', fields: [name], text: `${name} says ${raw.trim()}: this lead wants no mail` }]
      : [],
  );
}

/** An ISO date or instant; null for anything that means two days in two countries. */
export function dateOf(raw: string): Date | null {
  const text = raw.trim();
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i.test(text)) return null;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const at = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(at.getTime()) ? null : at;
}

function label(name: string): string {
  return name.replaceAll('_', ' ');
}
