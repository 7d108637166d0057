import { afterEach, expect, test } from 'vitest';
import { createKnownAnswers } from '../../../sandbox/openai/known-answers.ts';
import { NO_MISTAKE, type Truth } from '../../../sandbox/openai/mistakes.ts';
import { createPeople, type People } from '../../../sandbox/people/people.ts';
import { withinHours } from '../../../sandbox/people/working-hours.ts';
import { person, waitFor } from '../../../sandbox/slack/driver.ts';
import type { CardFacts } from '../../../src/engine/card-facts.ts';
import { openDesk, type Desk } from '../../slack/desk.ts';
import { emailFacts, maria, scoreFacts } from '../../slack/facts.ts';

/** A Tuesday morning in Berlin. */
const BEGIN = Date.parse('2026-03-10T08:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const office = { zone: 'Europe/Berlin', from: 9 * 60, to: 17 * 60 + 30 };
const BEN = 'U0BEN';
const CARLA = 'U0CARLA';

type Room = {
  desk: Desk;
  people: People;
  known: ReturnType<typeof createKnownAnswers>;
  live(until: number): Promise<void>;
};

const rooms: Room[] = [];
afterEach(async () => {
  for (const { desk } of rooms.splice(0)) await desk.close();
});

/** The app's own cards and listeners, decisions in memory, and teammates who review. */
async function room(
  options: { seed?: number; team?: string[]; approvers?: string[]; reviewers?: boolean } = {},
): Promise<Room> {
  const desk = await openDesk({ standIn: { rateLimits: false } });
  desk.now = new Date(BEGIN);
  desk.approvers = options.approvers ?? [BEN, CARLA];
  const known = createKnownAnswers();
  const people = createPeople({
    seed: options.seed ?? 1,
    slack: desk.slack,
    mail: { messages: () => [], on: () => () => false },
    program: {
      open: async () => undefined,
      links: () => [],
      click: async () => ({ status: 200, location: null }),
      reply: async () => undefined,
      unsubscribe: async () => ({ status: 200 }),
      bounce: async () => undefined,
      complain: async () => undefined,
      doings: () => [],
      isRead: () => false,
    },
    openai: { truthOf: (text) => known.truthOf(text), mistakeIn: (text) => known.truthOf(text)?.mistake },
    now: () => desk.now.getTime(),
    leadEvent: async () => undefined,
    ...(options.team ? { team: options.team } : {}),
    on: { leads: true, reviewers: options.reviewers ?? true },
  });
  const opened: Room = {
    desk,
    people,
    known,
    live: async (until) => {
      for (let due = people.nextDue(); due !== null && due <= until; due = people.nextDue()) {
        desk.now = new Date(Math.max(due, desk.now.getTime()));
        await people.act(desk.now.getTime());
      }
      desk.now = new Date(until);
    },
  };
  rooms.push(opened);
  return opened;
}

const names = ['Ida', 'Jon', 'Kim', 'Lea', 'Max', 'Nia', 'Oli', 'Pia', 'Rui', 'Sam', 'Tom', 'Uta'];
const WRONG = ' Your customers stop calling as soon as it is in place.';
const overstated: Truth = { mistake: 'overstated', mending: { kind: 'text', wrong: WRONG, right: '', subject: null } };
const irrelevant: Truth = { ...overstated, mistake: 'irrelevant' };

/** The nth e-mail of this test, with a mistake or without. */
function draft({ known }: Room, n: number, truth: Truth = NO_MISTAKE, over: Partial<CardFacts> = {}): CardFacts {
  const name = names[n % names.length] ?? '';
  const wrong = truth.mistake === null ? '' : WRONG;
  const body = `Hello ${name},\n\nthank you for reading our paper on planning, which was written for people such as you.${wrong} I would like to know how you plan a day with a colleague who is ill.\n\nHow do you do that today?\n\nNora`;
  known.remember({ kind: 'email', body, truth });
  return emailFacts({
    decisionId: `01958000-0000-7000-8000-00000000010${n.toString(16)}`,
    lead: { ...maria, firstName: name, lastName: 'Silva' },
    content: { subject: `A question, ${name}`, body, subjectVariants: [] },
    deadlineAt: new Date(BEGIN + 3 * DAY + n * HOUR),
    ...over,
  });
}

const statuses = ({ desk }: Room): string[] => [...desk.decisions.values()].map(({ status }) => status);
const settledAt = ({ desk }: Room): number[] =>
  [...desk.decisions.values()].flatMap(({ settled }) => (settled === null ? [] : [settled.at.getTime()]));

test('good drafts are approved by the words on their buttons, one after the other, within the hours', async () => {
  const place = await room();
  for (let n = 0; n < 8; n += 1) await place.desk.show(draft(place, n));
  await place.live(BEGIN + 2 * DAY);
  expect(statuses(place)).toEqual(Array.from({ length: 8 }, () => 'approved'));
  for (const at of settledAt(place)) expect(withinHours(at, office), new Date(at).toISOString()).toBe(true);
  const by = new Set(place.desk.settled.map(({ actor }) => actor.id));
  expect([...by].toSorted()).toEqual([BEN, CARLA]);
});

test('nobody approves faster than the card can be read', async () => {
  const place = await room({ team: ['ben'] });
  for (let n = 0; n < 6; n += 1) await place.desk.show(draft(place, n));
  await place.live(BEGIN + 2 * DAY);
  const times = settledAt(place).toSorted((a, b) => a - b);
  expect(times).toHaveLength(6);
  const gaps = times.map((at, i) => at - (times[i - 1] ?? BEGIN));
  for (const gap of gaps) expect(gap).toBeGreaterThan(40_000);
});

test('time that jumps in quarters of an hour makes nobody hasty', async () => {
  const place = await room({ team: ['ben'] });
  for (let n = 0; n < 6; n += 1) await place.desk.show(draft(place, n));
  for (let at = BEGIN; at < BEGIN + 2 * DAY; at += HOUR / 4) {
    place.desk.now = new Date(at);
    await place.people.act(at);
  }
  const times = settledAt(place);
  expect(times).toHaveLength(6);
  expect(new Set(times).size).toBe(6);
  for (const at of times) expect(withinHours(at, office)).toBe(true);
});

test('a draft with a mistake is mended where a sentence mends it, and rejected with a reason where not', async () => {
  const place = await room();
  for (let n = 0; n < 10; n += 1) await place.desk.show(draft(place, n, n < 6 ? overstated : irrelevant));
  await place.live(BEGIN + 3 * DAY);
  expect(statuses(place).filter((status) => status === 'approved').length).toBeLessThanOrEqual(2);
  expect(statuses(place).slice(0, 6)).toEqual(expect.arrayContaining(['edited', 'rejected']));
  for (const { request } of place.desk.settled) {
    if (request.verdict === 'edit') {
      expect(JSON.stringify(request.content)).not.toContain(WRONG.trim());
      expect(JSON.stringify(request.content)).toContain('thank you for reading our paper');
    }
    if (request.verdict === 'reject') {
      expect(request.note).not.toBe('');
      expect(['wrong_fact', 'not_relevant']).toContain(request.reasons[0]);
    }
  }
  expect(statuses(place).slice(6)).not.toContain('edited');
});

test('a score that contradicts its reasons is put right or rejected', async () => {
  const place = await room();
  for (let n = 0; n < 6; n += 1) {
    const reasons = [`Reason number ${names[n]} for it`, 'Runs the work that the paper is about'];
    const mending = { kind: 'score', score: 74, reasons } as const;
    place.known.remember({ kind: 'score', score: 12, reasons, truth: { mistake: 'wrong_tier', mending } });
    const base = draft(place, n);
    await place.desk.show(
      scoreFacts({ decisionId: base.decisionId, lead: base.lead, content: { score: 12, reasons } }),
    );
  }
  await place.live(BEGIN + 3 * DAY);
  expect(new Set(statuses(place))).toEqual(new Set(['edited', 'rejected']));
  for (const { request } of place.desk.settled)
    if (request.verdict === 'edit') expect(request.content).toMatchObject({ score: 74 });
});

test('what a rule blocks is never approved, what was not drafted is skipped, what is long is read in full first', async () => {
  const place = await room();
  const blocked = {
    code: 'placeholder',
    severity: 'block' as const,
    field: 'body',
    text: 'A placeholder was left in.',
  };
  await place.desk.show(draft(place, 0, NO_MISTAKE, { findings: [blocked] }));
  await place.desk.show(draft(place, 1, NO_MISTAKE, { content: null, mailText: null, modelProblem: 'unavailable: x' }));
  const long = draft(place, 2);
  const text = `Hello Kim,\n\n${'Unpronounceablewordsthatfillthescreen '.repeat(180)}\n\nNora`;
  const content = { subject: 'Long', body: text, subjectVariants: [] };
  await place.desk.show(
    emailFacts({ ...long, content, mailText: text, proposalHash: emailFacts({ content }).proposalHash }),
  );
  await place.live(BEGIN + 3 * DAY);
  expect(statuses(place)).toEqual(['rejected', 'rejected', 'approved']);
  expect(place.desk.settled.map(({ via }) => via)).toEqual(['modal', 'modal', 'modal']);
});

test('the most urgent of what they have seen comes first', async () => {
  const place = await room({ team: ['ben'], reviewers: false });
  for (const n of [5, 3, 1, 4, 2]) await place.desk.show(draft(place, n));
  // Everything was seen long before anybody has time for it.
  place.people.reviewers = true;
  place.people.nextDue();
  place.people.reviewers = false;
  place.desk.now = new Date(BEGIN + DAY);
  place.people.reviewers = true;
  await place.live(BEGIN + 3 * DAY);
  const order = place.desk.settled.map(({ decisionId }) => Number.parseInt(decisionId.slice(-1), 16));
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test('a card that somebody else settled is never clicked', async () => {
  const place = await room();
  const shown: string[] = [];
  for (let n = 0; n < 6; n += 1) shown.push(await place.desk.show(draft(place, n)));
  place.people.nextDue();
  place.desk.approvers.push('U0ANA');
  for (const n of [0, 2, 4])
    await person(place.desk.slack, 'ana').in('#nurture-emails').card(`Hello ${names[n]},`).click('Approve');
  const before = place.desk.slack.deliveries().length;
  await place.live(BEGIN + 2 * DAY);
  expect(
    place.desk.settled
      .slice(3)
      .map(({ decisionId }) => decisionId.slice(-1))
      .toSorted(),
  ).toEqual(['1', '3', '5']);
  expect(
    place.desk.slack
      .deliveries()
      .slice(before)
      .filter(({ kind }) => kind === 'block_actions'),
  ).toHaveLength(3);
});

test('a card that was drawn again and still asks is still decided', async () => {
  const place = await room({ team: ['ben'] });
  const ts = await place.desk.show(draft(place, 0));
  place.people.nextDue();
  const before = place.desk.card(ts).blocks;
  await person(place.desk.slack, 'ana').in('#nurture-emails').card('Hello Ida,').click('Approve');
  await waitFor(place.desk.slack, 'the card to be drawn again', () => place.desk.card(ts).blocks !== before || null);
  await place.live(BEGIN + DAY);
  expect(statuses(place)).toEqual(['approved']);
});

test('nobody reviews outside the hours, even when time jumps past them', async () => {
  const place = await room();
  for (let n = 0; n < 8; n += 1) await place.desk.show(draft(place, n));
  // Most of these moments lie in a night or at a weekend.
  for (let at = BEGIN; at < BEGIN + 3 * DAY; at += 5 * HOUR) {
    place.desk.now = new Date(at);
    await place.people.act(at);
  }
  const times = settledAt(place);
  expect(times.length).toBeGreaterThan(3);
  for (const at of times) expect(withinHours(at, office), new Date(at).toISOString()).toBe(true);
});

test('who is told once that they may not decide leaves the rest of that place to others', async () => {
  const place = await room({ approvers: [CARLA] });
  for (let n = 0; n < 6; n += 1) await place.desk.show(draft(place, n));
  await place.live(BEGIN + 3 * DAY);
  expect(statuses(place)).toEqual(Array.from({ length: 6 }, () => 'approved'));
  expect(new Set(place.desk.settled.map(({ actor }) => actor.id))).toEqual(new Set([CARLA]));
  expect(place.people.story().filter(({ what }) => what.startsWith('learned that somebody else decides'))).toHaveLength(
    1,
  );
  expect(place.desk.slack.ephemerals(BEN)).toHaveLength(1);
});

test('switched off nobody reviews; switched on again they find what is there', async () => {
  const place = await room({ reviewers: false });
  for (let n = 0; n < 4; n += 1) await place.desk.show(draft(place, n));
  expect(place.people.nextDue()).toBeNull();
  await place.live(BEGIN + DAY);
  expect(await place.people.act(BEGIN + DAY)).toBe(0);
  expect(statuses(place)).toEqual(['pending', 'pending', 'pending', 'pending']);
  place.people.reviewers = true;
  await place.live(BEGIN + 3 * DAY);
  expect(statuses(place)).toEqual(['approved', 'approved', 'approved', 'approved']);
  expect(Math.min(...settledAt(place))).toBeGreaterThan(BEGIN + DAY);
});

test('the same seed gives the same story to the byte, and another seed another one', async () => {
  const stories: string[] = [];
  for (const seed of [1, 1, 2]) {
    const place = await room({ seed });
    for (let n = 0; n < 10; n += 1) {
      await place.desk.show(draft(place, n, n % 3 === 0 ? overstated : NO_MISTAKE));
      await place.live(BEGIN + n * HOUR);
    }
    await place.live(BEGIN + 3 * DAY);
    stories.push(JSON.stringify(place.people.story()));
  }
  expect(stories[1]).toBe(stories[0]);
  expect(stories[2]).not.toBe(stories[0]);
  expect(stories[0]).toContain('E-mail to');
});

test('somebody at the screen with an open window is not disturbed', async () => {
  const place = await room({ team: ['ben'] });
  await place.desk.show(draft(place, 0));
  await place.desk.show(draft(place, 1));
  const window = await person(place.desk.slack, 'ben').in('#nurture-emails').card('Hello Jon,').clickForModal('Edit');
  await place.live(BEGIN + DAY);
  expect(place.desk.slack.modals(BEN).map(({ id }) => id)).toEqual([window.view.id]);
  expect(statuses(place)).toEqual(['pending', 'pending']);
  await window.close();
  await place.live(BEGIN + 2 * DAY);
  expect(statuses(place)).toEqual(['approved', 'approved']);
});

test('an app that fails is tried again, left alone in the end, and nothing is thrown', async () => {
  const place = await room({ team: ['ben'] });
  place.desk.verbs.cardFacts = async () => {
    throw new Error('out of order');
  };
  await place.desk.show(draft(place, 0, irrelevant));
  await place.live(BEGIN + 2 * DAY);
  const told = place.people.story().map(({ what }) => what);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(3);
  for (const what of told) expect(what).toMatch(/^could not decide “E-mail to Ida Silva”/);
  expect(place.people.nextDue()).toBeNull();
});

test('buttons that nobody knows are left alone and told of once', async () => {
  const place = await room();
  const ask = (id: string) => ({
    type: 'button',
    text: { type: 'plain_text', text: id },
    action_id: id,
    value: 'x',
  });
  const blocks = [{ type: 'actions', elements: [ask('Approve'), ask('Not now')] }];
  await place.desk.connection.surface.post('#nurture-emails', { text: 'Raise it?', blocks } as never, 'raise-1');
  await place.desk.connection.surface.post('#nurture-emails', { text: 'Raise it?', blocks } as never, 'raise-2');
  await place.live(BEGIN + DAY);
  expect(place.people.story().map(({ who, what }) => `${who} ${what}`)).toEqual([
    'Ben Okafor left a message alone whose buttons are new: Approve, Not now',
    'Carla Weiss left a message alone whose buttons are new: Approve, Not now',
  ]);
  expect(place.desk.slack.deliveries().filter(({ kind }) => kind === 'block_actions')).toEqual([]);
});
