import type { MailProgram } from '../mail/mail-program.ts';
import type { MailStandIn } from '../mail/stand-in.ts';
import type { StoredMail } from '../mail/stored-mail.ts';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import { createAgenda } from './agenda.ts';
import { drawFor } from './chance.ts';
import {
  later,
  type LeadDoing,
  type Persona,
  personaOf,
  type PlannedDoing,
  planMail,
  scansLinks,
} from './lead-habits.ts';
import { type Story, trouble } from './story.ts';
import { type Hours, isZone, withinHours } from './working-hours.ts';

export type LeadEvent = (event: { email: string; event: string; occurredAt: number }) => Promise<void>;

/** The leads as readers of their mail. */
export type Leads = {
  nextDue(): number | null;
  /** Does the first thing that is due by then. False when nothing was. */
  doNext(now: number): Promise<boolean>;
  /** While it is false they neither plan nor do anything; afterwards they find what has come. */
  setOn(on: boolean): void;
  /** Where somebody sits, as far as the sandbox made them up. */
  knowZone(email: string, zone: string): void;
};

type Options = {
  seed: number;
  mail: Pick<MailStandIn, 'messages' | 'on'>;
  program: MailProgram;
  openai: Pick<OpenAiStandIn, 'mistakeIn'>;
  now: () => number;
  leadEvent: LeadEvent;
  story: Story;
};

/** One person with a mailbox. `left`: they asked us to stop, or their mailbox is gone. */
type Lead = { email: string; persona: Persona; mails: number; left: boolean; converted: boolean; hours: Hours };
type Planned = { lead: Lead; mailId: string; name: string; doing: LeadDoing };

/** When leads read: also before and after the hours of an office. Where nobody knows the zone, it is Berlin's. */
const READING = { from: 7 * 60 + 30, to: 19 * 60 };
/** What happens by itself, at any hour. */
const MACHINES: ReadonlySet<LeadDoing['do']> = new Set(['scan', 'bounce', 'away']);
const DEFAULT_ZONE = 'Europe/Berlin';
/** A mail that is older when the sandbox opens has been dealt with, or never will be. */
const OLD_MS = 3 * 86_400_000;

/** @param sitting time zones by address, as far as they are known already. */
export function createLeads(options: Options, startsOn: boolean, sitting: ReadonlyMap<string, string>): Leads {
  const { seed, mail, program, now } = options;
  const agenda = createAgenda<Planned>();
  const people = new Map<string, Lead>();
  const zones = new Map([...sitting].filter(([, zone]) => isZone(zone)));
  let on = startsOn;
  let unread: StoredMail[] = mail
    .messages()
    .filter(({ id, at }) => at > now() - OLD_MS && program.doings(id).length === 0);

  const meet = (email: string): Lead => {
    const lead = newLead(seed, email, zones.get(email) ?? DEFAULT_ZONE);
    people.set(email, lead);
    return lead;
  };
  const plan = (stored: StoredMail): void => {
    for (const address of stored.envelopeTo) {
      const email = address.toLowerCase();
      const lead = people.get(email) ?? meet(email);
      lead.mails += 1;
      const name = nameIn(stored.to) ?? email;
      for (const [i, { at, doing }] of planFor(options, lead, stored).entries())
        agenda.add(at, `${email} ${numbered(lead.mails)} ${numbered(i)}`, { lead, mailId: stored.id, name, doing });
    }
  };
  const take = (at: number) => (on ? agenda.take(at) : null);
  const laterFor = (at: number, key: string, { lead }: Planned): number =>
    later(at, lead.hours, drawFor(seed, lead.email, `back to ${key}`));
  /** Whoever moved time past the hours finds people at home. */
  const putOff = (at: number, key: string, thing: Planned): void => agenda.add(laterFor(at, key, thing), key, thing);
  const read = (): void => {
    const mails = unread;
    unread = [];
    for (const stored of mails) plan(stored);
  };

  mail.on('mail', (stored) => {
    if (on) plan(stored);
    else unread.push(stored);
  });
  if (on) read();

  return {
    nextDue: () => (on ? agenda.nextDue() : null),
    doNext: async (at) => {
      for (let next = take(at); next !== null; next = take(at)) {
        const { key, thing } = next;
        if (MACHINES.has(thing.doing.do) || withinHours(at, thing.lead.hours)) {
          await perform(options, thing);
          return true;
        }
        putOff(at, key, thing);
      }
      return false;
    },
    setOn: (value) => {
      if (on === value) return;
      on = value;
      if (!on) return;
      const back = now();
      agenda.move(({ at, key, thing }) => (at > back ? at : laterFor(back, key, thing)));
      read();
    },
    knowZone: (email, zone) => {
      if (isZone(zone)) zones.set(email.toLowerCase(), zone);
    },
  };
}

