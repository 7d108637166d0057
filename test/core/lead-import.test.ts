import { describe, expect, test } from 'vitest';
import { mapColumns } from '../../src/core/lead-columns.ts';
import { describeNote, describeProblem, type NoteTally, readRow, tallyNotes } from '../../src/core/lead-import.ts';
import { detectDelimiter, rejectsHeader, rejectsLine } from '../../src/core/lead-rejects.ts';

const header = ['email', 'first_name', 'company', 'country', 'language', 'timezone', 'downloaded_at', 'Plan'];

function read(
  cells: string[],
  options: { lastLine?: number; corrected?: boolean; map?: string[]; header?: string[] } = {},
) {
  const result = mapColumns(options.header ?? header, options.map ?? []);
  if (!result.ok) throw new Error(result.problem.text);
  return readRow(
    { line: 17, lastLine: options.lastLine ?? 17, cells },
    result.mapping,
    'Fair',
    options.corrected ?? false,
  );
}

function lead(cells: string[], options: Parameters<typeof read>[1] = {}) {
  const row = read([...cells, ...Array.from({ length: Math.max(0, header.length - cells.length) }, () => '')], options);
  if (row.type !== 'lead') throw new Error(row.type === 'rejected' ? describeProblem(row.problem) : row.type);
  return row;
}

function problem(cells: string[], options: Parameters<typeof read>[1] = {}): string {
  const row = read(cells, options);
  if (row.type !== 'rejected') throw new Error(`it is ${row.type}`);
  return describeProblem(row.problem);
}

describe('a row becomes a lead', () => {
  test('trimmed, with empty and missing values left out', () => {
    const row = lead([
      ' Ana@ACME.com ',
      '  Ana  Maria ',
      'null',
      'de',
      'German',
      'Europe/Berlin',
      '2026-03-04 09:30',
      'N/A',
    ]);
    expect(row.lead).toEqual({
      email: 'Ana@acme.com',
      domain: 'acme.com',
      firstName: 'Ana Maria',
      lastName: null,
      company: null,
      title: null,
      country: 'DE',
      language: 'de',
      timezone: 'Europe/Berlin',
      source: 'Fair',
      event: { type: 'downloaded', at: '2026-03-04T09:30:00.000Z' },
      fields: {},
    });
    expect(row.notes).toEqual([]);
  });

  test('a mailbox provider is nobody’s company', () => {
    expect(lead(['ana@gmail.com']).lead.domain).toBeNull();
  });

  test('Null is a family name', () => {
    expect(lead(['a@b.de', 'Null']).lead.firstName).toBe('Null');
  });

  test('characters that nobody sees are removed, and line breaks do not stay in names', () => {
    expect(lead(['a@b.de', 'An\u200ba\u0000\r\nBcc: x@y.de', 'A\u202ecme']).lead).toMatchObject({
      firstName: 'Ana Bcc: x@y.de',
      company: 'Acme',
    });
  });

  test.for([
    ['English', 'en'],
    ['Deutsch', 'de'],
    ['pt_br', 'pt-BR'],
    ['en_US.UTF-8', 'en-US'],
  ] as const)('the language %s is %s', ([given, tag]) => {
    expect(lead(['a@b.de', '', '', '', given]).lead.language).toBe(tag);
  });

  test.for([
    [[3, 'Klingonisch!'], 'country', null],
    [[4, 'Klingonisch!'], 'language', 'not a language'],
    [[5, 'IST (India)'], 'timezone', 'not a time zone'],
    [[5, '+02:00'], 'timezone', 'not a time zone'],
    [[6, '03/04/2026'], 'downloaded_at', 'not a date'],
    [[6, '2026-02-30'], 'downloaded_at', 'not a date'],
    [[7, 'x'.repeat(301)], 'Plan', 'longer than 300 characters'],
  ] as const)('%j leaves a note, not a reject', ([[column, value], place, words]) => {
    const cells = ['a@b.de', '', '', '', '', '', '', ''];
    cells[column] = value;
    const { notes } = lead(cells);
    if (words === null) expect(notes).toEqual([]);
    else expect(notes).toMatchObject([{ place, problem: expect.stringContaining(words) }]);
  });

  test('a date that cannot be read stays as text under the name of its column', () => {
    const row = lead(['a@b.de', '', '', '', '', '', '03/04/2026']);
    expect(row.lead).toMatchObject({ event: null, fields: { downloaded_at: '03/04/2026' } });
  });

  test('a value is never cut through the middle of a character', () => {
    const { fields } = lead(['a@b.de', '', '', '', '', '', '', `${'x'.repeat(299)}😀`]).lead;
    expect(fields['Plan']).toBe('x'.repeat(299));
  });

  test('a column called __proto__ is a name like any other', () => {
    const row = read(['a@b.de', 'x'], { header: ['email', '__proto__'] });
    expect(row.type === 'lead' && Object.keys(row.lead.fields)).toEqual(['__proto__']);
  });

  test('surplus cells are forgiven when they are empty, and a row of blanks is no row', () => {
    expect(read(['a@b.de', '', '', '', '', '', '', '', '', ' ']).type).toBe('lead');
    expect(read(['', ' ', '', '', '', '', '', '']).type).toBe('blank');
  });
});

