import { type LeadField, leadFields } from './lead.ts';
import { cut, MAX_NAME } from './lead-values.ts';
import { oneLine } from './plain-text.ts';

/** Names that exports give the columns, in the order of preference, without case, blanks and punctuation. */
const WELL_KNOWN: Record<LeadField, readonly string[]> = {
  email: [
    'email',
    'emailaddress',
    'workemail',
    'workemailaddress',
    'businessemail',
    'contactemail',
    'primaryemail',
    'mail',
    'emailid',
    'emailadresse',
    'mailadresse',
  ],
  first_name: [
    'firstname',
    'givenname',
    'forename',
    'contactfirstname',
    'first',
    'fname',
    'vorname',
    'prenom',
    'prénom',
    'nombre',
  ],
  last_name: [
    'lastname',
    'surname',
    'familyname',
    'contactlastname',
    'last',
    'lname',
    'nachname',
    'nom',
    'apellido',
    'apellidos',
  ],
  company: [
    'company',
    'companyname',
    'organisation',
    'organization',
    'organisationname',
    'organizationname',
    'account',
    'accountname',
    'associatedcompany',
    'employer',
    'firma',
    'unternehmen',
    'empresa',
    'société',
    'entreprise',
  ],
  title: ['jobtitle', 'title', 'position', 'jobposition', 'jobrole', 'role', 'berufsbezeichnung'],
  country: ['country', 'countryregion', 'countryname', 'countrycode', 'land', 'pays', 'país'],
  language: ['language', 'hslanguage', 'preferredlanguage', 'lang', 'locale', 'sprache', 'langue', 'idioma'],
  timezone: ['timezone', 'hstimezone', 'ianatimezone', 'tz', 'zeitzone'],
  source: ['source', 'leadsource', 'originalsource', 'hsanalyticssource', 'utmsource'],
  created_at: [
    'downloadedat',
    'downloaddate',
    'downloaded',
    'createdat',
    'createdate',
    'createddate',
    'datecreated',
    'created',
    'createdon',
    'signupdate',
    'signedupat',
    'submittedat',
    'submissiondate',
  ],
};

/** The field that exports, forms and other programs call so (`firstname`, `jobTitle`, `hs_language`), or null. */
export function fieldCalled(name: string): LeadField | null {
  const plain = normal(name);
  return leadFields.find((field) => WELL_KNOWN[field].includes(plain)) ?? null;
}

/** Columns of our own rejects files: a corrected one can be imported as it is. */
export const REJECT_COLUMNS = ['import_line', 'import_problem'] as const;

/** One piece of a value: text as it stands, or the cell of a column (by its place). */
type Piece = { text: string } | { column: number };
type FieldMapping = {
  field: LeadField;
  pieces: Piece[] /** As people write it: a column's name, or the template. */;
  label: string;
};

export type ColumnMapping = {
  /** Cleaned and made unique, in the order of the file. */
  header: string[];
  fields: FieldMapping[];
  /** Columns that go to the lead's further fields, under the column's name. */
  further: Array<{ column: number; name: string }>;
};

type MappingProblem = { text: string; remedy: string };
export type MappingResult = { ok: true; mapping: ColumnMapping } | { ok: false; problem: MappingProblem };

function normal(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Splits the text of `--map`: entries `field=column` or `field=text with {Column}`, separated by commas. A comma inside
 * braces, or one that no `name=` follows, belongs to the column's name.
 */
export function splitMap(text: string): string[] {
  const entries: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}') depth = Math.max(0, depth - 1);
    else if (text[i] === ',' && depth === 0 && /^\s*[\w-]+\s*=/.test(text.slice(i + 1))) {
      entries.push(text.slice(start, i));
      start = i + 1;
    }
  }
  entries.push(text.slice(start));
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

/**
 * Which column means what: first what `--map` says, then well-known names; every other column is a further field.
 *
 * @param entries of `--map`: `email=Work Mail` (a column), `email={Prospect ID}@example.com` (made from columns),
 *   `title=` (no column, even where a name fits).
 */
export function mapColumns(rawHeader: readonly string[], entries: readonly string[]): MappingResult {
  const header = uniqueNames(rawHeader);
  const asked = new Map<LeadField, FieldMapping | null>();
  for (const entry of entries) {
    const read = readEntry(entry, header);
    if (!read.ok) return read;
    if (asked.has(read.field))
      return {
        ok: false,
        problem: { text: `--map names the field “${read.field}” twice`, remedy: 'name each field once' },
      };
    asked.set(read.field, read.mapping);
  }
  const whole = (mapping: FieldMapping | null): number[] => {
    const [piece, ...more] = mapping?.pieces ?? [];
    return piece && 'column' in piece && more.length === 0 ? [piece.column] : [];
  };
  const used = new Set([...asked.values()].flatMap(whole));
  const fields: FieldMapping[] = [];
  for (const field of leadFields) {
    const mapping = asked.has(field) ? (asked.get(field) ?? null) : wellKnown(field, header, used);
    if (mapping === null) continue;
    for (const column of whole(mapping)) used.add(column);
    fields.push(mapping);
  }
  if (!fields.some((mapping) => mapping.field === 'email')) return { ok: false, problem: noAddress(rawHeader, header) };
  const further = header.flatMap((name, column) =>
    used.has(column) || (REJECT_COLUMNS as readonly string[]).includes(name) ? [] : [{ column, name }],
  );
  return { ok: true, mapping: { header, fields, further } };
}

