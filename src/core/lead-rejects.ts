import { BOM, csvLine } from './csv-text.ts';
import { REJECT_COLUMNS } from './lead-columns.ts';
import { describeProblem, type RowProblem } from './lead-import.ts';

/** Columns that an earlier rejects file brought along are not doubled. */
function original(header: readonly string[]): number[] {
  return header.flatMap((name, i) => ((REJECT_COLUMNS as readonly string[]).includes(name.trim()) ? [] : [i]));
}

/** First line of a rejects file: the columns of the source, then where and why. The mark in front is what spreadsheets know UTF-8 by. */
export function rejectsHeader(header: readonly string[], delimiter: string): string {
  return `${BOM}${csvLine([...original(header).map((i) => header[i] ?? ''), ...REJECT_COLUMNS], delimiter)}`;
}

/** The row as it was, padded where cells were missing; surplus cells stand behind the reason, so that nothing is lost. */
export function rejectsLine(
  header: readonly string[],
  cells: readonly string[],
  problem: RowProblem,
  delimiter: string,
): string {
  const kept = original(header).map((i) => cells[i] ?? '');
  return csvLine([...kept, String(problem.line), describeProblem(problem), ...cells.slice(header.length)], delimiter);
}

/** Comma, semicolon or tab: whichever stands most often in the header outside quotation marks. */
export function detectDelimiter(headerLine: string): ',' | ';' | '\t' {
  const bare = headerLine.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length - 1;
  const candidates = [',', ';', '\t'] as const;
  return candidates.reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}
