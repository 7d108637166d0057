import { plainText } from './plain-text.ts';
import { isZone } from './quiet-hours.ts';

/** What exports write where there is nothing. Exact spellings only: “Null” is a family name, “none” can be an answer. */
const MISSING = new Set([
  'null',
  'NULL',
  'nil',
  'undefined',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  '-',
  '--',
  '—',
  'Select',
  'select',
  '- Select -',
  '--Select--',
  'Please select',
  'Please Select',
  '(not set)',
  '(blank)',
]);

export const MAX_VALUE = 300;
export const MAX_NAME = 60;

/** A value that could not be taken over as it stood: what to tell people about it. */
type ValueWarning = { problem: string };
export type ReadValue = { value: string | null; warning: ValueWarning | null };

const taken = (value: string | null): ReadValue => ({ value, warning: null });

/** One line that a person can read, or null where there is nothing. */
export function present(raw: string): string | null {
  const text = plainText(raw.toWellFormed().replace(/[\r\n\u2028\u2029]+/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' || MISSING.has(text) ? null : text;
}

/** Never splits a character in two: the database takes no half of one. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  return (/[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head).trimEnd();
}

export function readText(raw: string, maxLength = MAX_VALUE): ReadValue {
  const text = present(raw);
  if (text === null || text.length <= maxLength) return taken(text);
  return {
    value: cut(text, maxLength),
    warning: { problem: `longer than ${maxLength} characters; the rest was cut off` },
  };
}

/** Two-letter codes in capitals, names as they stand. */
export function readCountry(raw: string): ReadValue {
  const read = readText(raw, 60);
  return read.value !== null && /^[a-z]{2}$/.test(read.value) ? { ...read, value: read.value.toUpperCase() } : read;
}

/** IANA names only: an offset such as +02:00 knows nothing of summer time. */
export function readTimezone(raw: string): ReadValue {
  const zone = present(raw)?.replaceAll(' ', '_') ?? null;
  if (zone === null || (/^[A-Za-z]/.test(zone) && isZone(zone))) return taken(zone);
  return { value: null, warning: { problem: 'not a time zone such as Europe/Berlin; left empty' } };
}

const LANGUAGE_CODES = [
  'ar',
  'bg',
  'bn',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'es',
  'et',
  'fa',
  'fi',
  'fr',
  'he',
  'hi',
  'hr',
  'hu',
  'id',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'ms',
  'nl',
  'no',
  'pl',
  'pt',
  'ro',
  'ru',
  'sk',
  'sl',
  'sr',
  'sv',
  'th',
  'tr',
  'uk',
  'ur',
  'vi',
  'zh',
];

/** Codes by the languages' names, in English and in the language itself. */
const CODE_BY_NAME: ReadonlyMap<string, string> = new Map(
  LANGUAGE_CODES.flatMap((code) =>
    ['en', code].map((reader): [string, string] => [
      (new Intl.DisplayNames([reader], { type: 'language' }).of(code) ?? code).toLowerCase(),
      code,
    ]),
  ),
);

/** A language tag such as de or pt-BR; names of common languages become their tag. */
export function readLanguage(raw: string): ReadValue {
  const text = present(raw);
  if (text === null) return taken(null);
  const named = CODE_BY_NAME.get(text.toLowerCase());
  if (named !== undefined) return taken(named);
  const tag = text.replaceAll('_', '-').replace(/\..*$/, '');
  if (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)) {
    try {
      return taken(Intl.getCanonicalLocales(tag)[0] ?? null);
    } catch {
      // not a tag; said below
    }
  }
  return { value: null, warning: { problem: 'not a language such as en, de or pt-BR; left empty' } };
}

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** ISO 8601, UTC where no zone is named; as an ISO instant. Dates such as 03/04/2026 mean two days and are not guessed. */
export function readInstant(raw: string): ReadValue {
  const text = present(raw);
  if (text === null) return taken(null);
  const match = INSTANT.exec(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match ?? [];
  const offset = /^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  const calendar = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const at = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`,
  );
  // 30 February exists for nobody but Date.
  const real = match !== null && !Number.isNaN(at.getTime()) && calendar.getUTCDate() === Number(day);
  if (real) return taken(at.toISOString());
  return {
    value: null,
    warning: {
      problem: 'not a date such as 2026-03-04 or 2026-03-04T09:30Z; kept as text under the name of its column',
    },
  };
}
