import { describe, expect, test } from 'vitest';
import { importOddities, type ImportProfile, ProfileCounter } from '../../../src/core/data-quality/import-profile.ts';
import type { IncomingLead } from '../../../src/core/lead.ts';
import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';

type Mix = { company: number; country: (u: number) => string; role?: number; domain?: string };
const usual: Mix = { company: 0.9, country: (u) => (u < 0.6 ? 'DE' : 'AT') };

function profile(rows: number, mix: Mix, seed: number): ImportProfile {
  const u = seededUniform(seed);
  const counter = new ProfileCounter();
  for (let i = 0; i < rows; i++) {
    const lead: IncomingLead = {
      email: u() < (mix.role ?? 0) ? `info@c${i}.example` : `p${i}@${mix.domain ?? `c${i}.example`}`,
      domain: null,
      event: null,
      firstName: 'Ana',
      lastName: null,
      company: u() < mix.company ? `C${i}` : null,
      title: null,
      country: mix.country(u()),
      language: null,
      timezone: null,
      source: 'Webinar',
      fields: u() < 0.5 ? { Plan: 'Pro' } : {},
    };
    counter.add(lead);
  }
  return counter.profile();
}
const earlier = [1, 2, 3].map((seed) => profile(100, usual, seed));
const kinds = (now: ImportProfile, before = earlier) =>
  importOddities(now, before).map(({ kind, field }) => `${kind} ${field}`.trim());

describe('an import', () => {
  test('like the ones before is not odd, for a hundred of them', () => {
    for (let seed = 10; seed < 110; seed++) expect(kinds(profile(60, usual, seed))).toEqual([]);
  });

  test.for<[string, Mix, string[]]>([
    ['with most companies gone', { ...usual, company: 0.1 }, ['blank company']],
    ['from another country', { ...usual, country: () => 'IN' }, ['values country']],
    ['of one company', { ...usual, domain: 'bigcorp.example' }, ['domain bigcorp.example']],
    ['of mailbox providers', { ...usual, domain: 'gmail.com' }, ['domain (mailbox provider)']],
    ['of offices', { ...usual, role: 0.5 }, ['roles']],
  ])('%s is odd, and says so', ([, mix, expected]) => {
    expect(kinds(profile(200, mix, 4))).toEqual(expected);
  });

  test('is judged only where enough came before, and where it has enough rows itself', () => {
    const odd = { ...usual, company: 0 };
    expect(kinds(profile(200, odd, 4), earlier.slice(0, 1))).toEqual([]);
    expect(kinds(profile(20, odd, 4))).toEqual([]);
    expect(kinds(profile(200, odd, 4))).not.toEqual([]);
  });

  test('that brings a new column is news and no reason to stop', () => {
    const now = profile(100, usual, 5);
    expect(kinds({ ...now, filled: { ...now.filled, 'fields.New': 100 } })).toEqual([]);
  });
});