/** Columns that are well known by their names, for who looks at a file without importing it; the header cleaned and unique. */
export function knownColumns(rawHeader: readonly string[]): { header: string[]; fields: Map<LeadField, number> } {
  const header = uniqueNames(rawHeader);
  const fields = new Map<LeadField, number>();
  for (const field of leadFields) {
    const [piece] = wellKnown(field, header, new Set(fields.values()))?.pieces ?? [];
    if (piece && 'column' in piece) fields.set(field, piece.column);
  }
  return { header, fields };
}

/** What was mapped how, for people and for the batch's row. */
export function describeMapping(mapping: ColumnMapping): Record<string, string> {
  return Object.fromEntries(mapping.fields.map(({ field, label }) => [field, label]));
}

type ReadEntry = { ok: true; field: LeadField; mapping: FieldMapping | null } | { ok: false; problem: MappingProblem };

function readEntry(entry: string, header: readonly string[]): ReadEntry {
  const equals = entry.indexOf('=');
  const name = normal(entry.slice(0, Math.max(equals, 0)));
  const field = leadFields.find((candidate) => normal(candidate) === name);
  if (equals < 1)
    return {
      ok: false,
      problem: { text: `--map does not understand “${entry}”`, remedy: 'write field=column, such as email=Work Mail' },
    };
  if (!field) {
    const text = `--map names a field “${entry.slice(0, equals).trim()}” that leads do not have`;
    return {
      ok: false,
      problem: { text, remedy: `fields are: ${leadFields.join(', ')}; every other column is kept under its own name` },
    };
  }
  const target = entry.slice(equals + 1).trim();
  if (target === '') return { ok: true, field, mapping: null };
  const template = /\{[^{}]*\}/.test(target);
  const pieces: Piece[] = [];
  for (const part of template ? target.split(/(\{[^{}]*\})/) : [`{${target}}`]) {
    if (part === '') continue;
    if (!/^\{.*\}$/.test(part)) {
      pieces.push({ text: part });
      continue;
    }
    const column = columnNamed(part.slice(1, -1), header);
    if (column === null) return { ok: false, problem: unknownColumn(part.slice(1, -1), header) };
    pieces.push({ column });
  }
  const [only] = pieces;
  const label = pieces.length === 1 && only && 'column' in only ? (header[only.column] ?? target) : target;
  return { ok: true, field, mapping: { field, pieces, label } };
}

function columnNamed(name: string, header: readonly string[]): number | null {
  const clean = oneLine(name);
  const exact = header.indexOf(clean);
  if (exact !== -1) return exact;
  const wanted = normal(clean);
  const similar = wanted === '' ? -1 : header.findIndex((candidate) => normal(candidate) === wanted);
  return similar === -1 ? null : similar;
}

function wellKnown(field: LeadField, header: readonly string[], used: ReadonlySet<number>): FieldMapping | null {
  for (const known of WELL_KNOWN[field]) {
    const column = header.findIndex((name, i) => !used.has(i) && normal(name) === known);
    if (column !== -1) return { field, pieces: [{ column }], label: header[column] ?? known };
  }
  return null;
}

function unknownColumn(name: string, header: readonly string[]): MappingProblem {
  return {
    text: `--map names a column “${name}” that the file does not have`,
    remedy: `its columns are: ${header.join(', ')}`,
  };
}

function noAddress(raw: readonly string[], header: readonly string[]): MappingProblem {
  if (raw.some((cell) => cell.includes('@')))
    return {
      text: 'the first line looks like a lead, not like the names of columns',
      remedy: 'put a line with the names of the columns above it',
    };
  return {
    text: `no column looks like the e-mail address; the columns are: ${header.join(', ')}`,
    remedy: 'say which it is: --map email=COLUMN, or make it from a column: --map "email={COLUMN}@example.com"',
  };
}

/** One line each, at most 60 characters; nameless columns by their number; a name that stands twice gets a number. */
function uniqueNames(raw: readonly string[]): string[] {
  const seen = new Set<string>();
  return raw.map((cell, i) => {
    const name = cut(oneLine(cell), MAX_NAME) || `column ${i + 1}`;
    let unique = name;
    for (let n = 2; seen.has(unique); n++) unique = `${cut(name, MAX_NAME - 5)} (${n})`;
    seen.add(unique);
    return unique;
  });
}
