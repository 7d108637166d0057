import { accountDomain, type AddressProblem, normaliseAddress } from './email-address.ts';
import type { FirstEvent, IncomingLead, LeadField } from './lead.ts';
import type { ColumnMapping } from './lead-columns.ts';
import {
  cut,
  MAX_NAME,
  MAX_VALUE,
  present,
  type ReadValue,
  readCountry,
  readInstant,
  readLanguage,
  readText,
  readTimezone,
} from './lead-values.ts';
import { oneLine, plainText } from './plain-text.ts';

/** Why one value keeps its whole row out, and what to do about it. `place` is the column's name in a file, the path in a webhook. */
type ValueProblem = { place: string; value: string; problem: string; remedy: string };
/** A value that was cut, left empty or put elsewhere; the row is taken. */
export type ValueNote = { place: string; value: string; problem: string };
/** `column` null: the whole row. Lines are those of the file as an editor counts them, the first one is 1. */
export type RowProblem = { line: number; column: string | null; value: string | null; problem: string; remedy: string };

export type GivenLead = {
  values: Partial<Record<LeadField, { place: string; raw: string }>>;
  further: Iterable<{ place: string; name: string; raw: string }>;
  /** Where the lead comes from when it does not say so itself. */
  source: string | null;
};

export type ReadLead = { ok: true; lead: IncomingLead; notes: ValueNote[] } | { ok: false; problem: ValueProblem };

/** From raw texts to a lead; the same for a row of a file and a webhook. The only value that can refuse a lead is its address. */
export function readLead(given: GivenLead): ReadLead {
  const address = readAddress(given.values.email);
  if (!address.ok) return address;
  const notes: ValueNote[] = [];
  const text = (field: LeadField, read: (raw: string) => ReadValue): string | null => {
    const value = given.values[field];
    if (value === undefined) return null;
    const { value: taken, warning } = read(value.raw);
    if (warning) notes.push({ place: value.place, value: shown(value.raw), problem: warning.problem });
    return taken;
  };
  const at = text('created_at', readInstant);
  const fields = new Map<string, string>();
  for (const { place, name, raw } of given.further) {
    const { value, warning } = readText(raw, MAX_VALUE);
    if (warning) notes.push({ place, value: shown(raw), problem: warning.problem });
    const key = cut(oneLine(name.toWellFormed()), MAX_NAME);
    if (value !== null && key !== '') fields.set(key, value);
  }
  const came = given.values.created_at;
  const unread = came && at === null ? readText(came.raw).value : null;
  if (came && unread !== null) fields.set(cut(oneLine(came.place), MAX_NAME), unread);
  const event: FirstEvent | null =
    came && at !== null ? { type: /download/i.test(came.place) ? 'downloaded' : 'created', at } : null;
  const lead: IncomingLead = {
    email: address.address,
    domain: accountDomain(address.domain),
    firstName: text('first_name', (raw) => readText(raw, 100)),
    lastName: text('last_name', (raw) => readText(raw, 100)),
    company: text('company', (raw) => readText(raw, 150)),
    title: text('title', (raw) => readText(raw, 150)),
    country: text('country', readCountry),
    language: text('language', readLanguage),
    timezone: text('timezone', readTimezone),
    source: text('source', (raw) => readText(raw, 100)) ?? given.source,
    event,
    // fromEntries defines its members, so that a column called __proto__ is a name like any other.
    fields: Object.fromEntries(fields),
  };
  return { ok: true, lead, notes };
}

/** A value as a message shows it: one line, short. */
function shown(raw: string): string {
  const line = oneLine(raw.toWellFormed());
  return line.length > 80 ? `${cut(line, 79)}…` : line;
}

const ADDRESS_PROBLEMS: Record<AddressProblem, { problem: string; remedy: string }> = {
  empty: { problem: 'has no address', remedy: 'fill it in' },
  'no single @': { problem: 'has no single @', remedy: 'write it as name@company.com' },
  'local part has characters that mail servers refuse': {
    problem: 'has characters before the @ that mail servers refuse',
    remedy: 'correct the part before the @, as name@company.com',
  },
  'domain is not a valid host name': {
    problem: 'has no valid host name after the @',
    remedy: 'correct the part after the @, as name@company.com',
  },
  'longer than 254 characters': {
    problem: 'is longer than 254 characters',
    remedy: 'write the bare address, as name@company.com',
  },
};

type ReadAddress = { ok: true; address: string; domain: string } | { ok: false; problem: ValueProblem };

/**
 * Strict: an address is taken as it stands or not at all. Characters that nobody sees (and line breaks, which would be a
 * header of their own in a mail) are refused rather than removed, since the address would be another one than was written.
 */
