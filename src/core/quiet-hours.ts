import { Cron } from 'croner';

export type QuietHours = { from: string; to: string };

/** Minutes since local midnight at an instant, in an IANA zone. Reading a local time is never ambiguous; making one can be. */
function localMinutes(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value);
  return part('hour') * 60 + part('minute');
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** null when mail may go at `at`; else the instant when quiet hours end in `zone` (daylight saving is the library's business). */
export function quietUntil(hours: QuietHours | undefined, at: Date, zone: string): Date | null {
  if (!hours) return null;
  const [from, to, local] = [minutesOf(hours.from), minutesOf(hours.to), localMinutes(at, zone)];
  const quiet = from <= to ? local >= from && local < to : local >= from || local < to;
  if (!quiet || from === to) return null;
  const end = new Cron(`${to % 60} ${Math.floor(to / 60)} * * *`, { timezone: zone, paused: true }).nextRun(at);
  // null means “may go”: a library that finds no end must not let a mail out at night.
  if (end === null)
    throw new Error(`no end of quiet hours ${hours.from}–${hours.to} in ${zone} after ${at.toISOString()}`);
  return end;
}

export function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return true;
  } catch {
    return false;
  }
}
