import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  insideWindow,
  instantOf,
  localTimeAt,
  nextLocal,
  readLocalDate,
  windowOpens,
  zoneOf,
} from '../../../src/core/workflow/local-time.ts';
import type { Weekday } from '../../../src/core/workflow/step.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const ZONES = [
  ...['London', 'Dublin', 'Lisbon', 'Madrid', 'Paris', 'Berlin', 'Rome', 'Warsaw', 'Athens', 'Helsinki'].map(
    (city) => `Europe/${city}`,
  ),
  ...['Bucharest', 'Chisinau', 'Kyiv'].map((city) => `Europe/${city}`),
  ...['New_York', 'Chicago', 'Denver', 'Los_Angeles', 'Anchorage', 'Adak', 'St_Johns', 'Halifax', 'Toronto'].map(
    (city) => `America/${city}`,
  ),
  ...['Havana', 'Santiago', 'Nuuk', 'Scoresbysund', 'Miquelon'].map((city) => `America/${city}`),
  ...['Atlantic/Azores', 'Atlantic/Bermuda', 'Asia/Jerusalem', 'Asia/Beirut', 'Africa/Cairo', 'Antarctica/Troll'],
  ...['Sydney', 'Adelaide', 'Lord_Howe', 'Hobart'].map((city) => `Australia/${city}`),
  ...['Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Norfolk'],
];

