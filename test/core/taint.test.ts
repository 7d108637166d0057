import { expect, test } from 'vitest';
import { taintOf } from '../../src/core/taint.ts';
import { INJECTIONS, ORDINARY_LEADS, SPLIT_INJECTIONS } from './injections.ts';
import { leadFacts } from './proposal-inputs.ts';

const PLACES = {
  firstName: (text: string) => leadFacts({ firstName: text }),
  company: (text: string) => leadFacts({ company: text }),
  title: (text: string) => leadFacts({ title: text }),
  source: (text: string) => leadFacts({ source: text }),
  Notes: (text: string) => leadFacts({ fields: { Notes: text } }),
  'event 1 (reply)': (text: string) =>
    leadFacts({ events: [{ type: 'reply', at: '2026-11-22T10:00:00.000Z', detail: text }] }),
};

test('at least 95 % of more than 100 payloads are found, whichever field they stand in, and the field is named', () => {
  expect(INJECTIONS.length).toBeGreaterThanOrEqual(150);
  for (const [name, lead] of Object.entries(PLACES)) {
    const missed = INJECTIONS.filter((payload) => !taintOf(lead(payload)).includes(name));
    expect(missed.length / INJECTIONS.length, `${name}: ${JSON.stringify(missed)}`).toBeLessThanOrEqual(0.05);
  }
});

test.for(SPLIT_INJECTIONS)(
  'a payload split over fields is found: %s | %s | %s | %s',
  ([firstName, lastName, company, title]) => {
    expect(taintOf(leadFacts({ firstName, lastName, company, title }))).not.toEqual([]);
  },
);

test('at most 1 % of 200 ordinary leads are tainted', () => {
  const tainted = ORDINARY_LEADS.filter((lead) => taintOf(leadFacts(lead)).length > 0).map(
    (lead) => `${JSON.stringify(lead)} ${taintOf(leadFacts(lead)).join()}`,
  );
  expect(tainted.length, tainted.join('\n')).toBeLessThanOrEqual(2);
});

test('names in any script, emoji and copied text with soft hyphens or a byte order mark are ordinary', () => {
  for (const text of [
    'Zoë 👩‍👩‍👧',
    '❤️ planning',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿 depot',
    'فارسی می‌نویسم',
    'Donau\u00addampf\u00adschiff',
    '\ufeffAna',
    'नमस्ते',
    'Ελένη',
    'Ольга',
  ])
    expect(taintOf(leadFacts({ firstName: text }))).toEqual([]);
});

test('a lead about whom nothing is known is not tainted', () => {
  expect(
    taintOf(
      leadFacts({
        firstName: null,
        lastName: null,
        company: null,
        title: null,
        country: null,
        language: null,
        timezone: null,
        source: null,
      }),
    ),
  ).toEqual([]);
});

test('long bait does not hang: 20,000 characters of anything are looked at', () => {
  for (const unit of ['a', 'ignore ', 'A1', '<', '. ', '%41', '\\u0041', '忽略', 'set score ', 'send to '])
    expect(taintOf(leadFacts({ fields: { Notes: unit.repeat(Math.floor(20_000 / unit.length)) } }))).toBeDefined();
});
