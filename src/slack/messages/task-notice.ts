import type { KnownBlock } from '@slack/types';
import { oneLine, plainText } from '../../core/plain-text.ts';
import type { NoticeFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { encodeId } from '../decision-ref.ts';
import { bold, bullets, contextText, mention, quote, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { cutPlain, escapeMrkdwn, moment, utc } from '../text.ts';

type Task = Extract<NoticeFacts, { type: 'task' }>;
type HeldMail = Extract<NoticeFacts, { type: 'fixed_mail_held' }>;

const NAME = 200;
const TEXT = 2_000;

/** Something a workflow asks people to do for a lead; once it is over, how it ended. */
export function taskNotice(facts: Task): SlackMessage {
  const lead = cut(facts.leadName);
  const about =
    facts.leadEmail === null || facts.leadEmail === facts.leadName ? lead : `${lead} (${cut(facts.leadEmail)})`;
  const text = cutPlain(plainText(facts.text), TEXT).text;
  if (facts.status !== 'open') {
    const { title, story } = ending(facts.status, facts.closedReason);
    const by =
      facts.closedBy === null ? words('.') : [...words(' — '), ...mention(oneLine(facts.closedBy)), ...words('.')];
    return slackMessage(title, `${about}: ${story}${facts.closedBy === null ? '' : ` — ${oneLine(facts.closedBy)}`}.`, [
      header(title),
      ...richText(section(bold(about), words(`: ${story}`), by), quote(words(text))),
      ...contextText(`${facts.workflow} / ${facts.step}`),
    ]);
  }
  const title = 'Something to do';
  const value = encodeId(facts.taskId);
  const missing = facts.missing.map(cut);
  return slackMessage(title, `${about}: ${text}\n\n${facts.workflow} · until ${utc(facts.deadlineAt)}`, [
    header(title),
    ...richText(
      section(bold(about)),
      quote(words(text)),
      ...(missing.length === 0 ? [] : [section(words(`Not known of the lead: ${missing.join(', ')}.`))]),
    ),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: `${escapeMrkdwn(facts.workflow)} / ${escapeMrkdwn(facts.step)} · until ${moment(facts.deadlineAt)}`,
        },
      ],
    },
    ...buttonRow([
      button({ action: actions.taskDone, text: 'Done', value, says: `Done: ${lead}`, style: 'primary' }),
      button({ action: actions.taskSkip, text: 'Skip', value, says: `Skip what was to be done for ${lead}` }),
    ]),
  ]);
}

function ending(status: Exclude<Task['status'], 'open'>, reason: string | null): { title: string; story: string } {
  switch (status) {
    case 'done':
      return { title: 'Done', story: 'it was done' };
    case 'skipped':
      return { title: 'Skipped', story: 'it was skipped' };
    case 'expired':
      return { title: 'Nobody did this in time', story: 'its time is up, and the lead went on' };
    case 'withdrawn':
      return {
        title: 'Nothing to do any more',
        story: `the lead left the workflow (${cut(reason ?? 'no reason kept')})`,
      };
  }
}

/** A fixed mail that was not sent. */
export function heldMailNotice({ leadName, workflow, step, problems }: HeldMail): SlackMessage {
  const title = 'A mail was not sent';
  const story = `The fixed mail “${step}” of ${workflow} was not sent to ${cut(leadName)}; the lead went on without it.`;
  const listed = problems.slice(0, 8).map(cut);
  return slackMessage(title, `${story}\n${listed.map((text) => `• ${text}`).join('\n')}`, [
    header(title),
    ...richText(section(words(story)), bullets(listed.map((text) => words(text)))),
  ]);
}

function cut(text: string): string {
  return cutPlain(oneLine(text), NAME).text;
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}
