import { expect, test } from 'vitest';
import { createNewcomers, type Newcomer } from '../../../sandbox/people/newcomers.ts';
import { isZone } from '../../../sandbox/people/working-hours.ts';
import { normaliseAddress } from '../../../src/core/email-address.ts';
import { leadFields } from '../../../src/core/lead.ts';

const start = Date.parse('2026-01-05T00:00:00Z');
const WEEK = 7 * 86_400_000;

type Came = Newcomer & { at: number };

function coming(options: { seed?: number; perWeek: number; weeks: number; from?: number }): Came[] {
  const from = options.from ?? start;
  const newcomers = createNewcomers({ seed: options.seed ?? 1, perWeek: options.perWeek, start: from });
  const came: Came[] = [];
  for (let due = newcomers.nextDue(); due !== null && due < from + options.weeks * WEEK; due = newcomers.nextDue()) {
    const newcomer = newcomers.take(due);
    if (newcomer === null) throw new Error('nobody came when somebody was due');
    came.push({ ...newcomer, at: due });
  }
  return came;
}

test('as many come in a week as were asked for, most of them on workdays, in the order of their times', () => {
  const came = coming({ perWeek: 60, weeks: 10 });
  expect(came).toHaveLength(600);
  const times = came.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (let week = 0; week < 10; week += 1)
    expect(times.filter((at) => Math.floor((at - start) / WEEK) === week)).toHaveLength(60);
  const atWeekends = times.filter((at) => [0, 6].includes(new Date(at).getUTCDay()));
  expect(atWeekends.length / 600).toBeLessThan(0.1);
});

test('a week that begins in the middle of a day is a week all the same', () => {
  const from = Date.parse('2026-03-12T15:20:10.123Z');
  const came = coming({ perWeek: 40, weeks: 3, from });
  expect(came).toHaveLength(120);
  expect(Math.min(...came.map(({ at }) => at))).toBeGreaterThanOrEqual(from);
});

test('the same seed brings the same people, another one brings others, and 0 a week nobody', () => {
  expect(coming({ perWeek: 20, weeks: 2 })).toEqual(coming({ perWeek: 20, weeks: 2 }));
  expect(coming({ perWeek: 20, weeks: 1, seed: 2 })).not.toEqual(coming({ perWeek: 20, weeks: 1 }));
  expect(coming({ perWeek: 0, weeks: 1 })).toEqual([]);
});

test('the app can take every one of them, and no address comes twice', () => {
  const came = coming({ perWeek: 200, weeks: 10 });
  const addresses = came.map(({ lead }) => lead.email);
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const { lead, zone } of came) {
    expect(normaliseAddress(lead.email)).toMatchObject({ ok: true, address: lead.email });
    expect(lead.email).toMatch(/@[a-z-]+[a-z]\.example$/);
    expect([...leadFields, 'fields']).toEqual(expect.arrayContaining(Object.keys(lead)));
    expect(isZone(zone)).toBe(true);
  }
});

test('they are as incomplete as real ones, and now and then one tries something', () => {
  const leads = coming({ perWeek: 200, weeks: 10 }).map(({ lead }) => lead);
  const without = (name: string): number => (100 * leads.filter((lead) => !(name in lead)).length) / leads.length;
  for (const [name, share] of Object.entries({ first_name: 6, company: 5, title: 9, country: 6, timezone: 15 }))
    expect(Math.abs(without(name) - share), name).toBeLessThan(2.5);
  const notes = leads.map(({ fields }) => JSON.stringify(fields)).filter((fields) => fields.includes('"notes"'));
  expect(notes.length / leads.length).toBeGreaterThan(0.2);
  const tries = notes.filter((note) => /instructions|SYSTEM/.test(note)).length;
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(50);
  expect(new Set(leads.map(({ country }) => country)).size).toBeGreaterThan(8);
});

test('who was due while nobody looked does not come any more', () => {
  const newcomers = createNewcomers({ seed: 1, perWeek: 20, start });
  newcomers.skipTo(start + 3 * WEEK);
  expect(newcomers.nextDue()).toBeGreaterThan(start + 3 * WEEK);
});
