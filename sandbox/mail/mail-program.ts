import { drawFrom } from '../openai/seeded.ts';
import { oneClick, scan, submitForm, visit } from './browser.ts';
import { type BounceKind, buildDeliveryStatus, buildFeedbackReport } from './delivery-status.ts';
import { handIn } from './hand-in.ts';
import { allLinks, oneClickAddress, readableLinks, remotePictures, unsubscribePage } from './mail-links.ts';
import { answerAddress, readerOf, returnAddress, type Reader } from './reader.ts';
import { buildReply, replySubject } from './reply-mime.ts';
import { writeReply, type ReplyKind } from './reply-texts.ts';
import type { MailStandIn } from './stand-in.ts';
import type { StoredMail } from './stored-mail.ts';

export type { ReplyKind } from './reply-texts.ts';

/** Something that was done with a mail. `at` in business time, milliseconds since 1970. */
export type MailDoing = {
  at: number;
  /** `Opened`, `Clicked https://…`, `Replied: interested` … */
  what: string;
  /** `lead`: the person whose mailbox it is; `you`: whoever sits at the page. */
  by?: 'lead' | 'you';
  /** What the app answered: `HTTP 200`, `250 OK` … */
  answer?: string;
};

/** What a lead can do with a mail, each over the protocol that a mail program, a browser or a mail server would use. */
export type MailProgram = {
  /** Marks it as read, and loads the pictures that stand on this machine. */
  open(mailId: string): Promise<void>;
  /** The http(s) addresses that a reader sees and can click, without the ways to unsubscribe. */
  links(mailId: string): string[];
  /**
   * A browser's GET. Redirects are followed on this machine only: `location` is where one led that was not, with status 0
   * when the link itself leads away and nothing was asked.
   */
  click(mailId: string, href: string): Promise<{ status: number; location: string | null }>;
  /** Throws when the app takes no mail, or refused this one. A `kind` beside an own text: sent as that kind is. */
  reply(mailId: string, reply: ReplyKind | { text: string; kind?: ReplyKind }): Promise<void>;
  /** `page`: opens the page and presses its button. `one_click`: the POST of RFC 8058. */
  unsubscribe(mailId: string, how: 'page' | 'one_click'): Promise<{ status: number }>;
  /** The lead's mail server returns it (RFC 3464): the address does not exist, or its box is full. */
  bounce(mailId: string, how: BounceKind): Promise<void>;
  /** The lead's mail provider reports it as spam (RFC 5965). */
  complain(mailId: string): Promise<void>;
  /** Oldest first. */
  doings(mailId: string): MailDoing[];
  isRead(mailId: string): boolean;
};

/** The leads' mail program, and the same one in the hands of whoever sits at the page. */
export type MailPrograms = MailProgram & {
  byHand: MailProgram;
  /** What a reply of this kind would say if it were sent now. `hidden` stands in it unseen by its reader. */
  draft(mailId: string, kind: ReplyKind): { to: string; subject: string; text: string; hidden: string | null };
  /** The gateway of the lead's company looks into every link, also into traps; nobody has read anything by that. */
  scan(mailId: string): Promise<void>;
  /** Called after anything was done with a mail. Returns the way to stop. */
  onDoing(listener: () => void): () => void;
};

type Options = { mail: MailStandIn; inboundSmtp: () => string | null; now: () => number; seed: number };
type Doer = 'lead' | 'you';
type Deps = Options & {
  find: (mailId: string) => StoredMail;
  reader: (mail: StoredMail) => Reader;
  note: (mail: StoredMail, by: Doer, what: string, answer?: string) => void;
  noted: (mailId: string) => MailDoing[];
};

