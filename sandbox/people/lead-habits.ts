import type { ReplyKind } from '../mail/mail-program.ts';
import type { Draw } from '../openai/seeded.ts';
import { between, byShare, happens, lognormal } from './chance.ts';
import { afterWork, type Hours } from './working-hours.ts';

/** Who leads are and what they do with a mail. Every number is explained in README.md beside this file. */

export type Persona = 'eager' | 'interested' | 'busy' | 'cold' | 'hostile' | 'gone';

/** `gone`: the mailbox was closed, everything sent to it bounces. */
const PERSONAS: ReadonlyArray<readonly [Persona, number]> = [
  ['eager', 0.08],
  ['interested', 0.22],
  ['busy', 0.36],
  ['cold', 0.295],
  ['hostile', 0.03],
  ['gone', 0.015],
];

/** Probabilities: of opening a first, good mail; all others given that it was opened, `converts…` given the click or the reply. */
type Habit = {
  opens: number;
  clicks: number;
  replies: number;
  says: ReadonlyArray<readonly [ReplyKind, number]>;
  unsubscribes: number;
  complains: number;
  convertsAfterClick: number;
  convertsAfterReply: number;
};

const HABITS: Record<Exclude<Persona, 'gone'>, Habit> = {
  eager: {
    opens: 0.9,
    clicks: 0.45,
    replies: 0.25,
    says: [
      ['interested', 0.9],
      ['not_now', 0.1],
    ],
    unsubscribes: 0.001,
    complains: 0.0002,
    convertsAfterClick: 0.3,
    convertsAfterReply: 0.5,
  },
  interested: {
    opens: 0.75,
    clicks: 0.25,
    replies: 0.1,
    says: [
      ['interested', 0.65],
      ['not_now', 0.35],
    ],
    unsubscribes: 0.002,
    complains: 0.0005,
    convertsAfterClick: 0.12,
    convertsAfterReply: 0.35,
  },
  busy: {
    opens: 0.5,
    clicks: 0.08,
    replies: 0.05,
    says: [
      ['not_now', 0.8],
      ['interested', 0.16],
      ['unsubscribe_me', 0.04],
    ],
    unsubscribes: 0.005,
    complains: 0.0005,
    convertsAfterClick: 0.04,
    convertsAfterReply: 0.15,
  },
  cold: {
    opens: 0.25,
    clicks: 0.02,
    replies: 0.02,
    says: [
      ['not_now', 0.7],
      ['unsubscribe_me', 0.2],
      ['angry', 0.1],
    ],
    unsubscribes: 0.008,
    complains: 0.001,
    convertsAfterClick: 0.01,
    convertsAfterReply: 0.05,
  },
  hostile: {
    opens: 0.6,
    clicks: 0,
    replies: 0.1,
    says: [
      ['angry', 0.65],
      ['unsubscribe_me', 0.3],
      ['injection', 0.05],
    ],
    unsubscribes: 0.06,
    complains: 0.015,
    convertsAfterClick: 0,
    convertsAfterReply: 0,
  },
};

/** What a mail with a mistake does to the good numbers and to the bad ones. */
const BAD_MAIL = { clicks: 0.4, replies: 0.4, unsubscribes: 5, complains: 6, angry: 0.06 };
/** What every further mail to the same person does. */
const EACH_MORE = { opens: 0.92, clicks: 0.85, unsubscribes: 1.4 };

const ABSENT = 0.03;
const SECOND_CLICK = 0.25;
const LOOKS_AT_PRICES = 0.3;
const COMPLAINS_WHEN_MAILED_AFTER_LEAVING = 0.6;
const SCANNING_DOMAINS = 0.12;

const SECOND = 1_000;
const WORKDAY_MINUTES = 600;

export function personaOf(draw: Draw): Persona {
  return byShare(draw, 'persona', PERSONAS);
}

/** Whether the mail server of this person's firm fetches every link before anybody reads the mail. */
export function scansLinks(drawOfDomain: Draw): boolean {
  return happens(drawOfDomain, 'scanner', SCANNING_DOMAINS);
}

export type LeadDoing =
  | { do: 'scan' }
  | { do: 'bounce' }
  | { do: 'away' }
  | { do: 'open' }
  /** `which` in [0, 1) picks one of the links. */
  | { do: 'click'; which: number }
  | { do: 'reply'; kind: ReplyKind }
  | { do: 'unsubscribe'; how: 'page' | 'one_click' }
  | { do: 'complain' }
  | { do: 'event'; event: 'pricing_viewed' | 'converted' };

export type PlannedDoing = { at: number; doing: LeadDoing };

export type MailSeen = {
  /** When it arrived, or when somebody came back to a full mailbox. */
  at: number;
  /** Which of our mails to this person it is, from 1. */
  nth: number;
  /** It has a mistake that nobody stopped. */
  bad: boolean;
  /** They had told us to stop before it came. */
  unwanted: boolean;
  scanned: boolean;
  hours: Hours;
};

