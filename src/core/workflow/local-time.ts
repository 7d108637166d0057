import { isZone } from '../quiet-hours.ts';
import { type Weekday, weekdays } from './step.ts';

const DAY_MS = 86_400_000;

/** A date and time of day as a clock on the wall shows it; it names an instant only together with a zone. */
export type LocalTime = { year: number; month: number; day: number; hour: number; minute: number; second: number };

/** Making one costs a hundred times as much as asking it, and a tick asks for thousands of leads in few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** @throws RangeError for a zone that is none. */
export function localTimeAt(at: Date, zone: string): LocalTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
  const part = (name: string) => {
    const value = parts[name];
    if (value === undefined || Number.isNaN(value)) throw new Error(`no ${name} of ${at.toISOString()} in ${zone}`);
    return value;
  };
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

/** The wall's reading as if it were UTC, in milliseconds: only for differences and calendar arithmetic. */
function wallMs({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function offsetMs(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  return wallMs(localTimeAt(new Date(whole), zone)) - whole;
}

/**
 * The instant at which the wall shows `local` in `zone`. A time that a change of the clock leaves out becomes the first moment
 * after the gap; of a time that comes twice, the first.
 */
export function instantOf(local: LocalTime, zone: string): Date {
  const [first] = instantsOf(local, zone);
  if (first === undefined) throw new Error(`no instant at which it is ${JSON.stringify(local)} in ${zone}`);
  return first;
}

/** Both instants of a time that comes twice, in order; one of any other, that of a gap being the first moment after it. */
function instantsOf(local: LocalTime, zone: string): Date[] {
  const wall = wallMs(local);
  const before = offsetMs(wall - DAY_MS, zone);
  const after = offsetMs(wall + DAY_MS, zone);
  const candidates =
    before === after ? [wall - before] : [wall - Math.max(before, after), wall - Math.min(before, after)];
  const fitting = candidates.filter((at) => at + offsetMs(at, zone) === wall);
  if (fitting.length > 0) return fitting.map((at) => new Date(at));
  return [new Date(changeBetween(wall - Math.max(before, after), wall - Math.min(before, after), zone))];
}

/** The instant between the two at which the clock changes: the first that has the later offset; without a change, the one after `from`. */
function changeBetween(from: number, to: number, zone: string): number {
  const later = offsetMs(to, zone);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle, zone) === later) high = middle;
    else low = middle;
  }
  return high;
}

/** Minutes since midnight of “HH:MM”. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The calendar day `days` later, at midnight of the wall. */
export function plusDays({ year, month, day }: Pick<LocalTime, 'year' | 'month' | 'day'>, days: number): LocalTime {
  const date = new Date(Date.UTC(year, month - 1, day) + days * DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: 0,
    minute: 0,
    second: 0,
  };
}

export function weekdayOf({ year, month, day }: Pick<LocalTime, 'year' | 'month' | 'day'>): Weekday {
  // 1970-01-01 was a Thursday.
  const day0 = Math.floor(Date.UTC(year, month - 1, day) / DAY_MS) + 3;
  const weekday = weekdays[((day0 % 7) + 7) % 7];
  if (weekday === undefined) throw new Error(`no weekday of ${year}-${month}-${day}`);
  return weekday;
}

export function atTime(date: LocalTime, time: string): LocalTime {
  const minutes = minutesOf(time);
  return { ...date, hour: Math.floor(minutes / 60), minute: minutes % 60, second: 0 };
}

/**
 * The next moment, strictly after `at`, at which it is `time` in `zone` on one of `days`. Each day has exactly one such moment:
 * a time inside a gap is the first moment after it, a time that comes twice is meant once, the first time.
 */
export function nextLocal(at: Date, zone: string, time: string, days?: readonly Weekday[]): Date {
  const today = localTimeAt(at, zone);
  // From yesterday, since a gap may carry a time of yesterday into today; two weeks hold every weekday with days to spare.
  for (let ahead = -1; ahead <= 14; ahead++) {
    const date = plusDays(today, ahead);
    if (days !== undefined && !days.includes(weekdayOf(date))) continue;
    const moment = instantOf(atTime(date, time), zone);
    if (moment > at) return moment;
  }
  throw new Error(`no ${time} in ${zone} within two weeks of ${at.toISOString()}`);
}

export type SendWindow = { from: string; to: string; days?: readonly Weekday[] | undefined };

/** Whether the wall's clock stands inside the window. One that ends before it begins goes over midnight: its day is that of its beginning. */
export function insideWindow(window: SendWindow, at: Date, zone: string): boolean {
  const local = localTimeAt(at, zone);
  const minutes = local.hour * 60 + local.minute;
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const open = (ahead: number) => window.days === undefined || window.days.includes(weekdayOf(plusDays(local, ahead)));
  if (from <= to) return minutes >= from && minutes < to && open(0);
  return (minutes >= from && open(0)) || (minutes < to && open(-1));
}

/** null when the window is open at `at`; else the moment at which it opens next. A window that a gap swallows is left out that day. */
export function windowOpens(window: SendWindow, at: Date, zone: string): Date | null {
  if (insideWindow(window, at, zone)) return null;
  const today = localTimeAt(at, zone);
  for (let ahead = -1; ahead <= 21; ahead++) {
    for (const moment of instantsOf(atTime(plusDays(today, ahead), window.from), zone)) {
      if (moment <= at || !insideWindow(window, moment, zone)) continue;
      // A clock that goes back just after a window closed opens it again, at the change itself.
      const change = new Date(changeBetween(at.getTime(), moment.getTime(), zone));
      return insideWindow(window, change, zone) ? change : moment;
    }
  }
  throw new Error(
    `the window ${window.from}–${window.to} in ${zone} does not open within three weeks of ${at.toISOString()}`,
  );
}

/** The lead's zone, else its account's, else the workspace's; what is no IANA zone is passed over, and UTC is the last. */
export function zoneOf(lead: string | null, account: string | null, workspace: string | null): string {
  return (
    [lead, account, workspace].find((zone): zone is string => zone !== null && zone !== '' && isZone(zone)) ?? 'UTC'
  );
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A date or time that a lead's field holds, as the wall shows it in `zone`: `2026-12-01`, `2026-12-01 14:00` (the lead's own
 * clock) or `2026-12-01T14:00:00Z` (an instant). null for anything else, and for days that do not exist.
 */
export function readLocalDate(text: string, zone: string): LocalTime | null {
  const match = DATE.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59 || year < 1900) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const local = { year, month, day, hour, minute, second };
  const offset = match[7];
  if (offset === undefined) return local;
  const ahead = /^z$/i.test(offset)
    ? 0
    : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))) * 60_000;
  return localTimeAt(new Date(wallMs(local) - ahead), zone);
}
