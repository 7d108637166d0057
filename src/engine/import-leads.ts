import { createReadStream } from 'node:fs';
import { mergeRows } from '../core/lead.ts';
import { type ColumnMapping, describeMapping, mapColumns, REJECT_COLUMNS } from '../core/lead-columns.ts';
import { describeNote, type NoteTally, readRow, type RowProblem, tallyNotes } from '../core/lead-import.ts';
import { rejectsHeader, rejectsLine } from '../core/lead-rejects.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import { CheckRun } from './import-check.ts';
import type { ImportRun, ReadyLead, RunResult } from './import-run.ts';
import { StagedRun } from './import-staging.ts';
import { ImportRefused, type LeadFile, openLeadFile } from './lead-file.ts';
import { mergePolicy } from './merge-lead.ts';

export type ImportInput = ({ stream: AsyncIterable<Uint8Array> } | { path: string }) & {
  fileName: string;
  /** Entries `field=column` or `field=text with {Column}` (core/lead-columns.ts), over what the names of the columns say. */
  mapping: readonly string[];
  /** Where the leads come from, for rows that do not say it themselves; what a workflow's trigger asks for. */
  source: string | null;
  /** Look, compare, write nothing. */
  dryRun: boolean;
  /** Its leads go into workflows even if they look unlike those of earlier imports. */
  acceptOdd?: boolean;
  /** Id of the person who imports, for the audit; null for the program itself. */
  by: string | null;
  onProgress?: (progress: { rows: number }) => void;
  /** Text for the rejects file, its header first; called only when a row is rejected. */
  onReject?: (csv: string) => Promise<void> | void;
};

export type ImportReport = Omit<RunResult, 'erased'> & {
  dryRun: boolean;
  /** Rows of the file that are not blank: created + merged + unchanged + duplicates + rejected. */
  total: number;
  /** Rows of an address that stood further up in the file. */
  duplicates: number;
  rejected: number;
  /** The first 100. */
  problems: RowProblem[];
  /** Sentences: values that were cut, left empty or put elsewhere; people who were left out. */
  warnings: string[];
  /** Field → its column or template. */
  mapping: Record<string, string>;
  furtherColumns: string[];
  /** Machine time. */
  durationMs: number;
};

/** Rows, or characters of their cells, that are staged at once: memory stays flat whatever the file holds. */
const CHUNK_ROWS = 1000;
const CHUNK_CHARACTERS = 2_000_000;
const PROBLEMS_KEPT = 100;

/**
 * Imports a CSV file of leads. Rows are staged in batches and become leads in one short transaction at the end, together
 * with their enrollments and the audit row: all of the file or nothing. Rows with a problem are left out and reported. The
 * rule for duplicates is mergeLead's in core/lead.ts; importing a file twice changes nothing.
 *
 * @throws ImportRefused when the file as a whole can't be read or mapped; nothing is written then.
 * @throws BatchGone when another process gave this import up for dead; nothing is written then either.
 */
export async function importLeads(ctx: Context, input: ImportInput): Promise<ImportReport> {
  const startedAt = { machine: ctx.machine.now().getTime(), business: ctx.clock.now() };
  if (!('path' in input)) return importBytes(ctx, input, input.stream, startedAt);
  const bytes = createReadStream(input.path);
  try {
    return await importBytes(ctx, input, bytes, startedAt);
  } finally {
    bytes.destroy();
  }
}

async function importBytes(
  ctx: Context,
  input: ImportInput,
  bytes: AsyncIterable<Uint8Array>,
  startedAt: { machine: number; business: Date },
): Promise<ImportReport> {
  const file = await openLeadFile(bytes);
  const mapped = mapColumns(file.header, input.mapping);
  if (!mapped.ok) throw new ImportRefused(mapped.problem.text, mapped.problem.remedy);
  const { mapping } = mapped;
  const described = describeMapping(mapping);
  const run: ImportRun = input.dryRun
    ? new CheckRun(ctx, startedAt.business, await mergePolicy(ctx.db, ctx.workspaceId))
    : await StagedRun.begin(ctx, { ...input, mapping: described, at: startedAt.business });
  try {
    const read = await readRows(ctx, file, mapping, input, run);
    const result = await run.finish({ fileHash: file.hash(), total: read.total, rejected: read.rejected });
    const { erased, ...counts } = result;
    const warnings = [...read.notes.values()].map(describeNote);
    if (erased > 0)
      warnings.push(`${erased === 1 ? '1 person' : `${erased} people`} whose data was erased on request: left out`);
    return {
      ...counts,
      dryRun: input.dryRun,
      total: read.total,
      duplicates: read.total - read.rejected - counts.created - counts.merged - counts.unchanged,
      rejected: read.rejected,
      problems: read.problems,
      warnings,
      mapping: described,
      furtherColumns: mapping.further.map(({ name }) => name),
      durationMs: ctx.machine.now().getTime() - startedAt.machine,
    };
  } catch (error) {
    await run.giveUp();
    throw error;
  }
}

type ReadRows = { total: number; rejected: number; problems: RowProblem[]; notes: Map<string, NoteTally> };

async function readRows(
  ctx: Context,
  file: LeadFile,
  mapping: ColumnMapping,
  input: ImportInput,
  run: ImportRun,
): Promise<ReadRows> {
  const read: ReadRows = { total: 0, rejected: 0, problems: [], notes: new Map() };
  const corrected = REJECT_COLUMNS.every((name) => mapping.header.includes(name));
  let chunk = new Map<string, ReadyLead>();
  let characters = 0;
  const flush = async () => {
    if (chunk.size > 0) await run.take([...chunk.values()]);
    chunk = new Map();
    characters = 0;
    input.onProgress?.({ rows: read.total });
  };
  for await (const row of file.rows) {
    const result = readRow(row, mapping, input.source, corrected);
    if (result.type === 'blank') continue;
    read.total += 1;
    if (result.type === 'rejected') {
      read.rejected += 1;
      if (read.problems.length < PROBLEMS_KEPT) read.problems.push(result.problem);
      const head = read.rejected === 1 ? rejectsHeader(file.header, file.delimiter) : '';
      await input.onReject?.(head + rejectsLine(file.header, row.cells, result.problem, file.delimiter));
      continue;
    }
    tallyNotes(read.notes, result.notes, row.line);
    const emailHash = addressHash(ctx.secrets.addressKey, result.lead.email);
    const earlier = chunk.get(emailHash);
    chunk.set(
      emailHash,
      earlier
        ? { ...earlier, lead: mergeRows(earlier.lead, result.lead) }
        : { line: row.line, emailHash, lead: result.lead },
    );
    for (const cell of row.cells) characters += cell.length;
    if (chunk.size >= CHUNK_ROWS || characters >= CHUNK_CHARACTERS) await flush();
  }
  await flush();
  return read;
}
