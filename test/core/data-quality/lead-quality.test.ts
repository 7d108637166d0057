import { describe, expect, test } from 'vitest';
import { isDisposableDomain, isRoleAddress, mailboxKey } from '../../../src/core/data-quality/addresses.ts';
import { contradictions } from '../../../src/core/data-quality/contradictions.ts';
import { findDuplicates } from '../../../src/core/data-quality/duplicates.ts';
import { expectedFields, leadQuality, type QualityLead } from '../../../src/core/data-quality/lead-quality.ts';
import { qualityReport } from '../../../src/core/data-quality/quality-report.ts';
import { missingFacts } from '../../../src/core/data-quality/required-facts.ts';

const now = new Date('2026-03-10T12:00:00Z');
const whole = {
  first_name: 'Ana',
  last_name: 'Lima',
  company: 'Acme',
  title: 'CTO',
  country: 'Germany',
  language: 'de',
  timezone: 'Europe/Berlin',
  source: 'Webinar',
};
const lead = (change: Partial<QualityLead> = {}): QualityLead => ({
  ref: 'line 2',
  email: 'ana@acme.example',
  values: whole,
  lastChange: now,
  ...change,
});
const rules = { expected: expectedFields, addresses: true, now };
const codes = (change: Partial<QualityLead>) => leadQuality(lead(change), rules).reasons.map(({ code }) => code);

describe('the quality of a lead', () => {
  test('of whom everything is known is 100, without reasons', () => {
    expect(leadQuality(lead(), rules)).toEqual({ score: 100, reasons: [] });
  });

  test.for<[string, Partial<QualityLead>, string[]]>([
    ['no address', { email: null }, ['no_address']],
    ['an address that is none', { email: 'ana(at)acme' }, ['bad_address']],
    ['a mailbox to throw away', { email: 'ana@mx.mailinator.com' }, ['disposable_address']],
    ['an office', { email: 'info@acme.example' }, ['role_address']],
    ['a gap', { values: { ...whole, company: ' ' } }, ['missing']],
    ['a placeholder', { values: { ...whole, company: 'Select' } }, ['placeholder']],
    ['a time zone elsewhere', { values: { ...whole, timezone: 'Asia/Tokyo' } }, ['contradiction']],
    ['a wish for no mail', { values: { ...whole, 'Do Not Email': 'Yes' } }, ['opted_out']],
    ['two years of silence', { lastChange: new Date('2023-01-01') }, ['stale']],
  ])('is less by %s', ([, change, expected]) => {
    expect(codes(change)).toEqual(expected);
    expect(leadQuality(lead(change), rules).score).toBeLessThan(100);
  });

  test('loses more by a placeholder, which may end up in a mail, than by a gap', () => {
    const score = (company: string) => leadQuality(lead({ values: { ...whole, company } }), rules).score;
    expect(score('Select')).toBeLessThan(score(''));
  });

  test('says what makes up the missing points, the heaviest first', () => {
    const { score, reasons } = leadQuality(
      lead({ email: 'info@acme.example', values: { ...whole, title: '' } }),
      rules,
      ['line 7'],
    );
    expect(reasons.map(({ points }) => points)).toEqual([15, 10, 10]);
    expect(score).toBe(100 - 35);
    expect(reasons.at(-1)?.text ?? '').toMatch(/line 7|title/);
  });

  test('is not lowered by columns that a file does not have', () => {
    const { score } = leadQuality(lead({ email: null, values: {} }), { ...rules, expected: [], addresses: false });
    expect(score).toBe(100);
  });
});

describe('contradictions', () => {
  test.for([
    [{ country: 'Germany', timezone: 'Europe/Berlin' }, []],
    [{ country: 'DE', timezone: 'America/New_York' }, ['country_zone']],
    [{ country: 'India', timezone: 'Asia/Calcutta' }, []],
    [{ country: 'Atlantis', timezone: 'Asia/Tokyo' }, []],
    [{ country: 'US', timezone: 'UTC' }, []],
    [{ first_name: 'ana@acme.example' }, ['name_is_address']],
    [{ first_name: 'Ana2' }, ['name_has_digits']],
    [{ first_name: 'Ana', last_name: 'ana' }, ['names_equal']],
    [{ first_name: 'Ana', last_name: 'Lima', company: 'Ana Lima' }, ['company_is_person']],
    [{ 'Last login': '2031-01-01' }, ['future_date']],
    [{ 'Renewal date': '2031-01-01' }, []],
    [{ hs_email_optout: 'true' }, ['opted_out']],
    [{ 'Do Not Email': 'No' }, []],
  ] as Array<[Record<string, string>, string[]]>)('of %o are %o', ([values, expected]) => {
    expect(contradictions(values, now).map(({ code }) => code)).toEqual(expected);
  });
});

