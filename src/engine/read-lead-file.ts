import { createReadStream } from 'node:fs';
import { mapColumns, REJECT_COLUMNS } from '../core/lead-columns.ts';
import { describeNote, type NoteTally, readRow, type RowProblem, tallyNotes } from '../core/lead-import.ts';
import { mergeRows } from '../core/lead.ts';
import type { DryLead } from '../core/workflow/dry-run-types.ts';
import { ImportRefused, openLeadFile } from './lead-file.ts';

/** A file of leads as an import would take it. `line`: where an address stands first. */
export type LeadsRead = {
  leads: DryLead[];
  total: number;
  /** Rows of an address that stood further up in the file. */
  duplicates: number;
  rejected: number;
  /** The first 100. */
  problems: RowProblem[];
  /** Sentences: values that were cut, left empty or put elsewhere. */
  warnings: string[];
  /** There are more leads than were read. */
  truncated: boolean;
};

/** All are in memory at once, with their way through a workflow. */
const MOST_LEADS = 50_000;
const PROBLEMS_KEPT = 100;

/**
 * Reads a file with the columns, checks and rules for doubled addresses of an import; writes nothing and needs no database.
 *
 * @throws ImportRefused when the file as a whole can't be read or mapped.
 */
export async function readLeadFile(
  path: string,
  { mapping: entries, source }: { mapping: readonly string[]; source: string | null },
): Promise<LeadsRead> {
  const bytes = createReadStream(path);
  try {
    const file = await openLeadFile(bytes);
    const mapped = mapColumns(file.header, entries);
    if (!mapped.ok) throw new ImportRefused(mapped.problem.text, mapped.problem.remedy);
    const corrected = REJECT_COLUMNS.every((name) => mapped.mapping.header.includes(name));
    const leads = new Map<string, DryLead>();
    const notes = new Map<string, NoteTally>();
    const read = { total: 0, duplicates: 0, rejected: 0, problems: [] as RowProblem[], truncated: false };
    for await (const row of file.rows) {
      const result = readRow(row, mapped.mapping, source, corrected);
      if (result.type === 'blank') continue;
      if (leads.size === MOST_LEADS) {
        read.truncated = true;
        break;
      }
      read.total += 1;
      if (result.type === 'rejected') {
        read.rejected += 1;
        if (read.problems.length < PROBLEMS_KEPT) read.problems.push(result.problem);
        continue;
      }
      tallyNotes(notes, result.notes, row.line);
      const address = result.lead.email.toLowerCase();
      const earlier = leads.get(address);
      if (earlier) read.duplicates += 1;
      leads.set(
        address,
        earlier ? { ...earlier, lead: mergeRows(earlier.lead, result.lead) } : { line: row.line, lead: result.lead },
      );
    }
    return { ...read, leads: [...leads.values()], warnings: [...notes.values()].map(describeNote) };
  } finally {
    bytes.destroy();
  }
}
