import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import { stuckKinds, stuckWords } from '../../core/stuck.ts';
import type { NoticeFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { bold, bullets, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { cutPlain, utc } from '../text.ts';

type Facts = Extract<NoticeFacts, { type: 'stuck' }>;

/** Leads that nothing will move again by itself: who, where, since when, and what to do. */
export function stuckNotice({ leads, more }: Facts): SlackMessage {
  if (leads.length + more === 0) {
    const title = 'No lead is stuck any more';
    const story = 'The leads that stood here go on again, or were taken out.';
    return slackMessage(title, story, [header(title), ...richText(section(words(story)))]);
  }
  const count = leads.length + more;
  const title = count === 1 ? 'A lead is stuck' : `${count} leads are stuck`;
  const story = 'The program does not get on with them by itself. Nothing is lost, and nothing is sent twice.';
  const lines = leads.map((lead) => ({
    who: short(lead.leadEmail === null ? lead.leadName : `${lead.leadName} (${lead.leadEmail})`),
    rest: ` in ${short(lead.workflow)} at ${short(lead.step)} ${stuckWords(lead.kind).what}, since ${utc(lead.since)}`,
  }));
  const remedies = stuckKinds
    .filter((kind) => leads.some((lead) => lead.kind === kind))
    .map((kind) => `Who ${stuckWords(kind).what}: ${stuckWords(kind).remedy}`);
  const further = more === 0 ? [] : [`and ${more} more`];
  const text = [
    story,
    ...lines.map(({ who, rest }) => `• ${who}${rest}`),
    ...further.map((line) => `• ${line}`),
    ...remedies,
  ].join('\n');
  return slackMessage(title, text, [
    header(title),
    ...richText(
      section(words(story)),
      bullets([...lines.map(({ who, rest }) => [...bold(who), ...words(rest)]), ...further.map((line) => words(line))]),
      section(words('What to do:')),
      bullets(remedies.map((remedy) => words(remedy))),
    ),
  ]);
}

function short(text: string): string {
  return cutPlain(oneLine(text), 160).text;
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}
