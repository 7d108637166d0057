const LOCALE = 'en-GB';

const format = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
  const formatter = new Intl.DateTimeFormat(LOCALE, options);
  return (at) => formatter.format(new Date(at));
};

/** `14:05` */
export const clock = format({ hour: '2-digit', minute: '2-digit' });
/** `Thu 26 Nov 2026` */
export const dayAndYear = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
/** `Thursday, 26 November` */
export const longDay = format({ weekday: 'long', day: 'numeric', month: 'long' });
/** `Mon 10:02` */
export const weekdayAndClock = (at: number): string => `${weekday(at)} ${clock(at)}`;
const weekday = format({ weekday: 'short' });
export const shortDay = format({ day: 'numeric', month: 'short' });
export const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const sameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

const TOKENS: Record<string, (at: number) => string> = {
  day_divider_pretty: longDay,
  date_num: (at) => new Date(at).toISOString().slice(0, 10),
  date: format({ day: 'numeric', month: 'long', year: 'numeric' }),
  date_short: format({ day: 'numeric', month: 'short', year: 'numeric' }),
  date_long: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  time: clock,
  time_secs: seconds,
  ago: (at) => longDay(at),
};

const DAY = 86_400_000;
const NEAR = ['yesterday', 'today', 'tomorrow'];

/** The `_pretty` formats name the days around now, as Slack does. */
function nearDay(at: number, now: number): string | undefined {
  return NEAR.find((_, index) => sameDay(at, now + (index - 1) * DAY));
}

/** Slack's date formats, such as `{date_short} at {time}`, in the reader's own zone. `now` in milliseconds. */
export function slackDate(at: number, pattern: string, fallback: string, now: number): string {
  let unknown = false;
  const written = pattern.replaceAll(/\{(\w+)\}/g, (_, token: string) => {
    const near = token.endsWith('_pretty') ? nearDay(at, now) : undefined;
    const write = TOKENS[token] ?? TOKENS[token.replace(/_pretty$/, '')];
    unknown ||= write === undefined;
    return near ?? write?.(at) ?? '';
  });
  return unknown ? fallback || clock(at) : written;
}