export function createMailProgram(options: Options): MailPrograms {
  const done = new Map<string, MailDoing[]>();
  const listeners = new Set<() => void>();
  const deps: Deps = {
    ...options,
    find: (mailId) => {
      const mail = options.mail.messages().findLast(({ id }) => id === mailId);
      if (!mail) throw new Error(`There is no mail ${mailId}.`);
      return mail;
    },
    reader: (mail) => readerOf(mail, options.seed),
    note: (mail, by, what, answer) => {
      const doing: MailDoing = { at: options.now(), what, by, ...(answer === undefined ? {} : { answer }) };
      done.set(mail.id, [...(done.get(mail.id) ?? []), doing]);
      for (const listener of listeners) listener();
    },
    noted: (mailId) => done.get(mailId) ?? [],
  };
  return {
    ...programFor(deps, 'lead'),
    byHand: programFor(deps, 'you'),
    onDoing: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    scan: async (mailId) => {
      const mail = deps.find(mailId);
      const links = allLinks(mail);
      for (const link of links) await scan(link);
      deps.note(
        mail,
        'lead',
        `A mail scanner looked into ${links.length === 1 ? 'the link' : `${links.length} links`}`,
      );
    },
    draft: (mailId, kind) => {
      const mail = deps.find(mailId);
      const subject = replySubject(mail, kind === 'out_of_office');
      return { to: answerAddress(mail), subject, ...written(deps, mail, kind) };
    },
  };
}

function programFor(deps: Deps, by: Doer): MailProgram {
  return {
    open: async (mailId) => {
      const mail = deps.find(mailId);
      const first = !deps.noted(mailId).some(({ what }) => what === OPENED);
      if (!first) return;
      deps.note(mail, by, OPENED);
      for (const picture of remotePictures(mail)) await visit(picture, deps.reader(mail).userAgent);
    },
    links: (mailId) => readableLinks(deps.find(mailId)).map(({ href }) => href),
    click: async (mailId, href) => {
      const mail = deps.find(mailId);
      const { status, location } = await visit(href, deps.reader(mail).userAgent);
      if (status === 0) deps.note(mail, by, `Clicked ${href}, which leads out of the sandbox and was not opened`);
      else deps.note(mail, by, `Clicked ${href}`, `HTTP ${status}${location === null ? '' : `, leads to ${location}`}`);
      return { status, location };
    },
    reply: async (mailId, reply) => await sendReply(deps, by, deps.find(mailId), reply),
    unsubscribe: async (mailId, how) => await unsubscribe(deps, by, deps.find(mailId), how),
    bounce: async (mailId, how) => {
      const mail = deps.find(mailId);
      const raw = await buildDeliveryStatus(how, reportParts(deps, mail, `bounce ${how}`));
      const reason = how === 'hard' ? 'the address does not exist' : 'for now';
      await handOver(deps, by, mail, { from: '', to: returnAddress(mail), raw, what: `Bounced: ${reason}` });
    },
    complain: async (mailId) => {
      const mail = deps.find(mailId);
      const raw = await buildFeedbackReport(reportParts(deps, mail, 'complaint'));
      const from = `feedback@fbl.${deps.reader(mail).domain}`;
      await handOver(deps, by, mail, { from, to: returnAddress(mail), raw, what: 'Marked it as spam' });
    },
    doings: (mailId) => [...deps.noted(mailId)],
    isRead: (mailId) => deps.noted(mailId).some(({ what }) => !HAPPENED.test(what)),
  };
}

const OPENED = 'Opened';
/** What happens to a mail without anybody doing it. */
export const HAPPENED = /^(?:Bounced|A mail scanner)\b/;

async function sendReply(
  deps: Deps,
  by: Doer,
  mail: StoredMail,
  reply: Parameters<MailProgram['reply']>[1],
): Promise<void> {
  const { kind, text: own } = typeof reply === 'string' ? { kind: reply, text: undefined } : reply;
  const drawn = kind === undefined ? { text: '', hidden: null } : written(deps, mail, kind);
  const text = own ?? drawn.text;
  const automatic = kind === 'out_of_office';
  const reader = deps.reader(mail);
  const raw = await buildReply({
    mail,
    reader,
    text,
    hidden: drawn.hidden,
    automatic,
    messageId: newMessageId(deps, mail, `reply ${kind ?? ''} ${own ?? ''}`),
    date: new Date(deps.now()),
  });
  const what = kind === undefined ? `Replied: “${beginning(text)}”` : `Replied: ${REPLY_NAMES[kind]}`;
  // An answer to an automatic answer would go round for ever, so it leaves without a return path (RFC 3834).
  await handOver(deps, by, mail, { from: automatic ? '' : reader.address, to: answerAddress(mail), raw, what });
}