const SCHEDULES: Array<{ time: string; days?: Weekday[] }> = [
  { time: '00:00' },
  { time: '02:30' },
  { time: '01:30', days: ['sat', 'sun'] },
  { time: '02:00', days: ['sun', 'fri'] },
  { time: '09:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
];

/** Reads a zone's clock in another way than the code under test does: one formatted text, no arithmetic. */
function wallReader(zone: string): (at: number) => { date: string; time: string } {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (at) => {
    const text = format.format(at);
    return { date: text.slice(0, 10), time: text.slice(11, 16) };
  };
}

/** The minute at which the zone's clock changes for the nth time from the beginning of 2026. */
function changesOf(zone: string): number[] {
  const read = wallReader(zone);
  const offset = (at: number) => {
    const { date, time } = read(at);
    return Date.parse(`${date}T${time}:00Z`) - at;
  };
  const found: number[] = [];
  for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2028, 0, 1) && found.length < 2; day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let [low, high] = [day, day + DAY];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

type Minute = { at: number; date: string; time: string };

/** What should happen, found by walking minute by minute and looking at the wall: once a scheduled day, at the first minute not before the time. */
function bruteForce(walk: readonly Minute[], { time, days }: { time: string; days?: Weekday[] }): string[] {
  const names: Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const dates = [...new Set(walk.map(({ date }) => date))].toSorted();
  return dates.flatMap((date) => {
    const name = names[new Date(`${date}T00:00:00Z`).getUTCDay()];
    if (days !== undefined && (name === undefined || !days.includes(name))) return [];
    const exact = walk.find((minute) => minute.date === date && minute.time === time);
    const after = walk.find((minute) => minute.date > date || (minute.date === date && minute.time > time));
    const hit = exact ?? after;
    return hit === undefined ? [] : [new Date(hit.at).toISOString()];
  });
}

describe('a time of day where the lead is', () => {
  test('the zones are forty, and the clock changes twice in each', () => {
    expect(new Set(ZONES).size).toBe(40);
    expect(ZONES.filter((zone) => changesOf(zone).length !== 2)).toEqual([]);
  });

  test.for(ZONES)('is missed by no change of the clock and doubled by none: %s', (zone) => {
    const read = wallReader(zone);
    for (const change of changesOf(zone)) {
      const walk: Minute[] = [];
      for (let at = change - 2 * DAY; at <= change + 2 * DAY; at += MINUTE) walk.push({ at, ...read(at) });
      // The first and last day are walked in part; what is asked lies between.
      const [from, to] = [change - DAY, change + DAY];
      for (const schedule of SCHEDULES) {
        const expected = bruteForce(walk, schedule).filter((at) => Date.parse(at) > from && Date.parse(at) <= to);
        const got: string[] = [];
        for (
          let at = nextLocal(new Date(from), zone, schedule.time, schedule.days);
          at.getTime() <= to && got.length < 9;
        ) {
          got.push(at.toISOString());
          at = nextLocal(at, zone, schedule.time, schedule.days);
        }
        expect(got, `${schedule.time} around ${new Date(change).toISOString()}`).toEqual(expected);
      }
    }
  });

  test('a time that spring leaves out is the first moment after the gap', () => {
    expect(nextLocal(new Date('2026-03-28T12:00:00Z'), 'Europe/Berlin', '02:30')).toEqual(
      new Date('2026-03-29T01:00:00Z'),
    );
    expect(nextLocal(new Date('2026-03-29T01:00:00Z'), 'Europe/Berlin', '02:30')).toEqual(
      new Date('2026-03-30T00:30:00Z'),
    );
  });

  test('a time that autumn brings twice is meant once, the first time', () => {
    const first = nextLocal(new Date('2026-10-24T12:00:00Z'), 'Europe/Berlin', '02:30');
    expect(first).toEqual(new Date('2026-10-25T00:30:00Z'));
    expect(nextLocal(first, 'Europe/Berlin', '02:30')).toEqual(new Date('2026-10-26T01:30:00Z'));
  });

  test('a gap of half an hour is closed to the minute', () => {
    expect(nextLocal(new Date('2026-10-03T00:00:00Z'), 'Australia/Lord_Howe', '02:15')).toEqual(
      new Date('2026-10-03T15:30:00Z'),
    );
  });

  test('the answer is always later, at most eight days away, and on a day that was asked for', () => {
    const weekdays: Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.constantFrom(...ZONES, 'Asia/Kolkata', 'Asia/Kathmandu', 'UTC'),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.subarray(weekdays, { minLength: 1 }),
        (at, zone, hour, minute, days) => {
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const moment = nextLocal(at, zone, time, days);
          expect(moment.getTime()).toBeGreaterThan(at.getTime());
          expect(moment.getTime() - at.getTime()).toBeLessThanOrEqual(8 * DAY);
          const { date } = wallReader(zone)(moment.getTime());
          const day = weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()];
          expect(days).toContain(day);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('a send window', () => {
  const office = { from: '09:00', to: '17:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] as Weekday[] };

  test.for([
    ['inside', '2026-11-20T10:00:00Z', null],
    ['before it opens', '2026-11-20T06:00:00Z', '2026-11-20T08:00:00.000Z'],
    ['at the minute it closes', '2026-11-19T16:00:00Z', '2026-11-20T08:00:00.000Z'],
    ['on Friday evening', '2026-11-20T18:00:00Z', '2026-11-23T08:00:00.000Z'],
  ] as const)('%s', ([, at, opens]) => {
    expect(windowOpens(office, new Date(at), 'Europe/Berlin')?.toISOString() ?? null).toBe(opens);
  });

  test('over midnight belongs to the day on which it begins', () => {
    const night = { from: '22:00', to: '06:00', days: ['fri'] as Weekday[] };
    expect(insideWindow(night, new Date('2026-11-21T03:00:00Z'), 'UTC')).toBe(true);
    expect(insideWindow(night, new Date('2026-11-20T03:00:00Z'), 'UTC')).toBe(false);
    expect(windowOpens(night, new Date('2026-11-21T06:00:00Z'), 'UTC')).toEqual(new Date('2026-11-27T22:00:00Z'));
  });

  test('that a gap swallows does not open that day', () => {
    const narrow = { from: '02:10', to: '02:50' };
    expect(windowOpens(narrow, new Date('2026-03-29T00:00:00Z'), 'Europe/Berlin')).toEqual(
      new Date('2026-03-30T00:10:00Z'),
    );
  });

  test('opens at the first minute at which the wall stands inside, whatever the clock does', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Nuuk'];
    const windows = [
      { from: '01:30', to: '02:30' },
      { from: '23:30', to: '00:30' },
      { from: '02:10', to: '02:50' },
    ];
    for (const zone of zones)
      for (const change of changesOf(zone))
        for (const window of windows)
          for (let at = change - 3 * 3_600_000; at <= change + 3 * 3_600_000; at += 50 * MINUTE) {
            let expected = at;
            while (!insideWindow(window, new Date(expected), zone)) expected += MINUTE;
            const opens = windowOpens(window, new Date(at), zone)?.getTime() ?? at;
            expect(new Date(opens).toISOString(), `${zone} ${window.from} ${new Date(at).toISOString()}`).toBe(
              new Date(expected).toISOString(),
            );
          }
  });
});

test('the zone of a lead is its own, else its account’s, else the workspace’s, and what is no zone is passed over', () => {
  expect(zoneOf('Asia/Tokyo', 'Europe/Berlin', 'UTC')).toBe('Asia/Tokyo');
  expect(zoneOf('Tokyo time', 'Europe/Berlin', 'UTC')).toBe('Europe/Berlin');
  expect(zoneOf(null, '', 'America/Denver')).toBe('America/Denver');
  expect(zoneOf(null, null, null)).toBe('UTC');
});

test.for([
  ['a day', '2026-12-01', '2026-12-01T05:00:00.000Z'],
  ['a time on the lead’s own clock', '2026-12-01 14:30', '2026-12-01T19:30:00.000Z'],
  ['an instant', '2026-12-01T14:30:00Z', '2026-12-01T14:30:00.000Z'],
  ['an instant with an offset', '2026-12-01T14:30:15.250+01:00', '2026-12-01T13:30:15.000Z'],
  ['a day that does not exist', '2026-02-30', null],
  ['words', 'next week', null],
  ['a day written the other way round', '01.12.2026', null],
] as const)('a date of a lead may be %s', ([, text, instant]) => {
  const local = readLocalDate(text, 'America/New_York');
  expect(local === null ? null : instantOf(local, 'America/New_York').toISOString()).toBe(instant);
});

test('reading the wall and finding the instant again lead back', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
      fc.constantFrom(...ZONES),
      (at, zone) => {
        const whole = new Date(Math.floor(at.getTime() / 1000) * 1000);
        const again = instantOf(localTimeAt(whole, zone), zone);
        // The second time of an hour that comes twice leads to the first.
        expect(localTimeAt(again, zone)).toEqual(localTimeAt(whole, zone));
        expect(again.getTime()).toBeLessThanOrEqual(whole.getTime());
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});