/** Everything this person will do about this mail. Human doings lie within the hours; what machines do comes at once. */
export function planMail(persona: Persona, mail: MailSeen, draw: Draw): PlannedDoing[] {
  if (persona === 'gone')
    return [{ at: mail.at + between(draw, 'bounce after', 20, 300) * SECOND, doing: { do: 'bounce' } }];
  const planned: PlannedDoing[] = [];
  // While it is delivered, before anybody can have read it.
  if (mail.scanned) planned.push({ at: mail.at, doing: { do: 'scan' } });
  if (happens(draw, 'away', ABSENT)) {
    planned.push({ at: mail.at + between(draw, 'away after', 20, 60) * SECOND, doing: { do: 'away' } });
    return planned;
  }
  const habit = HABITS[persona];
  const openedAt = afterWork(mail.at, lognormal(draw, 'open after', 90, 1.3), mail.hours);
  if (mail.unwanted) {
    if (happens(draw, 'complains', COMPLAINS_WHEN_MAILED_AFTER_LEAVING))
      planned.push({ at: openedAt, doing: { do: 'open' } }, soon(mail, draw, openedAt, { do: 'complain' }));
    return planned;
  }
  if (!happens(draw, 'opens', habit.opens * EACH_MORE.opens ** (mail.nth - 1))) return planned;
  planned.push({ at: openedAt, doing: { do: 'open' } });
  return [...planned, ...afterOpening(habit, mail, draw, openedAt)];
}

function afterOpening(habit: Habit, mail: MailSeen, draw: Draw, openedAt: number): PlannedDoing[] {
  const leaves = habit.unsubscribes * EACH_MORE.unsubscribes ** (mail.nth - 1) * (mail.bad ? BAD_MAIL.unsubscribes : 1);
  const complains = habit.complains * (mail.bad ? BAD_MAIL.complains : 1);
  if (happens(draw, 'complains', complains)) return [soon(mail, draw, openedAt, { do: 'complain' })];
  if (happens(draw, 'unsubscribes', leaves)) {
    const how = happens(draw, 'one click', 0.5) ? 'one_click' : 'page';
    return [soon(mail, draw, openedAt, { do: 'unsubscribe', how })];
  }
  if (mail.bad && happens(draw, 'angry', BAD_MAIL.angry)) return [replied(mail, draw, openedAt, 'angry')];
  return [...clicking(habit, mail, draw, openedAt), ...replying(habit, mail, draw, openedAt)];
}

function clicking(habit: Habit, mail: MailSeen, draw: Draw, openedAt: number): PlannedDoing[] {
  const share = habit.clicks * EACH_MORE.clicks ** (mail.nth - 1) * (mail.bad ? BAD_MAIL.clicks : 1);
  if (!happens(draw, 'clicks', share)) return [];
  const at = afterWork(openedAt, between(draw, 'click after', 0.2, 3), mail.hours);
  const planned: PlannedDoing[] = [{ at, doing: { do: 'click', which: draw.unit('which link') } }];
  if (happens(draw, 'clicks again', SECOND_CLICK)) {
    const again = afterWork(at, between(draw, 'click again after', 1, 4), mail.hours);
    planned.push({ at: again, doing: { do: 'click', which: draw.unit('which other link') } });
  }
  if (happens(draw, 'looks at prices', LOOKS_AT_PRICES)) {
    const looks = afterWork(at, between(draw, 'prices after', 2, 30), mail.hours);
    planned.push({ at: looks, doing: { do: 'event', event: 'pricing_viewed' } });
  }
  if (happens(draw, 'converts after click', habit.convertsAfterClick)) planned.push(converted(mail, draw, at));
  return planned;
}

function replying(habit: Habit, mail: MailSeen, draw: Draw, openedAt: number): PlannedDoing[] {
  if (!happens(draw, 'replies', habit.replies * (mail.bad ? BAD_MAIL.replies : 1))) return [];
  const reply = replied(mail, draw, openedAt, byShare(draw, 'says', habit.says));
  const converts =
    reply.doing.do === 'reply' &&
    reply.doing.kind === 'interested' &&
    happens(draw, 'converts after reply', habit.convertsAfterReply);
  return converts ? [reply, converted(mail, draw, reply.at)] : [reply];
}

/** Within a minute: with the mail still open. */
function soon(mail: MailSeen, draw: Draw, openedAt: number, doing: LeadDoing): PlannedDoing {
  return { at: afterWork(openedAt, between(draw, 'soon', 0.1, 1), mail.hours), doing };
}

function replied(mail: MailSeen, draw: Draw, openedAt: number, kind: ReplyKind): PlannedDoing {
  return { at: afterWork(openedAt, lognormal(draw, 'reply after', 25, 1), mail.hours), doing: { do: 'reply', kind } };
}

/** Some working days later: somebody else has to agree. */
function converted(mail: MailSeen, draw: Draw, from: number): PlannedDoing {
  const minutes = lognormal(draw, 'converts in', 2 * WORKDAY_MINUTES, 0.9);
  return { at: afterWork(from, minutes, mail.hours), doing: { do: 'event', event: 'converted' } };
}

/** Whoever comes back to things that were due long ago does them over the next hours and not all at once. */
export function later(now: number, hours: Hours, draw: Draw): number {
  return afterWork(now, between(draw, 'comes back to it', 1, 180), hours);
}
