import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { findConstantColumns, findNearlyConstantColumns } from '../../../src/core/data-quality/constant-columns.ts';
import { findPlaceholders, placeholderWord } from '../../../src/core/data-quality/placeholders.ts';

describe('placeholders', () => {
  test.for([
    ['Select', '', 'word'],
    ['please select', '', 'word'],
    ['-- Select --', '', 'shape'],
    ['<none>', '', 'shape'],
    ['[unknown]', '', 'shape'],
    ['Choose your country', '', 'shape'],
    ['???', '', 'shape'],
    ['xxx', '', 'shape'],
    ['N/A', '', 'word'],
    ['keine Angabe', '', 'word'],
    ['Selective Media', '', null],
    ['None of the above', '', null],
    ['Other', '', null],
    ['No', '', null],
    ['C++', '', null],
    ['Null', 'last_name', null],
    ['NULL', 'last_name', 'word'],
    ['', '', null],
  ] as const)('“%s” in a column “%s”: %s', ([text, column, why]) => {
    expect(placeholderWord(text, column)).toBe(why);
  });

  test('a word that can be an answer is one unless it is frequent among personal data, or stands for a name', () => {
    const columns = new Map([
      ['Preferred channel', ['none', 'none', 'none', 'mail']],
      ['Company', ['unknown', 'unknown', 'Unknown', 'Acme']],
      ['City', ['unknown', 'Ulm', 'Bonn', 'Kiel']],
      ['first name', ['Test', 'Ana', 'Ben', 'Cy']],
    ]);
    expect(findPlaceholders(columns)).toEqual([
      { column: 'Company', value: 'unknown', count: 3, share: 0.75, why: 'filler' },
      { column: 'first name', value: 'Test', count: 1, share: 0.25, why: 'filler' },
    ]);
  });

  test('spellings of one placeholder are counted together, under the commonest', () => {
    const cells = ['select', 'Select', 'Select', 'Ulm'];
    expect(findPlaceholders(new Map([['City', cells]]))).toEqual([
      { column: 'City', value: 'Select', count: 3, share: 0.75, why: 'word' },
    ]);
  });
});

describe('constant columns', () => {
  const rows = (value: string, count: number) => Array.from({ length: count }, () => value);

  test('say one thing of everybody, or nothing; a box that some ticked does not', () => {
    const columns = new Map([
      ['says no', rows('No', 20)],
      ['says nothing', [...rows('', 10), ...rows('Select', 10)]],
      ['ticked by some', [...rows('Yes', 5), ...rows('', 15)]],
      ['short', rows('No', 3)],
    ]);
    expect(findConstantColumns(columns)).toEqual([
      { column: 'says no', kind: 'constant', value: 'No', share: 1 },
      { column: 'says nothing', kind: 'empty', value: null, share: 1 },
    ]);
  });

  test('that are so but for a few of many rows are told apart from those that are', () => {
    const columns = new Map([['nearly', [...rows('No', 399), 'Yes']]]);
    expect(findConstantColumns(columns)).toEqual([]);
    expect(findNearlyConstantColumns(columns)).toMatchObject([{ column: 'nearly', kind: 'nearly', value: 'No' }]);
  });
});

const real = new URL('../../../../shared/data/x_education_leads.csv', import.meta.url);

test.skipIf(!existsSync(real))(
  'a real export shows its “Select”s and its constant columns (skipped where the file is not there)',
  () => {
    const [header = [], ...records] = parse(readFileSync(real, 'utf8'));
    const columns = new Map(header.map((name, i) => [name, records.map((record) => record[i] ?? '')]));
    expect(findPlaceholders(columns).map(({ column, value }) => `${column}: ${value}`)).toEqual([
      'How did you hear about X Education: Select',
      'Lead Profile: Select',
      'City: Select',
      'Specialization: Select',
      'Country: unknown',
    ]);
    expect(findConstantColumns(columns).map(({ column }) => column)).toEqual([
      'Magazine',
      'Receive More Updates About Our Courses',
      'Update me on Supply Chain Content',
      'Get updates on DM Content',
      'I agree to pay the amount through cheque',
    ]);
  },
);
