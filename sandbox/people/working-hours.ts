/** When somebody is at their desk: minutes of the local day, Monday to Friday. */
export type Hours = { zone: string; from: number; to: number };

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Monday to Friday, as `Date.getUTCDay` counts. */
const isWorkday = (day: number): boolean => day >= 1 && day <= 5;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this computer knows the zone. */
export function isZone(zone: string): boolean {
  try {
    formatFor(zone);
    return true;
  } catch {
    return false;
  }
}

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** The zone's wall clock as if it were UTC, in ms: read it with the `getUTC…` methods. */
function wallClock(at: number, zone: string): number {
  const parts = new Map(
    formatFor(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) +
    (((at % 1000) + 1000) % 1000)
  );
}

/** The moment at which the zone's wall clock shows this; where it shows it twice or never, one close by. */
function momentOf(wall: number, zone: string): number {
  const first = wall - (wallClock(wall, zone) - wall);
  return wall - (wallClock(first, zone) - first);
}

/** Whether this moment lies within the hours of a working day. */
export function withinHours(at: number, { zone, from, to }: Hours): boolean {
  const wall = wallClock(at, zone);
  const minute = (wall % DAY) / MINUTE;
  return isWorkday(new Date(wall).getUTCDay()) && minute >= from && minute < to;
}

/**
 * `minutes` of work after `at`: only time within the hours counts, so what comes at night begins in the morning. Always
 * within the hours.
 */
export function afterWork(at: number, minutes: number, hours: Hours): number {
  let wall = wallClock(at, hours.zone);
  // A clock that shows whole milliseconds would never quite reach a part of one.
  let left = Math.round(Math.max(0, minutes) * MINUTE);
  for (;;) {
    const midnight = wall - (wall % DAY);
    const begin = Math.max(wall, midnight + hours.from * MINUTE);
    const end = midnight + hours.to * MINUTE;
    if (isWorkday(new Date(midnight).getUTCDay()) && begin + left < end) return momentOf(begin + left, hours.zone);
    if (isWorkday(new Date(midnight).getUTCDay()) && begin < end) left -= end - begin;
    wall = midnight + DAY;
  }
}
