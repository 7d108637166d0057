import { oneClickAddress, readableLinks, unsubscribePage } from '../mail/mail-links.ts';
import { HAPPENED, type MailDoing, type MailProgram } from '../mail/mail-program.ts';
import { nameIn } from '../mail/reader.ts';
import type { StoredMail } from '../mail/stored-mail.ts';
import { isLocal } from '../mail/this-machine.ts';
import type { MailContent, MailSummary, ShownDoing } from './client/content.ts';

/** The latest `limit` mails, newest first. */
export function mailSummaries(mails: StoredMail[], program: MailProgram, limit: number): MailSummary[] {
  return mails
    .slice(-limit)
    .toReversed()
    .map((mail) => ({
      id: mail.id,
      at: mail.at,
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      preview: mail.text.replaceAll(/\s+/g, ' ').trim().slice(0, 140),
      unread: !program.isRead(mail.id),
      doing: program.doings(mail.id).findLast(({ what }) => what !== 'Opened')?.what ?? '',
    }));
}

export function mailContent(mail: StoredMail, program: MailProgram): MailContent {
  return {
    id: mail.id,
    at: mail.at,
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    hasHtml: mail.html !== '',
    envelope: { from: mail.envelopeFrom, to: mail.envelopeTo },
    headers: mail.headers,
    unread: !program.isRead(mail.id),
    links: readableLinks(mail).map((link) => ({ ...link, isLocal: isLocal(link.href) })),
    hasUnsubscribePage: unsubscribePage(mail) !== null,
    hasOneClick: oneClickAddress(mail) !== null,
    doings: program.doings(mail.id).map((doing) => shownDoing(doing, mail)),
  };
}

/** `You replied: interested`, `Karen opened it`; what happened to it is nobody's doing. */
export function shownDoing(doing: MailDoing, mail: StoredMail): ShownDoing {
  const lead = nameIn(mail.to).split(' ')[0] || mail.to;
  const who = doing.by === 'you' ? 'You' : lead;
  const did = doing.what.charAt(0).toLowerCase() + doing.what.slice(1);
  const text = HAPPENED.test(doing.what) ? doing.what : `${who} ${did === 'opened' ? 'opened it' : did}`;
  return { at: doing.at, text, answer: doing.answer ?? '' };
}