/** Sorts as the number does. */
const numbered = (n: number): string => String(n).padStart(6, '0');

/** What this lead will do with the latest of their mails. */
function planFor({ seed, now, openai }: Options, lead: Lead, stored: StoredMail): PlannedDoing[] {
  const { email, persona, mails: nth, left: unwanted, hours } = lead;
  const scanned = scansLinks(drawFor(seed, email.slice(email.indexOf('@') + 1), 'domain'));
  const bad = (openai.mistakeIn(stored.text) ?? null) !== null;
  const seen = { at: Math.max(stored.at, now()), nth, bad, unwanted, scanned, hours };
  return planMail(persona, seen, drawFor(seed, email, `mail ${nth}`));
}

function newLead(seed: number, email: string, zone: string): Lead {
  const persona = personaOf(drawFor(seed, email, 'who'));
  return { email, persona, mails: 0, left: false, converted: false, hours: { ...READING, zone } };
}

/** Never throws: what did not work is part of the story. */
async function perform(options: Options, planned: Planned): Promise<void> {
  if (!stillWants(options, planned)) return;
  try {
    const what = await act(options, planned);
    if (what !== null) options.story.tell(planned.name, what);
  } catch (error) {
    options.story.tell(planned.name, `failed to ${VERBS[planned.doing.do]}: ${trouble(error)}`);
  }
}

const VERBS: Record<LeadDoing['do'], string> = {
  scan: 'have the links scanned',
  bounce: 'bounce',
  away: 'send an out-of-office note',
  open: 'open the mail',
  click: 'click a link',
  reply: 'reply',
  unsubscribe: 'unsubscribe',
  complain: 'complain',
  event: 'be seen by the shop',
};

/** Who has left does nothing more with our mails, and nobody does what whoever sits at the page did in their name. */
function stillWants({ program }: Options, { lead, mailId, doing }: Planned): boolean {
  if (doing.do === 'event') return !(doing.event === 'converted' && lead.converted);
  if (doing.do === 'scan' || doing.do === 'bounce' || doing.do === 'complain') return true;
  if (lead.left) return false;
  return !program.doings(mailId).some(({ by, what }) => by === 'you' && what !== 'Opened');
}

/** Does it, and says what was done in the words of the story; null where there was nothing to do it with. */
async function act({ program, leadEvent, now }: Options, planned: Planned): Promise<string | null> {
  const { lead, mailId, doing } = planned;
  switch (doing.do) {
    case 'scan': {
      const links = program.links(mailId);
      for (const link of links) await program.click(mailId, link);
      return links.length === 0
        ? null
        : `had ${links.length === 1 ? 'a link' : `${links.length} links`} fetched by a mail scanner`;
    }
    case 'bounce':
      lead.left = true;
      await program.bounce(mailId, 'hard');
      return 'is not there any more: the mail bounced';
    case 'away':
      await program.reply(mailId, 'out_of_office');
      return 'is out of office';
    case 'open':
      await program.open(mailId);
      return 'opened the mail';
    case 'click': {
      const links = program.links(mailId);
      const link = links[Math.floor(doing.which * links.length)];
      if (link === undefined) return null;
      await program.click(mailId, link);
      return 'clicked a link';
    }
    case 'reply':
      if (doing.kind === 'angry' || doing.kind === 'unsubscribe_me') lead.left = true;
      await program.reply(mailId, doing.kind);
      return `replied: ${doing.kind.replaceAll('_', ' ')}`;
    case 'unsubscribe':
      lead.left = true;
      await program.unsubscribe(mailId, doing.how);
      return doing.how === 'page' ? 'unsubscribed on the page' : 'unsubscribed in one click';
    case 'complain':
      lead.left = true;
      await program.complain(mailId);
      return 'reported the mail as spam';
    case 'event':
      if (doing.event === 'converted') lead.converted = true;
      await leadEvent({ email: lead.email, event: doing.event, occurredAt: now() });
      return doing.event === 'converted' ? 'became a customer' : 'looked at the prices';
  }
}

function nameIn(to: string): string | null {
  return /^"?([^"<,]+?)"? <[^>]+>/.exec(to)?.[1]?.trim() ?? null;
}