describe('addresses', () => {
  test('of an office are known behind a plus and in capitals; a person is none', () => {
    expect(['Info@a.example', 'sales+eu@a.example', 'no.reply@a.example'].every(isRoleAddress)).toBe(true);
    expect(['ana@a.example', 'infosys@a.example'].some(isRoleAddress)).toBe(false);
  });

  test('to throw away are known below their domain, not above or beside it', () => {
    expect(['mailinator.com', 'a.b.mailinator.com'].every(isDisposableDomain)).toBe(true);
    expect(['com', 'mailinator-club.example', 'mailinator.com.example'].some(isDisposableDomain)).toBe(false);
  });

  test('of one mailbox have one key; dots count where the provider says so', () => {
    expect(mailboxKey('A.na+x@GoogleMail.com')).toBe(mailboxKey('ana@gmail.com'));
    expect(mailboxKey('a.na@acme.example')).not.toBe(mailboxKey('ana@acme.example'));
  });
});

describe('duplicates', () => {
  const person = (ref: string, email: string, values: Record<string, string>) => ({ ref, email, values });

  test('are one person at several addresses, also through a third one', () => {
    const groups = findDuplicates([
      person('1', 'ana.lima@acme.example', { first_name: 'Ana', last_name: 'Lima', company: 'ACME GmbH' }),
      person('2', 'ana@gmail.com', { first_name: 'ána', last_name: 'lima', company: 'Acme' }),
      person('3', 'a.na+shop@gmail.com', {}),
      person('4', 'ben@acme.example', { first_name: 'Ben', last_name: 'Lima', company: 'Acme' }),
    ]);
    expect(groups).toEqual([
      {
        refs: ['1', '2', '3'],
        emails: ['ana.lima@acme.example', 'ana@gmail.com', 'a.na+shop@gmail.com'],
        because: ['mailbox', 'name_and_company'],
      },
    ]);
  });

  test('are not everybody who left the same filler', () => {
    const crowd = Array.from({ length: 30 }, (_, i) =>
      person(String(i), `p${i}@d${i}.example`, { first_name: 'A', last_name: 'B', company: 'C' }),
    );
    expect(findDuplicates(crowd)).toEqual([]);
    expect(
      findDuplicates(
        crowd.map((each) => ({ ...each, values: { first_name: 'Select', last_name: 'Select', company: 'Select' } })),
      ),
    ).toEqual([]);
  });
});

test('a report counts what is wrong, names an example, and lists the worst first', () => {
  const leads = [
    lead(),
    lead({ ref: 'line 3', email: 'bad' }),
    lead({ ref: 'line 4', email: 'bo@x.example', values: { ...whole, first_name: 'Bo', company: 'Select' } }),
  ];
  const columns = new Map([['Company', ['Acme', 'Acme', 'Select']]]);
  const report = qualityReport({ leads, columns, has: new Set(['email', ...expectedFields]), now });
  expect(report).toMatchObject({
    leads: 3,
    missingColumns: [],
    placeholders: [{ column: 'Company', value: 'Select' }],
  });
  expect(report.reasons.find(({ code }) => code === 'bad_address')).toMatchObject({ count: 1, example: 'line 3' });
  expect(report.worst[0]?.ref).toBe('line 3');
  expect(report.columns).toMatchObject([{ column: 'Company', filled: 2 / 3, placeholders: 1, distinct: 1 }]);
});

test('facts that a workflow asks for are missing where they are blank, unknown or a placeholder', () => {
  const fields = { company: 'Select', Title: 'CTO', country: ' ' };
  expect(missingFacts(fields, ['title', 'company', 'country', 'plan'])).toEqual(['company', 'country', 'plan']);
});
