import { expect, test } from 'vitest';
import type { MailDoing, MailProgram } from '../../../sandbox/mail/mail-program.ts';
import type { StoredMail } from '../../../sandbox/mail/stored-mail.ts';
import { drawFor } from '../../../sandbox/people/chance.ts';
import { personaOf } from '../../../sandbox/people/lead-habits.ts';
import { createPeople, type People } from '../../../sandbox/people/people.ts';
import { withinHours } from '../../../sandbox/people/working-hours.ts';
import { createSlackStandIn } from '../../../sandbox/slack/stand-in.ts';
import manifest from '../../../manifest.json' with { type: 'json' };

const BEGIN = Date.parse('2026-01-05T08:00:00Z');
const DAY = 86_400_000;
const reading = { zone: 'Europe/Berlin', from: 450, to: 1140 };

type Town = {
  people: People;
  clock: { now: number };
  /** One line a thing that the mail program was asked to do. */
  done: string[];
  events: Array<{ email: string; event: string; occurredAt: number }>;
  byHand: Map<string, MailDoing[]>;
  deliver(to: string, text?: string): void;
  live(until: number): Promise<void>;
};

/** Leads with a mailbox and nobody else: mails arrive by hand, and what they do with them is written down. */
function town(
  options: { seed?: number; leads?: boolean; bad?: (text: string) => boolean; refuses?: boolean } = {},
): Town {
  const clock = { now: BEGIN };
  const listeners = new Set<(mail: StoredMail) => void>();
  const mails: StoredMail[] = [];
  const done: string[] = [];
  const events: Town['events'] = [];
  const byHand = new Map<string, MailDoing[]>();
  const note = (mailId: string, what: string): void => {
    const mail = mails.find(({ id }) => id === mailId);
    done.push(`${new Date(clock.now).toISOString()} ${mail?.envelopeTo[0]} ${what}`);
    if (options.refuses === true) throw new Error('nobody answers');
  };
  const program: MailProgram = {
    open: async (id) => note(id, 'open'),
    links: () => ['https://a.example/1', 'https://a.example/2'],
    click: async (id, href) => {
      note(id, `click ${href}`);
      return { status: 200, location: null };
    },
    reply: async (id, reply) => note(id, `reply ${typeof reply === 'string' ? reply : reply.text}`),
    unsubscribe: async (id, how) => {
      note(id, `unsubscribe ${how}`);
      return { status: 200 };
    },
    bounce: async (id, how) => note(id, `bounce ${how}`),
    complain: async (id) => note(id, 'complain'),
    doings: (id) => byHand.get(id) ?? [],
    isRead: () => false,
  };
  const people = createPeople({
    seed: options.seed ?? 1,
    slack: createSlackStandIn({ manifest, delivery: { mode: 'socket' } }).workspace,
    mail: {
      messages: () => [...mails],
      on: (_event, listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    program,
    openai: {
      mistakeIn: (text) => (options.bad?.(text) === true ? 'overstated' : null),
      truthOf: () => undefined,
    },
    now: () => clock.now,
    leadEvent: async (event) => void events.push(event),
    on: { leads: options.leads ?? true, reviewers: false },
  });
  return {
    people,
    clock,
    done,
    events,
    byHand,
    deliver: (to, text = 'Hello') => {
      const mail: StoredMail = {
        id: `mail-${mails.length + 1}`,
        at: clock.now,
        envelopeFrom: 'nora@fieldlark.example',
        envelopeTo: [to],
        raw: '',
        from: 'Nora <nora@fieldlark.example>',
        to: `Person ${to.split('@')[0]} <${to}>`,
        subject: 'Hello',
        text,
        html: '',
        headers: [],
        messageId: `<${mails.length + 1}@fieldlark.example>`,
      };
      mails.push(mail);
      for (const listener of listeners) listener(mail);
    },
    live: async (until) => {
      for (let due = people.nextDue(); due !== null && due <= until; due = people.nextDue()) {
        clock.now = Math.max(clock.now, due);
        await people.act(clock.now);
      }
      clock.now = until;
    },
  };
}

const addresses = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}@firm${i % 40}.example`);
const withPersona = (persona: string): string =>
  addresses(2_000).find((email) => personaOf(drawFor(1, email, 'who')) === persona) ?? '';

async function month(options: Parameters<typeof town>[0] = {}, order = addresses(300)): Promise<Town> {
  const place = town(options);
  for (const round of [0, 7, 14]) {
    await place.live(BEGIN + round * DAY);
    for (const email of order) place.deliver(email);
  }
  await place.live(BEGIN + 40 * DAY);
  return place;
}

test('the same seed tells the same story to the byte, and another seed another one', async () => {
  const [first, again, other] = [await month(), await month(), await month({ seed: 2 })];
  expect(first.done.length).toBeGreaterThan(300);
  expect(JSON.stringify([again.done, again.events, again.people.story()])).toBe(
    JSON.stringify([first.done, first.events, first.people.story()]),
  );
  expect(other.done).not.toEqual(first.done);
});

test('what somebody does does not depend on who else got a mail, nor in which order', async () => {
  const all = await month();
  const reversed = await month({}, addresses(300).toReversed());
  const few = await month({}, addresses(20));
  expect(reversed.done.toSorted()).toEqual(all.done.toSorted());
  const ofFew = new Set(addresses(20));
  expect(few.done).toEqual(all.done.filter((line) => ofFew.has(line.split(' ')[1] ?? '')));
  expect(few.done.length).toBeGreaterThan(10);
});

test('people do things in their hours only, even when time jumps past them', async () => {
  const place = town();
  for (const email of addresses(300)) place.deliver(email);
  // A whole week in jumps of 11 hours: most of them end at night or at the weekend.
  for (let at = BEGIN; at < BEGIN + 14 * DAY; at += 11 * 3_600_000) {
    place.clock.now = at;
    await place.people.act(at);
  }
  const human = place.done.filter((line) => / (open|reply (?!out_of_office)|unsubscribe|complain)/.test(line));
  expect(human.length).toBeGreaterThan(50);
  for (const line of human) expect(withinHours(Date.parse(line.split(' ')[0] ?? ''), reading), line).toBe(true);
});

test('who has left does nothing more, whoever is gone bounces, and nobody converts twice', async () => {
  const place = await month({}, addresses(600));
  const left = new Set<string>();
  const after: string[] = [];
  for (const line of place.done) {
    const [, email = ''] = line.split(' ');
    const leaves = /unsubscribe (?:page|one_click)|reply (?:angry|unsubscribe_me)/.test(line);
    if (left.has(email) && (leaves || /reply (?:interested|not_now|injection)/.test(line))) after.push(line);
    if (leaves) left.add(email);
  }
  expect(left.size).toBeGreaterThan(3);
  expect(after).toEqual([]);
  const gone = addresses(600).filter((email) => personaOf(drawFor(1, email, 'who')) === 'gone');
  for (const email of gone)
    expect(
      place.done.filter((line) => line.includes(` ${email} `)).map((line) => line.split(' ').slice(2).join(' ')),
    ).toEqual(['bounce hard', 'bounce hard', 'bounce hard']);
  const converted = place.events.filter(({ event }) => event === 'converted').map(({ email }) => email);
  expect(converted.length).toBeGreaterThan(10);
  expect(new Set(converted).size).toBe(converted.length);
});

test('once somebody has left, even mails that lay there unread are not opened any more', async () => {
  const place = town();
  const hostile = addresses(2_000).filter((email) => personaOf(drawFor(1, email, 'who')) === 'hostile');
  for (const email of hostile) for (let i = 0; i < 12; i += 1) place.deliver(email);
  await place.live(BEGIN + 20 * DAY);
  const left = new Set<string>();
  const after: string[] = [];
  for (const line of place.done) {
    const [, email = '', what = ''] = line.split(' ');
    if (left.has(email) && (what === 'open' || what === 'reply' || what === 'unsubscribe')) after.push(line);
    if (/unsubscribe|reply (?:angry|unsubscribe_me)|complain/.test(line)) left.add(email);
  }
  expect(left.size).toBeGreaterThan(10);
  expect(after).toEqual([]);
});

test('a scanner fetches every link in the moment of delivery', async () => {
  const place = town();
  for (const email of addresses(40)) place.deliver(email);
  await place.people.act(BEGIN);
  expect(place.done.length).toBeGreaterThan(0);
  const byMail = new Map<string, string[]>();
  for (const line of place.done) {
    const [, email = '', ...what] = line.split(' ');
    byMail.set(email, [...(byMail.get(email) ?? []), what.join(' ')]);
  }
  for (const clicks of byMail.values())
    expect(clicks).toEqual(['click https://a.example/1', 'click https://a.example/2']);
});

test('switched off nobody plans or does anything, and switched on again they find what is there', async () => {
  const place = town({ leads: false });
  for (const email of addresses(200)) place.deliver(email);
  expect(place.people.nextDue()).toBeNull();
  await place.live(BEGIN + 2 * DAY);
  expect(await place.people.act(BEGIN + 2 * DAY)).toBe(0);
  expect(place.done).toEqual([]);
  place.people.leads = true;
  await place.live(BEGIN + 9 * DAY);
  const read = place.done.filter((line) => line.endsWith(' open'));
  expect(read.length).toBeGreaterThan(60);
  for (const line of read) expect(Date.parse(line.split(' ')[0] ?? '')).toBeGreaterThan(BEGIN + 2 * DAY);
});

test('switched off in between, what was due comes later and not all at once', async () => {
  const place = town();
  for (const email of addresses(200)) place.deliver(email);
  place.people.leads = false;
  const before = place.done.length;
  await place.live(BEGIN + 2 * DAY);
  expect(await place.people.act(BEGIN + 2 * DAY)).toBe(0);
  expect(place.done).toHaveLength(before);
  place.people.leads = true;
  await place.live(BEGIN + 9 * DAY);
  const times = place.done.slice(before).map((line) => line.split(' ')[0]);
  expect(times.length).toBeGreaterThan(60);
  expect(new Set(times).size).toBeGreaterThan(times.length / 2);
});

test('what whoever sits at the page does in their name, they do not do again', async () => {
  const email = withPersona('eager');
  const replies = async (byHand: boolean): Promise<number> => {
    const place = town();
    for (let i = 1; i <= 40; i += 1) {
      place.deliver(email);
      if (byHand) place.byHand.set(`mail-${i}`, [{ at: BEGIN, what: 'Replied: not now', by: 'you' }]);
    }
    await place.live(BEGIN + 30 * DAY);
    return place.done.filter((line) => / (click|reply interested)/.test(line)).length;
  };
  expect(await replies(false)).toBeGreaterThan(0);
  expect(await replies(true)).toBe(0);
});

test('a mail with a mistake that nobody stopped shows in what they do', async () => {
  const bought = async (bad: boolean): Promise<number> =>
    (await month({ bad: () => bad }, addresses(400))).events.length;
  expect(await bought(true)).toBeLessThan((await bought(false)) * 0.7);
});

test('where nobody answers the story says so, and everybody goes on', async () => {
  const place = town({ refuses: true });
  for (const email of addresses(100)) place.deliver(email);
  await place.live(BEGIN + 5 * DAY);
  const told = place.people.story();
  expect(told.length).toBeGreaterThan(30);
  expect(told.filter(({ what }) => what.startsWith('failed to open the mail: nobody answers')).length).toBeGreaterThan(
    10,
  );
});

test('the story keeps the latest 500', async () => {
  const place = await month({}, addresses(900));
  const story = place.people.story();
  expect(story).toHaveLength(500);
  const times = story.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBeGreaterThan(BEGIN + 14 * DAY);
});