describe('a row is rejected with line, column, value and remedy', () => {
  const rest = ['Ana', 'Acme', '', '', '', '', ''];
  test.for([
    [
      'ana(at)acme',
      'line 17, column "email": "ana(at)acme" has no single @ — write it as name@company.com, or remove the row',
    ],
    [
      'a@b@c.de',
      'line 17, column "email": "a@b@c.de" has no single @ — write it as name@company.com, or remove the row',
    ],
    ['', 'line 17, column "email": has no address — fill it in, or remove the row'],
    ['N/A', 'line 17, column "email": "N/A" is no address — fill it in, or remove the row'],
    [
      'Ana <ana@acme.com>',
      'line 17, column "email": "Ana <ana@acme.com>" is more than a bare address — write it as name@company.com, or remove the row',
    ],
    [
      'a na@acme.com',
      'line 17, column "email": "a na@acme.com" is more than a bare address — write it as name@company.com, or remove the row',
    ],
    [
      'ana%x@acme.com',
      'line 17, column "email": "ana%x@acme.com" has characters before the @ that mail servers refuse — correct the part before the @, as name@company.com, or remove the row',
    ],
    [
      'ana@localhost',
      'line 17, column "email": "ana@localhost" has no valid host name after the @ — correct the part after the @, as name@company.com, or remove the row',
    ],
    [
      'ana\u200b@acme.com',
      'line 17, column "email": "ana@acme.com" has characters that cannot be seen — type the address anew, or remove the row',
    ],
    [
      'ana@acme.com\nBcc: eve@evil.example',
      'line 17, column "email": "ana@acme.com Bcc: eve@evil.example" has characters that cannot be seen — type the address anew, or remove the row',
    ],
    [
      'ana@acme.com\u0000',
      'line 17, column "email": "ana@acme.com" has characters that cannot be seen — type the address anew, or remove the row',
    ],
  ] as const)('%j', ([email, text]) => {
    expect(problem([email, ...rest])).toBe(text);
  });

  test('when it has too few or too many cells', () => {
    expect(problem(['a@b.de', 'Ana'])).toBe(
      'line 17: it has 2 cells where the header has 8 — put quotation marks around a cell that holds the separator, or add the missing cells, or remove the row',
    );
    expect(problem(['a@b.de', ...rest, 'surplus'])).toMatch(/^line 17: it has 9 cells/);
  });

  test('when it runs over lines, where a quotation mark was left open', () => {
    expect(problem(['a@b.de', 'Ana'], { lastLine: 40 })).toMatch(
      /runs on to line 40 .* quotation mark that was left open/,
    );
  });

  test('when the columns that an address is made of are empty', () => {
    expect(problem(['', 'x'], { header: ['Prospect ID', 'City'], map: ['email={Prospect ID}@example.com'] })).toMatch(
      /^line 17, column "{Prospect ID}@example.com": has no address/,
    );
  });
});

describe('the rejects file', () => {
  const uneven = {
    line: 3,
    column: null,
    value: null,
    problem: 'it has 2 cells where the header has 3',
    remedy: 'add the missing cells',
  };

  test('holds the row as it was, and where and why', () => {
    expect(rejectsHeader(['email', 'Name; full', 'n'], ';')).toBe(
      '\ufeffemail;"Name; full";n;import_line;import_problem\r\n',
    );
    expect(rejectsLine(['email', 'Name; full', 'n'], ['x', 'say "hi"'], uneven, ';')).toBe(
      'x;"say ""hi""";;3;line 3: it has 2 cells where the header has 3 — add the missing cells, or remove the row\r\n',
    );
  });

  test('puts surplus cells behind the reason, so that nothing is lost and columns stay in line', () => {
    expect(rejectsLine(['email'], ['x', 'y', 'z'], uneven, ',')).toMatch(/^x,3,.*,y,z\r\n$/);
  });

  test.for(['=1+1', '+49 30', '-2', '@SUM(A1)', '\tx', '\rx', '＝1+1', '＠x'])(
    '%j is not a formula for a spreadsheet',
    (cell) => {
      expect(rejectsLine(['a'], [cell], uneven, ',')).toMatch(/^"?'/);
    },
  );

  test('can be corrected and imported again, without columns or apostrophes of ours', () => {
    const again = ['email', 'Phone', 'import_line', 'import_problem'];
    const row = read(["'+ana@acme.com", "'+49 30", '3', 'reason'], { header: again, corrected: true });
    expect(row.type === 'lead' && row.lead).toMatchObject({ email: '+ana@acme.com', fields: { Phone: '+49 30' } });
    expect(rejectsHeader(again, ',')).toBe('\ufeffemail,Phone,import_line,import_problem\r\n');
  });
});

test.for([
  ['email,first;name', ','],
  ['email;name;x,y', ';'],
  ['email\tname', '\t'],
  ['"a;b;c",d,e', ','],
  ['email', ','],
] as const)('the separator of %j is %j', ([line, delimiter]) => {
  expect(detectDelimiter(line)).toBe(delimiter);
});

test('many odd values in one column are one sentence', () => {
  const tally = new Map<string, NoteTally>();
  for (let line = 2; line < 314; line++)
    tallyNotes(tally, [{ place: 'tz', value: 'IST', problem: 'not a time zone' }], line);
  expect([...tally.values()].map(describeNote)).toEqual([
    'column "tz": 312 values are not a time zone (line 2: "IST")',
  ]);
});
