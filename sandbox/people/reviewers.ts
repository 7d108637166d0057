import type { OpenAiStandIn } from '../openai/stand-in.ts';
import type { SlackWorkspace } from '../slack/workspace.ts';
import { createBoard } from './board.ts';
import { drawFor } from './chance.ts';
import { type Card, type Member, nextVerdict, stayHome, takeOffDesk } from './desk.ts';
import { giveVerdict, type Outcome } from './give-verdict.ts';
import { asks, readCard } from './review-card.ts';
import { habitsOf, opinionOn } from './review-habits.ts';
import { type Story, trouble } from './story.ts';
import { afterWork } from './working-hours.ts';

/** Teammates who look at cards in their hours, one after the other, the most urgent first. */
export type Reviewers = {
  nextDue(): number | null;
  /** Lets whoever is due by then give one verdict. False when nobody was. */
  doNext(now: number): Promise<boolean>;
  setOn(on: boolean): void;
};

type Options = {
  seed: number;
  slack: SlackWorkspace;
  openai: Pick<OpenAiStandIn, 'truthOf'>;
  now: () => number;
  story: Story;
  /** Handles. */
  team: readonly string[];
};

const MEMORY_MS = 7 * 86_400_000;
const TRIES = 3;
const AGAIN_AFTER_MINUTES = 60;
const WHILE_BUSY_MINUTES = 10;

export function createReviewers(options: Options, startsOn: boolean): Reviewers {
  const { slack, now } = options;
  const members = teamOf(options);
  const board = createBoard(options, members);
  let on = startsOn;
  let stale = true;
  let due: { at: number; member: Member } | null = null;

  /** Who gives the next verdict and when. Picks up cards for whoever has been free since then. */
  const refresh = (): void => {
    if (!stale) return;
    stale = false;
    board.look();
    due = nextVerdict(members, now());
  };

  slack.on('change', () => {
    stale = true;
  });
  return {
    nextDue: () => {
      if (!on) return null;
      refresh();
      // Whoever could have begun by now has begun, so that a more urgent card that comes later waits.
      if (due !== null && due.member.reading === null) due = nextVerdict(members, now());
      return due?.at ?? null;
    },
    doNext: async (at) => {
      if (!on) return false;
      refresh();
      stayHome(members, at);
      due = nextVerdict(members, at);
      const reading = due?.member.reading;
      if (!due || !reading || due.at > at) return false;
      await decide(options, due.member, reading.card, at);
      stale = true;
      return true;
    },
    setOn: (value) => {
      if (on === value) return;
      on = value;
      stale = true;
      for (const member of members) {
        member.reading = null;
        member.freeAt = now();
      }
    },
  };
}

function teamOf({ slack, team, now }: Options): Member[] {
  return team.flatMap((handle) => {
    const user = slack.users().find(({ name, deleted }) => name === handle && !deleted);
    if (user === undefined) return [];
    const { id, real_name: name } = user;
    return [
      {
        handle,
        name,
        id,
        habits: habitsOf(handle),
        desk: new Map(),
        reading: null,
        freeAt: now(),
        refusedIn: new Map(),
        failures: new Map(),
      },
    ];
  });
}

/** Reads what stands on the card now, and does what this person thinks of it. Never throws. */
async function decide(options: Options, member: Member, card: Card, at: number): Promise<void> {
  const { seed, slack, openai, story } = options;
  const { message, title } = card;
  member.reading = null;
  member.freeAt = at;
  if (asks(message) !== 'verdict') return takeOffDesk(member, card, at);
  const opinion = opinionOn(
    openai.truthOf(readCard(message).text),
    member.habits,
    drawFor(seed, member.handle, `verdict on ${card.key}`),
  );
  let outcome: Outcome;
  try {
    outcome = await giveVerdict({ workspace: slack, user: member.id, message }, opinion);
  } catch (error) {
    outcome = { result: 'failed', told: trouble(error) };
  }
  conclude(member, card, outcome, at);
  const what = inWords(outcome, title);
  if (what !== null) story.tell(member.name, what);
}

function conclude(member: Member, card: Card, outcome: Outcome, at: number): void {
  switch (outcome.result) {
    case 'approved':
    case 'mended':
    case 'polished':
    case 'rejected':
    case 'settled':
      card.doneBy.add(member.handle);
      return;
    case 'busy':
      member.desk.set(card, afterWork(at, WHILE_BUSY_MINUTES, member.habits.hours));
      return;
    case 'refused':
      member.refusedIn.set(card.place, at + MEMORY_MS);
      return;
    case 'failed': {
      const failures = (member.failures.get(card) ?? 0) + 1;
      member.failures.set(card, failures);
      if (failures >= TRIES) card.doneBy.add(member.handle);
      else member.desk.set(card, afterWork(at, AGAIN_AFTER_MINUTES, member.habits.hours));
    }
  }
}

function inWords(outcome: Outcome, title: string): string | null {
  switch (outcome.result) {
    case 'approved':
      return `approved “${title}”`;
    case 'mended':
      return `mended and approved “${title}”`;
    case 'polished':
      return `changed a word and approved “${title}”`;
    case 'rejected':
      return `rejected “${title}”${outcome.reason === '' ? '' : `: ${outcome.reason}`}`;
    case 'refused':
      return `learned that somebody else decides “${title}”`;
    case 'settled':
    case 'busy':
      return null;
    case 'failed':
      return `could not decide “${title}”: ${trouble(outcome.told)}`;
  }
}
