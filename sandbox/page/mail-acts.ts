import type { MailPrograms } from '../mail/mail-program.ts';
import { REPLY_KINDS, type ReplyKind } from '../mail/reply-texts.ts';
import type { StoredMail } from '../mail/stored-mail.ts';
import { BadAction } from './actions.ts';
import type { MailAnswer } from './client/content.ts';
import { shownDoing } from './mail-content.ts';
import { failed, ok, type Answer } from './respond.ts';

type Fields = Record<string, unknown>;

const LONGEST_REPLY = 20_000;

/**
 * `POST /world/mail-act { mail, act, … }`: `open`; `click { href }`; `reply { kind } | { text, kind? }`;
 * `unsubscribe { how: page | one_click }`; `bounce { how: hard | soft }`; `complain`. Answers what the app answered.
 */
export async function actOnMail(mails: StoredMail[], programs: MailPrograms, fields: Fields): Promise<Answer> {
  const mail = mails.find(({ id }) => id === fields['mail']);
  if (!mail) return failed(404, 'There is no such mail.');
  const program = programs.byHand;
  const before = program.doings(mail.id).length;
  try {
    await doIt(mail, programs, fields);
  } catch (error) {
    if (error instanceof BadAction) throw error;
    return failed(502, error instanceof Error ? error.message : String(error));
  }
  const doing = program
    .doings(mail.id)
    .slice(before)
    .findLast(({ by }) => by === 'you');
  const answer: MailAnswer = doing ? shownDoing(doing, mail) : { text: '', answer: '' };
  return ok({ text: answer.text, answer: answer.answer });
}

async function doIt(mail: StoredMail, programs: MailPrograms, fields: Fields): Promise<void> {
  const program = programs.byHand;
  switch (fields['act']) {
    case 'open':
      return await program.open(mail.id);
    case 'click': {
      const href = fields['href'];
      // Only what stands in the mail: the page must not become a way to ask anything on this machine.
      if (typeof href !== 'string' || !program.links(mail.id).includes(href))
        throw new BadAction('the mail has no such link');
      await program.click(mail.id, href);
      return;
    }
    case 'reply':
      return await program.reply(mail.id, replyIn(fields));
    case 'unsubscribe':
      await program.unsubscribe(mail.id, oneOf(fields, 'how', ['page', 'one_click']));
      return;
    case 'bounce':
      return await program.bounce(mail.id, oneOf(fields, 'how', ['hard', 'soft']));
    case 'complain':
      return await program.complain(mail.id);
    default:
      throw new BadAction('expected open, click, reply, unsubscribe, bounce or complain as act');
  }
}

function replyIn(fields: Fields): ReplyKind | { text: string; kind?: ReplyKind } {
  const kind = fields['kind'] === undefined ? undefined : replyKind(fields['kind']);
  const text = fields['text'];
  if (text === undefined && kind !== undefined) return kind;
  if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST_REPLY)
    throw new BadAction(`expected a kind of reply, or a text of at most ${LONGEST_REPLY} characters`);
  return { text, ...(kind === undefined ? {} : { kind }) };
}

export function replyKind(given: unknown): ReplyKind {
  const kind = REPLY_KINDS.find((known) => known === given);
  if (kind === undefined) throw new BadAction(`expected one of ${REPLY_KINDS.join(', ')} as kind`);
  return kind;
}

function oneOf<T extends string>(fields: Fields, name: string, known: readonly T[]): T {
  const found = known.find((value) => value === fields[name]);
  if (found === undefined) throw new BadAction(`expected one of ${known.join(', ')} as ${name}`);
  return found;
}
