import { expect, test } from 'vitest';
import { isZone, quietUntil } from '../../src/core/quiet-hours.ts';

const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'America/Halifax',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'America/Asuncion',
  'America/Sao_Paulo',
  'America/Bogota',
  'America/Mexico_City',
  'America/Phoenix',
  'America/Nuuk',
  'Atlantic/Azores',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Berlin',
  'Europe/Helsinki',
  'Europe/Chisinau',
  'Europe/Moscow',
  'Europe/Istanbul',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/Lagos',
  'Africa/Johannesburg',
  'Asia/Beirut',
  'Asia/Jerusalem',
  'Asia/Tehran',
  'Asia/Dubai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Shanghai',
  'Asia/Tokyo',
  'Australia/Adelaide',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Antarctica/Troll',
];
const RULES = [
  { from: '20:00', to: '08:00' },
  { from: '22:00', to: '02:30' },
  { from: '21:30', to: '00:30' },
  { from: '01:15', to: '01:45' },
  { from: '00:00', to: '07:00' },
];

/** Local time as minutes of its day, read by a second way than the code under test uses. */
function localMinutes(at: Date, zone: string): number {
  const [hour = 0, minute = 0] = at
    .toLocaleTimeString('sv-SE', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
    .split(':')
    .map(Number);
  return hour * 60 + minute;
}

function isQuiet(rule: { from: string; to: string }, at: Date, zone: string): boolean {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const [from, to, local] = [minutes(rule.from), minutes(rule.to), localMinutes(at, zone)];
  return from <= to ? local >= from && local < to : local >= from || local < to;
}

/** Hours at which the zone's offset changes in 2026, found by watching local time against the world's. */
function changes(zone: string): Date[] {
  const offset = (ms: number) => (localMinutes(new Date(ms), zone) - ms / 60_000 + 1_440_000_000) % 1440;
  const found: Date[] = [];
  const day = 86_400_000;
  for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += day) {
    if (offset(ms) === offset(ms + day)) continue;
    let hour = ms;
    while (offset(hour) === offset(hour + 1_800_000)) hour += 1_800_000;
    found.push(new Date(hour + 1_800_000));
  }
  return found;
}

test('around every change of clocks in 42 zones, a mail waits exactly while it is quiet', () => {
  let seen = 0;
  for (const zone of ZONES) {
    const [spring, autumn] = changes(zone);
    for (const change of [spring ?? new Date('2026-03-29T01:00:00Z'), autumn ?? new Date('2026-10-25T01:00:00Z')]) {
      for (const rule of RULES) {
        for (const hours of [-26, -5.5, -1.25, -0.5, 0, 0.6, 1.4, 7]) {
          const at = new Date(change.getTime() + hours * 3_600_000 + 4_321);
          const until = quietUntil(rule, at, zone);
          const about = `${zone} ${rule.from}–${rule.to} at ${at.toISOString()} → ${until?.toISOString()}`;
          expect(until !== null, about).toBe(isQuiet(rule, at, zone));
          if (until === null) continue;
          seen += 1;
          expect(isQuiet(rule, until, zone), about).toBe(false);
          expect(until.getTime(), about).toBeGreaterThan(at.getTime());
          // Not needlessly late either: an hour before the end it is still quiet, whatever the clocks did in between.
          const before = new Date(until.getTime() - 60_000);
          expect(
            isQuiet(rule, before, zone) || until.getTime() - at.getTime() < 3_700_000 || isGap(before, until, zone),
            about,
          ).toBe(true);
          expect(until.getTime() - at.getTime(), about).toBeLessThanOrEqual(26 * 3_600_000);
        }
      }
    }
  }
  expect(seen).toBeGreaterThan(500);
});

function isGap(before: Date, after: Date, zone: string): boolean {
  const earlier = new Date(before.getTime() - 2 * 3_600_000);
  return localMinutes(after, zone) - localMinutes(earlier, zone) !== 121;
}

test('without quiet hours, or with an empty span, mail may always go', () => {
  const night = new Date('2026-11-22T02:00:00Z');
  expect(quietUntil(undefined, night, 'Europe/Berlin')).toBeNull();
  expect(quietUntil({ from: '08:00', to: '08:00' }, night, 'Europe/Berlin')).toBeNull();
});

test('the ends belong to the day as people say it: quiet from 20:00, no longer at 08:00', () => {
  const rule = { from: '20:00', to: '08:00' };
  const berlin = (time: string) => quietUntil(rule, new Date(`2026-11-22T${time}+01:00`), 'Europe/Berlin');
  expect(berlin('19:59:59.999')).toBeNull();
  expect(berlin('20:00:00')).toEqual(new Date('2026-11-23T08:00:00+01:00'));
  expect(berlin('07:59:59.999')).toEqual(new Date('2026-11-22T08:00:00+01:00'));
  expect(berlin('08:00:00')).toBeNull();
});

test('a zone that nobody knows is no zone', () => {
  for (const zone of ['Europe/Berlin', 'UTC', 'Asia/Kathmandu']) expect(isZone(zone)).toBe(true);
  for (const zone of ['Mars/Olympus', '', 'Berlin', 'Europe/Berlin\n']) expect(isZone(zone)).toBe(false);
});
