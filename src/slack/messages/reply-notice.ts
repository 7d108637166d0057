import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import type { NoticeFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { encodeId } from '../decision-ref.ts';
import { limits } from '../limits.ts';
import { bold, contextText, type Inline, mention, quote, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { cutPlain, label, listed, utc, visible } from '../text.ts';

type Replied = Extract<NoticeFacts, { type: 'lead_replied' }>;
type Complained = Extract<NoticeFacts, { type: 'lead_complained' }>;

/** More than is ever kept of an answer. */
const ANSWER = 2_500;

/** A lead wrote back. The words are an outsider's: they stand in literal places only. */
export function replyNotice(facts: Replied): SlackMessage {
  const name = shortName(facts.leadName);
  const title = facts.optedOut ? `${name} asks not to be mailed` : `${name} answered`;
  const said = answerWords(facts);
  const lines = [consequence(facts, name), ...warnings(facts)];
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: label(title, limits.headerText), emoji: false } },
    ...richText(said.literal ? quote(words(said.text)) : section(words(said.text))),
    ...richText(...lines.map((line) => section(...line))),
    ...blameBlocks(facts, name),
    ...contextText(smallPrint(facts, facts.leadEmail)),
  ];
  const rest = [`${title}:`, said.text, ...lines.map(plain), smallPrint(facts, facts.leadEmail)];
  return slackMessage('', rest.join('\n\n'), blocks);
}

/** Only people judge a lead's words; what they say counts as the evidence it is. */
function blameBlocks({ blame }: Replied, name: string): KnownBlock[] {
  if (blame === null) return [];
  if (blame.by !== null)
    return richText(
      section(mention(blame.by), words(' said that our mail was what was wrong: it counts as a failure of its draft.')),
    );
  return buttonRow([
    button({
      action: actions.blameMail,
      text: 'Our mail was wrong',
      value: encodeId(blame.outcomeId),
      says: `The mail to ${name} was wrong: hold it against its draft`,
      confirm: {
        title: 'Was our mail wrong?',
        text: 'Say so where the answer shows that this mail should not have gone out as it did. Its approval then counts as a failure, and may lower a threshold.',
        yes: 'It was wrong',
        no: 'Cancel',
      },
    }),
  ]);
}

export function complaintNotice(facts: Complained): SlackMessage {
  const name = shortName(facts.leadName);
  const title = `${name} marked a mail as spam`;
  const line = words(
    `Nothing is sent to this address any more${ended(facts.stopped, name)}. Mailbox providers stop delivering when one mail in a thousand is marked so: look at what went out, and to whom.`,
  );
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: label(title, limits.headerText), emoji: false } },
    ...richText(section(line)),
    ...contextText(smallPrint(facts, null)),
  ];
  return slackMessage('', [`${title}.`, plain([line]), smallPrint(facts, null)].join('\n\n'), blocks);
}

function shortName(text: string): string {
  return cutPlain(oneLine(text), 100).text;
}

function answerWords({ text, note }: Replied): { text: string; literal: boolean } {
  const shown = cutPlain(visible(text ?? ''), ANSWER);
  switch (note) {
    case 'complete':
      return { text: shown.hidden > 0 ? `${shown.text}…` : shown.text, literal: true };
    case 'cut':
      return { text: `${shown.text}\n(There is more of it in the mailbox.)`, literal: true };
    case 'no_words':
      return { text: 'There are no words of their own in the mail.', literal: false };
    case 'unreadable':
      return { text: 'The mail is built in a way that it could not be read: look into the mailbox.', literal: false };
    case 'erased':
      return { text: 'What was written is not kept: this lead was erased.', literal: false };
  }
}

function consequence({ optedOut, stopped }: Replied, name: string): Inline[][] {
  if (optedOut) return [bold('Nothing is sent to this address any more'), words(`${ended(stopped, name)}.`)];
  if (stopped.length === 0)
    return [words(`No workflow was running for ${name} any more. `), bold('Somebody should answer.')];
  const which = listed(stopped.map(oneLine));
  return [
    words(`${which} stopped for ${name}: what was drafted or approved is not sent. `),
    bold('Somebody should answer.'),
  ];
}

function ended(stopped: readonly string[], name: string): string {
  return stopped.length === 0 ? '' : `, and ${listed(stopped.map(oneLine))} stopped for ${name}`;
}

function warnings({ fromAnother, looksLikeInstruction }: Replied): Inline[][][] {
  return [
    ...(fromAnother === null
      ? []
      : [[words(`⚠ It came from another address than the lead's: ${cutPlain(oneLine(fromAnother), 254).text}`)]]),
    ...(looksLikeInstruction
      ? [[words('⚠ Parts of it read like instructions to a program. Nothing here acts on them.')]]
      : []),
  ];
}

function smallPrint({ workflow, subject, at }: Replied | Complained, address: string | null): string {
  return [
    oneLine(workflow),
    subject === null ? '' : `about “${cutPlain(oneLine(subject), 200).text}”`,
    address === null ? '' : oneLine(address),
    utc(at),
  ]
    .filter(Boolean)
    .join(' · ');
}

function plain(line: readonly Inline[][] | Inline[][]): string {
  return line
    .flat()
    .map((element) => (element.type === 'text' ? element.text : ''))
    .join('');
}
