/** Spreadsheets take cells that begin so for formulas (also in full width) and run them. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
/** Behind blanks too: some programs strip them first. */
const HIDDEN_FORMULA = /^\s+[=+\-@＝＋－＠]/;

/** One cell: quoted where it has to be, and with an apostrophe in front where a spreadsheet would run it. */
function csvCell(text: string, delimiter: string): string {
  const safe = FORMULA.test(text) || HIDDEN_FORMULA.test(text) ? `'${text}` : text;
  return /["\r\n]/.test(safe) || safe.includes(delimiter) || safe !== safe.trim()
    ? `"${safe.replaceAll('"', '""')}"`
    : safe;
}

/** One row, ended by CRLF as RFC 4180 has it. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  return `${cells.map((cell) => csvCell(cell, delimiter)).join(delimiter)}\r\n`;
}

/** What spreadsheets know UTF-8 by; stands before the header. */
export const BOM = '\ufeff';
