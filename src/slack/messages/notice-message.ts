import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import type { NoticeFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { encodeId } from '../decision-ref.ts';
import { bold, bullets, mention, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { cutPlain, escapeMrkdwn, moment, utc } from '../text.ts';
import { autonomyNotice } from './autonomy-notice.ts';
import { factsMissingNotice, importOddNotice } from './lead-notice.ts';
import { complaintNotice, replyNotice } from './reply-notice.ts';
import { stuckNotice } from './stuck-notice.ts';
import { heldMailNotice, taskNotice } from './task-notice.ts';

const DETAIL = 1_000;
type Uncertain = Extract<NoticeFacts, { type: 'mail_uncertain' }>;

/** Something that a person has to know or settle. */
export function renderNotice(facts: NoticeFacts): SlackMessage {
  switch (facts.type) {
    case 'mail_uncertain':
      return uncertain(facts);
    case 'mail_failed': {
      const text = `The mail to ${name(facts.leadName)} (${facts.workflow}) could not be sent: ${detail(facts.reason)}`;
      return plainNotice('A mail could not be sent', text);
    }
    case 'sender_trouble':
      return plainNotice(
        'Mails are not going out',
        `The mail server does not take mails since ${utc(facts.since)}: ${detail(facts.detail)} Nothing is lost: they wait and go out when it does.`,
      );
    case 'post_maybe_missing':
      return maybeMissing(facts);
    case 'lead_replied':
      return replyNotice(facts);
    case 'lead_complained':
      return complaintNotice(facts);
    case 'autonomy':
      return autonomyNotice(facts);
    case 'facts_missing':
      return factsMissingNotice(facts);
    case 'import_odd':
      return importOddNotice(facts);
    case 'task':
      return taskNotice(facts);
    case 'fixed_mail_held':
      return heldMailNotice(facts);
    case 'stuck':
      return stuckNotice(facts);
    case 'learned':
      return learned(facts);
  }
}

function name(text: string): string {
  return cutPlain(oneLine(text), 200).text;
}

function detail(text: string): string {
  const cut = cutPlain(oneLine(text), DETAIL);
  return cut.hidden > 0 ? `${cut.text}…` : /[.!?]$/.test(cut.text) ? cut.text : `${cut.text}.`;
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

function context(mrkdwn: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: mrkdwn }] };
}

function plainNotice(title: string, text: string): SlackMessage {
  return slackMessage(title, text, [header(title), ...richText(section(words(text)))]);
}

function learned({ title, lines }: Extract<NoticeFacts, { type: 'learned' }>): SlackMessage {
  const [first = '', ...rest] = lines.map(detail);
  return slackMessage(title, lines.map(detail).join('\n'), [
    header(title),
    ...richText(section(words(first)), bullets(rest.map((text) => words(text)))),
  ]);
}

function uncertain(facts: Uncertain): SlackMessage {
  const title = 'Was this mail sent?';
  const story = `The mail server's answer to the mail for ${name(facts.leadName)} was lost. It may have arrived, or not, and nobody can know from here. Look in the sent mails of your mail server, then say what you found. It is never sent again by itself.`;
  if (facts.status !== 'uncertain') return settled(facts);
  const value = encodeId(facts.messageId);
  const about = `the mail for ${name(facts.leadName)}`;
  const buttons = buttonRow([
    button({
      action: actions.mailWasSent,
      text: 'It was sent',
      value,
      says: `It was sent: ${about}`,
      style: 'primary',
    }),
    button({
      action: actions.mailSendAgain,
      text: 'Send again as a new mail',
      value,
      says: `Send again: ${about}`,
      confirm: {
        title: 'Send it again?',
        text: 'If the first one arrived after all, the lead gets it twice.',
        yes: 'Send again',
        no: 'Cancel',
      },
    }),
    button({ action: actions.mailDrop, text: 'Drop it', value, says: `Drop ${about}`, style: 'danger' }),
  ]);
  const blocks = [
    header(title),
    ...richText(section(words(story))),
    context(`${escapeMrkdwn(facts.workflow)} · since ${moment(facts.since)}`),
    ...buttons,
  ];
  return slackMessage(title, `${story}\n\n${facts.workflow} · since ${utc(facts.since)}`, blocks);
}

const became: Record<Uncertain['status'], string> = {
  approved: 'it waits to be sent',
  sending: 'it is being sent',
  sent: 'it counts as sent',
  uncertain: 'nobody knows yet',
  failed: 'it counts as not sent',
  cancelled: 'it was dropped',
};

function settled(facts: Uncertain): SlackMessage {
  const title = 'A mail of which nobody knew is settled';
  const story = `The mail for ${name(facts.leadName)}: ${became[facts.status]}`;
  const by =
    facts.settledBy === null ? words('.') : [...words(' — '), ...mention(oneLine(facts.settledBy)), ...words('.')];
  const blocks = [
    header(title),
    ...richText(section(bold('✓ '), words(story), by)),
    context(escapeMrkdwn(facts.workflow)),
  ];
  return slackMessage(title, `${story}${facts.settledBy === null ? '' : ` — ${oneLine(facts.settledBy)}`}.`, blocks);
}

function maybeMissing({ about, postId, open }: Extract<NoticeFacts, { type: 'post_maybe_missing' }>): SlackMessage {
  const title = open ? 'Is a message missing here?' : 'A message that may have been missing is settled';
  const story = open
    ? `Slack's answer was lost while the message about ${name(about)} was posted to this channel, and the app may not read the channel to look for it. If you see it above, there is nothing to do. If not, have it posted again.`
    : `The message about ${name(about)} was posted again.`;
  const buttons = open
    ? buttonRow([
        button({
          action: actions.postAgain,
          text: 'Not there: post it again',
          value: encodeId(postId),
          says: `Post the message about ${name(about)} again`,
        }),
      ])
    : [];
  return slackMessage(title, story, [header(title), ...richText(section(words(story))), ...buttons]);
}
