import { expect, test } from 'vitest';
import { drawFor } from '../../../sandbox/people/chance.ts';
import { type MailSeen, personaOf, planMail, scansLinks } from '../../../sandbox/people/lead-habits.ts';
import { withinHours } from '../../../sandbox/people/working-hours.ts';

const LEADS = 2_000;
const hours = { zone: 'Europe/Berlin', from: 450, to: 1140 };
const mail: MailSeen = {
  at: Date.parse('2026-01-06T09:00:00Z'),
  nth: 1,
  bad: false,
  unwanted: false,
  scanned: false,
  hours,
};

type Counts = Record<string, number>;

/** Percent of 2,000 leads, by persona and by what they do first of each kind. */
function shares(over: Partial<MailSeen> = {}, seed = 1): Counts {
  const counts: Counts = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 100 / LEADS;
  };
  for (let i = 0; i < LEADS; i += 1) {
    const email = `p${i}@firm${i}.example`;
    const persona = personaOf(drawFor(seed, email, 'who'));
    count(`is ${persona}`);
    const planned = planMail(persona, { ...mail, ...over }, drawFor(seed, email, 'mail 1'));
    const done = planned.map(({ doing }) =>
      doing.do === 'reply' ? doing.kind : doing.do === 'event' ? doing.event : doing.do,
    );
    for (const what of new Set(done)) count(what);
  }
  return counts;
}

test('personas and what they do come in the documented shares', () => {
  const found = shares();
  const documented: Counts = {
    'is eager': 8,
    'is interested': 22,
    'is busy': 36,
    'is cold': 29.5,
    'is hostile': 3,
    'is gone': 1.5,
    interested: 2.7,
    open: 49,
    click: 9,
    pricing_viewed: 2.7,
    converted: 2.6,
    not_now: 1.4,
    away: 3,
    bounce: 1.5,
    unsubscribe: 0.3,
  };
  for (const [what, share] of Object.entries(documented)) {
    // Three standard errors of a share of 2,000, and what rounding the documentation took.
    const error = 3 * Math.sqrt((share * (100 - share)) / LEADS) + 0.2;
    expect(Math.abs((found[what] ?? 0) - share), `${what}: ${found[what]}`).toBeLessThan(error);
  }
});

test('a mail with a mistake is clicked and answered less, and drives more people away', () => {
  const [good, bad] = [shares(), shares({ bad: true })];
  expect(bad['click']).toBeLessThan((good['click'] ?? 0) * 0.6);
  expect(bad['converted']).toBeLessThan((good['converted'] ?? 0) * 0.7);
  const harm = (counts: Counts): number =>
    (counts['unsubscribe'] ?? 0) + (counts['complain'] ?? 0) + (counts['angry'] ?? 0);
  expect(harm(bad)).toBeGreaterThan(harm(good) * 3);
});

test('every further mail is opened and clicked a little less', () => {
  const [first, third] = [shares(), shares({ nth: 3 })];
  expect(third['open']).toBeLessThan((first['open'] ?? 0) * 0.93);
  expect(third['click']).toBeLessThan((first['click'] ?? 0) * 0.9);
});

test('who had asked us to stop reports the next mail, and does nothing else with it', () => {
  const found = shares({ unwanted: true });
  expect(found['complain']).toBeGreaterThan(50);
  expect(found['click'] ?? 0).toBe(0);
});

test('people read within their hours; servers answer at once, at any hour', () => {
  const night = Date.parse('2026-01-10T23:00:00Z');
  for (let i = 0; i < 500; i += 1) {
    const email = `q${i}@firm.example`;
    const planned = planMail(
      personaOf(drawFor(2, email, 'who')),
      { ...mail, at: night, scanned: true },
      drawFor(2, email, 'mail 1'),
    );
    for (const { at, doing } of planned) {
      const machine = doing.do === 'scan' || doing.do === 'bounce' || doing.do === 'away';
      if (machine) expect(at - night).toBeLessThanOrEqual(300_000);
      else expect(withinHours(at, hours), `${doing.do} at ${new Date(at).toISOString()}`).toBe(true);
    }
  }
});

test('about one firm in eight has its links fetched by a scanner, whoever works there', () => {
  const firms = Array.from({ length: LEADS }, (_, i) => scansLinks(drawFor(1, `firm${i}.example`, 'domain')));
  const share = (100 * firms.filter(Boolean).length) / LEADS;
  expect(Math.abs(share - 12)).toBeLessThan(2.5);
});

test('another seed makes other people of the same addresses', () => {
  const personas = (seed: number): string[] =>
    Array.from({ length: 50 }, (_, i) => personaOf(drawFor(seed, `p${i}@firm.example`, 'who')));
  expect(personas(1)).toEqual(personas(1));
  expect(personas(1)).not.toEqual(personas(2));
});
