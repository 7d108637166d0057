import { createHash } from 'node:crypto';
import { Readable, pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { FileRow } from '../core/lead-import.ts';
import { detectDelimiter } from '../core/lead-rejects.ts';

/** The file as a whole can't be imported; nothing was. The message says why and what to do. */
export class ImportRefused extends Error {
  constructor(problem: string, remedy: string) {
    super(`${problem} — ${remedy}`);
    this.name = 'ImportRefused';
  }
}

export type LeadFile = {
  delimiter: ',' | ';' | '\t';
  header: string[];
  /** The rows under the header, as they are read; the file is never held as a whole. */
  rows: AsyncIterable<FileRow>;
  /** SHA-256 of the bytes, 64 hex digits; known when all rows were read. */
  hash(): string;
};

/** Longer than any real row; a row that reaches it is the rest of the file behind a forgotten quotation mark. */
const MAX_ROW = 1_000_000;
const MAX_COLUMNS = 500;

/** @throws ImportRefused for a file that is empty, not UTF-8, or has a quotation mark that never closes. */
export async function openLeadFile(bytes: AsyncIterable<Uint8Array>): Promise<LeadFile> {
  const hash = createHash('sha256');
  const text = decode(bytes, hash);
  let head = '';
  while (headerEnd(head) === -1 && head.length <= MAX_ROW) {
    const next = await text.next();
    if (next.done) break;
    head += next.value;
  }
  const end = headerEnd(head);
  const headerLine = end === -1 ? head : head.slice(0, end);
  if (headerLine.trim() === '')
    throw new ImportRefused('the file is empty, or its first line is', 'the first line must name the columns');
  const delimiter = detectDelimiter(headerLine);
  // A bare CR ends lines only in files of old Macs, where no line feed ends the header.
  const recordDelimiter = head[end] === '\r' && head[end + 1] !== '\n' ? ['\r'] : ['\r\n', '\n'];
  const records = parseRecords(prefixed(head, text), delimiter, recordDelimiter);
  const first = await records.next();
  const header = first.done ? [] : [...first.value.cells];
  while (header.length > 1 && header.at(-1)?.trim() === '') header.pop();
  if (header.length > MAX_COLUMNS)
    throw new ImportRefused(
      `the file has ${header.length} columns`,
      `at most ${MAX_COLUMNS} can be imported: leave some out`,
    );
  let digest: string | null = null;
  return { delimiter, header, rows: records, hash: () => (digest ??= hash.digest('hex')) };
}

/** Where the header's line ends outside quotation marks, or -1. */
function headerEnd(head: string): number {
  let quoted = false;
  for (let i = 0; i < head.length; i++) {
    const char = head[i];
    if (char === '"') quoted = !quoted;
    // A CR at the very end may be half of a CRLF.
    else if (!quoted && (char === '\n' || (char === '\r' && i + 1 < head.length))) return i;
  }
  return -1;
}

async function* prefixed(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

const SAVE_AS = 'save it as “CSV UTF-8” and import that';

async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(data: Uint8Array): unknown },
): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let begun = false;
  for await (const chunk of bytes) {
    hash.update(chunk);
    if (!begun && chunk.length > 0) {
      begun = true;
      if (
        (chunk[0] === 0xff && chunk[1] === 0xfe) ||
        (chunk[0] === 0xfe && chunk[1] === 0xff) ||
        chunk.subarray(0, 64).filter((byte) => byte === 0).length * 4 > Math.min(chunk.length, 64)
      )
        throw new ImportRefused('the file is in UTF-16, not UTF-8', SAVE_AS);
      if (chunk[0] === 0x50 && chunk[1] === 0x4b && chunk[2] === 0x03)
        throw new ImportRefused('the file is a spreadsheet or an archive, not CSV', SAVE_AS);
    }
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw notUtf8(line + badLine(chunk));
    }
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) line++;
    yield text;
  }
  try {
    decoder.decode();
  } catch {
    throw notUtf8(line);
  }
  return undefined;
}

function notUtf8(line: number): ImportRefused {
  return new ImportRefused(`the file is not UTF-8 (around line ${line}); it may be Windows-1252 or Latin-1`, SAVE_AS);
}

/** How many line ends stand before the first bytes that are not UTF-8. */
function badLine(chunk: Uint8Array): number {
  const lenient = new TextDecoder('utf-8').decode(chunk);
  return lenient.slice(0, Math.max(0, lenient.indexOf('\ufffd', 1))).split('\n').length - 1;
}

/**
 * Counts lines itself: the parser counts a CRLF inside quotation marks twice. `raw` holds all that was read since the last
 * record, empty lines included, with the CRLF that ended a record as its CR alone. Counted when a record is parsed, not when
 * it is read, so that an error can name the row it stands in.
 */
async function* parseRecords(
  text: AsyncIterable<string>,
  delimiter: string,
  recordDelimiter: string[],
): AsyncGenerator<FileRow, undefined> {
  let line = 1;
  const parser = parse({
    delimiter,
    record_delimiter: recordDelimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW,
    raw: true,
    // The parser's types know nothing of what `raw` and `on_record` make of a record.
    on_record: (entry) => {
      const { record, raw } = entry as unknown as { record: string[]; raw: string };
      const first = line + lineEnds(/^[\r\n]*/.exec(raw)?.[0] ?? '');
      line += lineEnds(raw);
      const row: FileRow = { line: first, lastLine: /[\r\n]$/.test(raw) ? line - 1 : line, cells: record };
      return row as unknown as string[];
    },
  });
  const source = pipeline(Readable.from(text), parser, () => {
    // Errors of either end destroy the parser and come out of the loop below.
  });
  try {
    for await (const row of source as AsyncIterable<FileRow>) yield row;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ImportRefused(
      `in the row that begins at line ${line} a quotation mark is opened and never closed`,
      'close or remove it; a quotation mark inside a quoted cell is written twice',
    );
  }
  return undefined;
}

function lineEnds(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text[i] === '\n' || (text[i] === '\r' && text[i + 1] !== '\n')) count++;
  return count;
}