function readAddress(given: { place: string; raw: string } | undefined): ReadAddress {
  const { place, raw } = given ?? { place: 'email', raw: '' };
  const refuse = (problem: string, remedy: string): ReadAddress => ({
    ok: false,
    problem: { place, value: shown(raw), problem, remedy },
  });
  if (present(raw) === null)
    return refuse(shown(raw) === '' ? ADDRESS_PROBLEMS.empty.problem : 'is no address', ADDRESS_PROBLEMS.empty.remedy);
  const text = raw.trim();
  if (!text.isWellFormed() || plainText(text) !== text || text.includes('\n'))
    return refuse('has characters that cannot be seen', 'type the address anew');
  const normalised = normaliseAddress(text);
  if (normalised.ok) return normalised;
  if (/[\s<>",;]/.test(text)) return refuse('is more than a bare address', 'write it as name@company.com');
  const { problem, remedy } = ADDRESS_PROBLEMS[normalised.problem];
  return refuse(problem, remedy);
}

/** One record of a file: its cells, and the first and last line it stands on. */
export type FileRow = { line: number; lastLine: number; cells: readonly string[] };

export type ReadRow =
  | { type: 'blank' }
  | { type: 'lead'; lead: IncomingLead; notes: ValueNote[] }
  | { type: 'rejected'; problem: RowProblem };

/** A row of the file, read by its mapping. Surplus cells are forgiven when they are empty, as spreadsheets leave them. */
export function readRow(row: FileRow, mapping: ColumnMapping, source: string | null, corrected: boolean): ReadRow {
  if (row.cells.every((cell) => cell.trim() === '')) return { type: 'blank' };
  const wanted = mapping.header.length;
  if (row.cells.length < wanted || row.cells.slice(wanted).some((cell) => cell.trim() !== ''))
    return { type: 'rejected', problem: uneven(row, wanted) };
  const cell = (column: number): string => {
    const raw = row.cells[column] ?? '';
    return corrected ? raw.replace(/^'(?=[=+\-@\t\r＝＋－＠])/, '') : raw;
  };
  const values: GivenLead['values'] = {};
  for (const { field, pieces, label } of mapping.fields) {
    // A template with an empty column makes nothing: "@example.com" is no address.
    const empty =
      pieces.length > 1 && pieces.some((piece) => 'column' in piece && present(cell(piece.column)) === null);
    const text = (piece: (typeof pieces)[number]) =>
      'text' in piece ? piece.text : pieces.length === 1 ? cell(piece.column) : cell(piece.column).trim();
    values[field] = { place: label, raw: empty ? '' : pieces.map(text).join('') };
  }
  const further = mapping.further.map(({ column, name }) => ({ place: name, name, raw: cell(column) }));
  const read = readLead({ values, further, source });
  if (read.ok) return { type: 'lead', lead: read.lead, notes: read.notes };
  const { place, ...rest } = read.problem;
  return { type: 'rejected', problem: { line: row.line, column: place, ...rest } };
}

function uneven(row: FileRow, wanted: number): RowProblem {
  const cells = `${row.cells.length} ${row.cells.length === 1 ? 'cell' : 'cells'} where the header has ${wanted}`;
  const base = { line: row.line, column: null, value: null };
  if (row.lastLine > row.line)
    return {
      ...base,
      problem: `it runs on to line ${row.lastLine} and has ${cells}`,
      remedy: 'close or remove the quotation mark that was left open',
    };
  return {
    ...base,
    problem: `it has ${cells}`,
    remedy: 'put quotation marks around a cell that holds the separator, or add the missing cells',
  };
}

/** `line 17, column "email": "ana(at)acme" has no single @ — write it as name@company.com, or remove the row` */
export function describeProblem({ line, column, value, problem, remedy }: RowProblem): string {
  const place = column === null ? `line ${line}` : `line ${line}, column "${column}"`;
  return `${place}: ${value ? `"${value}" ` : ''}${problem} — ${remedy}, or remove the row`;
}

/** Notes of one kind in one column, counted, with their first example: a million odd time zones are one sentence. */
export type NoteTally = ValueNote & { count: number; line: number };

export function tallyNotes(tally: Map<string, NoteTally>, notes: readonly ValueNote[], line: number): void {
  for (const note of notes) {
    const key = `${note.place}\n${note.problem}`;
    const known = tally.get(key);
    if (known) known.count += 1;
    else tally.set(key, { ...note, count: 1, line });
  }
}

export function describeNote({ place, value, problem, count, line }: NoteTally): string {
  return `column "${place}": ${count === 1 ? '1 value is' : `${count} values are`} ${problem} (line ${line}: "${value}")`;
}
