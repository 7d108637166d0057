import { describe, expect, test } from 'vitest';
import { describeMapping, mapColumns, splitMap } from '../../src/core/lead-columns.ts';

function mapped(header: string[], entries: string[] = []) {
  const result = mapColumns(header, entries);
  if (!result.ok) throw new Error(result.problem.text);
  return result.mapping;
}

function refused(header: string[], entries: string[] = []) {
  const result = mapColumns(header, entries);
  if (result.ok) throw new Error('it was mapped');
  return `${result.problem.text} — ${result.problem.remedy}`;
}

describe('columns with well-known names', () => {
  test.for([
    [
      [
        'E-Mail',
        'Given Name',
        'SURNAME',
        'Company Name',
        'Job Title',
        'Country/Region',
        'Time Zone',
        'Lead Source',
        'Create Date',
      ],
      {
        email: 'E-Mail',
        first_name: 'Given Name',
        last_name: 'SURNAME',
        company: 'Company Name',
        title: 'Job Title',
        country: 'Country/Region',
        timezone: 'Time Zone',
        source: 'Lead Source',
        created_at: 'Create Date',
      },
    ],
    [
      ['work email', 'firstname', 'lastname', 'company', 'preferred_language', 'downloaded_at'],
      {
        email: 'work email',
        first_name: 'firstname',
        last_name: 'lastname',
        company: 'company',
        language: 'preferred_language',
        created_at: 'downloaded_at',
      },
    ],
    [['Email Address', 'Title', 'Job title'], { email: 'Email Address', title: 'Job title' }],
  ] as const)('%j', ([header, fields]) => {
    expect(describeMapping(mapped([...header]))).toEqual(fields);
  });

  test('every other column is kept under its own name, each name once', () => {
    const mapping = mapped(['Email', 'Plan', '', 'Plan', 'x'.repeat(80)]);
    expect(mapping.further.map(({ name }) => name)).toEqual(['Plan', 'column 3', 'Plan (2)', 'x'.repeat(60)]);
  });

  test('the columns of a rejects file are not facts of a lead', () => {
    expect(mapped(['email', 'import_line', 'import_problem']).further).toEqual([]);
  });
});

describe('--map', () => {
  test('is split at commas that a field follows, not at commas of a column’s name', () => {
    expect(splitMap('email=Work Mail, company=Firm, legal name,title={Role, exact}')).toEqual([
      'email=Work Mail',
      'company=Firm, legal name',
      'title={Role, exact}',
    ]);
  });

  test('makes an address from a column, which stays a column of its own', () => {
    const mapping = mapped(['Prospect ID', 'City'], ['email={Prospect ID}@example.com']);
    expect(mapping.fields).toEqual([
      { field: 'email', pieces: [{ column: 0 }, { text: '@example.com' }], label: '{Prospect ID}@example.com' },
    ]);
    expect(mapping.further.map(({ name }) => name)).toEqual(['Prospect ID', 'City']);
  });

  test('goes before the well-known names, finds columns without regard to case, and can take a field away', () => {
    const mapping = mapped(['Email', 'Private Mail', 'Title'], ['email=private mail', 'title=']);
    expect(describeMapping(mapping)).toEqual({ email: 'Private Mail' });
    expect(mapping.further.map(({ name }) => name)).toEqual(['Email', 'Title']);
  });

  test.for([
    [['frist_name=A'], /field “frist_name”.*email, first_name, last_name/],
    [['email=Mial'], /column “Mial” that the file does not have — its columns are: A, Mail/],
    [['email={Mial}@x.com'], /column “Mial”/],
    [['email=A', 'email=Mail'], /field “email” twice/],
    [['email'], /does not understand “email” — write field=column/],
    [['email='], /no column looks like the e-mail address/],
  ] as const)('%j is refused with what there is', ([entries, words]) => {
    expect(refused(['A', 'Mail'], [...entries])).toMatch(words);
  });

  test('a file without names of columns is told so', () => {
    expect(refused(['ana@acme.com', 'Ana'])).toMatch(/first line looks like a lead/);
  });
});