const REPLY_NAMES: Record<ReplyKind, string> = {
  interested: 'interested',
  not_now: 'not now',
  angry: 'angry',
  out_of_office: 'out of office',
  unsubscribe_me: 'unsubscribe me',
  injection: 'an injection attempt',
};

const beginning = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};

/** A second reply of one kind is not the same letter again. */
function written(deps: Deps, mail: StoredMail, kind: ReplyKind): ReturnType<typeof writeReply> {
  const nth = deps.noted(mail.id).filter(({ what }) => what.startsWith('Replied')).length;
  const { address, firstName } = deps.reader(mail);
  const sender = mail.from.split(/[\s<]/)[0] ?? '';
  const key = `${deps.seed}/${address}/${mail.subject}/${nth}`;
  return writeReply(kind, key, { sender, lead: firstName }, deps.now());
}

async function unsubscribe(
  deps: Deps,
  by: Doer,
  mail: StoredMail,
  how: 'page' | 'one_click',
): Promise<{ status: number }> {
  const url = how === 'page' ? unsubscribePage(mail) : oneClickAddress(mail);
  if (url === null) {
    const lacks = how === 'page' ? 'unsubscribe page' : 'one-click address (RFC 8058)';
    throw new Error(`This mail has no ${lacks} on this machine.`);
  }
  if (how === 'one_click') {
    const { status } = await oneClick(url);
    deps.note(mail, by, 'Unsubscribed in one click', `HTTP ${status}`);
    return { status };
  }
  const { userAgent } = deps.reader(mail);
  const page = await visit(url, userAgent);
  const pressed = page.status === 200 ? await submitForm(page, userAgent) : null;
  const status = pressed?.status ?? page.status;
  const answer = pressed === null ? `HTTP ${status}, no button to press` : `HTTP ${status}`;
  deps.note(mail, by, pressed === null ? 'Opened the unsubscribe page' : 'Unsubscribed on the page', answer);
  return { status };
}

async function handOver(
  deps: Deps,
  by: Doer,
  mail: StoredMail,
  given: { from: string; to: string; raw: Buffer; what: string },
): Promise<void> {
  const url = deps.inboundSmtp();
  if (url === null)
    throw new Error('The app takes no mail: its inbound mail server is off (INBOUND_SMTP_PORT is not set).');
  const host = `mx.${deps.reader(mail).domain}`;
  const { taken, answer } = await handIn(url, { from: given.from, to: given.to, raw: given.raw, host });
  deps.note(mail, by, given.what, taken ? answer : `refused: ${answer}`);
  if (!taken) throw new Error(`The app's mail server refused it: ${answer}`);
}

function reportParts(deps: Deps, mail: StoredMail, what: string): Parameters<typeof buildFeedbackReport>[0] {
  return {
    mail,
    reader: deps.reader(mail),
    key: `${deps.seed}/${mail.messageId}`,
    messageId: newMessageId(deps, mail, what),
    date: new Date(deps.now()),
  };
}

/** Differs for whatever is done at another time or for the second time; repeats with the run. */
function newMessageId(deps: Deps, mail: StoredMail, what: string): string {
  const nth = deps.noted(mail.id).length;
  const id = drawFrom(`message-id/${deps.seed}/${mail.messageId}/${what}/${deps.now()}/${nth}`).hex('id', 32);
  return `<${id}@mail.${deps.reader(mail).domain}>`;
}
