import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import type { MailProgram } from '../mail/mail-program.ts';
import type { MailStandIn } from '../mail/stand-in.ts';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import type { SlackWorkspace } from '../slack/workspace.ts';
import { createLeads, type LeadEvent, type Leads } from './leads.ts';
import { createNewcomers, type Newcomers } from './newcomers.ts';
import { createReviewers } from './reviewers.ts';
import { createStory, type Story, type Told, trouble } from './story.ts';

/**
 * Simulated people: leads who read their mail, teammates who review, and new leads who come. What each of them does is a
 * function of the seed, the person and the thing, whatever the order in which things happen; README.md has the numbers.
 */
export type People = {
  /** Whether leads (and new ones) do anything; settable at any time. Switched on again they find what is there. */
  leads: boolean;
  /** The same of the teammates who review. */
  reviewers: boolean;
  /** Business ms of the next thing anybody does; null when nobody plans anything. It may lie in the past. */
  nextDue(): number | null;
  /** Does everything that is due by now, one after the other in a fixed order; answers how many things. Never throws. */
  act(now: number): Promise<number>;
  /** Newest last, at most 500. */
  story(): Told[];
};

export type PeopleOptions = {
  seed: number;
  slack: SlackWorkspace;
  mail: Pick<MailStandIn, 'messages' | 'on'>;
  program: MailProgram;
  openai: Pick<OpenAiStandIn, 'mistakeIn' | 'truthOf'>;
  /** Business time, ms. */
  now: () => number;
  /** What the shop sees somebody do. */
  leadEvent: LeadEvent;
  /** `add` takes a lead in the shape of the `data` of `POST /webhooks/leads`. */
  newcomers?: { perWeek: number; add: (lead: Record<string, unknown>) => Promise<void> };
  /** Handles of the teammates who are simulated. Default: Ben and Carla; Ana is whoever sits at the page. */
  team?: readonly string[];
  /** Default: both. */
  on?: { leads: boolean; reviewers: boolean };
};

const TEAM = ['ben', 'carla'];

export function createPeople(options: PeopleOptions): People {
  const { seed, now } = options;
  const on = { leads: options.on?.leads ?? true, reviewers: options.on?.reviewers ?? true };
  const story = createStory(now);
  const leads = createLeads({ ...options, story }, on.leads, zonesOfSample());
  const reviewers = createReviewers({ ...options, story, team: options.team ?? TEAM }, on.reviewers);
  const newcomers = createNewcomers({ seed, perWeek: options.newcomers?.perWeek ?? 0, start: now() });
  let acting: Promise<number> = Promise.resolve(0);

  const doOne = async (at: number): Promise<boolean> => {
    if (on.leads && (await welcomeNext(options, newcomers, leads, story, at))) return true;
    return (await leads.doNext(at)) || (await reviewers.doNext(at));
  };
  const actAll = async (at: number): Promise<number> => {
    let done = 0;
    while (await doOne(at)) done += 1;
    return done;
  };
  return {
    get leads() {
      return on.leads;
    },
    set leads(value: boolean) {
      if (value && !on.leads) newcomers.skipTo(now());
      on.leads = value;
      leads.setOn(value);
    },
    get reviewers() {
      return on.reviewers;
    },
    set reviewers(value: boolean) {
      on.reviewers = value;
      reviewers.setOn(value);
    },
    nextDue: () => {
      const due = [on.leads ? newcomers.nextDue() : null, leads.nextDue(), reviewers.nextDue()];
      const moments = due.filter((at) => at !== null);
      return moments.length === 0 ? null : Math.min(...moments);
    },
    act: (at) => {
      // Two at once would do the same things twice.
      const acted = acting.then(() => actAll(at));
      acting = acted.catch(() => 0);
      return acted;
    },
    story: () => story.told(),
  };
}

/** The next newcomer who is due, handed to the app. */
async function welcomeNext(
  options: PeopleOptions,
  newcomers: Newcomers,
  leads: Leads,
  story: Story,
  at: number,
): Promise<boolean> {
  const newcomer = newcomers.take(at);
  if (newcomer === null) return false;
  leads.knowZone(newcomer.lead.email, newcomer.zone);
  try {
    await options.newcomers?.add(newcomer.lead);
    story.tell(newcomer.name, 'downloaded the white paper');
  } catch (error) {
    story.tell(newcomer.name, `did not get through: ${trouble(error)}`);
  }
  return true;
}

/** Where the leads of the shipped sample sit. */
function zonesOfSample(): Map<string, string> {
  const rows: Array<Record<string, string>> = parse(readFileSync(new URL('leads.csv', import.meta.url)), {
    columns: true,
  });
  return new Map(
    rows.flatMap(({ email, timezone }) => (email && timezone ? [[email.toLowerCase(), timezone] as const] : [])),
  );
}
