import { drawFrom, type Draw } from '../openai/seeded.ts';
import { createAgenda } from './agenda.ts';
import { byShare, happens } from './chance.ts';
import { INJECTIONS, NOTES, type Place, PLACES, SOURCES, STEMS, TITLES, TRADES } from './newcomer-names.ts';

/** A new lead in the shape of the `data` of `POST /webhooks/leads`, and where they sit (which not all of them tell). */
export type Newcomer = { lead: Record<string, unknown> & { email: string }; name: string; zone: string };

export type Newcomers = {
  nextDue(): number | null;
  /** The first that is due by then. */
  take(now: number): Newcomer | null;
  /** Those who were due while nobody looked do not come any more. */
  skipTo(now: number): void;
};

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Most read white papers at work; the rest at the weekend. By day of the week from Sunday. */
const DAYS: ReadonlyArray<readonly [number, number]> = [
  [1, 0.2],
  [2, 0.2],
  [3, 0.2],
  [4, 0.19],
  [5, 0.16],
  [6, 0.02],
  [0, 0.03],
];
/** Hours of the day in UTC, most in the middle: Europe's day and America's morning. */
const [FIRST_HOUR, LAST_HOUR] = [6, 20];

/** `perWeek` people a week, beginning with the week that starts now. The same seed and start give the same people. */
export function createNewcomers(options: { seed: number; perWeek: number; start: number }): Newcomers {
  const { seed, perWeek, start } = options;
  const agenda = createAgenda<{ lead: Newcomer['lead']; name: string; zone: string }>();
  const taken = new Set<string>();
  let week = 0;
  const planWeek = (): void => {
    const whole = Math.floor(perWeek);
    const rest = happens(drawFrom(`${seed}/newcomers/${week}`), 'one more', perWeek - whole) ? 1 : 0;
    for (let i = 0; i < whole + rest; i += 1) {
      const number = String(week * 10_000 + i).padStart(9, '0');
      const draw = drawFrom(`${seed}/newcomer/${number}`);
      const at = arrival(start + week * WEEK, draw);
      agenda.add(at, number, newcomer(draw, at, taken));
    }
    week += 1;
  };
  const ready = (): void => {
    // Arrivals of a week never come before its start, so the first that is planned is the first of all.
    for (let due = agenda.nextDue(); due === null || due >= start + week * WEEK; due = agenda.nextDue()) planWeek();
  };
  return {
    nextDue: () => {
      if (perWeek <= 0) return null;
      ready();
      return agenda.nextDue();
    },
    take: (now) => {
      if (perWeek <= 0) return null;
      ready();
      return agenda.take(now)?.thing ?? null;
    },
    skipTo: (now) => {
      if (perWeek <= 0) return;
      for (ready(); agenda.take(now) !== null; ready());
    },
  };
}

/** A moment within the seven days from `from`. */
function arrival(from: number, draw: Draw): number {
  const day = byShare(draw, 'day', DAYS);
  const hour = FIRST_HOUR + ((LAST_HOUR - FIRST_HOUR) * (draw.unit('hour') + draw.unit('hour too'))) / 2;
  const midnight = from - (from % DAY);
  const ahead = (day - new Date(midnight).getUTCDay() + 7) % 7;
  const at = midnight + ahead * DAY + Math.floor(hour * 60) * MINUTE + draw.int('second', 0, 59_999);
  return at < from ? at + WEEK : at;
}

function newcomer(draw: Draw, at: number, taken: Set<string>): Newcomer {
  // The square makes the first places the likeliest.
  const place = PLACES[Math.floor(draw.unit('place') ** 2 * PLACES.length)] ?? draw.pick('place', PLACES);
  const zone = draw.pick('zone', place.zones);
  const [industry, words] = draw.pick('trade', TRADES);
  const [first, last] = newName(draw, place, taken);
  const firm = `${draw.pick('stem', STEMS)} ${draw.pick('word', words)}`;
  const named = !happens(draw, 'no name', 0.06);
  const email = address(draw, named ? [first, last] : null, firm, taken);
  const lead = {
    email,
    ...(named ? { first_name: first, last_name: last } : {}),
    ...some(draw, 'company', 0.95, `${firm} ${draw.pick('legal form', place.legalForms)}`.trim()),
    ...some(draw, 'title', 0.91, byShare(draw, 'job', TITLES)),
    ...some(draw, 'country', 0.94, place.country),
    ...some(draw, 'timezone', 0.85, zone),
    source: byShare(draw, 'came by', SOURCES),
    created_at: new Date(at).toISOString(),
    fields: {
      whitepaper: 'Field Service Scheduling',
      ...some(draw, 'industry', 0.9, industry),
      ...some(draw, 'employees', 0.8, employees(draw)),
      ...some(draw, 'notes', 0.25, note(draw)),
    },
  };
  return { lead, name: named ? `${first} ${last}` : email, zone };
}

/** Two people of one name are confusing to look at, so there are few. */
function newName(draw: Draw, place: Place, taken: Set<string>): [string, string] {
  for (let attempt = 0; ; attempt += 1) {
    const name: [string, string] = [
      draw.pick(`first name ${attempt}`, place.firstNames),
      draw.pick(`last name ${attempt}`, place.lastNames),
    ];
    if (taken.has(name.join(' ')) && attempt < 5) continue;
    taken.add(name.join(' '));
    return name;
  }
}

function some<T>(draw: Draw, name: string, share: number, value: T): Record<string, T> {
  return happens(draw, `has ${name}`, share) ? { [name]: value } : {};
}

/** From a van to a group: most firms are small. */
function employees(draw: Draw): number {
  return Math.round(4 * Math.exp(draw.unit('employees') * Math.log(300)));
}

function note(draw: Draw): string {
  return happens(draw, 'injects', 0.05) ? draw.pick('injection', INJECTIONS) : draw.pick('note', NOTES);
}

function address(draw: Draw, name: readonly [string, string] | null, firm: string, taken: Set<string>): string {
  const domain = `${ascii(firm).replaceAll(/[^a-z]+/g, '-')}.example`;
  const local = name === null ? draw.pick('role', ['dispatch', 'office', 'service']) : localPart(draw, name);
  for (let n = 1; ; n += 1) {
    const candidate = `${local}${n === 1 ? '' : n}@${domain}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}

function localPart(draw: Draw, [first, last]: readonly [string, string]): string {
  const [given, family] = [ascii(first), ascii(last).replaceAll(/[^a-z]/g, '')];
  return draw.pick('form of address', [`${given}.${family}`, `${given.charAt(0)}.${family}`, `${given}${family}`]);
}

const UNDECOMPOSED: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', ı: 'i' };

function ascii(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[ßłøı]/g, (letter) => UNDECOMPOSED[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z -]/g, '')
    .trim();
}
